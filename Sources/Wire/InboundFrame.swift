public import Addressing

/// A captured frame as far as the scan reads it.
public struct InboundFrame: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case arp(ARPPacket)
    case tcp(TCPHeader, payloadLength: Int)
    case unreachable(ICMPUnreachable)
    case other
  }

  public var ethernet: EthernetHeader
  /// nil for anything that is not IPv4.
  public var ipv4: IPv4Header?
  public var content: Content

  /// Reads a whole Ethernet frame.
  ///
  /// What the frame carries beyond the layers read here is not an error: it is ``Content/other``.
  /// - Throws: ``WireError`` when a layer that is announced is not whole or contradicts itself.
  public init(parsing frame: Span<UInt8>) throws(WireError) {
    ethernet = try EthernetHeader(parsing: frame)
    let packet = frame.extracting(EthernetHeader.length..<frame.count)
    switch ethernet.etherType {
    case .arp:
      ipv4 = nil
      do throws(WireError) {
        content = .arp(try ARPPacket(parsing: packet))
      } catch .unsupported {
        content = .other
      }
    case .ipv4:
      let header = try IPv4Header(parsing: packet)
      ipv4 = header
      content = try Self.transport(header, packet.extracting(header.payload))
    default:
      ipv4 = nil
      content = .other
    }
  }

  private static func transport(_ header: IPv4Header, _ payload: Span<UInt8>) throws(WireError) -> Content {
    guard header.fragmentOffset == 0 else { return .other }
    switch header.proto {
    case .tcp:
      let tcp = try TCPHeader(parsing: payload)
      return .tcp(tcp, payloadLength: payload.count - tcp.length)
    case .icmp:
      if payload.count > 0, payload[0] != 3 { return .other }
      do throws(WireError) {
        return .unreachable(try ICMPUnreachable(parsing: payload))
      } catch .unsupported {
        return .other  // about a datagram that is no TCP segment
      }
    default:
      return .other
    }
  }
}

/// Where an outgoing frame is going, read from its octets: what the authority gate judges.
public enum FrameDestination: Hashable, Sendable {
  /// An ARP question about, or answer to, this address.
  case arp(IPv4Address)
  case ipv4(IPv4Address, IPProtocol)

  /// - Throws: ``WireError`` for a frame whose destination cannot be read; such a frame must not be sent.
  public init(of frame: Span<UInt8>) throws(WireError) {
    let ethernet = try EthernetHeader(parsing: frame)
    let packet = frame.extracting(EthernetHeader.length..<frame.count)
    switch ethernet.etherType {
    case .arp:
      self = .arp(try ARPPacket(parsing: packet).target)
    case .ipv4:
      let header = try IPv4Header(parsing: packet)
      self = .ipv4(header.destination, header.proto)
    default:
      throw .unsupported
    }
  }
}
