/// The `ip -batch` and `nft` texts that make the site's network. Pure, like ``DaemonPlan``.
struct NetworkPlan: Hashable, Sendable {
  struct Member: Hashable, Sendable {
    var name: String
    var address: String
    var mac: String
  }

  static let bridge = "br0"
  static let interface = "eth0"

  var members: [Member]

  init(of site: Site) {
    members = [Member(name: Site.auditorName, address: Site.auditorAddress, mac: Site.auditorMAC)]
    members += site.devices.map { Member(name: $0.name, address: $0.address, mac: $0.mac) }
  }

  /// First the namespaces alone: they must be told to keep IPv6 quiet before a link appears in them.
  var namespaces: String {
    members.map { "netns add \($0.name)\n" }.joined()
  }

  var links: String {
    let bridge =
      "link add \(Self.bridge) type bridge stp_state 0 mcast_snooping 0 forward_delay 0\n"
      + "link set \(Self.bridge) up\n"
    return bridge
      + members.map { member in
        "link add v-\(member.name) type veth peer name \(Self.interface) netns \(member.name)\n"
          + "link set v-\(member.name) master \(Self.bridge) up\n"
      }.joined()
  }

  /// Inside the member's namespace. No gateway and no default route: nothing has a way out.
  static func inside(_ member: Member) -> String {
    """
    link set lo up
    link set \(interface) address \(member.mac)
    addr add \(member.address)/\(Site.prefixLength) broadcast + dev \(interface)
    link set \(interface) up

    """
  }

  /// Kernel settings of a device's namespace, as paths below /proc/sys/net.
  static func settings(of device: Device?) -> [(path: String, value: String)] {
    let quiet = ["all", "default"].map { ("ipv6/conf/\($0)/disable_ipv6", "1") }
    guard let device, !device.answersPing else { return quiet }
    return quiet + [("ipv4/icmp_echo_ignore_all", "1")]
  }

  /// A stealth device: whatever is not for one of its ports vanishes. ARP is not IP and passes.
  static func firewall(of device: Device) -> String? {
    guard device.closedPorts == .silent else { return nil }
    let accepted = device.services.map {
      "    \($0.transport.rawValue) dport \($0.port) accept\n"
    }
    return """
      table inet stealth {
        chain input {
          type filter hook input priority 0; policy drop;
          iif lo accept
      \(accepted.joined())  }
      }

      """
  }
}
