public import Addressing

/// An entry of the kernel's neighbour tables, ARP and NDP alike (RTM_GETNEIGH, rtnetlink(7)).
public struct NeighbourEntry: Hashable, Sendable {
  /// `ndm_state` (linux/neighbour.h), one bit each.
  public struct State: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let incomplete = State(rawValue: 0x01)
    public static let reachable = State(rawValue: 0x02)
    public static let stale = State(rawValue: 0x04)
    public static let delay = State(rawValue: 0x08)
    public static let probe = State(rawValue: 0x10)
    public static let failed = State(rawValue: 0x20)
    /// Groups and this host itself; never asked for on the wire.
    public static let noARP = State(rawValue: 0x40)
    public static let permanent = State(rawValue: 0x80)
  }

  public var interfaceIndex: Int32
  public var address: IPAddress
  /// nil while nobody has answered, and for links without 48-bit addresses.
  public var mac: MACAddress?
  public var state: State

  private enum Attribute { static let address: UInt16 = 1, linkLayerAddress: UInt16 = 2 }

  /// Octets of `struct ndmsg`.
  private static let fixedLength = 12

  /// The request for every entry of both families.
  public static func dumpRequest(sequence: UInt32) -> [UInt8] {
    NetlinkMessage.request(
      NetlinkMessage.Kind.getNeighbour, sequence: sequence, dump: true,
      fixed: [UInt8](repeating: 0, count: fixedLength))
  }

  /// The request for the entry of one address (RTM_GETNEIGH, Linux 5.1 and later). A kernel without
  /// such an entry answers ENOENT.
  public static func request(for address: IPAddress, interface: Int32, sequence: UInt32) -> [UInt8] {
    NetlinkMessage.request(
      NetlinkMessage.Kind.getNeighbour, sequence: sequence, fixed: fixed(address, interface, flags: 0),
      attributes: [(Attribute.address, octets(of: address))])
  }

  /// The request that the kernel resolve an address as if a packet for it were waiting: RTM_NEWNEIGH with
  /// NTF_USE (linux/neighbour.h). An entry is made where there is none. The answer is an acknowledgement;
  /// needs CAP_NET_ADMIN.
  public static func resolutionRequest(for address: IPAddress, interface: Int32, sequence: UInt32) -> [UInt8] {
    NetlinkMessage.request(
      NetlinkMessage.Kind.newNeighbour, sequence: sequence, flags: NetlinkMessage.Flag.create,
      fixed: fixed(address, interface, flags: use), attributes: [(Attribute.address, octets(of: address))])
  }

  /// NTF_USE (linux/neighbour.h).
  private static let use: UInt8 = 0x01

  /// `struct ndmsg`: family, padding, interface, state, flags, type.
  private static func fixed(_ address: IPAddress, _ interface: Int32, flags: UInt8) -> [UInt8] {
    let family = address.isIPv4 ? AddressFamily.ipv4 : AddressFamily.ipv6
    return [family, 0, 0, 0] + NetlinkMessage.host(UInt32(bitPattern: interface)) + [0, 0, flags, 0]
  }

  private static func octets(of address: IPAddress) -> [UInt8] { address.v4?.octets ?? address.v6?.octets ?? [] }

  /// - Throws: `unsupported` for a message of another kind and for tables of other protocols.
  public init(parsing message: NetlinkMessage) throws(WireError) {
    guard message.kind == NetlinkMessage.Kind.newNeighbour else { throw .unsupported }
    guard message.body.count >= Self.fixedLength else {
      throw .truncated(needed: Self.fixedLength, available: message.body.count)
    }
    let attributes = try message.attributes(skipping: Self.fixedLength)
    guard let address = AddressFamily.address(attributes[Attribute.address], family: message.body[0]) else {
      throw .unsupported
    }
    let span = message.body.span
    self.address = address
    interfaceIndex = Int32(bitPattern: span.hostEndian32(at: 4))
    state = State(rawValue: span.hostEndian16(at: 8))
    if let value = attributes[Attribute.linkLayerAddress], value.count == 6 {
      mac = MACAddress(rawValue: value.span.bigEndian48(at: 0))
    } else {
      mac = nil
    }
  }
}
