public import Addressing

/// A neighbour solicitation: "who has this IPv6 address?" (RFC 4861 §4.3).
public struct NeighbourSolicitation: Hashable, Sendable {
  public var target: IPv6Address
  /// The asker's link-layer address; nil when a node checks whether its own new address is free
  /// (RFC 4862 §5.4.2), in which case the packet's source is `::`.
  public var sourceMAC: MACAddress?

  /// - Parameter message: what follows the IPv6 header.
  /// - Throws: `truncated` or `malformed` where RFC 4861 §7.1.1 has a node discard the message.
  init(parsing message: Span<UInt8>) throws(WireError) {
    target = try NeighbourOption.target(of: message)
    sourceMAC = try NeighbourOption.sourceMAC.find(in: message, from: NeighbourOption.behindTarget)
  }

  /// A whole Ethernet frame with a question, hop limit 255, checksum included.
  ///
  /// To the other side: one frame, which the owner of the address answers with one; it may note the
  /// asker in its neighbour cache. Nothing else hears a question to `mac`.
  /// - Parameters:
  ///   - mac: the device's own address for a question that only it hears; nil asks the target's
  ///     solicited-node group.
  ///   - source: a link-local address of the sending interface.
  public static func frame(
    for target: IPv6Address, to mac: MACAddress? = nil, from sourceMAC: MACAddress, _ source: IPv6Address
  ) -> [UInt8] {
    let destination = mac == nil ? target.solicitedNode : target
    let addresses = FrameAddresses(
      sourceMAC: sourceMAC, destinationMAC: mac ?? destination.multicastMAC, source: source, destination: destination)
    let start = addresses.headersLength
    var frame = addresses.frame(carrying: .icmpv6, transportLength: 32, hopLimit: 255)
    var octets = frame.mutableSpan
    octets[start] = NeighbourOption.Kind.solicitation
    octets.store(target, at: start + 8)
    octets[start + 24] = NeighbourOption.sourceMAC.rawValue
    octets[start + 25] = 1  // in units of 8 octets
    octets.storeBigEndian48(sourceMAC.rawValue, at: start + 26)
    octets.storeBigEndian16(addresses.checksum(of: octets.span, from: start, proto: .icmpv6), at: start + 2)
    return frame
  }
}

/// A neighbour advertisement: "I have this IPv6 address" (RFC 4861 §4.4).
public struct NeighbourAdvertisement: Hashable, Sendable {
  public var target: IPv6Address
  public var isRouter: Bool
  /// It answers a question; an announcement to everybody is unsolicited.
  public var isSolicited: Bool
  /// The link-layer address of the target; nil when the option was left out.
  public var targetMAC: MACAddress?

  /// - Parameter message: what follows the IPv6 header.
  /// - Throws: `truncated` or `malformed` where RFC 4861 §7.1.2 has a node discard the message.
  init(parsing message: Span<UInt8>) throws(WireError) {
    target = try NeighbourOption.target(of: message)
    isRouter = message[4] & 0x80 != 0
    isSolicited = message[4] & 0x40 != 0
    targetMAC = try NeighbourOption.targetMAC.find(in: message, from: NeighbourOption.behindTarget)
  }
}

/// A router solicitation: "which routers are here?" (RFC 4861 §4.1). A node that starts sends it.
public struct RouterSolicitation: Hashable, Sendable {
  public var sourceMAC: MACAddress?

  /// - Throws: `truncated` or `malformed` where RFC 4861 §6.1.1 has a router discard the message.
  init(parsing message: Span<UInt8>) throws(WireError) {
    guard message.count >= 8 else { throw .truncated(needed: 8, available: message.count) }
    guard message[1] == 0 else { throw .malformed(offset: 1) }
    sourceMAC = try NeighbourOption.sourceMAC.find(in: message, from: 8)
  }
}

/// A router advertisement (RFC 4861 §4.2).
public struct RouterAdvertisement: Hashable, Sendable {
  /// Addresses come from DHCPv6.
  public var isManaged: Bool
  /// Seconds for which the sender is a default router; 0 means that it is none.
  public var lifetime: UInt16
  public var sourceMAC: MACAddress?

  /// - Throws: `truncated` or `malformed` where RFC 4861 §6.1.2 has a node discard the message.
  init(parsing message: Span<UInt8>) throws(WireError) {
    guard message.count >= 16 else { throw .truncated(needed: 16, available: message.count) }
    guard message[1] == 0 else { throw .malformed(offset: 1) }
    isManaged = message[5] & 0x80 != 0
    lifetime = message.bigEndian16(at: 6)
    sourceMAC = try NeighbourOption.sourceMAC.find(in: message, from: 16)
  }
}

/// The options that carry a link-layer address (RFC 4861 §4.6.1).
enum NeighbourOption: UInt8 {
  case sourceMAC = 1
  case targetMAC = 2

  /// ICMPv6 message types (RFC 4861 §4).
  enum Kind {
    static let routerSolicitation: UInt8 = 133, routerAdvertisement: UInt8 = 134
    static let solicitation: UInt8 = 135, advertisement: UInt8 = 136
  }

  /// Where the options of a solicitation or an advertisement of a neighbour begin.
  static let behindTarget = 24

  /// The target of a solicitation or an advertisement; a group is none.
  static func target(of message: Span<UInt8>) throws(WireError) -> IPv6Address {
    guard message.count >= behindTarget else { throw .truncated(needed: behindTarget, available: message.count) }
    guard message[1] == 0 else { throw .malformed(offset: 1) }
    let target = message.ipv6Address(at: 8)
    guard !target.isMulticast, !target.isUnspecified, !IPAddress(target).isIPv4 else { throw .malformed(offset: 8) }
    return target
  }

  /// The first option of this kind with a 48-bit address.
  ///
  /// At least 8 octets an option, so that the walk ends with the message.
  /// - Throws: `malformed` on an option of length 0, `truncated` on one that leaves the message.
  func find(in message: Span<UInt8>, from start: Int) throws(WireError) -> MACAddress? {
    var offset = start
    var found: MACAddress?
    while offset < message.count {
      guard message.count - offset >= 8 else { throw .truncated(needed: offset + 8, available: message.count) }
      let length = 8 * Int(message[offset + 1])
      guard length > 0 else { throw .malformed(offset: offset + 1) }
      guard message.count - offset >= length else {
        throw .truncated(needed: offset + length, available: message.count)
      }
      if found == nil, message[offset] == rawValue, length == 8 {
        found = MACAddress(rawValue: message.bigEndian48(at: offset + 2))
      }
      offset += length
    }
    return found
  }
}
