public import Addressing

/// Who sends a frame to whom, on the link and on the network.
public struct FrameAddresses: Hashable, Sendable {
  public let sourceMAC: MACAddress
  /// The device's own address on the link, the gateway's for a device behind it, or a group's.
  public let destinationMAC: MACAddress
  public let source: IPAddress
  public let destination: IPAddress

  public init(sourceMAC: MACAddress, destinationMAC: MACAddress, source: IPv4Address, destination: IPv4Address) {
    self.init(sourceMAC, destinationMAC, IPAddress(source), IPAddress(destination))
  }

  public init(sourceMAC: MACAddress, destinationMAC: MACAddress, source: IPv6Address, destination: IPv6Address) {
    self.init(sourceMAC, destinationMAC, IPAddress(source), IPAddress(destination))
  }

  /// - Returns: nil when the addresses are of different families.
  public init?(sourceMAC: MACAddress, destinationMAC: MACAddress, source: IPAddress, destination: IPAddress) {
    guard source.isIPv4 == destination.isIPv4 else { return nil }
    self.init(sourceMAC, destinationMAC, source, destination)
  }

  private init(
    _ sourceMAC: MACAddress, _ destinationMAC: MACAddress, _ source: IPAddress, _ destination: IPAddress
  ) {
    self.sourceMAC = sourceMAC
    self.destinationMAC = destinationMAC
    self.source = source
    self.destination = destination
  }

  /// Octets in front of the transport.
  var headersLength: Int {
    EthernetHeader.length + (source.isIPv4 ? IPv4Header.length : IPv6Header.length)
  }

  /// A frame with both headers laid down and `transportLength` zero octets behind them.
  func frame(carrying proto: IPProtocol, transportLength: Int, hopLimit: UInt8) -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: headersLength + transportLength)
    var octets = frame.mutableSpan
    EthernetHeader(destination: destinationMAC, source: sourceMAC, etherType: source.isIPv4 ? .ipv4 : .ipv6)
      .encode(into: &octets)
    if let source = source.v4, let destination = destination.v4 {
      IPv4Header.encode(
        into: &octets, at: EthernetHeader.length, source: source, destination: destination, proto: proto,
        timeToLive: hopLimit, payloadLength: transportLength)
    } else if let source = source.v6, let destination = destination.v6 {
      IPv6Header.encode(
        into: &octets, at: EthernetHeader.length, source: source, destination: destination, nextHeader: proto,
        hopLimit: hopLimit, payloadLength: transportLength)
    }
    return frame
  }

  /// The checksum of the transport that stands in `frame` from `start` to the end, with the
  /// pseudo-header except for ICMP, which has none (RFC 792).
  func checksum(of frame: Span<UInt8>, from start: Int, proto: IPProtocol) -> UInt16 {
    var sum = InternetChecksum()
    if proto != .icmp {
      sum.addPseudoHeader(source: source, destination: destination, proto: proto, length: frame.count - start)
    }
    sum.add(frame.extracting(start..<frame.count))
    return sum.value
  }
}

extension InternetChecksum {
  /// Adds the pseudo-header of a transport (RFC 768, RFC 9293 §3.1; RFC 8200 §8.1).
  /// - Parameter length: octets of the transport's header and data.
  fileprivate mutating func addPseudoHeader(
    source: IPAddress, destination: IPAddress, proto: IPProtocol, length: Int
  ) {
    add(source)
    add(destination)
    add(UInt32(truncatingIfNeeded: length))
    add(UInt16(proto.rawValue))
  }

  private mutating func add(_ address: IPAddress) {
    if let v4 = address.v4 { return add(v4.rawValue) }
    let words = address.words
    add(words.0)
    add(words.1)
  }
}

extension MutableSpan<UInt8> {
  /// Copies `octets` to `offset`; there is room for them.
  mutating func store(_ octets: Span<UInt8>, at offset: Int) {
    for index in octets.indices { self[offset + index] = octets[index] }
  }
}
