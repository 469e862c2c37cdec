public import Addressing
public import Records
internal import Wire

/// Stands below every raw frame and every socket. It believes the octets, not the code above it:
/// the destination is read from the frame that is about to leave.
public struct TransmissionGate: Sendable {
  public let scope: Scope

  public init(scope: Scope) { self.scope = scope }

  /// Judges a raw Ethernet frame.
  /// - Returns: nil when it may leave. A frame whose destination cannot be read may not.
  public func refusal(ofFrame frame: Span<UInt8>, at moment: Timestamp) -> Refusal? {
    let ethernet: EthernetHeader
    let destination: FrameDestination
    do throws(WireError) {
      ethernet = try EthernetHeader(parsing: frame)
      destination = try FrameDestination(of: frame)
    } catch {
      return Refusal(target: "a frame of \(frame.count) octets", rule: .unreadableDestination)
    }
    let mac = ethernet.destination.isGroup ? nil : ethernet.destination
    switch destination {
    case .arp(let address):
      return scope.refusal(of: address, mac: mac, for: .arpDiscovery, at: moment)
    case .ipv4(let address, .tcp):
      // A SYN to a group of stations would reach excluded devices too, and no host may answer it
      // (RFC 1122 §4.2.3.10).
      guard mac != nil else { return Refusal(target: "\(address)", rule: .unreadableDestination) }
      return scope.refusal(of: address, mac: mac, for: .tcpSYN, at: moment)
    case .ipv4(let address, _):
      return Refusal(target: "\(address)", rule: .unreadableDestination)
    }
  }

  /// Judges an ordinary TCP connection.
  public func refusal(ofConnectionTo address: IPv4Address, mac: MACAddress, at moment: Timestamp) -> Refusal? {
    scope.refusal(of: address, mac: mac, for: .serviceIdentification, at: moment)
  }
}
