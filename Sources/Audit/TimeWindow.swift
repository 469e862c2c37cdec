public import Records

/// Hours of the day in which a run may send, such as `22:00-05:00`. It may pass midnight.
public struct TimeWindow: Hashable, Sendable {
  /// Minutes after midnight.
  public let from: Int
  public let until: Int

  private static let day = 24 * 60

  /// Parses `HH:MM-HH:MM`. A window that ends when it begins is none.
  public init?(_ text: String) {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
    guard ends.count == 2, let from = ends[0], let until = ends[1], from != until else { return nil }
    self.from = from
    self.until = until
  }

  private static func minutes(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isNumber) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  /// When the window that `moment` lies in ends; nil when it lies in none.
  /// - Parameter offsetMinutes: minutes east of UTC in which the hours are meant.
  public func end(at moment: Timestamp, offsetMinutes: Int) -> Timestamp? {
    let minute: Int64 = 60_000_000_000
    let dayLength = minute * Int64(Self.day)
    let local = moment.nanoseconds + Int64(offsetMinutes) * minute
    let inDay = (local % dayLength + dayLength) % dayLength
    let begins = Int64(from) * minute
    let ends = Int64(until) * minute
    let isOpen = from < until ? (begins..<ends).contains(inDay) : inDay >= begins || inDay < ends
    guard isOpen else { return nil }
    let left = ends > inDay ? ends - inDay : ends + dayLength - inDay
    return Timestamp(nanoseconds: moment.nanoseconds + left)
  }
}

extension TimeWindow: CustomStringConvertible {
  public var description: String { "\(Self.text(from))-\(Self.text(until))" }

  private static func text(_ minutes: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
