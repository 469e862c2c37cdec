public import Addressing

/// An IPv4 header (RFC 791 §3.1), as far as this program reads it.
public struct IPv4Header: Hashable, Sendable {
  public var source: IPv4Address
  public var destination: IPv4Address
  public var proto: IPProtocol
  public var timeToLive: UInt8
  /// In units of 8 octets; anything but 0 is a later fragment, which holds no transport header.
  public var fragmentOffset: UInt16
  /// Other fragments follow this one.
  public var hasMoreFragments: Bool
  /// Where the payload lies, counted from the front of the header. Ethernet padding is outside.
  public var payload: Range<Int>

  /// Octets of a header without options.
  static let length = 20

  private enum Offset {
    static let version = 0, totalLength = 2, fragment = 6, timeToLive = 8, proto = 9, checksum = 10
    static let source = 12, destination = 16, end = 20
  }

  /// Reads a header from the front of `packet`.
  ///
  /// A capture may hold less than the total length says; the payload range then ends with the
  /// octets that are there.
  /// - Throws: `truncated` when the header is not whole; `malformed` on a version other than 4 or
  ///   lengths that contradict each other.
  public init(parsing packet: Span<UInt8>) throws(WireError) {
    guard packet.count >= Offset.end else { throw .truncated(needed: Offset.end, available: packet.count) }
    let headerLength = Int(packet[Offset.version] & 0x0f) * 4
    guard packet[Offset.version] >> 4 == 4, headerLength >= Offset.end else {
      throw .malformed(offset: Offset.version)
    }
    guard packet.count >= headerLength else { throw .truncated(needed: headerLength, available: packet.count) }
    let totalLength = Int(packet.bigEndian16(at: Offset.totalLength))
    guard totalLength >= headerLength else { throw .malformed(offset: Offset.totalLength) }
    source = IPv4Address(rawValue: packet.bigEndian32(at: Offset.source))
    destination = IPv4Address(rawValue: packet.bigEndian32(at: Offset.destination))
    proto = IPProtocol(rawValue: packet[Offset.proto])
    timeToLive = packet[Offset.timeToLive]
    let fragment = packet.bigEndian16(at: Offset.fragment)
    fragmentOffset = fragment & 0x1fff
    hasMoreFragments = fragment & 0x2000 != 0
    payload = headerLength..<min(totalLength, packet.count)
  }

  /// Writes a header without options, "don't fragment" set, to `frame` at `start`; 20 octets are there.
  ///
  /// The identification is 0, which any whole datagram may have (RFC 6864 §4.1).
  /// - Parameter payloadLength: octets behind the header.
  static func encode(
    into frame: inout MutableSpan<UInt8>, at start: Int, source: IPv4Address, destination: IPv4Address,
    proto: IPProtocol, timeToLive: UInt8, payloadLength: Int
  ) {
    frame.storeBigEndian16(0x4500, at: start)
    frame.storeBigEndian16(UInt16(truncatingIfNeeded: length + payloadLength), at: start + Offset.totalLength)
    frame.storeBigEndian16(0, at: start + 4)
    frame.storeBigEndian16(0x4000, at: start + Offset.fragment)
    frame[start + Offset.timeToLive] = timeToLive
    frame[start + Offset.proto] = proto.rawValue
    frame.storeBigEndian16(0, at: start + Offset.checksum)
    frame.storeBigEndian32(source.rawValue, at: start + Offset.source)
    frame.storeBigEndian32(destination.rawValue, at: start + Offset.destination)
    var sum = InternetChecksum()
    sum.add(frame.span.extracting(start..<start + length))
    frame.storeBigEndian16(sum.value, at: start + Offset.checksum)
  }
}
