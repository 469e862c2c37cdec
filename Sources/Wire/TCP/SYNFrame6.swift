public import Addressing

/// A whole Ethernet/IPv6/TCP SYN frame that is built once and aimed often: ``SYNFrame`` for IPv6.
///
/// Options and their order are the same; the largest segment is 1440 octets, because the IP header
/// has 20 more.
public struct SYNFrame6: Sendable {
  /// Octets of the frame: 14 + 40 + 20 + 20 of options.
  public static let length = 94

  @usableFromInline var octets: InlineArray<94, UInt8>
  @usableFromInline let constantSum: InternetChecksum

  @usableFromInline enum Offset {
    @usableFromInline static let destination = 38, destinationPort = 56, sequence = 58, checksum = 70
    @usableFromInline static let timestamp = 82
    static let ip = 14, source = 22, tcp = 54
  }

  /// - Parameters:
  ///   - mac: the sending interface's address.
  ///   - source: the sending interface's address of the targets' scope: link-local for link-local
  ///     targets (RFC 6724 §5).
  ///   - sourcePort: a port that this program keeps reserved, so that no other program's
  ///     connection gets the answers.
  public init(mac: MACAddress, source: IPv6Address, sourcePort: UInt16) {
    octets = InlineArray(repeating: 0)
    var frame = octets.mutableSpan
    EthernetHeader(destination: .broadcast, source: mac, etherType: .ipv6).encode(into: &frame)
    // RFC 8200 §3: version 6, payload length, next header TCP, hop limit 64.
    frame.storeBigEndian32(0x6000_0000, at: Offset.ip)
    frame.storeBigEndian16(UInt16(Self.length - Offset.tcp), at: Offset.ip + 4)
    frame.storeBigEndian16(0x0640, at: Offset.ip + 6)
    frame.storeBigEndian64(source.high, at: Offset.source)
    frame.storeBigEndian64(source.low, at: Offset.source + 8)
    // Window 64800: 45 segments of 1440, as Linux offers.
    frame.storeSYN(at: Offset.tcp, sourcePort: sourcePort, window: 64_800, segment: 1440)

    var tcp = InternetChecksum()
    tcp.add(frame.span.extracting(Offset.tcp..<Self.length))
    // The pseudo-header of RFC 8200 §8.1: source address, segment length, next header.
    tcp.add(source.high)
    tcp.add(source.low)
    tcp.add(UInt32(Self.length - Offset.tcp))
    tcp.add(UInt32(6))
    constantSum = tcp
  }

  /// Points the frame at a port of a device.
  /// - Parameters:
  ///   - sequence: the initial sequence number, here a keyed cookie.
  ///   - timestamp: TSval of the timestamps option (RFC 7323 §3.2), which a SYN-ACK echoes.
  @inlinable public mutating func aim(
    at destination: IPv6Address, mac: MACAddress, port: UInt16, sequence: UInt32, timestamp: UInt32 = 1
  ) {
    var frame = octets.mutableSpan
    frame.storeBigEndian48(mac.rawValue, at: 0)
    frame.storeBigEndian64(destination.high, at: Offset.destination)
    frame.storeBigEndian64(destination.low, at: Offset.destination + 8)
    frame.storeBigEndian16(port, at: Offset.destinationPort)
    frame.storeBigEndian32(sequence, at: Offset.sequence)
    frame.storeBigEndian32(timestamp, at: Offset.timestamp)

    var tcp = constantSum
    tcp.add(destination.high)
    tcp.add(destination.low)
    tcp.add(port)
    tcp.add(sequence)
    tcp.add(timestamp)
    frame.storeBigEndian16(tcp.value, at: Offset.checksum)
  }

  /// Lends the frame as it stands.
  @inlinable public func withSpan<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(octets.span)
  }
}
