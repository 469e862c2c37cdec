public import Addressing

/// A whole Ethernet/IPv4/TCP SYN frame that is built once and aimed often.
///
/// The constant fields and their share of both checksums are laid down in `init`; ``aim(at:mac:port:sequence:)``
/// patches the rest in place and allocates nothing. The options are those of a Linux `connect()`
/// (MSS 1460, SACK permitted, timestamps, window scale 7): some stacks and filters do not answer a
/// bare SYN (ZMap 3.0 change log; engine.md §1).
public struct SYNFrame: Sendable {
  /// Octets of the frame: 14 + 20 + 20 + 20 of options.
  public static let length = 74

  @usableFromInline var octets: InlineArray<74, UInt8>
  @usableFromInline let constantIPSum: InternetChecksum
  @usableFromInline let constantTCPSum: InternetChecksum

  @usableFromInline enum Offset {
    @usableFromInline static let identification = 18, ipChecksum = 24, destination = 30
    @usableFromInline static let destinationPort = 36, sequence = 38, tcpChecksum = 50, timestamp = 62
    static let ip = 14, sourceAddress = 26, tcp = 34
  }

  /// - Parameters:
  ///   - mac: the sending interface's address.
  ///   - source: the sending interface's IPv4 address on the target's segment.
  ///   - sourcePort: a port that this program keeps reserved, so that no other program's
  ///     connection gets the answers.
  public init(mac: MACAddress, source: IPv4Address, sourcePort: UInt16) {
    octets = InlineArray(repeating: 0)
    var frame = octets.mutableSpan
    EthernetHeader(destination: .broadcast, source: mac, etherType: .ipv4).encode(into: &frame)
    // RFC 791 §3.1: version and length, total length, "don't fragment", TTL 64, protocol TCP.
    frame.storeBigEndian16(0x4500, at: Offset.ip)
    frame.storeBigEndian16(UInt16(Self.length - EthernetHeader.length), at: Offset.ip + 2)
    frame.storeBigEndian16(0x4000, at: Offset.ip + 6)
    frame.storeBigEndian16(0x4006, at: Offset.ip + 8)
    frame.storeBigEndian32(source.rawValue, at: Offset.sourceAddress)
    // Window 64240: 44 segments of 1460, as Linux offers.
    frame.storeSYN(at: Offset.tcp, sourcePort: sourcePort, window: 64_240, segment: 1460)

    var ip = InternetChecksum()
    ip.add(frame.span.extracting(Offset.ip..<Offset.tcp))
    constantIPSum = ip
    var tcp = InternetChecksum()
    tcp.add(frame.span.extracting(Offset.tcp..<Self.length))
    // The pseudo-header of RFC 9293 §3.1: source address, protocol, segment length.
    tcp.add(source.rawValue)
    tcp.add(UInt16(6))
    tcp.add(UInt16(Self.length - Offset.tcp))
    constantTCPSum = tcp
  }

  /// Points the frame at a port of a device.
  /// - Parameters:
  ///   - sequence: the initial sequence number, here a keyed cookie.
  ///   - timestamp: TSval of the timestamps option (RFC 7323 §3.2), which a SYN-ACK echoes.
  @inlinable public mutating func aim(
    at destination: IPv4Address, mac: MACAddress, port: UInt16, sequence: UInt32, timestamp: UInt32 = 1
  ) {
    var frame = octets.mutableSpan
    frame.storeBigEndian48(mac.rawValue, at: 0)
    // Any value will do while "don't fragment" is set (RFC 6864 §4.1); low cookie bits vary it.
    let identification = UInt16(truncatingIfNeeded: sequence >> 8)
    frame.storeBigEndian16(identification, at: Offset.identification)
    frame.storeBigEndian32(destination.rawValue, at: Offset.destination)
    frame.storeBigEndian16(port, at: Offset.destinationPort)
    frame.storeBigEndian32(sequence, at: Offset.sequence)
    frame.storeBigEndian32(timestamp, at: Offset.timestamp)

    var ip = constantIPSum
    ip.add(identification)
    ip.add(destination.rawValue)
    frame.storeBigEndian16(ip.value, at: Offset.ipChecksum)
    var tcp = constantTCPSum
    tcp.add(destination.rawValue)
    tcp.add(port)
    tcp.add(sequence)
    tcp.add(timestamp)
    frame.storeBigEndian16(tcp.value, at: Offset.tcpChecksum)
  }

  /// Lends the frame as it stands.
  @inlinable public func withSpan<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(octets.span)
  }
}

extension MutableSpan<UInt8> {
  /// The segment of a SYN (RFC 9293 §3.1) without destination port, sequence number and checksum:
  /// 20 octets of header, 20 of options.
  /// - Parameters:
  ///   - window: octets offered, unscaled.
  ///   - segment: the largest segment that this end takes (MSS), in octets.
  mutating func storeSYN(at tcp: Int, sourcePort: UInt16, window: UInt16, segment: UInt16) {
    storeBigEndian16(sourcePort, at: tcp)
    storeBigEndian16(0xa002, at: tcp + 12)  // data offset 10 words, SYN
    storeBigEndian16(window, at: tcp + 14)
    storeBigEndian16(0x0204, at: tcp + 20)  // MSS (RFC 9293 §3.2)
    storeBigEndian16(segment, at: tcp + 22)
    storeBigEndian32(0x0402_080a, at: tcp + 24)  // SACK permitted (RFC 2018 §2), timestamps, whose value is patched
    storeBigEndian32(0x0103_0307, at: tcp + 36)  // NOP, window scale 7 (RFC 7323 §2.2)
  }
}
