internal import Addressing
internal import Records

// The fields of the journal's lines.

struct RefusedEvent: Encodable, Sendable {
  let address: IPAddress
  let mac: MACAddress?
  let reason: String
}

struct DeviceEvent: Encodable, Sendable {
  let address: IPAddress
  let mac: MACAddress?
  let vendor: String?
}

struct FoundEvent: Encodable, Sendable {
  let address: IPAddress
  let mac: MACAddress?
  let vendor: String?
  let vendorSource: String?
  let deviceClass: DeviceClass
}

struct ClassEvent: Encodable, Sendable {
  let address: IPAddress
  let deviceClass: DeviceClass
}

struct DistressEvent: Encodable, Sendable {
  let addresses: [IPAddress]
  let distress: Distress
}

struct SessionFailedEvent: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
  let reason: String
}

struct PortEvent: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
}

struct DatagramEvent: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
  let probe: String
  let isAnswer: Bool
  let octets: Int
}

struct AddressEvent: Encodable, Sendable { let address: IPAddress }

struct AliveEvent: Encodable, Sendable {
  let address: IPAddress
  let device: DeviceID
  /// Written as null when it could not be asked.
  let aliveAfter: Bool?

  private enum CodingKeys: String, CodingKey { case address, device, aliveAfter }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(address, forKey: .address)
    try container.encode(device, forKey: .device)
    try container.encode(aliveAfter, forKey: .aliveAfter)
  }
}

struct SessionEventRecord: Encodable, Sendable {
  let address: IPAddress
  let port: UInt16
  let outcome: String
  let octets: Int
}

struct ProbeEventRecord: Encodable, Sendable {
  let address: IPAddress
  let transport: Transport
  let port: UInt16
  let probe: String
  /// Why it has no report of its own; nil when it has one.
  let ended: String?
  /// HTTP requests that it made.
  let requests: Int

  init(address: IPAddress, endpoint: ServiceEndpoint, probe: String, ended: String? = nil, requests: Int = 0) {
    self.requests = requests
    self.address = address
    transport = endpoint.transport
    port = endpoint.port
    self.probe = probe
    self.ended = ended
  }
}

struct SightingEvent: Encodable, Sendable {
  let mac: MACAddress
  let address: IPAddress?
  let by: String
  /// As the device wrote it.
  let name: String?
  let vendorClass: String?
}

struct StormEvent: Encodable, Sendable { let mac: MACAddress? }

/// A login that was attempted. The password is named by the profile and its place there.
struct LoginEvent: Encodable, Sendable {
  let address: IPAddress
  let endpoint: ServiceEndpoint
  let profile: String
  /// From 1; of a control, the pair that was accepted before.
  let pair: Int
  let account: String
  let isControl: Bool
  let outcome: String

  private enum CodingKeys: String, CodingKey {
    case address, transport, port, profile, pair, account, isControl, outcome
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(address, forKey: .address)
    try container.encode(endpoint.transport, forKey: .transport)
    try container.encode(endpoint.port, forKey: .port)
    try container.encode(profile, forKey: .profile)
    try container.encode(pair, forKey: .pair)
    try container.encode(account, forKey: .account)
    try container.encode(isControl, forKey: .isControl)
    try container.encode(outcome, forKey: .outcome)
  }
}
