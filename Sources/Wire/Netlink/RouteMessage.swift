public import Addressing

/// The kernel's answer to "how would you reach this address?" (RTM_GETROUTE, rtnetlink(7)).
public struct RouteMessage: Hashable, Sendable {
  /// `rtm_type` (linux/rtnetlink.h): what the kernel does with packets for the destination.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let unicast = Kind(rawValue: 1)
    /// The address is this host's own.
    public static let local = Kind(rawValue: 2)
  }

  public var kind: Kind
  public var interfaceIndex: Int32
  /// The source address the kernel would use.
  public var source: IPv4Address?
  /// nil when the destination is on the link itself.
  public var gateway: IPv4Address?

  private enum Attribute {
    static let destination: UInt16 = 1, interface: UInt16 = 4, gateway: UInt16 = 5, preferredSource: UInt16 = 7
    static let via: UInt16 = 18
  }

  /// Octets of `struct rtmsg`.
  private static let fixedLength = 12

  /// The request, a whole datagram.
  public static func request(for destination: IPv4Address, sequence: UInt32) -> [UInt8] {
    // struct rtmsg: family AF_INET, destination length 32 bits, everything else unset.
    let fixed: [UInt8] = [2, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    return NetlinkMessage.request(
      NetlinkMessage.Kind.getRoute, sequence: sequence, fixed: fixed,
      attributes: [(Attribute.destination, destination.octets)])
  }

  public init(parsing message: NetlinkMessage) throws(WireError) {
    guard message.kind == NetlinkMessage.Kind.newRoute else { throw .unsupported }
    guard message.body.count >= Self.fixedLength else {
      throw .truncated(needed: Self.fixedLength, available: message.body.count)
    }
    let attributes = try message.attributes(skipping: Self.fixedLength)
    guard let interface = attributes[Attribute.interface], interface.count == 4 else { throw .malformed(offset: 12) }
    kind = Kind(rawValue: message.body[7])
    interfaceIndex = Int32(bitPattern: interface.span.hostEndian32(at: 0))
    source = Self.address(attributes[Attribute.preferredSource])
    // RTA_VIA carries a gateway of another family; what matters here is that there is one.
    gateway =
      Self.address(attributes[Attribute.gateway]) ?? attributes[Attribute.via].map { _ in IPv4Address(rawValue: 0) }
  }

  private static func address(_ value: [UInt8]?) -> IPv4Address? {
    guard let value, value.count == 4 else { return nil }
    return IPv4Address(rawValue: value.span.bigEndian32(at: 0))
  }
}

/// An interface as the kernel describes it (RTM_GETLINK, rtnetlink(7)).
public struct LinkMessage: Hashable, Sendable {
  public var index: Int32
  public var name: String
  /// nil for interfaces without a 48-bit address (tun, ppp).
  public var mac: MACAddress?
  /// ARPHRD_ETHER; Wi-Fi in managed mode presents itself as Ethernet too.
  public var isEthernet: Bool
  public var isLoopback: Bool
  /// Administratively up and with a carrier.
  public var isRunning: Bool

  /// Octets of `struct ifinfomsg`.
  private static let fixedLength = 16

  public static func request(index: Int32, sequence: UInt32) -> [UInt8] {
    let fixed =
      [UInt8](repeating: 0, count: 4) + NetlinkMessage.host(UInt32(bitPattern: index))
      + [UInt8](repeating: 0, count: 8)
    return NetlinkMessage.request(NetlinkMessage.Kind.getLink, sequence: sequence, fixed: fixed, attributes: [])
  }

  public init(parsing message: NetlinkMessage) throws(WireError) {
    guard message.kind == NetlinkMessage.Kind.newLink else { throw .unsupported }
    guard message.body.count >= Self.fixedLength else {
      throw .truncated(needed: Self.fixedLength, available: message.body.count)
    }
    let attributes = try message.attributes(skipping: Self.fixedLength)
    let span = message.body.span
    let type = span.hostEndian16(at: 2)
    index = Int32(bitPattern: span.hostEndian32(at: 4))
    let flags = span.hostEndian32(at: 8)
    guard let label = attributes[3] else { throw .malformed(offset: 16) }  // IFLA_IFNAME
    name = String(decoding: label.prefix { $0 != 0 }, as: UTF8.self)
    if let address = attributes[1], address.count == 6 {  // IFLA_ADDRESS
      mac = MACAddress(rawValue: address.span.bigEndian48(at: 0))
    } else {
      mac = nil
    }
    isEthernet = type == 1  // ARPHRD_ETHER
    isLoopback = flags & 0x8 != 0  // IFF_LOOPBACK
    isRunning = flags & 0x1 != 0 && flags & 0x40 != 0  // IFF_UP, IFF_RUNNING
  }
}
