extension CalendarExpression {
  private static let words: [String: String] = [
    "minutely": "*-*-* *:*:00", "hourly": "*-*-* *:00:00", "daily": "*-*-* 00:00:00", "monthly": "*-*-01 00:00:00",
    "weekly": "Mon *-*-* 00:00:00", "yearly": "*-01-01 00:00:00", "annually": "*-01-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00", "semiannually": "*-01,07-01 00:00:00",
  ]
  private static let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// Octets of a whole expression.
  static let longest = 200

  /// - Throws: ``CalendarError`` with the part that is not understood.
  public init(parsing text: String) throws(CalendarError) {
    guard text.utf8.count <= Self.longest else {
      throw CalendarError("a calendar expression has at most \(Self.longest) octets")
    }
    var parts = text.split(separator: " ")
    guard !parts.isEmpty else { throw CalendarError("the calendar expression is empty") }
    zone = try Self.zone(&parts)
    self.text = parts.joined(separator: " ")
    if parts.count == 1, let whole = Self.words[parts[0].lowercased()] { parts = whole.split(separator: " ") }
    weekdays = try Self.weekdays(&parts)
    var date: Substring?
    var time: Substring?
    for part in parts {
      if part.contains(":"), time == nil {
        time = part
      } else if part.contains(where: { $0 == "-" || $0 == "~" }), date == nil, time == nil {
        date = part
      } else {
        throw CalendarError("\(part) is neither a date such as *-*-1..7 nor a time such as 22:00")
      }
    }
    (years, months, days, fromTheEnd) = try Self.date(date ?? "*-*-*")
    times = try Self.time(time ?? "00:00:00")
  }

  /// Takes a zone off the end.
  private static func zone(_ parts: inout [Substring]) throws(CalendarError) -> String? {
    guard parts.count > 1, let last = parts.last, let first = last.unicodeScalars.first, first.properties.isAlphabetic
    else { return nil }
    // A weekday may stand alone; with something before it, what is at the end is a zone.
    guard last.utf8.allSatisfy({ isNameCharacter($0) }), !last.contains(".."), !last.hasSuffix("/") else {
      throw CalendarError("\(last) is no name of a time zone such as Asia/Tokyo")
    }
    parts.removeLast()
    return String(last)
  }

  private static func isNameCharacter(_ octet: UInt8) -> Bool {
    switch octet {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"):
      true
    default: false
    }
  }

  /// Takes weekdays off the beginning.
  private static func weekdays(_ parts: inout [Substring]) throws(CalendarError) -> Set<Int> {
    guard let first = parts.first, let scalar = first.unicodeScalars.first, scalar.properties.isAlphabetic else {
      return []
    }
    var found: Set<Int> = []
    for span in first.split(separator: ",", omittingEmptySubsequences: true) {
      let ends = span.split(separator: ".", omittingEmptySubsequences: false)
      switch ends.count {
      case 1: found.insert(try weekday(ends[0]))
      case 3 where ends[1].isEmpty:
        let (from, to) = (try weekday(ends[0]), try weekday(ends[2]))
        guard from <= to else { throw CalendarError("the weekdays \(span) run backwards; a week begins on Monday") }
        found.formUnion(from...to)
      default: throw CalendarError("\(span) names no weekdays; write Mon, Mon..Fri or Mon,Thu")
      }
    }
    parts.removeFirst()
    return found.count == 7 ? [] : found
  }

  private static func weekday(_ text: Substring) throws(CalendarError) -> Int {
    let lower = text.lowercased()
    let found = names.firstIndex { $0 == lower || $0.prefix(3) == lower }
    guard let found else { throw CalendarError("\(text) is no weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun") }
    return found
  }

  private typealias DateFields = (
    years: CalendarField, months: CalendarField, days: CalendarField, fromTheEnd: Bool
  )

  private static func date(_ text: Substring) throws(CalendarError) -> DateFields {
    let isFromTheEnd = text.contains("~")
    guard !isFromTheEnd || text.count(where: { $0 == "~" }) == 1 else { throw CalendarError("\(text) is no date") }
    var fields = text.split(separator: isFromTheEnd ? "~" : "-", omittingEmptySubsequences: false)
    if isFromTheEnd { fields = fields[0].split(separator: "-", omittingEmptySubsequences: false) + [fields[1]] }
    guard fields.count == 2 || fields.count == 3 else {
      throw CalendarError("\(text) is no date; write year-month-day, such as *-*-1..7")
    }
    guard !isFromTheEnd || !(fields[fields.count - 1].contains(".") && fields[fields.count - 1].contains("/")) else {
      throw CalendarError("days from the end of the month take a range or a repetition, not both: \(text)")
    }
    let year = fields.count == 3 ? fields.removeFirst() : "*"
    return (
      // Two digits might mean any century.
      try CalendarField(year, 1970...2199, "year"), try CalendarField(fields[0], 1...12, "month"),
      try CalendarField(fields[1], 1...31, "day"), isFromTheEnd
    )
  }

  private static func time(_ text: Substring) throws(CalendarError) -> [Int] {
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count == 2 || fields.count == 3 else {
      throw CalendarError("\(text) is no time; write hour:minute, such as 22:00")
    }
    return times(
      try CalendarField(fields[0], 0...23, "hour"), try CalendarField(fields[1], 0...59, "minute"),
      try CalendarField(fields.count == 3 ? fields[2] : "00", 0...59, "second")
    )
  }
}
