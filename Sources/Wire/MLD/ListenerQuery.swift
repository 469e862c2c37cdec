public import Addressing

/// The general query of Multicast Listener Discovery version 2 (RFC 3810 §5.1): which groups has
/// this link listeners of?
///
/// Every IPv6 host listens to the solicited-node group of each of its addresses, so every one that
/// keeps to RFC 4861 §7.2.1 reports, also those that ignore an echo request to ff02::1.
///
/// To the other side: one multicast frame; each host answers within the maximum response delay. A
/// router or switch that queries itself may pause its own queries for 255 s when our link-local
/// address is lower than its own (RFC 3810 §7.6.2). It keeps what it knows for 260 s, and the reports that we
/// cause refresh it, so that nobody loses a stream as long as few queries are sent. Version 1 is
/// not used: it would switch hosts to that version for minutes (RFC 3810 §8.2.1).
public enum ListenerQuery {
  /// ICMPv6 message types (RFC 2710 §3.1, RFC 3810 §5).
  enum Kind { static let query: UInt8 = 130, reportV1: UInt8 = 131, done: UInt8 = 132, reportV2: UInt8 = 143 }

  /// Hop-by-hop options that hold a router alert for MLD and padding (RFC 2711 §2.1, RFC 3810 §5):
  /// next header ICMPv6, length 8, option 5 with value 0, PadN.
  static let routerAlert: [UInt8] = [58, 0, 5, 2, 0, 0, 1, 0]

  /// Octets of a query without sources.
  static let length = 28

  /// A whole Ethernet frame to ff02::1, hop limit 1, checksum included.
  /// - Parameters:
  ///   - source: a link-local address of the sending interface; others are ignored (RFC 3810 §5.1.14).
  ///   - maximumDelay: milliseconds over which the hosts spread their reports, at most 32,767.
  public static func frame(
    from sourceMAC: MACAddress, _ source: IPv6Address, maximumDelay: UInt16 = 1000
  ) -> [UInt8] {
    let group = IPv6Address.allNodes
    let addresses = FrameAddresses(
      sourceMAC: sourceMAC, destinationMAC: group.multicastMAC, source: source, destination: group)
    let extended = addresses.headersLength
    let start = extended + routerAlert.count
    var frame = addresses.frame(carrying: .hopByHop, transportLength: routerAlert.count + length, hopLimit: 1)
    var octets = frame.mutableSpan
    octets.store(routerAlert.span, at: extended)
    octets[start] = Kind.query
    // Below 32,768 the code is the delay itself (RFC 3810 §5.1.3).
    octets.storeBigEndian16(min(maximumDelay, 32_767), at: start + 4)
    octets[start + 24] = 2  // robustness variable, the default of §9.1
    octets[start + 25] = 125  // query interval in seconds, the default of §9.2
    octets.storeBigEndian16(addresses.checksum(of: octets.span, from: start, proto: .icmpv6), at: start + 2)
    return frame
  }

  /// - Returns: whether an ICMPv6 message is a report or a farewell, that is: its sender has IPv6.
  static func isReport(_ message: Span<UInt8>) -> Bool {
    guard message.count >= 8 else { return false }
    switch message[0] {
    case Kind.reportV1, Kind.done: return message.count >= 24
    case Kind.reportV2: return true
    default: return false
    }
  }
}
