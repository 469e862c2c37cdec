public import Addressing
public import Records

/// What a history keeps of a run: enough to say later what changed, where, and what was not looked at. The evidence stays in the
/// pack, which is named with its digest.
public struct RunRecord: Hashable, Sendable, Codable {
  public struct DeviceState: Hashable, Sendable, Codable {
    public let id: DeviceID
    public let mac: MACAddress?
    public let addresses: [IPAddress]
    public let vendor: String?
    public let deviceClass: String?
    public let model: String?
    public let firmware: String?

    public init(
      id: DeviceID, mac: MACAddress?, addresses: [IPAddress], vendor: String? = nil, deviceClass: String? = nil,
      model: String? = nil, firmware: String? = nil
    ) {
      self.id = id
      self.mac = mac
      self.addresses = addresses
      self.vendor = vendor
      self.deviceClass = deviceClass
      self.model = model
      self.firmware = firmware
    }
  }

  /// How far a device was looked at.
  public struct Look: Hashable, Sendable, Codable {
    public let device: DeviceID
    public let address: IPAddress
    public let from: Timestamp
    public let to: Timestamp
    /// The TCP ports that were to be asked, such as `1-65535`, and the UDP ports; nil where none were.
    public let tcp: String
    public let udp: String?
    /// Every port reached a final state, and the device did not stop the run.
    public let isFinished: Bool
    /// TCP ports that answered that nobody listens, and such that said nothing, as expressions.
    public let closed: String
    public let silent: String
    public let closedUDP: String
    /// nil where it was not asked.
    public let aliveAfter: Bool?

    public init(
      device: DeviceID, address: IPAddress, from: Timestamp, to: Timestamp, tcp: String, udp: String?,
      isFinished: Bool, closed: String, silent: String, closedUDP: String, aliveAfter: Bool?
    ) {
      self.device = device
      self.address = address
      self.from = from
      self.to = to
      self.tcp = tcp
      self.udp = udp
      self.isFinished = isFinished
      self.closed = closed
      self.silent = silent
      self.closedUDP = closedUDP
      self.aliveAfter = aliveAfter
    }
  }

  /// An open service.
  public struct OpenService: Hashable, Sendable, Codable {
    public let device: DeviceID
    public let endpoint: ServiceEndpoint
    public let protocolName: String?
    public let tls: Bool

    public init(device: DeviceID, endpoint: ServiceEndpoint, protocolName: String?, tls: Bool) {
      self.device = device
      self.endpoint = endpoint
      self.protocolName = protocolName
      self.tls = tls
    }
  }

  public struct Weakness: Hashable, Sendable, Codable {
    public let device: DeviceID
    public let service: ServiceEndpoint?
    public let check: String
    public let severity: Severity
    /// `F-0001` in its pack.
    public let finding: String
    public let items: [String]

    public init(
      device: DeviceID, service: ServiceEndpoint?, check: String, severity: Severity, finding: String, items: [String]
    ) {
      self.device = device
      self.service = service
      self.check = check
      self.severity = severity
      self.finding = finding
      self.items = items
    }
  }

  /// What a probe's question came to.
  public struct Answer: Hashable, Sendable, Codable {
    public let device: DeviceID
    public let service: ServiceEndpoint?
    public let question: String
    /// `proven`, `refuted` or `inconclusive`.
    public let result: String

    public init(device: DeviceID, service: ServiceEndpoint?, question: String, result: String) {
      self.device = device
      self.service = service
      self.question = question
      self.result = result
    }
  }

  /// What a service shows of itself and should show next time too: a certificate, a host key, what software it names.
  public struct Mark: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable {
      case certificate
      case hostKey = "host-key"
      case software
    }

    public let device: DeviceID
    public let service: ServiceEndpoint
    public let kind: Kind
    /// Of host keys the type, such as `ssh-ed25519`; empty otherwise.
    public let name: String
    public let value: String

