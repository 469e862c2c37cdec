public import Addressing

/// A captured frame as far as the scan reads it.
public struct InboundFrame: Hashable, Sendable {
  public enum Content: Hashable, Sendable {
    case arp(ARPPacket)
    /// `payload` is where the data lies in the frame; padding and what the capture cut off are outside.
    case tcp(TCPHeader, payload: Range<Int>)
    case udp(UDPHeader, payload: Range<Int>)
    case echoReply(identifier: UInt16, sequence: UInt16)
    case unreachable(Unreachable)
    case neighbourSolicitation(NeighbourSolicitation)
    case neighbourAdvertisement(NeighbourAdvertisement)
    case routerSolicitation(RouterSolicitation)
    case routerAdvertisement(RouterAdvertisement)
    /// A host says (or no longer says) that it listens to IPv6 groups.
    case listenerReport
    case other
  }

  public var ethernet: EthernetHeader
  /// nil for anything that is neither IPv4 nor IPv6.
  public var source: IPAddress?
  public var destination: IPAddress?
  /// The hop limit of IPv6.
  public var timeToLive: UInt8?
  public var content: Content

  /// Reads a whole Ethernet frame.
  ///
  /// What the frame carries beyond the layers read here is not an error: it is ``Content/other``. So
  /// is neighbour discovery with a hop limit below 255, which comes from another link (RFC 4861 §7.1).
  /// - Throws: ``WireError`` when a layer that is announced is not whole or contradicts itself.
  public init(parsing frame: Span<UInt8>) throws(WireError) {
    ethernet = try EthernetHeader(parsing: frame)
    content = .other
    switch ethernet.etherType {
    case .ipv4: try readIPv4(frame)
    case .ipv6: try readIPv6(frame)
    case .arp:
      do throws(WireError) {
        content = .arp(try ARPPacket(parsing: frame.extracting(EthernetHeader.length..<frame.count)))
      } catch .unsupported {}  // not IPv4 over Ethernet
    default: break
    }
  }

  private mutating func readIPv4(_ frame: Span<UInt8>) throws(WireError) {
    let header = try IPv4Header(parsing: frame.extracting(EthernetHeader.length..<frame.count))
    source = IPAddress(header.source)
    destination = IPAddress(header.destination)
    timeToLive = header.timeToLive
    guard header.fragmentOffset == 0 else { return }
    let range = Self.inFrame(header.payload)
    switch header.proto {
    case .tcp: content = try Self.tcp(frame, range)
    case .udp: content = try Self.udp(frame, range)
    case .icmp: content = try Self.icmp(frame.extracting(range))
    default: break
    }
  }

  private mutating func readIPv6(_ frame: Span<UInt8>) throws(WireError) {
    let header = try IPv6Header(parsing: frame.extracting(EthernetHeader.length..<frame.count))
    source = IPAddress(header.source)
    destination = IPAddress(header.destination)
    timeToLive = header.hopLimit
    guard !header.isFragment else { return }
    let range = Self.inFrame(header.payload)
    switch header.proto {
    case .tcp: content = try Self.tcp(frame, range)
    case .udp: content = try Self.udp(frame, range)
    case .icmpv6: content = try Self.icmpv6(frame.extracting(range), hopLimit: header.hopLimit)
    default: break
    }
  }

  private static func inFrame(_ range: Range<Int>) -> Range<Int> {
    EthernetHeader.length + range.lowerBound..<EthernetHeader.length + range.upperBound
  }

  private static func tcp(_ frame: Span<UInt8>, _ range: Range<Int>) throws(WireError) -> Content {
    let header = try TCPHeader(parsing: frame.extracting(range))
    return .tcp(header, payload: range.lowerBound + header.length..<range.upperBound)
  }

  private static func udp(_ frame: Span<UInt8>, _ range: Range<Int>) throws(WireError) -> Content {
    let header = try UDPHeader(parsing: frame.extracting(range))
    let end = min(range.lowerBound + header.length, range.upperBound)
    return .udp(header, payload: range.lowerBound + UDPHeader.headerLength..<end)
  }

  private static func icmp(_ message: Span<UInt8>) throws(WireError) -> Content {
    guard message.count > 0 else { throw .truncated(needed: EchoMessage.headerLength, available: 0) }
    switch message[0] {
    case EchoMessage.Kind.reply:
      let echo = try EchoMessage(parsing: message)
      return .echoReply(identifier: echo.identifier, sequence: echo.sequence)
    case 3:
      do throws(WireError) {
        return .unreachable(try Unreachable(parsingICMP: message))
      } catch .unsupported {
        return .other  // about a packet that is none of ours
      }
    default: return .other
    }
  }

  private static func icmpv6(_ message: Span<UInt8>, hopLimit: UInt8) throws(WireError) -> Content {
    guard message.count > 0 else { throw .truncated(needed: EchoMessage.headerLength, available: 0) }
    switch message[0] {
    case EchoMessage.Kind.replyV6:
      let echo = try EchoMessage(parsing: message)
      return .echoReply(identifier: echo.identifier, sequence: echo.sequence)
    case 1:
      do throws(WireError) {
        return .unreachable(try Unreachable(parsingICMPv6: message))
      } catch .unsupported {
        return .other
      }
    case 133...136: return hopLimit == 255 ? try neighbour(message) : .other
    default: return ListenerQuery.isReport(message) ? .listenerReport : .other
    }
  }

  private static func neighbour(_ message: Span<UInt8>) throws(WireError) -> Content {
    switch message[0] {
    case NeighbourOption.Kind.routerSolicitation: .routerSolicitation(try RouterSolicitation(parsing: message))
    case NeighbourOption.Kind.routerAdvertisement: .routerAdvertisement(try RouterAdvertisement(parsing: message))
    case NeighbourOption.Kind.solicitation: .neighbourSolicitation(try NeighbourSolicitation(parsing: message))
    default: .neighbourAdvertisement(try NeighbourAdvertisement(parsing: message))
    }
  }
}
