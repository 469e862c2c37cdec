/// A scope file that allows an audit of the lab and of nothing else.
public struct ScopeText: Hashable, Sendable {
  public var network: String
  public var excluded: [String]

  public init(of plan: Site.Plan = .standard, excluding excluded: [String] = []) {
    network = plan.network
    self.excluded = excluded
  }

  /// The rates are no limit worth the name: what a device bears is for the auditor to find out.
  public var yaml: String {
    """
    version: 1
    engagement: {id: LAB-0001, customer: "tenken lab", site: "network namespaces", operator: "lab operator"}
    valid: {from: "2026-01-01T00:00:00+09:00", until: "2036-01-01T00:00:00+09:00"}
    networks: [\(network)]
    exclude: [\(excluded.joined(separator: ", "))]
    techniques: [arp-discovery, tcp-syn, service-identification]
    rates: {perDevice: 10000, total: 100000}

    """
  }
}
