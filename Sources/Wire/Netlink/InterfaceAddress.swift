public import Addressing

/// An address of this host (RTM_GETADDR, rtnetlink(7)).
public struct InterfaceAddress: Hashable, Sendable {
  public var interfaceIndex: Int32
  public var address: IPAddress
  /// Bits of the network part.
  public var prefixLength: UInt8
  /// Duplicate address detection is not finished, or has failed: not to be used as a source
  /// (RFC 4862 §5.4).
  public var isTentative: Bool
  /// A privacy address, which changes (RFC 8981).
  public var isTemporary: Bool

  private enum Attribute { static let address: UInt16 = 1, local: UInt16 = 2, flags: UInt16 = 8 }

  /// `ifa_flags` (linux/if_addr.h).
  private enum Flag { static let temporary: UInt32 = 0x01, failed: UInt32 = 0x08, tentative: UInt32 = 0x40 }

  /// Octets of `struct ifaddrmsg`.
  private static let fixedLength = 8

  /// The request for every address of both families.
  public static func dumpRequest(sequence: UInt32) -> [UInt8] {
    NetlinkMessage.request(
      NetlinkMessage.Kind.getAddress, sequence: sequence, dump: true,
      fixed: [UInt8](repeating: 0, count: fixedLength))
  }

  /// - Throws: `unsupported` for a message of another kind and for other families.
  public init(parsing message: NetlinkMessage) throws(WireError) {
    guard message.kind == NetlinkMessage.Kind.newAddress else { throw .unsupported }
    guard message.body.count >= Self.fixedLength else {
      throw .truncated(needed: Self.fixedLength, available: message.body.count)
    }
    let attributes = try message.attributes(skipping: Self.fixedLength)
    // On a point-to-point link IFA_ADDRESS is the other end; IFA_LOCAL is always this one.
    let value = attributes[Attribute.local] ?? attributes[Attribute.address]
    guard let address = AddressFamily.address(value, family: message.body[0]) else { throw .unsupported }
    let span = message.body.span
    self.address = address
    prefixLength = message.body[1]
    interfaceIndex = Int32(bitPattern: span.hostEndian32(at: 4))
    // The octet of the fixed part holds the lower flags only.
    var flags = UInt32(message.body[2])
    if let wide = attributes[Attribute.flags], wide.count == 4 { flags = wide.span.hostEndian32(at: 0) }
    isTentative = flags & (Flag.tentative | Flag.failed) != 0
    isTemporary = flags & Flag.temporary != 0
  }
}
