/// The five statuses of a proposal (checklist.md §2.1). A person's determination is another layer.
public enum VerdictStatus: String, Hashable, Sendable, Codable, CaseIterable {
  case fail
  /// Always bounded: see ``Verdict/bounds``.
  case pass
  case needsReview = "needs-review"
  case notApplicable = "not-applicable"
  case notTested = "not-tested"
}

/// Which way the facts of a `needs-review` point.
public enum Polarity: String, Hashable, Sendable, Codable {
  case supports, against, neutral
}

/// Why something was not tested (checklist.md §2.2).
public enum NotTestedReason: String, Hashable, Sendable, Codable, CaseIterable {
  case noAuthorisation = "NT-AUTH"
  case noCredential = "NT-CRED"
  case outOfScope = "NT-SCOPE"
  case vantage = "NT-VANT"
  case noCapture = "NT-CAP"
  case radio = "NT-RADIO"
  case fragile = "NT-FRAGILE"
  case incomplete = "NT-TIME"
  case unsupported = "NT-TOOL"
  case opaque = "NT-OPAQUE"
  case noReferenceData = "NT-DATA"
  case documentNeeded = "NT-DOC"
  case interviewNeeded = "NT-INT"
  case checkError = "NT-ERR"
}

/// Inside which limits a verdict holds. Printed with it everywhere.
public struct Bounds: Hashable, Sendable, Codable {
  public var tcpPorts: String?
  public var complete: Bool
  public var open: Int
  public var closed: Int
  public var silent: Int
  /// The probability that a given open port was missed, 0 … 1; nil when the loss was not measured.
  public var missBound: Double?
  public var aliveBefore: Bool
  public var aliveAfter: Bool?
  public var vantage: Vantage?
  public var from: Timestamp?
  public var to: Timestamp?
  /// Addresses the row is about when it is about no single device.
  public var addresses: String?
  /// Open services that said nothing that identifies them.
  public var unidentified: [ServiceEndpoint]
  /// What this verdict does not say, in both languages.
  public var cannotConclude: LocalizedText?

  public init(coverage: DeviceCoverage?, unidentified: [ServiceEndpoint] = [], cannotConclude: LocalizedText? = nil) {
    tcpPorts = coverage?.tcp.requested
    complete = coverage?.tcp.complete ?? false
    open = coverage?.tcp.open ?? 0
    closed = coverage?.tcp.closed ?? 0
    silent = coverage?.tcp.silent ?? 0
    missBound = coverage?.loss?.missBound
    aliveBefore = coverage?.aliveBefore ?? false
    aliveAfter = coverage?.aliveAfter
    vantage = coverage?.vantage
    from = coverage?.from
    to = coverage?.to
    addresses = nil
    self.unidentified = unidentified
    self.cannotConclude = cannotConclude
  }

  private enum CodingKeys: String, CodingKey {
    case tcpPorts, complete, open, closed, silent, missBound, aliveBefore, aliveAfter, vantage, from, to, addresses
    case unidentified, cannotConclude
  }

  // By hand so that a limit that is not known is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(tcpPorts, forKey: .tcpPorts)
    try container.encode(complete, forKey: .complete)
    try container.encode(open, forKey: .open)
    try container.encode(closed, forKey: .closed)
    try container.encode(silent, forKey: .silent)
    try container.encode(missBound, forKey: .missBound)
    try container.encode(aliveBefore, forKey: .aliveBefore)
    try container.encode(aliveAfter, forKey: .aliveAfter)
    try container.encode(vantage, forKey: .vantage)
    try container.encode(from, forKey: .from)
    try container.encode(to, forKey: .to)
    try container.encode(addresses, forKey: .addresses)
    try container.encode(unidentified, forKey: .unidentified)
    try container.encode(cannotConclude, forKey: .cannotConclude)
  }
}

/// What the tool proposes for one checklist item on one device (or one service of it).
public struct Verdict: Hashable, Sendable {
  /// Fully qualified, `jssec-iot-v1/JSSEC-14.2.c`.
  public let item: String
  public let device: DeviceID?
  public let service: ServiceEndpoint?
  public let status: VerdictStatus
  /// Given with `not-tested`, and with `needs-review` where a code says why.
  public let reason: NotTestedReason?
  public let polarity: Polarity?
  public let bounds: Bounds
  /// One sentence for a reader who was not there.
  public let explanation: LocalizedText
  public let evidence: [String]

  public init(
    item: String, device: DeviceID?, service: ServiceEndpoint?, status: VerdictStatus,
    reason: NotTestedReason? = nil, polarity: Polarity? = nil, bounds: Bounds, explanation: LocalizedText,
    evidence: [String] = []
  ) {
    self.item = item
    self.device = device
    self.service = service
    self.status = status
    self.reason = reason
    self.polarity = polarity
    self.bounds = bounds
    self.explanation = explanation
    self.evidence = evidence
  }
}

extension Verdict: Codable {
  private enum Key: String, CodingKey {
    case item, device, service, status, reason, polarity, bounds, explanation, evidence
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      item: try container.decode(String.self, forKey: .item),
      device: try container.decode(DeviceID?.self, forKey: .device),
      service: try container.decode(ServiceEndpoint?.self, forKey: .service),
      status: try container.decode(VerdictStatus.self, forKey: .status),
      reason: try container.decode(NotTestedReason?.self, forKey: .reason),
      polarity: try container.decode(Polarity?.self, forKey: .polarity),
      bounds: try container.decode(Bounds.self, forKey: .bounds),
      explanation: try container.decode(LocalizedText.self, forKey: .explanation),
      evidence: try container.decode([String].self, forKey: .evidence))
  }

  // By hand so that absent parts are written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(item, forKey: .item)
    try container.encode(device, forKey: .device)
    try container.encode(service, forKey: .service)
    try container.encode(status, forKey: .status)
    try container.encode(reason, forKey: .reason)
    try container.encode(polarity, forKey: .polarity)
    try container.encode(bounds, forKey: .bounds)
    try container.encode(explanation, forKey: .explanation)
    try container.encode(evidence, forKey: .evidence)
  }
}
