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
  public var source: IPAddress?
  /// nil when the destination is on the link itself. An IPv4 route may have an IPv6 gateway (RFC 5549);
  /// `0.0.0.0` stands for a gateway of a family that is not read.
  public var gateway: IPAddress?

  private enum Attribute {
    static let destination: UInt16 = 1, interface: UInt16 = 4, gateway: UInt16 = 5, preferredSource: UInt16 = 7
    static let via: UInt16 = 18
  }

  /// Octets of `struct rtmsg`.
  private static let fixedLength = 12

  /// The request, a whole datagram.
  /// - Parameter interface: the index of the interface to go out through, nil for the kernel's choice.
  public static func request(
    for destination: IPAddress, through interface: Int32? = nil, sequence: UInt32
  ) -> [UInt8] {
    let (family, octets) =
      destination.v4.map { (AddressFamily.ipv4, $0.octets) }
      ?? (AddressFamily.ipv6, destination.v6?.octets ?? [])
    // struct rtmsg: family, destination length in bits, everything else unset.
    let fixed: [UInt8] = [family, UInt8(8 * octets.count), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    var attributes = [(type: Attribute.destination, value: octets)]
    if let interface { attributes.append((Attribute.interface, NetlinkMessage.host(UInt32(bitPattern: interface)))) }
    return NetlinkMessage.request(
      NetlinkMessage.Kind.getRoute, sequence: sequence, fixed: fixed, attributes: attributes)
  }

  public init(parsing message: NetlinkMessage) throws(WireError) {
    guard message.kind == NetlinkMessage.Kind.newRoute else { throw .unsupported }
    guard message.body.count >= Self.fixedLength else {
      throw .truncated(needed: Self.fixedLength, available: message.body.count)
    }
    let attributes = try message.attributes(skipping: Self.fixedLength)
    guard let interface = attributes[Attribute.interface], interface.count == 4 else { throw .malformed(offset: 12) }
    let family = message.body[0]
    kind = Kind(rawValue: message.body[7])
    interfaceIndex = Int32(bitPattern: interface.span.hostEndian32(at: 0))
    source = AddressFamily.address(attributes[Attribute.preferredSource], family: family)
    gateway =
      AddressFamily.address(attributes[Attribute.gateway], family: family)
      ?? attributes[Attribute.via].map(Self.gateway(of:))
  }

  /// `struct rtvia`: a family of 16 bits, then the address.
  private static func gateway(of via: [UInt8]) -> IPAddress {
    let unread = IPAddress(IPv4Address(rawValue: 0))
    guard via.count >= 2, let family = UInt8(exactly: via.span.hostEndian16(at: 0)) else { return unread }
    return AddressFamily.address(Array(via.dropFirst(2)), family: family) ?? unread
  }
}
