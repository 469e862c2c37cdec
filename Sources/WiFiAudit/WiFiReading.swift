internal import Addressing
internal import WiFi
internal import Wire

/// A network as judgement needs it. The one place that asks the survey what it believes.
struct WiFiReading {
  /// A weakness and what it rests on.
  struct Weakness: Hashable {
    /// The name of the check.
    let check: String
    let proofs: [Proof]
  }

  /// One statement for a weakness.
  struct Proof: Hashable {
    let kind: WiFiProof
    /// For what the network says: frames that describe it. For what is seen: data frames that show it.
    let frames: Int
  }

  let network: WiFiSurvey.Network
  /// nil while nothing is believed: what came once is not judged.
  let security: WiFiSecurity?
  let weaknesses: [Weakness]

  init(_ network: WiFiSurvey.Network) {
    self.network = network
    security = network.security
    weaknesses = network.findings.map { Weakness(check: $0.finding.rawValue, proofs: Self.proofs($0, network)) }
  }

  /// What is seen was said before: the two are told as two statements.
  private static func proofs(
    _ found: (finding: WiFiFinding, proof: WiFiProof), _ network: WiFiSurvey.Network
  ) -> [Proof] {
    let said = Proof(kind: .said, frames: network.frames)
    guard found.proof == .seen else { return [said] }
    let seen: Int =
      switch found.finding {
      case .wep: network.protection[.wep]
      case .tkip: network.protection[.tkip]
      case .open: network.clearFrames
      default: network.dataFrames
      }
    return [said, Proof(kind: .seen, frames: seen)]
  }
}
