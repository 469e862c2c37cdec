public import Records

/// Why a scheduled run did not begin. Nothing was sent.
public enum SkipReason: String, Hashable, Sendable, Codable, CaseIterable {
  /// Its window of the day was closed.
  case windowClosed = "window-closed"
  /// This computer is not where the schedule belongs: another gateway, another Wi-Fi network, none at all.
  case wrongNetwork = "wrong-network"
  case onBattery = "on-battery"
  /// Another run holds the lock.
  case overlap
  /// The scope's time is over, or has not begun.
  case scopeNotValid = "scope-not-valid"
  /// The scope, or what else the schedule names, is not what was there when the schedule was made, or cannot be read.
  case scopeChanged = "scope-changed"
  /// Nobody was there at its time: this computer was off or asleep, or a run took too long. Several such turns are told as one.
  case missed
  /// Somebody switched the schedule off.
  case disabled
}

/// What came of a schedule's turn.
public struct ScheduledOutcome: Hashable, Sendable, Codable {
  public enum Result: Hashable, Sendable, Codable {
    /// It ran to its end, or (`partial`) was interrupted and left a valid pack.
    case completed(run: String, pack: String, partial: Bool)
    case skipped(SkipReason)
    /// It could not look; the text says why.
    case failed(String)
  }

  public let schedule: String
  /// The moment that the calendar named; nil where somebody started it by hand.
  public let due: Timestamp?
  public let at: Timestamp
  public let result: Result
  /// What was found instead, of a run that was skipped, such as the gateway that was seen.
  public let detail: LocalizedText?

  public init(schedule: String, due: Timestamp?, at: Timestamp, result: Result, detail: LocalizedText? = nil) {
    self.schedule = schedule
    self.due = due
    self.at = at
    self.result = result
    self.detail = detail
  }
}
