/// The `ip -batch` and `nft` texts that make the site's network. Pure, like ``DaemonPlan``.
struct NetworkPlan: Hashable, Sendable {
  struct Member: Hashable, Sendable {
    var name: String
    /// Nil where the kernel must have none: on an emulated device, and on one without IPv4.
    var address: String?
    var mac: String
    var speaksIPv6 = false
    /// False: not to an echo request for its address, and not to one for all nodes.
    var answersPing = true
    var answersAllNodes = true
  }

  static let bridge = "br0"
  static let interface = "eth0"

  var members: [Member]

  init(of site: Site) {
    members = [
      Member(
        name: Site.auditorName, address: site.auditorAddress, mac: Site.auditorMAC,
        speaksIPv6: site.devices.contains(where: \.speaksIPv6))
    ]
    members += site.devices.map { device in
      Member(
        name: device.name, address: device.victim == nil ? device.address : nil, mac: device.mac,
        speaksIPv6: device.speaksIPv6, answersPing: device.answersPing, answersAllNodes: device.answersAllNodes)
    }
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
    let address = member.address.map { "addr add \($0)/\(Site.prefixLength) broadcast + dev \(interface)\n" }
    return """
      link set lo up
      link set \(interface) address \(member.mac)
      \(address ?? "")link set \(interface) up

      """
  }

  /// A kernel setting: its path below /proc/sys/net, and its value.
  typealias Setting = (path: String, value: String)

  static var bridgeSettings: [Setting] { everywhere("disable_ipv6", "1") }

  /// Kernel settings of a member's namespace.
  static func settings(of member: Member) -> [Setting] {
    var settings = everywhere("disable_ipv6", member.speaksIPv6 ? "0" : "1")
    if member.speaksIPv6 {
      // The addresses are known to be unique, and a site that waits a second for that is slow to raise.
      settings += everywhere("accept_dad", "0") + everywhere("accept_ra", "0") + everywhere("router_solicitations", "0")
      if !member.answersAllNodes { settings.append(("ipv6/icmp/echo_ignore_multicast", "1")) }
    }
    if !member.answersPing { settings.append(("ipv4/icmp_echo_ignore_all", "1")) }
    return settings
  }

  /// For the links there are and for those to come.
  private static func everywhere(_ name: String, _ value: String) -> [Setting] {
    ["all", "default"].map { ("ipv6/conf/\($0)/\(name)", value) }
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
