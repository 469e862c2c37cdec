public import Records

/// `data/run/plan.json`: what a run was told to do, so that it can be continued exactly.
public struct RunPlan: Hashable, Sendable, Codable {
  public enum Purpose: String, Hashable, Sendable, Codable { case audit, scan, discover }

  /// Of this file, of the journal and of the order of the probes. A run of another format is not continued.
  public static let format = 2

  public var format = RunPlan.format
  public var runID: String
  public var started: Timestamp
  public var toolVersion: String
  public var purpose: Purpose
  /// As they were written on the command line, like the members below.
  public var targets: [String]
  public var ports: String
  public var profile: String
  public var link: String?
  /// Frames a second; 0 lifts the ceiling, null leaves it to profile and scope.
  public var deviceRate: Int?
  public var maxRate: Int?
  /// Milliseconds from the end of a connection to a device to the next one; null where none was asked for, and in runs of older
  /// versions.
  public var connectionGap: Int?
  public var window: String?
  /// Seconds; only a run that sends nothing has them, and runs of older versions do not say.
  public var listen: Int?
  /// The folder of the login journals; null where no logins were asked for, and in runs of older versions.
  public var loginJournal: String?
  /// The file of the owner's own list of pairs; nil for the published one.
  public var credentialList: String?
  /// To whom the originals of what is masked are encrypted; nil where none are kept, and in runs of older versions.
  public var originals: String?
  public var shard: String?
  public var unprivileged: Bool
  public var language: Language
  /// 32 hexadecimal digits.
  public var seed: String
  /// The seed was chosen by the operator, not drawn.
  public var seedWasGiven: Bool
  /// From which severity a finding makes the exit status 1; null where nothing is judged, and runs of older versions do
  /// not say.
  public var failOn: Severity?
  /// The folder of rule data that was named; null for the program's own.
  public var profiles: String?
  /// SHA-256 over the rule data and of the scope file.
  public var rulesDigest: String
  /// The folder of further fingerprints, and SHA-256 over it; null when there was none.
  public var fingerprints: String?
  public var fingerprintsDigest: String?
  public var scopeDigest: String
  public var interfaces: [String]

  public init(
    run: RunSummary, purpose: Purpose, ports: String, profile: String, link: String?, deviceRate: Int?, maxRate: Int?,
    window: String?, shard: String?, unprivileged: Bool, language: Language, seedWasGiven: Bool,
    interfaces: [String]
  ) {
    runID = run.runID
    started = run.started
    toolVersion = run.toolVersion
    self.purpose = purpose
    targets = run.targets
    self.ports = ports
    self.profile = profile
    self.link = link
    self.deviceRate = deviceRate
    self.maxRate = maxRate
    self.window = window
    self.shard = shard
    self.unprivileged = unprivileged
    self.language = language
    seed = run.seed
    self.seedWasGiven = seedWasGiven
    rulesDigest = run.rulesDigest
    scopeDigest = run.scopeDigest
    self.interfaces = interfaces
  }

  private enum CodingKeys: String, CodingKey {
    case format, runID, started, toolVersion, purpose, targets, ports, profile, link, deviceRate, maxRate, window,
      listen
    case shard, unprivileged, language, seed, seedWasGiven, rulesDigest, scopeDigest, interfaces
    case failOn, profiles, fingerprints, fingerprintsDigest, loginJournal, credentialList, connectionGap, originals
  }

  // By hand so that what was left open is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(format, forKey: .format)
    try container.encode(runID, forKey: .runID)
    try container.encode(started, forKey: .started)
    try container.encode(toolVersion, forKey: .toolVersion)
    try container.encode(purpose, forKey: .purpose)
    try container.encode(targets, forKey: .targets)
    try container.encode(ports, forKey: .ports)
    try container.encode(profile, forKey: .profile)
    try container.encode(link, forKey: .link)
    try container.encode(deviceRate, forKey: .deviceRate)
    try container.encode(maxRate, forKey: .maxRate)
    try container.encode(connectionGap, forKey: .connectionGap)
    try container.encode(window, forKey: .window)
    try container.encode(listen, forKey: .listen)
    try container.encode(shard, forKey: .shard)
    try container.encode(unprivileged, forKey: .unprivileged)
    try container.encode(language, forKey: .language)
    try container.encode(seed, forKey: .seed)
    try container.encode(seedWasGiven, forKey: .seedWasGiven)
    try container.encode(failOn, forKey: .failOn)
    try container.encode(profiles, forKey: .profiles)
    try container.encode(rulesDigest, forKey: .rulesDigest)
    try container.encode(loginJournal, forKey: .loginJournal)
    try container.encode(credentialList, forKey: .credentialList)
    try container.encode(originals, forKey: .originals)
    try container.encode(fingerprints, forKey: .fingerprints)
    try container.encode(fingerprintsDigest, forKey: .fingerprintsDigest)
    try container.encode(scopeDigest, forKey: .scopeDigest)
    try container.encode(interfaces, forKey: .interfaces)
  }
}
