public import Records

/// What a schedule does when it is woken: decided from its journal, the clock and what is found around it; nothing is done here.
public struct ScheduleDecision: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    /// The audit begins; its end belongs into the journal.
    case run(due: Timestamp?)
    /// It is not its turn. nil: never again.
    case wait(until: Timestamp?)
    /// It is its turn, and something keeps it from beginning; to be woken again soon.
    case postpone(SkipReason)
    /// The turn is over without a run.
    case skip(SkipReason)
  }

  public let action: Action
  /// Lines for the journal, before anything else is done.
  public let entries: [ScheduleEntry]

  /// - Parameters:
  ///   - isByHand: somebody started it: the calendar is not asked, everything else is.
  ///   - mayBeRunning: another process has the lock, so that a run without an end may be under way.
  ///   - delays: as ``Turn``.
  ///   - circumstances: asked only when it is the schedule's turn; looking may put a question on the wire (the gateway's MAC
  ///     address).
  public init(
    _ schedule: Schedule, _ journal: [ScheduleEntry], at now: Timestamp, in rules: some ZoneRules, isByHand: Bool,
    mayBeRunning: Bool = false, delays: Bool = true, circumstances: () throws -> Circumstances
  ) rethrows {
    let cut = mayBeRunning ? [] : Self.cutShort(journal, now)
    guard !isByHand else {
      try self.init(schedule, due: nil, journal, now, cut, mayWait: false, rules, circumstances)
      return
    }
    switch Turn(of: schedule, journal, at: now, in: rules, delays: delays) {
    case .wait(let until):
      self.init(.wait(until: until), cut)
    case .now(let due, let missed, let last):
      let passed = Self.passed(journal, missed, last, now)
      // Woken after its patience is over, it is tried once all the same: a laptop was asleep.
      let mayWait = now < due + .seconds(Int64(schedule.patience))
      try self.init(schedule, due: due, journal, now, cut + passed, mayWait: mayWait, rules, circumstances)
    }
  }

  private init(_ action: Action, _ entries: [ScheduleEntry]) {
    self.action = action
    self.entries = entries
  }

  private init(
    _ schedule: Schedule, due: Timestamp?, _ journal: [ScheduleEntry], _ now: Timestamp, _ before: [ScheduleEntry],
    mayWait: Bool, _ rules: some ZoneRules, _ circumstances: () throws -> Circumstances
  ) rethrows {
    let offset = rules.offset(at: now) / 60
    guard let obstacle = Obstacle.first(schedule, try circumstances(), offsetMinutes: offset) else {
      self.init(.run(due: due), before)
      return
    }
    guard mayWait, obstacle.mayPass else {
      self.init(.skip(obstacle.reason), before + [Self.entry(.skipped, obstacle, now, due)])
      return
    }
    // Said once, not each time it is woken.
    let isKnown = journal.postponement(of: due) == obstacle.reason
    self.init(.postpone(obstacle.reason), before + (isKnown ? [] : [Self.entry(.postponed, obstacle, now, due)]))
  }

  private static func entry(
    _ event: ScheduleEntry.Event, _ obstacle: Obstacle, _ now: Timestamp, _ due: Timestamp?
  ) -> ScheduleEntry {
    var entry = ScheduleEntry(event, at: now, due: due)
    (entry.reason, entry.detail) = (obstacle.reason, obstacle.detail)
    return entry
  }

  private static func cutShort(_ journal: [ScheduleEntry], _ now: Timestamp) -> [ScheduleEntry] {
    guard let began = journal.cutShort else { return [] }
    var entry = ScheduleEntry(.failed, at: now, due: began.due)
    entry.pack = began.pack
    let pack = began.pack ?? ""
    entry.detail = LocalizedText(
      ja: "検査が途中で停止しました(プログラムまたは機器の停止)。tenken resume \(pack) で再開できます",
      en: "the run was cut short (the program or this computer stopped); tenken resume \(pack) goes on with it")
    return [entry]
  }

  /// What became of turns before the present one.
  private static func passed(
    _ journal: [ScheduleEntry], _ missed: Int, _ last: Timestamp?, _ now: Timestamp
  ) -> [ScheduleEntry] {
    guard missed > 0, let last else { return [] }
    if let reason = journal.postponement(of: last) {
      var entry = ScheduleEntry(.skipped, at: now, due: last)
      (entry.reason, entry.count) = (reason, missed)
      entry.detail = LocalizedText(ja: "次の回まで開始できませんでした", en: "it could not begin before the next turn")
      return [entry]
    }
    var entry = ScheduleEntry(.missed, at: now, due: last)
    entry.reason = .missed
    entry.count = missed
    entry.detail = LocalizedText(
      ja: "\(missed)回分は、このコンピューターが停止または休止していたため行われませんでした",
      en: "\(missed) turn(s) passed while this computer was off, asleep or busy")
    return [entry]
  }
}
