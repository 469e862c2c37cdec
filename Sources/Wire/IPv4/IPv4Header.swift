public import Addressing

/// An IPv4 header (RFC 791 §3.1), as far as this program reads it.
public struct IPv4Header: Hashable, Sendable {
  public var source: IPv4Address
  public var destination: IPv4Address
  public var proto: IPProtocol
  public var timeToLive: UInt8
  /// In units of 8 octets; anything but 0 is a later fragment, which holds no transport header.
  public var fragmentOffset: UInt16
  /// Where the payload lies, counted from the front of the header. Ethernet padding is outside.
  public var payload: Range<Int>

  private enum Offset {
    static let version = 0, totalLength = 2, fragment = 6, timeToLive = 8, proto = 9, source = 12, destination = 16
    static let end = 20
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
    fragmentOffset = packet.bigEndian16(at: Offset.fragment) & 0x1fff
    payload = headerLength..<min(totalLength, packet.count)
  }
}

/// What an IPv4 packet carries. Unknown values are kept.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let icmp = IPProtocol(rawValue: 1)
  public static let tcp = IPProtocol(rawValue: 6)
}