    public init(device: DeviceID, service: ServiceEndpoint, kind: Kind, name: String, value: String) {
      self.device = device
      self.service = service
      self.kind = kind
      self.name = name
      self.value = value
    }
  }

  public struct Proposal: Hashable, Sendable, Codable {
    public let item: String
    public let device: DeviceID?
    public let service: ServiceEndpoint?
    public let status: VerdictStatus
    public let reason: NotTestedReason?

    public init(
      item: String, device: DeviceID?, service: ServiceEndpoint?, status: VerdictStatus, reason: NotTestedReason?
    ) {
      self.item = item
      self.device = device
      self.service = service
      self.status = status
      self.reason = reason
    }
  }

  public let run: RunSummary
  /// Where the pack lay when the run was recorded; nil when it is known to be gone.
  public let pack: String?
  /// SHA-256 of its `tagmanifest-sha256.txt`.
  public let packDigest: String
  /// Addresses that were asked and never answered, and addresses that were left out, as expressions.
  public let unanswered: String
  public let omitted: [String]
  public let devices: [DeviceState]
  public let looks: [Look]
  public let services: [OpenService]
  public let weaknesses: [Weakness]
  public let answers: [Answer]
  public let marks: [Mark]
  public let proposals: [Proposal]

  public init(
    run: RunSummary, pack: String?, packDigest: String, unanswered: String, omitted: [String],
    devices: [DeviceState], looks: [Look], services: [OpenService], weaknesses: [Weakness], answers: [Answer],
    marks: [Mark], proposals: [Proposal]
  ) {
    self.run = run
    self.pack = pack
    self.packDigest = packDigest
    self.unanswered = unanswered
    self.omitted = omitted
    // In the order in which a history gives them back: equal runs are equal records.
    self.devices = devices.sorted { $0.id < $1.id }
    self.looks = looks.sorted {
      ($0.device.rawValue, $0.address.description) < ($1.device.rawValue, $1.address.description)
    }
    self.services = services.sorted {
      ($0.device.rawValue, $0.endpoint.description) < ($1.device.rawValue, $1.endpoint.description)
    }
    self.weaknesses = weaknesses.sorted { $0.finding < $1.finding }
    self.answers = answers.sorted {
      ($0.device.rawValue, $0.service?.description ?? "", $0.question)
        < ($1.device.rawValue, $1.service?.description ?? "", $1.question)
    }
    self.marks = marks.sorted {
      ($0.device.rawValue, $0.service.description, $0.kind.rawValue, $0.name)
        < ($1.device.rawValue, $1.service.description, $1.kind.rawValue, $1.name)
    }
    self.proposals = proposals
  }
}

// What is not known is null, never left out.

extension RunRecord {
  /// What ``encode(to:)`` calls its document.
  public static let schema = "urn:tenken:schema:run-record:1"

  private enum DocumentKeys: CodingKey { case schema }

  public func encode(to encoder: any Encoder) throws {
    var document = encoder.container(keyedBy: DocumentKeys.self)
    try document.encode(Self.schema, forKey: .schema)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(pack, forKey: .pack)
    try container.encode(packDigest, forKey: .packDigest)
    try container.encode(unanswered, forKey: .unanswered)
    try container.encode(omitted, forKey: .omitted)
    try container.encode(devices, forKey: .devices)
    try container.encode(looks, forKey: .looks)
    try container.encode(services, forKey: .services)
    try container.encode(weaknesses, forKey: .weaknesses)
    try container.encode(answers, forKey: .answers)
    try container.encode(marks, forKey: .marks)
    try container.encode(proposals, forKey: .proposals)
  }
}

extension RunRecord.DeviceState {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(mac, forKey: .mac)
    try container.encode(addresses, forKey: .addresses)
    try container.encode(vendor, forKey: .vendor)
    try container.encode(deviceClass, forKey: .deviceClass)
    try container.encode(model, forKey: .model)
    try container.encode(firmware, forKey: .firmware)
  }
}

extension RunRecord.Look {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(address, forKey: .address)
    try container.encode(from, forKey: .from)
    try container.encode(to, forKey: .to)
    try container.encode(tcp, forKey: .tcp)
    try container.encode(udp, forKey: .udp)
    try container.encode(isFinished, forKey: .isFinished)
    try container.encode(closed, forKey: .closed)
    try container.encode(silent, forKey: .silent)
    try container.encode(closedUDP, forKey: .closedUDP)
    try container.encode(aliveAfter, forKey: .aliveAfter)
  }
}

extension RunRecord.OpenService {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(endpoint, forKey: .endpoint)
    try container.encode(protocolName, forKey: .protocolName)
    try container.encode(tls, forKey: .tls)
  }
}

extension RunRecord.Weakness {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(service, forKey: .service)
    try container.encode(check, forKey: .check)
    try container.encode(severity, forKey: .severity)
    try container.encode(finding, forKey: .finding)
    try container.encode(items, forKey: .items)
  }
}

extension RunRecord.Answer {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(service, forKey: .service)
    try container.encode(question, forKey: .question)
    try container.encode(result, forKey: .result)
  }
}

extension RunRecord.Proposal {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(item, forKey: .item)
    try container.encode(device, forKey: .device)
    try container.encode(service, forKey: .service)
    try container.encode(status, forKey: .status)
    try container.encode(reason, forKey: .reason)
  }
}
