public import Addressing

/// Where an outgoing frame is going, read from its octets: what the authority gate judges.
///
/// Anything that is not listed here cannot be read and so must not be sent: another protocol, a
/// fragment, an option or extension header that could lead a packet elsewhere (source routes).
public enum FrameDestination: Hashable, Sendable {
  /// An ARP question about, or answer to, this address.
  case arp(IPv4Address)
  case tcp(IPAddress, port: UInt16)
  case udp(IPAddress, port: UInt16)
  /// An echo request.
  case echo(IPAddress)
  /// A question for `target`, sent to it or to its solicited-node group.
  case neighbourSolicitation(target: IPv6Address)
  /// An MLD query to this group, with its router alert.
  case listenerQuery(IPv6Address)

  /// - Throws: ``WireError`` for a frame whose destination cannot be read; such a frame must not be sent.
  public init(of frame: Span<UInt8>) throws(WireError) {
    let ethernet = try EthernetHeader(parsing: frame)
    let packet = frame.extracting(EthernetHeader.length..<frame.count)
    switch ethernet.etherType {
    case .ipv4: self = try Self.ipv4(packet)
    case .ipv6: self = try Self.ipv6(packet)
    case .arp: self = .arp(try ARPPacket(parsing: packet).target)
    default: throw .unsupported
    }
  }

  private static func ipv4(_ packet: Span<UInt8>) throws(WireError) -> FrameDestination {
    let header = try IPv4Header(parsing: packet)
    // Options may hold a source route (RFC 791 §3.1).
    guard header.payload.lowerBound == IPv4Header.length, header.fragmentOffset == 0, !header.hasMoreFragments
    else { throw .unsupported }
    let transport = packet.extracting(header.payload)
    switch header.proto {
    case .tcp: return .tcp(IPAddress(header.destination), port: try tcpPort(transport))
    case .udp: return .udp(IPAddress(header.destination), port: try udpPort(transport))
    case .icmp:
      guard transport.count >= EchoMessage.headerLength else {
        throw .truncated(needed: EchoMessage.headerLength, available: transport.count)
      }
      guard transport[0] == EchoMessage.Kind.request else { throw .unsupported }
      return .echo(IPAddress(header.destination))
    default: throw .unsupported
    }
  }

  private static func ipv6(_ packet: Span<UInt8>) throws(WireError) -> FrameDestination {
    let header = try IPv6Header(parsing: packet)
    let transport = packet.extracting(header.payload)
    guard header.payload.lowerBound == IPv6Header.length else { return try listenerQuery(header, packet) }
    switch header.proto {
    case .tcp: return .tcp(IPAddress(header.destination), port: try tcpPort(transport))
    case .udp: return .udp(IPAddress(header.destination), port: try udpPort(transport))
    case .icmpv6: return try icmpv6(header, transport)
    default: throw .unsupported
    }
  }

  private static func icmpv6(_ header: IPv6Header, _ message: Span<UInt8>) throws(WireError) -> FrameDestination {
    guard message.count >= EchoMessage.headerLength else {
      throw .truncated(needed: EchoMessage.headerLength, available: message.count)
    }
    switch message[0] {
    case EchoMessage.Kind.requestV6: return .echo(IPAddress(header.destination))
    case NeighbourOption.Kind.solicitation:
      let target = try NeighbourSolicitation(parsing: message).target
      guard header.destination == target || header.destination == target.solicitedNode else { throw .unsupported }
      return .neighbourSolicitation(target: target)
    default: throw .unsupported
    }
  }

  /// An extension header is accepted in one form only: hop-by-hop with MLD's router alert, octet by octet.
  private static func listenerQuery(
    _ header: IPv6Header, _ packet: Span<UInt8>
  ) throws(WireError) -> FrameDestination {
    let alert = ListenerQuery.routerAlert
    let start = IPv6Header.length
    guard header.nextHeader == .hopByHop, header.proto == .icmpv6, header.destination.isMulticast,
      header.payload.lowerBound == start + alert.count
    else { throw .unsupported }
    for index in alert.indices where packet[start + index] != alert[index] { throw .unsupported }
    let message = packet.extracting(header.payload)
    guard message.count >= 24 else { throw .truncated(needed: 24, available: message.count) }
    guard message[0] == ListenerQuery.Kind.query else { throw .unsupported }
    return .listenerQuery(header.destination)
  }

  private static func tcpPort(_ segment: Span<UInt8>) throws(WireError) -> UInt16 {
    guard segment.count >= 20 else { throw .truncated(needed: 20, available: segment.count) }
    return segment.bigEndian16(at: 2)
  }

  private static func udpPort(_ datagram: Span<UInt8>) throws(WireError) -> UInt16 {
    guard datagram.count >= UDPHeader.headerLength else {
      throw .truncated(needed: UDPHeader.headerLength, available: datagram.count)
    }
    return datagram.bigEndian16(at: 2)
  }
}
