import Addressing
import Records

@testable import Authority

/// A scope of 192.168.10.0/24 for one working day, to be varied.
enum Sample {
  static let from = Timestamp(nanoseconds: 1_795_132_800_000_000_000)  // 2026-11-20T00:00:00Z
  static let until = from + .seconds(8 * 3600)
  static let noon = from + .seconds(4 * 3600)
  static let allowed: Set<Technique> = [.arpDiscovery, .tcpSYN, .serviceQuestions]

  static func scope(
    networks: [String] = ["192.168.10.0/24"], exclude: [Scope.Exclusion] = [], techniques: Set<Technique> = allowed
  ) throws -> Scope {
    Scope(
      engagement: Engagement(id: "1", customer: "c", site: "s", operator: "o"), validFrom: from, validUntil: until,
      networks: try networks.map { try AddressRange(parsing: $0) }, exclusions: exclude, techniques: techniques,
      rates: Scope.Rates(perDevice: 100, total: 1_000))
  }

  static func excluding(_ text: String, reason: String? = nil) throws -> Scope.Exclusion {
    Scope.Exclusion(target: .addresses(try AddressRange(parsing: text)), reason: reason)
  }
}
