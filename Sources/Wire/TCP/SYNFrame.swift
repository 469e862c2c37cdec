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

  private var octets: InlineArray<74, UInt8>
  private let constantIPSum: InternetChecksum
  private let constantTCPSum: InternetChecksum

  private enum Offset {
    static let ip = 14, identification = 18, ipChecksum = 24, sourceAddress = 26, destination = 30
    static let tcp = 34, destinationPort = 36, sequence = 38, tcpChecksum = 50
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
    // RFC 9293 §3.1: data offset 10 words, SYN, window 64240 (44 segments of 1460, as Linux).
    frame.storeBigEndian16(sourcePort, at: Offset.tcp)
    frame.storeBigEndian16(0xa002, at: Offset.tcp + 12)
    frame.storeBigEndian16(64_240, at: Offset.tcp + 14)
    frame.storeBigEndian32(0x0204_05b4, at: Offset.tcp + 20)  // MSS 1460
    frame.storeBigEndian32(0x0402_080a, at: Offset.tcp + 24)  // SACK permitted, timestamps
    frame.storeBigEndian32(0x0000_0001, at: Offset.tcp + 28)  // TSval
    frame.storeBigEndian32(0x0103_0307, at: Offset.tcp + 36)  // NOP, window scale 7

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
  /// - Parameter sequence: the initial sequence number, here a keyed cookie.
  public mutating func aim(at destination: IPv4Address, mac: MACAddress, port: UInt16, sequence: UInt32) {
    var frame = octets.mutableSpan
    frame.storeBigEndian48(mac.rawValue, at: 0)
    // Any value will do while "don't fragment" is set (RFC 6864 §4.1); low cookie bits vary it.
    let identification = UInt16(truncatingIfNeeded: sequence >> 8)
    frame.storeBigEndian16(identification, at: Offset.identification)
    frame.storeBigEndian32(destination.rawValue, at: Offset.destination)
    frame.storeBigEndian16(port, at: Offset.destinationPort)
    frame.storeBigEndian32(sequence, at: Offset.sequence)

    var ip = constantIPSum
    ip.add(identification)
    ip.add(destination.rawValue)
    frame.storeBigEndian16(ip.value, at: Offset.ipChecksum)
    var tcp = constantTCPSum
    tcp.add(destination.rawValue)
    tcp.add(port)
    tcp.add(sequence)
    frame.storeBigEndian16(tcp.value, at: Offset.tcpChecksum)
  }

  /// Lends the frame as it stands.
  public func withSpan<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(octets.span)
  }
}
