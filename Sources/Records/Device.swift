public import Addressing

/// A statement about a device and where it comes from. The value is never a guess.
public struct Attribution: Hashable, Sendable, Codable {
  public var name: String
  public var source: String

  public init(name: String, source: String) {
    self.name = name
    self.source = source
  }
}

/// A device on the segment. What is not known is nil, and is written as `null`.
public struct Device: Hashable, Sendable {
  public let id: DeviceID
  /// nil where none can be seen: behind a gateway, or on an interface without Ethernet.
  public let mac: MACAddress?
  public var addresses: [IPAddress]
  public var vendor: Attribution?
  public var deviceClass: Attribution?
  public var model: Attribution?
  public var firmware: Attribution?
  public var services: [Service]
  /// What it says of itself, in the order in which it was heard, each claim once.
  public var claims: [Claim] = []

  public init(mac: MACAddress, addresses: [IPAddress], vendor: Attribution? = nil, services: [Service] = []) {
    id = DeviceID(mac: mac)
    self.mac = mac
    self.addresses = addresses
    self.vendor = vendor
    self.services = services
  }

  /// A device of which no MAC address can be seen; it is named by `address`, its first.
  public init(address: IPAddress, vendor: Attribution? = nil, services: [Service] = []) {
    id = DeviceID(address: address)
    mac = nil
    addresses = [address]
    self.vendor = vendor
    self.services = services
  }
}

extension Device {
  /// Fixes ``model`` and ``firmware`` by its claims: what is believed most of each kind, unless it is only a guess.
  public mutating func settle() {
    func best(_ kind: Claim.Kind) -> Attribution? {
      claims.filter { $0.kind == kind && $0.confidence > .low }.min(by: Claim.isListedBefore).map {
        Attribution(name: $0.value, source: $0.source)
      }
    }
    model = best(.model) ?? model
    firmware = best(.firmware) ?? firmware
  }
}

/// A service seen on a device.
public struct Service: Hashable, Sendable {
  public let endpoint: ServiceEndpoint
  public let state: PortState
  /// nil while nothing the service said identifies it.
  public var protocolName: ProtocolName?
  /// What it speaks is spoken inside TLS.
  public var tls: Bool

  public init(endpoint: ServiceEndpoint, state: PortState, protocolName: ProtocolName? = nil, tls: Bool = false) {
    self.tls = tls
    self.endpoint = endpoint
    self.state = state
    self.protocolName = protocolName
  }
}

/// What a port's answers amount to.
public enum PortState: String, Hashable, Sendable, Codable {
  /// TCP: a SYN-ACK with a valid cookie came back. UDP: the service answered.
  case open
  /// TCP: a RST with a valid cookie came back. UDP: ICMP "port unreachable" did.
  case closed
  /// TCP: every try was sent and no segment came back.
  case silent
  /// UDP: every try was sent and nothing came back, which a service that ignores it does too.
  case openOrFiltered = "open-or-filtered"
}

extension Device: Codable {
  private enum Key: String, CodingKey {
    case id, mac, addresses, vendor
    case deviceClass = "class"
    case model, firmware, services, claims
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    id = try container.decode(DeviceID.self, forKey: .id)
    mac = try container.decode(MACAddress?.self, forKey: .mac)
    addresses = try container.decode([IPAddress].self, forKey: .addresses)
    vendor = try container.decode(Attribution?.self, forKey: .vendor)
    services = try container.decode([Service].self, forKey: .services)
    deviceClass = try container.decode(Attribution?.self, forKey: .deviceClass)
    model = try container.decode(Attribution?.self, forKey: .model)
    firmware = try container.decode(Attribution?.self, forKey: .firmware)
    // Packs of versions before 0.3 have none.
    claims = try container.decodeIfPresent([Claim].self, forKey: .claims) ?? []
  }

  // Written by hand because a synthesised encoder leaves nil out, and readers of the pack must be
  // able to tell "not known" from "not a field".
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(id, forKey: .id)
    try container.encode(mac, forKey: .mac)
    try container.encode(addresses, forKey: .addresses)
    try container.encode(vendor, forKey: .vendor)
    try container.encode(deviceClass, forKey: .deviceClass)
    try container.encode(model, forKey: .model)
    try container.encode(firmware, forKey: .firmware)
    try container.encode(services, forKey: .services)
    try container.encode(claims, forKey: .claims)
  }
}

extension Service: Codable {
  private enum Key: String, CodingKey {
    case transport, port, state
    case protocolName = "protocol"
    case tls
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      endpoint: ServiceEndpoint(
        transport: try container.decode(Transport.self, forKey: .transport),
        port: try container.decode(UInt16.self, forKey: .port)),
      state: try container.decode(PortState.self, forKey: .state),
      protocolName: try container.decode(ProtocolName?.self, forKey: .protocolName),
      tls: try container.decodeIfPresent(Bool.self, forKey: .tls) ?? false)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(endpoint.transport, forKey: .transport)
    try container.encode(endpoint.port, forKey: .port)
    try container.encode(state, forKey: .state)
    try container.encode(protocolName, forKey: .protocolName)
    try container.encode(tls, forKey: .tls)
  }
}

/// `inventory.json`.
public struct Inventory: Hashable, Sendable, Codable {
  public var devices: [Device]

  public init(devices: [Device]) { self.devices = devices }
}
