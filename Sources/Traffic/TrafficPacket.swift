public import Addressing
public import Wire

/// A captured packet of whatever link, as far as it says who talks with whom.
public struct TrafficPacket: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    /// `payload` is where the data lies in the frame; what the capture cut off is outside.
    case tcp(TCPHeader, payload: Range<Int>)
    case udp(UDPHeader, payload: Range<Int>)
    /// Where what follows the Ethernet header lies.
    case eapol(Range<Int>)
    case other
  }

  /// Link types (draft-ietf-opsawg-pcaplinktype) that are read.
  public enum LinkType: UInt16, Hashable, Sendable, CaseIterable {
    case loopback = 0
    case ethernet = 1
    case raw = 101
    case linuxCooked = 113
    case rawIPv4 = 228
    case rawIPv6 = 229
    case linuxCooked2 = 276
  }

  /// nil where the link shows none.
  public private(set) var sourceMAC: MACAddress?
  public private(set) var destinationMAC: MACAddress?
  /// nil for what is neither IPv4 nor IPv6.
  public private(set) var source: IPAddress?
  public private(set) var destination: IPAddress?
  public private(set) var content = Content.other

  /// To several hosts at once, by its MAC address or its IP address.
  public var isToGroup: Bool {
    destinationMAC?.isGroup == true || destination.map(Self.isGroup) == true
  }

  private static let eapol = EtherType(rawValue: 0x888e)
  /// IEEE 802.1Q and 802.1ad.
  private static let tags: Set<UInt16> = [0x8100, 0x88a8]

  /// Reads a frame.
  /// - Throws: ``WireError`` where a layer that is announced is not whole or contradicts itself.
  public init(parsing frame: Span<UInt8>, _ link: LinkType) throws(WireError) {
    switch link {
    case .ethernet:
      let header = try EthernetHeader(parsing: frame)
      (sourceMAC, destinationMAC) = (header.source, header.destination)
      try readTagged(frame, header.etherType.rawValue, at: EthernetHeader.length)
    case .linuxCooked: try readCooked(frame, protocolAt: 14, addressAt: 6, length: 16)
    case .linuxCooked2: try readCooked(frame, protocolAt: 0, addressAt: 12, length: 20)
    case .loopback: try readIP(frame, at: 4)
    case .raw, .rawIPv4, .rawIPv6: try readIP(frame, at: 0)
    }
  }

  /// Behind at most two tags of virtual LANs.
  private mutating func readTagged(_ frame: Span<UInt8>, _ type: UInt16, at offset: Int) throws(WireError) {
    var (type, offset) = (type, offset)
    for _ in 0..<2 where Self.tags.contains(type) {
      guard frame.count >= offset + 4 else { throw .truncated(needed: offset + 4, available: frame.count) }
      type = Self.number16(frame, offset + 2)
      offset += 4
    }
    switch EtherType(rawValue: type) {
    case .ipv4, .ipv6: try readIP(frame, at: offset)
    case Self.eapol: content = .eapol(offset..<frame.count)
    default: break
    }
  }

  private mutating func readCooked(
    _ frame: Span<UInt8>, protocolAt: Int, addressAt: Int, length: Int
  ) throws(WireError) {
    guard frame.count >= length else { throw .truncated(needed: length, available: frame.count) }
    // Only an address of six octets is one of Ethernet; its length stands in front of the old form and the new one alike.
    let size = length == 16 ? Int(Self.number16(frame, 4)) : Int(frame[11])
    if size == 6 { sourceMAC = Self.mac(frame, addressAt) }
    try readTagged(frame, Self.number16(frame, protocolAt), at: length)
  }

  private mutating func readIP(_ frame: Span<UInt8>, at offset: Int) throws(WireError) {
    guard frame.count > offset else { throw .truncated(needed: offset + 1, available: frame.count) }
    let packet = frame.extracting(offset..<frame.count)
    let (proto, payload): (IPProtocol, Range<Int>)
    switch packet[0] >> 4 {
    case 4:
      let header = try IPv4Header(parsing: packet)
      (source, destination) = (IPAddress(header.source), IPAddress(header.destination))
      guard header.fragmentOffset == 0 else { return }
      (proto, payload) = (header.proto, header.payload)
    case 6:
      let header = try IPv6Header(parsing: packet)
      (source, destination) = (IPAddress(header.source), IPAddress(header.destination))
      guard !header.isFragment else { return }
      (proto, payload) = (header.proto, header.payload)
    default: throw .malformed(offset: offset)
    }
    let range = offset + payload.lowerBound..<offset + payload.upperBound
    switch proto {
    case .tcp:
      let header = try TCPHeader(parsing: frame.extracting(range))
      content = .tcp(header, payload: range.lowerBound + header.length..<range.upperBound)
    case .udp:
      let header = try UDPHeader(parsing: frame.extracting(range))
      content = .udp(
        header,
        payload: range.lowerBound + UDPHeader.headerLength..<min(range.lowerBound + header.length, range.upperBound))
    default: break
    }
  }

  private static func number16(_ frame: Span<UInt8>, _ offset: Int) -> UInt16 {
    UInt16(frame[offset]) << 8 | UInt16(frame[offset + 1])
  }

  private static func mac(_ frame: Span<UInt8>, _ offset: Int) -> MACAddress {
    MACAddress(rawValue: (0..<6).reduce(0) { $0 << 8 | UInt64(frame[offset + $1]) })
  }

  /// 224.0.0.0/4, 255.255.255.255 and ff00::/8.
  static func isGroup(_ address: IPAddress) -> Bool {
    if let v4 = address.v4 { return v4.rawValue >> 28 == 0xe || v4.rawValue == .max }
    return address.v6.map { $0.high >> 56 == 0xff } ?? false
  }
}
