public import Addressing

/// A destination-unreachable message about a packet of ours, of either family
/// (RFC 792, RFC 1812 §5.2.7.1; RFC 4443 §3.1).
public struct Unreachable: Hashable, Sendable {
  /// What the sender of the message says about the destination.
  public enum Meaning: Hashable, Sendable {
    /// The host is there, the port is closed.
    case port
    case host
    case network
    /// A filter said no.
    case prohibited
    /// Any other code: protocol unreachable, fragmentation needed, a failed source route.
    case other
  }

  public var meaning: Meaning
  public var code: UInt8
  /// Where the quoted packet was going.
  public var destination: IPAddress
  /// TCP, UDP, ICMP or ICMPv6: what the quoted packet carried.
  public var proto: IPProtocol
  /// The quoted source port; the identifier of a quoted echo request.
  public var sourcePort: UInt16
  /// The quoted destination port; the sequence number of a quoted echo request.
  public var destinationPort: UInt16
  /// The quoted TCP sequence number, which must hold our cookie; nil for UDP and echo.
  public var sequence: UInt32?

  private enum Offset { static let type = 0, code = 1, checksum = 2, quoted = 8 }

  /// Reads an ICMP message behind an IPv4 header. It quotes the offending header and 8 octets at least.
  /// - Throws: `unsupported` for another message, or one about anything but TCP, UDP or an echo request.
  public init(parsingICMP message: Span<UInt8>) throws(WireError) {
    try Self.check(message, type: 3)
    let quoted = message.extracting(Offset.quoted..<message.count)
    let header = try IPv4Header(parsing: quoted)
    guard header.fragmentOffset == 0 else { throw .unsupported }
    try self.init(
      meaning: Self.meaning(icmp: message[Offset.code]), code: message[Offset.code],
      destination: IPAddress(header.destination), proto: header.proto, echoType: EchoMessage.Kind.request,
      transport: quoted.extracting(header.payload))
  }

  /// Reads an ICMPv6 message behind an IPv6 header.
  /// - Throws: as ``init(parsingICMP:)``.
  public init(parsingICMPv6 message: Span<UInt8>) throws(WireError) {
    try Self.check(message, type: 1)
    let quoted = message.extracting(Offset.quoted..<message.count)
    let header = try IPv6Header(parsing: quoted)
    guard !header.isFragment else { throw .unsupported }
    try self.init(
      meaning: Self.meaning(icmpv6: message[Offset.code]), code: message[Offset.code],
      destination: IPAddress(header.destination), proto: header.proto, echoType: EchoMessage.Kind.requestV6,
      transport: quoted.extracting(header.payload))
  }

  /// A whole Ethernet frame that says "destination unreachable" about a frame with an IP packet, whose
  /// header and first 8 octets behind it are quoted (RFC 792; RFC 4443 §3.1 quotes more and asks for
  /// no more than fits).
  ///
  /// - Parameters:
  ///   - addresses: from whoever says so to the sender of the packet, of the packet's family.
  ///   - code: of ICMP type 3, or of ICMPv6 type 1.
  ///   - packet: the Ethernet frame with the packet, without IPv4 options or IPv6 extension headers.
  /// - Returns: nil when the frame ends before the octets to be quoted do.
  public static func frame(_ addresses: FrameAddresses, code: UInt8, about packet: Span<UInt8>) -> [UInt8]? {
    let isIPv4 = addresses.source.isIPv4
    let end = addresses.headersLength + 8
    guard packet.count >= end else { return nil }
    let quoted = packet.extracting(EthernetHeader.length..<end)
    let start = addresses.headersLength
    let proto: IPProtocol = isIPv4 ? .icmp : .icmpv6
    var frame = addresses.frame(
      carrying: proto, transportLength: Offset.quoted + quoted.count, hopLimit: 64)
    var octets = frame.mutableSpan
    octets[start + Offset.type] = isIPv4 ? 3 : 1
    octets[start + Offset.code] = code
    octets.store(quoted, at: start + Offset.quoted)
    octets.storeBigEndian16(addresses.checksum(of: octets.span, from: start, proto: proto), at: start + Offset.checksum)
    return frame
  }

  private init(
    meaning: Meaning, code: UInt8, destination: IPAddress, proto: IPProtocol, echoType: UInt8, transport: Span<UInt8>
  ) throws(WireError) {
    self.meaning = meaning
    self.code = code
    self.destination = destination
    self.proto = proto
    let hasPorts = proto == .tcp || proto == .udp
    guard hasPorts || proto == (destination.isIPv4 ? .icmp : .icmpv6) else { throw .unsupported }
    guard transport.count >= 8 else { throw .truncated(needed: 8, available: transport.count) }
    guard hasPorts || transport[0] == echoType else { throw .unsupported }
    let first = hasPorts ? 0 : 4
    sourcePort = transport.bigEndian16(at: first)
    destinationPort = transport.bigEndian16(at: first + 2)
    sequence = proto == .tcp ? transport.bigEndian32(at: 4) : nil
  }

  /// The message is of this type and long enough to quote something.
  private static func check(_ message: Span<UInt8>, type: UInt8) throws(WireError) {
    guard message.count >= Offset.quoted else { throw .truncated(needed: Offset.quoted, available: message.count) }
    guard message[Offset.type] == type else { throw .unsupported }
  }

  /// RFC 792 (0–5), RFC 1122 §3.2.2.1 (6–12), RFC 1812 §5.2.7.1 (13–15).
  private static func meaning(icmp code: UInt8) -> Meaning {
    switch code {
    case 0, 6, 11: .network
    case 1, 7, 8, 12: .host
    case 3: .port
    case 9, 10, 13: .prohibited
    default: .other
    }
  }

  /// RFC 4443 §3.1: 5 is a source address that fails a policy, 6 a route that rejects.
  private static func meaning(icmpv6 code: UInt8) -> Meaning {
    switch code {
    case 0: .network
    case 1, 5, 6: .prohibited
    case 3: .host
    case 4: .port
    default: .other
    }
  }
}
