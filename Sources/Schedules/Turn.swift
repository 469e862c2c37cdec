public import Records

/// Whether it is a schedule's turn, by its calendar and its journal. Pure: the same whoever wakes the program, and however often.
public enum Turn: Hashable, Sendable {
  /// nil: never again.
  case wait(until: Timestamp?)
  /// - Parameters:
  ///   - due: the moment that the calendar named, the latest that has passed.
  ///   - missed: how many before it nobody was there for, and the last of them.
  case now(due: Timestamp, missed: Int, lastMissed: Timestamp?)

  /// More missed turns than this are not counted one by one.
  static let mostMissed = 100_000

  /// - Parameters:
  ///   - journal: in the order in which it was written.
  ///   - delays: false where whoever wakes the program has put the turn off already.
  public init(
    of schedule: Schedule, _ journal: [ScheduleEntry], at now: Timestamp, in rules: some ZoneRules, delays: Bool = true
  ) {
    // A clock that once ran far ahead must not silence the schedule until then.
    let past = journal.filter { $0.at <= now && ($0.due ?? now) <= now }
    let handled = past.filter { $0.event != .postponed }.compactMap(\.due).max()
    var last = max(handled ?? schedule.created, schedule.created)
    var due: Timestamp?
    var before: Timestamp?
    var missed = 0
    while let next = schedule.calendar.next(after: last, in: rules) {
      guard next + (delays ? schedule.delay(of: next) : .zero) <= now else {
        guard due == nil else { break }
        self = .wait(until: next + (delays ? schedule.delay(of: next) : .zero))
        return
      }
      if due != nil {
        before = due
        missed += 1
      }
      due = next
      last = next
      if missed == Self.mostMissed { break }
    }
    guard let due else {
      self = .wait(until: nil)
      return
    }
    self = .now(due: due, missed: missed, lastMissed: before)
  }
}

extension [ScheduleEntry] {
  /// A run that began and whose end nobody wrote down: the program or the computer was stopped.
  public var cutShort: ScheduleEntry? {
    var open: ScheduleEntry?
    for entry in self {
      switch entry.event {
      case .began: open = entry
      case .completed, .failed: open = nil
      case .postponed, .skipped, .missed: break
      }
    }
    return open
  }

  /// The pack of the last run, when that was interrupted or cut short and began not longer ago than `seconds`.
  public func unfinished(within seconds: Int, at now: Timestamp) -> String? {
    guard let last = last(where: { $0.event == .completed || $0.event == .failed }), let pack = last.pack,
      last.event == .failed || last.partial == true,
      let began = first(where: { $0.event == .began && $0.pack == pack }), now - began.at <= .seconds(Int64(seconds))
    else { return nil }
    return pack
  }

  /// Why the turn of a moment was last put off.
  public func postponement(of due: Timestamp?) -> SkipReason? {
    guard let last = last(where: { $0.due == due && $0.event != .missed }), last.event == .postponed else { return nil }
    return last.reason
  }
}
