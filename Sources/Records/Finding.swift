public import Addressing

/// How much a finding matters where it is found; a word, never a number to add up.
public enum Severity: String, Hashable, Sendable, Codable, Comparable, CaseIterable {
  case info, low, medium, high, critical

  private var rank: Int { Severity.allCases.firstIndex(of: self) ?? 0 }

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// A weakness that observations show, with the octets that show it.
public struct Finding: Hashable, Sendable {
  /// The device as it was when the finding was made: findings are read on their own.
  public struct DeviceReference: Hashable, Sendable, Codable {
    public let id: DeviceID
    /// nil where none can be seen.
    public let mac: MACAddress?
    public let addresses: [IPAddress]

    public init(_ device: Device) {
      id = device.id
      mac = device.mac
      addresses = device.addresses
    }

    private enum CodingKeys: String, CodingKey { case id, mac, addresses }

    // By hand so that a MAC address that is not known is written as null.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(id, forKey: .id)
      try container.encode(mac, forKey: .mac)
      try container.encode(addresses, forKey: .addresses)
    }
  }

  /// `F-0001`, in the order of discovery.
  public let id: String
  /// The check's id, such as `telnet.enabled`; the folder of that name in Profiles/checks defines it.
  public let check: String
  public let severity: Severity
  public let device: DeviceReference
  public let service: ServiceEndpoint?
  public let title: LocalizedText
  public let remediation: LocalizedText
  /// What exactly was seen, for a reader without the packets.
  public let detail: LocalizedText
  public let observations: [String]
  /// Checklist items that the check feeds, fully qualified.
  public let items: [String]
  public let at: Timestamp
  public let evidence: [String]

  public init(
    id: String, check: String, severity: Severity, device: DeviceReference, service: ServiceEndpoint?,
    title: LocalizedText, remediation: LocalizedText, detail: LocalizedText, observations: [String],
    items: [String], at: Timestamp, evidence: [String]
  ) {
    self.id = id
    self.check = check
    self.severity = severity
    self.device = device
    self.service = service
    self.title = title
    self.remediation = remediation
    self.detail = detail
    self.observations = observations
    self.items = items
    self.at = at
    self.evidence = evidence
  }
}

extension Finding: Codable {
  private enum Key: String, CodingKey {
    case id, check, severity, device, service, title, remediation, detail, observations, items, at, evidence
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      id: try container.decode(String.self, forKey: .id),
      check: try container.decode(String.self, forKey: .check),
      severity: try container.decode(Severity.self, forKey: .severity),
      device: try container.decode(DeviceReference.self, forKey: .device),
      service: try container.decode(ServiceEndpoint?.self, forKey: .service),
      title: try container.decode(LocalizedText.self, forKey: .title),
      remediation: try container.decode(LocalizedText.self, forKey: .remediation),
      detail: try container.decode(LocalizedText.self, forKey: .detail),
      observations: try container.decode([String].self, forKey: .observations),
      items: try container.decode([String].self, forKey: .items),
      at: try container.decode(Timestamp.self, forKey: .at),
      evidence: try container.decode([String].self, forKey: .evidence))
  }

  // By hand so that an absent service is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    try container.encode(check, forKey: .check)
    try container.encode(severity, forKey: .severity)
    try container.encode(device, forKey: .device)
    try container.encode(service, forKey: .service)
    try container.encode(title, forKey: .title)
    try container.encode(remediation, forKey: .remediation)
    try container.encode(detail, forKey: .detail)
    try container.encode(observations, forKey: .observations)
    try container.encode(items, forKey: .items)
    try container.encode(at, forKey: .at)
    try container.encode(evidence, forKey: .evidence)
  }
}
