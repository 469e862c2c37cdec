/// A scope file that allows an audit of the lab and of nothing else.
public struct ScopeText: Hashable, Sendable {
  public var networks: [String]
  public var excluded: [String]

  public init(of plan: Site.Plan = .standard, excluding excluded: [String] = []) {
    // Only the victims speak IPv6: looking for it needs consent for every node of the link.
    networks = plan == .victims ? [plan.network, "fe80::/10"] : [plan.network]
    self.excluded = excluded
  }

  private static let techniques = [
    "passive", "arp-discovery", "ipv6-discovery", "icmp-echo", "tcp-syn", "udp-probe", "service-questions",
  ]

  /// Every technique but the one for industrial ports, which an audit leaves alone unless a test says otherwise.
  /// The rates are no limit worth the name: what a device bears is for the auditor to find out.
  public var yaml: String {
    """
    version: 1
    engagement: {id: LAB-0001, customer: "tenken lab", site: "network namespaces", operator: "lab operator"}
    valid: {from: "2026-01-01T00:00:00+09:00", until: "2036-01-01T00:00:00+09:00"}
    networks: [\(networks.joined(separator: ", "))]
    exclude: [\(excluded.joined(separator: ", "))]
    techniques: [\(Self.techniques.joined(separator: ", "))]
    rates: {perDevice: 10000, total: 100000}

    """
  }
}
