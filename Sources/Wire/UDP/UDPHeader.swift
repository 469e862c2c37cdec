/// A UDP header (RFC 768).
public struct UDPHeader: Hashable, Sendable {
  public var sourcePort: UInt16
  public var destinationPort: UInt16
  /// Octets of header and data, as the sender states them.
  public var length: Int

  /// Octets of the header.
  public static let headerLength = 8

  private enum Offset { static let source = 0, destination = 2, length = 4, checksum = 6, end = 8 }

  /// Reads a header from the front of `datagram`. The data may be cut short by the capture.
  /// - Throws: `truncated` below 8 octets; `malformed` when the length is less than the header's.
  public init(parsing datagram: Span<UInt8>) throws(WireError) {
    guard datagram.count >= Offset.end else { throw .truncated(needed: Offset.end, available: datagram.count) }
    sourcePort = datagram.bigEndian16(at: Offset.source)
    destinationPort = datagram.bigEndian16(at: Offset.destination)
    length = Int(datagram.bigEndian16(at: Offset.length))
    guard length >= Offset.end else { throw .malformed(offset: Offset.length) }
  }

  /// A whole Ethernet frame with one datagram of either family, checksum included.
  ///
  /// - Parameter hopLimit: 64, or 255 and 1 where a protocol asks for it (RFC 6762 §11: mDNS 255).
  /// - Returns: nil when the datagram does not fit one frame of 1514 octets: nothing here is sent in fragments.
  public static func frame(
    _ addresses: FrameAddresses, sourcePort: UInt16, destinationPort: UInt16, payload: [UInt8], hopLimit: UInt8 = 64
  ) -> [UInt8]? {
    let start = addresses.headersLength
    guard start + headerLength + payload.count <= EthernetHeader.largestFrame else { return nil }
    let length = headerLength + payload.count
    var frame = addresses.frame(carrying: .udp, transportLength: length, hopLimit: hopLimit)
    var octets = frame.mutableSpan
    octets.storeBigEndian16(sourcePort, at: start + Offset.source)
    octets.storeBigEndian16(destinationPort, at: start + Offset.destination)
    octets.storeBigEndian16(UInt16(truncatingIfNeeded: length), at: start + Offset.length)
    octets.store(payload.span, at: start + headerLength)
    let sum = addresses.checksum(of: octets.span, from: start, proto: .udp)
    // 0 would say "no checksum"; its other form in ones' complement is sent instead.
    octets.storeBigEndian16(sum == 0 ? 0xffff : sum, at: start + Offset.checksum)
    return frame
  }
}
