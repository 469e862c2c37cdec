public import Addressing
public import Records

/// What the owner of the devices declares: which services are meant to be there, which networks may reach which, what
/// must be handled with care. It is the reference that checks need; that it is right is the owner's word.
public struct Declarations: Hashable, Sendable {
  /// A service that may be open.
  public struct AllowedService: Hashable, Sendable {
    public let transport: Transport
    public let ports: ClosedRange<UInt16>
    /// nil when any protocol may speak there.
    public let protocolName: ProtocolName?
    public let why: String?
    /// Who said so: the file and line, or the MUD file's URL and entry.
    public let source: String
    /// From where it may be used, in the words of RFC 8520 (`local-networks`, `my-controller` …). Kept for the reader; this
    /// program does not look at who uses a service.
    public let conditions: [String]

    public init(
      transport: Transport, ports: ClosedRange<UInt16>, protocolName: ProtocolName? = nil, why: String? = nil,
      source: String, conditions: [String] = []
    ) {
      self.transport = transport
      self.ports = ports
      self.protocolName = protocolName
      self.why = why
      self.source = source
      self.conditions = conditions
    }

    public func covers(_ endpoint: ServiceEndpoint) -> Bool {
      endpoint.transport == transport && ports.contains(endpoint.port)
    }
  }

  /// What names a device.
  public enum Target: Hashable, Sendable {
    case mac(MACAddress)
    case addresses(AddressRange)
  }

  /// A device, or several, of the owner's.
  public struct DeviceRule: Hashable, Sendable {
    public let line: Int
    public let targets: [Target]
    /// The class of which it is one; its list holds for the device too.
    public let deviceClass: String?
    /// nil when the device has no list of its own.
    public let allow: [AllowedService]?
    /// The MUD file that holds for the device, as it was named.
    public let mud: String?
  }

  /// A kind of devices with one list.
  public struct DeviceClassRule: Hashable, Sendable {
    public let name: String
    public let allow: [AllowedService]
    public let mud: String?
  }

  /// A device to be handled with care.
  public struct Fragile: Hashable, Sendable {
    public let target: Target
    public let why: String
    /// A controller: nothing is sent unless the scope names `ot-identify`.
    public let isOT: Bool
  }

  /// A part of the network.
  public struct Zone: Hashable, Sendable {
    public let id: String
    public let networks: [AddressRange]
  }

  /// What one zone may reach in another.
  public struct Reach: Hashable, Sendable {
    public enum Rule: Hashable, Sendable {
      case everything, nothing
      case only([AllowedService])
    }

    public let from: String
    public let to: String
    public let rule: Rule
  }

  /// Who does what.
  public struct Role: Hashable, Sendable {
    public let role: String
    public let who: String
  }

  public let file: String
  /// Nothing goes in or out of the network; nil when nothing is said.
  public let isClosedNetwork: Bool?
  public let classes: [DeviceClassRule]
  public let devices: [DeviceRule]
  public let fragile: [Fragile]
  public let zones: [Zone]
  public let reach: [Reach]
  public let logCollectors: [AddressRange]
  public let roles: [Role]
  public let policies: Policies
  public let statements: [Statement]

  /// MUD files that are named, each once, in file order.
  public var mudFiles: [String] {
    var seen: Set<String> = []
    return (classes.compactMap(\.mud) + devices.compactMap(\.mud)).filter { seen.insert($0).inserted }
  }

  /// The zone an address is in: the one with the smallest network that holds it.
  public func zone(of address: IPAddress) -> Zone? {
    zones.compactMap { zone in
      zone.networks.filter { $0.contains(address) }.map(\.count).min().map { (zone, $0) }
    }.min { $0.1 < $1.1 }?.0
  }

  /// What is declared for traffic from one zone to another; nil when nothing is.
  public func rule(from: String, to: String) -> Reach.Rule? { reach.first { $0.from == from && $0.to == to }?.rule }

  /// Why a device must be handled with care, or nil.
  public func fragility(macs: [MACAddress], addresses: [IPAddress]) -> Fragile? {
    fragile.first { $0.target.names(macs: macs, addresses: addresses) }
  }
}

extension Declarations.Target {
  public func names(macs: [MACAddress], addresses: [IPAddress]) -> Bool {
    switch self {
    case .mac(let mac): macs.contains(mac)
    case .addresses(let range): addresses.contains { range.contains($0) }
    }
  }
}
