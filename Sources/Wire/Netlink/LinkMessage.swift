public import Addressing

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
    return NetlinkMessage.request(NetlinkMessage.Kind.getLink, sequence: sequence, fixed: fixed)
  }

  /// The request for every interface.
  public static func dumpRequest(sequence: UInt32) -> [UInt8] {
    NetlinkMessage.request(
      NetlinkMessage.Kind.getLink, sequence: sequence, dump: true, fixed: [UInt8](repeating: 0, count: fixedLength))
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
