public import Addressing

/// An ICMP destination-unreachable message about a TCP segment of ours (RFC 792, RFC 1812 §5.2.7.1).
public struct ICMPUnreachable: Hashable, Sendable {
  public var code: UInt8
  /// Where the segment that it is about was going.
  public var destination: IPv4Address
  public var sourcePort: UInt16
  public var destinationPort: UInt16
  /// The segment's sequence number, which must hold our cookie.
  public var sequence: UInt32

  private enum Offset { static let type = 0, code = 1, quoted = 8 }

  /// Reads the message behind an IPv4 header. It quotes the offending header and 8 octets at least.
  public init(parsing message: Span<UInt8>) throws(WireError) {
    guard message.count >= Offset.quoted else { throw .truncated(needed: Offset.quoted, available: message.count) }
    guard message[Offset.type] == 3 else { throw .unsupported }
    code = message[Offset.code]
    let quoted = message.extracting(Offset.quoted..<message.count)
    let header = try IPv4Header(parsing: quoted)
    guard header.proto == .tcp, header.fragmentOffset == 0 else { throw .unsupported }
    guard header.payload.count >= 8 else { throw .truncated(needed: 8, available: header.payload.count) }
    let segment = quoted.extracting(header.payload)
    destination = header.destination
    sourcePort = segment.bigEndian16(at: 0)
    destinationPort = segment.bigEndian16(at: 2)
    sequence = segment.bigEndian32(at: 4)
  }
}
