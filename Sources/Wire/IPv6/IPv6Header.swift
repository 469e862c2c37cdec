public import Addressing

/// An IPv6 header with its extension headers (RFC 8200 §3, §4), as far as this program reads it.
public struct IPv6Header: Hashable, Sendable {
  public var source: IPv6Address
  public var destination: IPv6Address
  public var hopLimit: UInt8
  /// What follows the fixed header: a transport, or the first extension header.
  public var nextHeader: IPProtocol
  /// What ``payload`` holds: the first header behind hop-by-hop options, destination options and routing.
  public var proto: IPProtocol
  /// The packet is a fragment, so that ``payload`` holds no transport header that could be relied on.
  public var isFragment: Bool
  /// Where what ``proto`` names lies, counted from the front of the header. Ethernet padding is outside.
  public var payload: Range<Int>

  /// Octets of the fixed header.
  public static let length = 40
  /// Extension headers that are stepped over. RFC 8200 §4.1 knows no use for more than seven.
  public static let maximumExtensions = 8

  private enum Offset {
    static let version = 0, payloadLength = 4, nextHeader = 6, hopLimit = 7, source = 8, destination = 24
  }

  /// Reads a header from the front of `packet`.
  ///
  /// A capture may hold less than the payload length says; the payload range then ends with the
  /// octets that are there. Behind ``maximumExtensions`` the walk ends at an extension header.
  /// - Throws: `truncated` when the headers are not whole; `malformed` on a version other than 6, or
  ///   an address of the form ::ffff:a.b.c.d, which stands for an IPv4 node inside a host and must
  ///   not be taken for one that the wire carried (RFC 4942 §2.2).
  public init(parsing packet: Span<UInt8>) throws(WireError) {
    guard packet.count >= Self.length else { throw .truncated(needed: Self.length, available: packet.count) }
    guard packet[Offset.version] >> 4 == 6 else { throw .malformed(offset: Offset.version) }
    source = packet.ipv6Address(at: Offset.source)
    destination = packet.ipv6Address(at: Offset.destination)
    guard !source.isMapped else { throw .malformed(offset: Offset.source) }
    guard !destination.isMapped else { throw .malformed(offset: Offset.destination) }
    hopLimit = packet[Offset.hopLimit]
    nextHeader = IPProtocol(rawValue: packet[Offset.nextHeader])
    proto = nextHeader
    isFragment = false
    let end = min(Self.length + Int(packet.bigEndian16(at: Offset.payloadLength)), packet.count)
    payload = Self.length..<end
    for _ in 0..<Self.maximumExtensions {
      guard try stepOver(packet) else { break }
    }
  }

  /// Moves ``payload`` behind one extension header (RFC 8200 §4.2–§4.6).
  /// - Returns: false when there is none, or when what follows cannot be read.
  private mutating func stepOver(_ packet: Span<UInt8>) throws(WireError) -> Bool {
    switch proto {
    case .hopByHop, .routing, .destinationOptions: break
    case .fragment:
      isFragment = true
      return false
    default: return false
    }
    let start = payload.lowerBound
    guard payload.count >= 8 else { throw .truncated(needed: start + 8, available: payload.upperBound) }
    // The length counts units of 8 octets beyond the first.
    let length = 8 + 8 * Int(packet[start + 1])
    guard payload.count >= length else { throw .truncated(needed: start + length, available: payload.upperBound) }
    proto = IPProtocol(rawValue: packet[start])
    payload = start + length..<payload.upperBound
    return true
  }

  /// Writes a fixed header to `frame` at `start`; 40 octets are there.
  /// - Parameter payloadLength: octets behind the header, extension headers included.
  static func encode(
    into frame: inout MutableSpan<UInt8>, at start: Int, source: IPv6Address, destination: IPv6Address,
    nextHeader: IPProtocol, hopLimit: UInt8, payloadLength: Int
  ) {
    frame.storeBigEndian32(0x6000_0000, at: start)
    frame.storeBigEndian16(UInt16(truncatingIfNeeded: payloadLength), at: start + Offset.payloadLength)
    frame[start + Offset.nextHeader] = nextHeader.rawValue
    frame[start + Offset.hopLimit] = hopLimit
    frame.store(source, at: start + Offset.source)
    frame.store(destination, at: start + Offset.destination)
  }
}

extension IPv6Address {
  /// ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
  fileprivate var isMapped: Bool { high == 0 && low >> 32 == 0xffff }
}

extension Span<UInt8> {
  /// The sixteen octets at `offset` as an address.
  func ipv6Address(at offset: Int) -> IPv6Address {
    IPv6Address(high: bigEndian64(at: offset), low: bigEndian64(at: offset + 8))
  }
}

extension MutableSpan<UInt8> {
  mutating func store(_ address: IPv6Address, at offset: Int) {
    storeBigEndian64(address.high, at: offset)
    storeBigEndian64(address.low, at: offset + 8)
  }
}
