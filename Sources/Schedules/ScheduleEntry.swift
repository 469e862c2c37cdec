public import Records

/// A line of a schedule's journal.
public struct ScheduleEntry: Hashable, Sendable, Codable {
  public enum Event: String, Hashable, Sendable, Codable, CaseIterable {
    /// A run begins. Without an end it was cut short.
    case began
    /// The turn cannot begin now, and is tried again.
    case postponed
    case completed
    case skipped
    case failed
    /// Turns that nobody was there for: the computer was off, asleep or busy with another run.
    case missed
  }

  public let event: Event
  public let at: Timestamp
  /// The moment that the calendar named; nil for what somebody started.
  public let due: Timestamp?
  public var reason: SkipReason?
  /// What was found, or went wrong.
  public var detail: LocalizedText?
  public var run: String?
  public var pack: String?
  public var partial: Bool?
  /// Of missed turns how many, ``due`` being the last of them.
  public var count: Int?

  public init(_ event: Event, at: Timestamp, due: Timestamp?) {
    self.event = event
    self.at = at
    self.due = due
  }

  public init(_ outcome: ScheduledOutcome) {
    switch outcome.result {
    case .completed(let run, let pack, let partial):
      self.init(.completed, at: outcome.at, due: outcome.due)
      (self.run, self.pack, self.partial) = (run, pack, partial)
    case .skipped(let reason):
      self.init(.skipped, at: outcome.at, due: outcome.due)
      self.reason = reason
    case .failed:
      self.init(.failed, at: outcome.at, due: outcome.due)
    }
    detail = outcome.detail
    if case .failed(let problem) = outcome.result { detail = LocalizedText(ja: problem, en: problem) }
  }

  /// The turn is over.
  public var isFinal: Bool { event != .postponed && event != .began }

  /// nil for what is no outcome.
  public func outcome(of schedule: String) -> ScheduledOutcome? {
    let result: ScheduledOutcome.Result
    switch event {
    case .began, .postponed: return nil
    case .completed: result = .completed(run: run ?? "", pack: pack ?? "", partial: partial ?? false)
    case .skipped: result = .skipped(reason ?? .disabled)
    case .failed: result = .failed(detail?.en ?? "")
    case .missed: result = .skipped(.missed)
    }
    return ScheduledOutcome(schedule: schedule, due: due, at: at, result: result, detail: detail)
  }
}
