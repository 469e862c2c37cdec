public import Records

/// A line of `data/evidence.jsonl`: one thing that was seen, with everything that a reader needs who holds nothing else
/// (the fields of checklist.md §5.2, under their names).
///
/// The octets are in the files it names. `sha256` is the digest of the line of `data/run.jsonl` in which it was recorded when it
/// was seen; the line after that names the same digest.
public struct EvidenceRecord: Hashable, Sendable {
  /// How far into a device a way of looking goes.
  public enum Reach: String, Hashable, Sendable, Encodable {
    case passive, active, credentialed

    init(_ technique: Technique) {
      switch technique {
      case .passive, .wifiListen: self = .passive
      case .defaultCredentials, .credentialList: self = .credentialed
      default: self = .active
      }
    }
  }

  public struct File: Hashable, Sendable, Encodable {
    public let path: String
    public let octets: Int
    public let sha256: String
  }

  public struct Target: Hashable, Sendable, Encodable {
    public let mac: String?
    public let addresses: [String]
    public let service: String?

    private enum Key: String, CodingKey { case mac, addresses, service }

    // By hand so that what is not known is null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(mac, forKey: .mac)
      try container.encode(addresses, forKey: .addresses)
      try container.encode(service, forKey: .service)
    }
  }

  public struct Proposal: Hashable, Sendable, Encodable {
    public let item: String
    public let status: VerdictStatus
  }

  public let observation: Observation
  /// Of ``RunSummary``: who looked, when, with what, on whose authority.
  public let run: RunSummary
  public let coverage: DeviceCoverage?
  public let target: Target
  /// Findings and checks that rest on it.
  public let findings: [String]
  public let checks: [String]
  public let proposals: [Proposal]
  public let files: [File]
  /// Files of it in which something was masked before they were written, with the rules.
  public let masked: [String]
  /// The line of `data/run.jsonl`.
  public let sequence: Int
  public let sha256: String
}

extension EvidenceRecord: Encodable {
  private enum Key: String, CodingKey {
    case evidenceID = "evidence_id"
    case itemIDs = "item_ids"
    case deviceID = "device_id"
    case check
    case findings
    case technique, method
    case startedAt = "started_at"
    case startedAtUTC = "started_at_utc"
    case endedAt = "ended_at"
    case endedAtUTC = "ended_at_utc"
    case clockSource = "clock_source"
    case clockOffset = "clock_offset_ns"
    case `operator`, host
    case toolVersion = "tool_version"
    case rulesetVersion = "ruleset_version"
    case vantage, target, request, response
    case rawReference = "raw_ref"
    case interpretation
    case statusProposal = "status_proposal"
    case bounds, redactions, sha256
    case authorisation = "authorisation_ref"
  }

  private struct Raw: Encodable {
    let path: String
    let line: Int
    let files: [String]
  }

  private struct Authorisation: Encodable {
    let engagement: String
    let scope: String
    let sha256: String
  }

  // By hand: the names are those of the sheet's evidence format, and what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(observation.id, forKey: .evidenceID)
    try container.encode(proposals.map(\.item), forKey: .itemIDs)
    try container.encode(observation.subject.device, forKey: .deviceID)
    try container.encode(checks, forKey: .check)
    try container.encode(findings, forKey: .findings)
    try container.encode(Reach(observation.technique), forKey: .technique)
    try container.encode(observation.technique, forKey: .method)
    // The question was asked between the two: a device's visit begins with the first.
    let began = coverage.map { min($0.from, observation.at) } ?? observation.at
    try container.encode(began.rfc3339(offsetMinutes: run.offsetMinutes), forKey: .startedAt)
    try container.encode(began, forKey: .startedAtUTC)
    try container.encode(observation.at.rfc3339(offsetMinutes: run.offsetMinutes), forKey: .endedAt)
    try container.encode(observation.at, forKey: .endedAtUTC)
    try container.encode(run.clock?.description, forKey: .clockSource)
    try container.encode(run.clock?.offsetNanoseconds, forKey: .clockOffset)
    try container.encode(run.engagement.operator, forKey: .operator)
    try container.encode(run.host, forKey: .host)
    try container.encode(run.toolVersion, forKey: .toolVersion)
    try container.encode(run.rulesDigest, forKey: .rulesetVersion)
    try container.encode(coverage?.vantage, forKey: .vantage)
    try container.encode(target, forKey: .target)
    try container.encode(files.filter { $0.path.hasSuffix("/request.bin") }, forKey: .request)
    try container.encode(files.filter(\.isResponse), forKey: .response)
    try container.encode(
      Raw(path: PackWriter.eventsPath, line: sequence, files: files.map(\.path)), forKey: .rawReference)
    try container.encode(observation.fact.interpretation, forKey: .interpretation)
    try container.encode(proposals, forKey: .statusProposal)
    try container.encode(coverage.map { Bounds(coverage: $0) }, forKey: .bounds)
    try container.encode(redactions, forKey: .redactions)
    try container.encode(sha256, forKey: .sha256)
    try container.encode(
      Authorisation(engagement: run.engagement.id, scope: "data/scope/scope.yaml", sha256: run.scopeDigest),
      forKey: .authorisation)
  }

  /// What of the octets is not in the pack.
  private var redactions: [String] {
    files.filter(\.isWithheld).map { "\($0.path): octets withheld, digest kept" } + masked
  }
}

extension EvidenceRecord.File {
  var isResponse: Bool { path.hasSuffix("/response.bin") || isWithheld }
  var isWithheld: Bool { path.hasSuffix("/response.txt") }
}

extension Observation.Subject {
  var device: DeviceID {
    switch self {
    case .device(let device), .service(let device, _): device
    }
  }

  var service: ServiceEndpoint? {
    switch self {
    case .device: nil
    case .service(_, let endpoint): endpoint
    }
  }
}

extension Observation.Fact {
  /// By which rule octets became a fact: the check's name with its result, or what kind of answer it was.
  var interpretation: String {
    switch self {
    case .answeredARP: "answered an ARP request"
    case .answeredNeighbourSolicitation: "answered a neighbour solicitation"
    case .answeredEcho: "answered an echo request"
    case .answeredSYN: "answered a SYN"
    case .sighted(_, let by): "named its address in: \(by)"
    case .port(let state): "TCP port \(state.rawValue)"
    case .udp(let state, let probe): "UDP port \(state.rawValue), by the probe \(probe)"
    case .distress(let distress): "distress: \(distress.kind.rawValue)"
    case .serviceIdentified(let name, let tls, _): "identified as \(name.rawValue)\(tls == true ? " inside TLS" : "")"
    case .serviceUnidentified: "not identified"
    case .connectionFailed: "connection failed"
    case .probed(let verdict): "\(verdict.question): \(verdict.result.word)"
    case .claimed(let claims): "says of itself: " + Set(claims.map(\.kind.rawValue)).sorted().joined(separator: ", ")
    case .tls: "TLS as negotiated"
    case .ssh: "SSH as negotiated"
    case .page: "answer to a GET"
    }
  }
}
