internal import Addressing

/// What the kernel passes up, as a libpcap expression: answers, and what devices say of themselves.
///
/// Our own raw SYN and RST frames are left out, because they are counted when they are sent; everything else
/// that leaves for a device (connections) is kept, because it is part of the device's load.
struct CaptureFilter {
  let expression: String

  /// DHCP (RFC 2131), NetBIOS names (RFC 1002), SSDP (UPnP 1.0), WS-Discovery, mDNS (RFC 6762),
  /// LLMNR (RFC 4795).
  private static let announcements: [UInt16] = [67, 68, 137, 1900, 3702, 5353, 5355]

  /// - Parameter fixedPorts: UDP ports of this host, beside `datagramPort`, that answers come to.
  init(
    source: IPv4Address?, linkLocal: IPv6Address?, streamPort: UInt16, datagramPort: UInt16,
    fixedPorts: [UInt16] = []
  ) {
    var parts = ["arp", "icmp", "igmp", "icmp6"]
    // Reports of multicast listeners carry a hop-by-hop header (RFC 2710 §3, RFC 3810 §5).
    parts.append("(ip6[6] = 0 and ip6[40] = 58)")
    if let source {
      parts.append(
        "(tcp and host \(source) and not "
          + "(src host \(source) and tcp src port \(streamPort) and (tcp[13] = 2 or tcp[13] = 4)))")
    }
    // What probes exchange by UDP; our own raw datagrams and their answers are told by their port.
    if let source { parts.append("(udp and host \(source) and not udp port \(datagramPort))") }
    if linkLocal != nil {
      parts.append("(ip6 and udp and not multicast and not udp port \(datagramPort))")
      // libpcap reads no TCP fields behind IPv6: next header, source port, flags without options. What devices answer
      // has ACK set, also where it comes from the same port number.
      parts.append(
        "(ip6 and tcp and not (ip6[6] = 6 and ip6[40:2] = \(streamPort) and (ip6[53] = 2 or ip6[53] = 4)))")
    }
    for port in [datagramPort] + fixedPorts { parts.append("(udp dst port \(port))") }
    let ports = Self.announcements.map { "udp dst port \($0)" }.joined(separator: " or ")
    parts.append("(ether multicast and (\(ports)))")
    expression = parts.joined(separator: " or ")
  }
}
