/// Who audits what on whose authority, as the scope file states it.
public struct Engagement: Hashable, Sendable, Codable {
  public var id: String
  public var customer: String
  public var site: String
  public var `operator`: String

  public init(id: String, customer: String, site: String, operator: String) {
    self.id = id
    self.customer = customer
    self.site = site
    self.operator = `operator`
  }
}

/// The facts of a run that every output repeats.
public struct RunSummary: Hashable, Sendable, Codable {
  public var runID: String
  public var toolVersion: String
  /// SHA-256 over the rule data (Profiles) that the run used.
  public var rulesDigest: String
  public var engagement: Engagement
  public var scopeDigest: String
  public var targets: [String]
  public var ports: String
  public var host: String
  public var started: Timestamp
  public var ended: Timestamp
  /// Minutes east of UTC in which times are shown to people.
  public var offsetMinutes: Int
  /// The seed of the probe order and cookies, so that the order can be repeated.
  public var seed: String
  public var partial: Bool
  /// Frames handed to interfaces during the run.
  public var framesSent: Int
  /// How well the clock behind every time was kept when the run began; nil where the kernel did not say, and in packs of versions
  /// before 0.4.
  public var clock: ClockState?

  public init(
    runID: String, toolVersion: String, rulesDigest: String, engagement: Engagement, scopeDigest: String,
    targets: [String], ports: String, host: String, started: Timestamp, ended: Timestamp, offsetMinutes: Int,
    seed: String, partial: Bool, framesSent: Int, clock: ClockState? = nil
  ) {
    self.runID = runID
    self.toolVersion = toolVersion
    self.rulesDigest = rulesDigest
    self.engagement = engagement
    self.scopeDigest = scopeDigest
    self.targets = targets
    self.ports = ports
    self.host = host
    self.started = started
    self.ended = ended
    self.offsetMinutes = offsetMinutes
    self.seed = seed
    self.partial = partial
    self.framesSent = framesSent
    self.clock = clock
  }
}

/// Everything an audit came to: the one model from which the pack and every report are made.
public struct AuditResult: Hashable, Sendable, Codable {
  public var run: RunSummary
  public var inventory: Inventory
  public var findings: [Finding]
  public var verdicts: [Verdict]
  public var coverage: Coverage

  public init(
    run: RunSummary, inventory: Inventory, findings: [Finding], verdicts: [Verdict], coverage: Coverage
  ) {
    self.run = run
    self.inventory = inventory
    self.findings = findings
    self.verdicts = verdicts
    self.coverage = coverage
  }
}
