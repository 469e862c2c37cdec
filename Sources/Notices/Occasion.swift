public import Records
public import RunComparison
public import Schedules

/// What there may be to tell after a schedule's turn.
public struct Occasion: Hashable, Sendable {
  /// A device that did badly during the run.
  public struct Trouble: Hashable, Sendable {
    public let device: DeviceID
    public let kind: Distress.Kind

    public init(device: DeviceID, kind: Distress.Kind) {
      self.device = device
      self.kind = kind
    }
  }

  public let outcome: ScheduledOutcome
  public let engagement: Engagement
  /// The run, where there was one.
  public let run: RunRecord?
  /// How it differs from the run before; nil for a first run.
  public let difference: RunDifference?
  public let troubles: [Trouble]
  /// Accepted deviations whose time is over.
  public let expiredExceptions: [String]

  public init(
    outcome: ScheduledOutcome, engagement: Engagement, run: RunRecord? = nil, difference: RunDifference? = nil,
    troubles: [Trouble] = [], expiredExceptions: [String] = []
  ) {
    self.outcome = outcome
    self.engagement = engagement
    self.run = run
    self.difference = difference
    self.troubles = troubles
    self.expiredExceptions = expiredExceptions
  }
}
