/// A point on a clock that never jumps. Only differences mean anything.
public struct MonotonicInstant: Hashable, Sendable, Comparable {
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  public static func + (instant: Self, duration: Duration) -> Self {
    Self(nanoseconds: instant.nanoseconds &+ duration.nanoseconds)
  }

  public static func - (left: Self, right: Self) -> Duration {
    .nanoseconds(left.nanoseconds - right.nanoseconds)
  }
}

extension Duration {
  /// The whole duration in nanoseconds; the engine's durations stay far below the 292 years that fit.
  public var nanoseconds: Int64 {
    components.seconds &* 1_000_000_000 &+ components.attoseconds / 1_000_000_000
  }

  /// The duration in seconds, for printing and rates.
  public var seconds: Double { Double(nanoseconds) / 1e9 }
}

/// A moment of civil time, in nanoseconds since 1970-01-01T00:00:00Z, printed and read as RFC 3339.
public struct Timestamp: Hashable, Sendable, Comparable {
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  public static func + (moment: Self, duration: Duration) -> Self {
    Self(nanoseconds: moment.nanoseconds &+ duration.nanoseconds)
  }

  /// Subtracts as durations: two moments may lie further apart than 64 bits of nanoseconds hold.
  public static func - (left: Self, right: Self) -> Duration {
    .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
  }

  /// Japan Standard Time, the default of every printed time.
  public static let jst = 9 * 60

  /// Prints RFC 3339 with milliseconds, `2026-11-20T10:02:11.042+09:00`; offset 0 prints `Z`.
  /// - Parameter offsetMinutes: what is beyond a day, as only a foreign pack can have it, is taken for 23:59.
  public func rfc3339(offsetMinutes: Int = 0) -> String {
    let offsetMinutes = min(max(offsetMinutes, -1439), 1439)
    let local = nanoseconds + Int64(offsetMinutes) * 60_000_000_000
    let day = local.floorDivided(by: 86_400_000_000_000)
    let inDay = local - day * 86_400_000_000_000
    let (year, month, dayOfMonth) = civil(fromDays: day)
    let seconds = inDay / 1_000_000_000
    let milliseconds = inDay / 1_000_000 % 1000
    let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))"
    let time = "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2)).\(pad(milliseconds, 3))"
    guard offsetMinutes != 0 else { return "\(date)T\(time)Z" }
    let sign = offsetMinutes < 0 ? "-" : "+"
    let minutes = Int64(abs(offsetMinutes))
    return "\(date)T\(time)\(sign)\(pad(minutes / 60, 2)):\(pad(minutes % 60, 2))"
  }

  /// The years that nanoseconds since 1970 can hold in 64 bits, with room for any offset.
  public static let years: ClosedRange<Int64> = 1678...2261

  /// Reads RFC 3339 §5.6 with an explicit offset. A time without one is refused: which clock it
  /// meant cannot be told six months later. So is one outside ``years``.
  public init?(rfc3339 text: String) {
    var reader = DigitReader(text.utf8)
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
      let day = reader.number(2), reader.takeAny("Tt "), let hour = reader.number(2), reader.take(":"),
      let minute = reader.number(2), reader.take(":"), let second = reader.number(2)
    else { return nil }
    let fraction = reader.fraction()
    guard let fraction, let offset = reader.offset(), reader.isAtEnd, Self.years.contains(year),
      (1...12).contains(month),
      (1...daysIn(month: month, year: year)).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    let days = Timestamp.days(year: year, month: month, day: day)
    let total = days * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
    self.init(nanoseconds: total * 1_000_000_000 + fraction)
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible
  /// low-level date algorithms", days_from_civil).
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.floorDivided(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(rfc3339: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not an RFC 3339 time with an offset")
    }
    self = value
  }

  /// Encodes in UTC.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rfc3339())
  }
}

private func pad(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

private func daysIn(month: Int64, year: Int64) -> Int64 {
  switch month {
  case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  case 4, 6, 9, 11: return 30
  default: return 31
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// Reads fixed-width digits from ASCII text.
private struct DigitReader {
  private var rest: ArraySlice<UInt8>

  init(_ text: String.UTF8View) { rest = Array(text)[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func number(_ width: Int) -> Int64? {
    guard rest.count >= width else { return nil }
    var value: Int64 = 0
    for octet in rest.prefix(width) {
      guard (0x30...0x39).contains(octet) else { return nil }
      value = value * 10 + Int64(octet - 0x30)
    }
    rest = rest.dropFirst(width)
    return value
  }

  mutating func take(_ character: String) -> Bool { takeAny(character) }

  mutating func takeAny(_ characters: String) -> Bool {
    guard let next = rest.first, characters.utf8.contains(next) else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// Nanoseconds of an optional fraction; nil when a point is not followed by 1 … 9 digits.
  mutating func fraction() -> Int64? {
    guard take(".") else { return 0 }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard (1...9).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
    return (digits.count..<9).reduce(value) { scaled, _ in scaled * 10 }
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int64? {
    if takeAny("Zz") { return 0 }
    let negative = take("-")
    guard negative || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
      minutes < 60
    else { return nil }
    return (negative ? -1 : 1) * (hours * 60 + minutes)
  }
}
