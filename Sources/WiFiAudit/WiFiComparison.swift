public import Profiles
public import WiFi

/// A network held against a profile, row by row.
public struct WiFiComparison: Hashable, Sendable {
  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case meets, deviates
    /// What was heard does not tell.
    case notDetermined = "not-determined"
  }

  public struct Row: Hashable, Sendable {
    public let row: WiFiBaseline.Row
    /// nil where the row asks for what such a network has not: ciphers of an open one.
    public let outcome: Outcome?
  }

  public let rows: [Row]

  /// - Parameters:
  ///   - security: nil while nothing is believed of the network.
  ///   - findings: names of checks.
  public init(_ security: WiFiSecurity?, findings: [String], _ baseline: WiFiBaseline) {
    rows = baseline.rows.map { Row(row: $0, outcome: Self.outcome($0.demand, security, findings)) }
  }

  /// Of the network: it deviates where a row does, and meets the profile only where every row is decided.
  public var outcome: Outcome {
    let outcomes = rows.compactMap(\.outcome)
    if outcomes.contains(.deviates) { return .deviates }
    return outcomes.isEmpty || outcomes.contains(.notDetermined) ? .notDetermined : .meets
  }

  private static func outcome(
    _ demand: WiFiBaseline.Demand, _ security: WiFiSecurity?, _ findings: [String]
  ) -> Outcome? {
    guard let security else { return .notDetermined }
    if case .without(let checks) = demand, findings.contains(where: checks.contains) { return .deviates }
    // Elements that could not be read may say anything.
    guard security.level != .unknown else { return .notDetermined }
    // Neither an open network nor WEP negotiates ciphers; their level says all.
    let negotiates = security.level != .open && security.level != .wep
    switch demand {
    case .levels(let allowed): return allowed.contains(security.level.rawValue) ? .meets : .deviates
    case .pairwise(let allowed):
      guard negotiates else { return nil }
      guard !security.pairwise.isEmpty else { return .notDetermined }
      return security.pairwise.allSatisfy(allowed.contains) ? .meets : .deviates
    case .group(let allowed):
      guard negotiates else { return nil }
      return security.group.map { allowed.contains($0) ? .meets : .deviates } ?? .notDetermined
    case .managementProtection(let allowed):
      guard negotiates else { return nil }
      return allowed.contains(security.managementProtection.rawValue) ? .meets : .deviates
    case .without: return .meets
    }
  }
}
