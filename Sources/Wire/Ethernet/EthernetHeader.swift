public import Addressing

/// An Ethernet II header (IEEE 802.3 §3.2.6): destination, source, EtherType.
public struct EthernetHeader: Hashable, Sendable {
  public var destination: MACAddress
  public var source: MACAddress
  public var etherType: EtherType

  /// Octets of the header on the wire.
  public static let length = 14
  /// Octets of header and the largest payload (IEEE 802.3 §3.2.7), without the frame check sequence.
  public static let largestFrame = 1514

  private enum Offset { static let destination = 0, source = 6, etherType = 12 }

  public init(destination: MACAddress, source: MACAddress, etherType: EtherType) {
    self.destination = destination
    self.source = source
    self.etherType = etherType
  }

  /// Reads a header from the front of `frame`; later octets are ignored.
  /// - Throws: ``WireError/truncated(needed:available:)`` when fewer than 14 octets are there.
  public init(parsing frame: Span<UInt8>) throws(WireError) {
    guard frame.count >= Self.length else { throw .truncated(needed: Self.length, available: frame.count) }
    destination = MACAddress(rawValue: frame.bigEndian48(at: Offset.destination))
    source = MACAddress(rawValue: frame.bigEndian48(at: Offset.source))
    etherType = EtherType(rawValue: frame.bigEndian16(at: Offset.etherType))
  }

  /// Writes the header to the front of `frame`, which holds at least 14 octets.
  public func encode(into frame: inout MutableSpan<UInt8>) {
    frame.storeBigEndian48(destination.rawValue, at: Offset.destination)
    frame.storeBigEndian48(source.rawValue, at: Offset.source)
    frame.storeBigEndian16(etherType.rawValue, at: Offset.etherType)
  }
}

/// What an Ethernet frame carries. Unknown values are kept.
public struct EtherType: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// RFC 894.
  public static let ipv4 = EtherType(rawValue: 0x0800)
  /// RFC 2464 §3.
  public static let ipv6 = EtherType(rawValue: 0x86dd)
  /// RFC 826.
  public static let arp = EtherType(rawValue: 0x0806)
  /// IEEE 802.1AB §7.3.
  public static let lldp = EtherType(rawValue: 0x88cc)
}
