internal import Addressing

/// An echo request or reply of either family (RFC 792 "Echo"; RFC 4443 §4).
public struct EchoMessage: Hashable, Sendable {
  public var identifier: UInt16
  public var sequence: UInt16

  /// Octets in front of the data.
  public static let headerLength = 8

  private enum Offset { static let type = 0, checksum = 2, identifier = 4, sequence = 6, end = 8 }

  /// Message types.
  enum Kind { static let reply: UInt8 = 0, request: UInt8 = 8, requestV6: UInt8 = 128, replyV6: UInt8 = 129 }

  /// Reads identifier and sequence number; whoever calls has looked at the type.
  /// - Throws: `truncated` below 8 octets.
  init(parsing message: Span<UInt8>) throws(WireError) {
    guard message.count >= Offset.end else { throw .truncated(needed: Offset.end, available: message.count) }
    identifier = message.bigEndian16(at: Offset.identifier)
    sequence = message.bigEndian16(at: Offset.sequence)
  }

  /// A whole Ethernet frame with an echo request, checksums included.
  ///
  /// To the other side: one frame, which every IP host answers (RFC 1122 §3.2.2.6, RFC 4443 §4.2)
  /// unless a filter drops it. No state is left behind. Sent to ff02::1 every IPv6 host of the link
  /// answers at once, which a large link hears.
  /// - Parameter data: octets that the answer repeats.
  /// - Returns: nil when the request does not fit one frame of 1514 octets.
  public static func request(
    _ addresses: FrameAddresses, identifier: UInt16, sequence: UInt16, data: [UInt8] = []
  ) -> [UInt8]? {
    let isIPv4 = addresses.source.isIPv4
    let proto: IPProtocol = isIPv4 ? .icmp : .icmpv6
    let start = addresses.headersLength
    let length = headerLength + data.count
    guard start + length <= EthernetHeader.largestFrame else { return nil }
    var frame = addresses.frame(carrying: proto, transportLength: length, hopLimit: 64)
    var octets = frame.mutableSpan
    octets[start + Offset.type] = isIPv4 ? Kind.request : Kind.requestV6
    octets.storeBigEndian16(identifier, at: start + Offset.identifier)
    octets.storeBigEndian16(sequence, at: start + Offset.sequence)
    octets.store(data.span, at: start + headerLength)
    octets.storeBigEndian16(
      addresses.checksum(of: octets.span, from: start, proto: proto), at: start + Offset.checksum)
    return frame
  }
}
