public import Records

/// Moments of a calendar, written as systemd.time(7) writes calendar events: `Mon *-*-* 22:00`, `weekly`, `*-*-1..7 03:30 Asia/Tokyo`.
///
/// Understood are weekdays, years, months and days (also `~` from the end of a month), hours, minutes and seconds, each with lists,
/// ranges and repetitions, the short words, and a zone. What systemd also takes, and this does not: `@` seconds and fractions of a
/// second. An hour that a zone skips in spring has no moment; of one that comes twice the first counts. So does systemd.
public struct CalendarExpression: Hashable, Sendable {
  /// As it was written, without the zone.
  public let text: String
  /// A name of the zone database such as `Asia/Tokyo`, or `UTC`; nil for the zone that the caller says.
  public let zone: String?
  /// Monday is 0; empty for every day.
  let weekdays: Set<Int>
  let years: CalendarField
  let months: CalendarField
  let days: CalendarField
  /// Days are counted from the end of the month, the last being 1.
  let fromTheEnd: Bool
  /// Seconds of the day, ascending.
  let times: [Int]

  /// Days; further ahead nothing is looked for. Eight years lie between two leap days at most.
  private static let horizon = 366 * 12

  /// The first moment after `moment`; nil when there is none in the next twelve years.
  public func next(after moment: Timestamp, in rules: some ZoneRules) -> Timestamp? {
    let local = moment.seconds + rules.offset(at: moment)
    // Where clocks were set back, times of the local day before may follow.
    var day = local.flooredQuotient(86_400) - 1
    let end = day + Self.horizon
    while day < end {
      let date = CivilDate(days: day)
      guard years.contains(date.year), months.contains(date.month) else {
        day += date.daysInMonth - date.day + 1
        continue
      }
      if matches(date) {
        // Within a day moments need not ascend where clocks were set back.
        let moments = times.lazy.compactMap { rules.moment(local: day * 86_400 + $0) }.filter { $0 > moment }
        if let found = moments.min() { return found }
      }
      day += 1
    }
    return nil
  }

  /// Of a month that belongs to it.
  private func matches(_ date: CivilDate) -> Bool {
    guard weekdays.isEmpty || weekdays.contains(date.weekday) else { return false }
    return fromTheEnd ? days.containsFromTheEnd(date.daysInMonth - date.day + 1) : days.contains(date.day)
  }

  static func times(_ hours: CalendarField, _ minutes: CalendarField, _ seconds: CalendarField) -> [Int] {
    let (hours, minutes) = ((0..<24).filter(hours.contains), (0..<60).filter(minutes.contains))
    let seconds = (0..<60).filter(seconds.contains)
    return hours.flatMap { hour in
      minutes.flatMap { minute in seconds.map { hour * 3600 + minute * 60 + $0 } }
    }
  }
}

extension CalendarExpression: CustomStringConvertible {
  public var description: String { [text, zone].compactMap(\.self).joined(separator: " ") }
}
