internal import Addressing
internal import WiFi
internal import Wire

/// A network as judgement needs it. The one place that asks the survey what stands.
struct WiFiReading {
  /// A weakness and what it rests on.
  struct Weakness: Hashable {
    let finding: WiFiFinding
    let proofs: [Proof]

    /// The name of its check.
    var check: String { finding.rawValue }
    /// What a single frame says is told, and is no verdict.
    var isVerdict: Bool { proofs.contains { $0.kind != .once } }
  }

  /// One statement for a weakness.
  struct Proof: Hashable {
    let kind: WiFiProof
    /// For what the network says: frames that describe it. For what is seen: data frames that show it.
    let frames: Int
  }

  let network: WiFiSurvey.Network
  /// nil while nothing stands but what a single frame said, which is not judged.
  let security: WiFiSecurity?
  let weaknesses: [Weakness]

  init(_ network: WiFiSurvey.Network, _ judgements: [WiFiJudgement]) {
    self.network = network
    let isJudged = Self.isJudged(network)
    security = isJudged ? network.security : nil
    weaknesses =
      isJudged ? judgements.map { Weakness(finding: $0.finding, proofs: Self.proofs($0, network)) } : []
  }

  static func isJudged(_ network: WiFiSurvey.Network) -> Bool { network.standing.map { $0 > .once } ?? false }

  /// What is seen was said before: the two are told as two statements.
  private static func proofs(_ judgement: WiFiJudgement, _ network: WiFiSurvey.Network) -> [Proof] {
    switch judgement.proof {
    case .once: return [Proof(kind: .once, frames: 1)]
    case .said: return [Proof(kind: .said, frames: network.frames)]
    case .seen:
      let seen: Int =
        switch judgement.finding {
        case .wep: network.protection[.wep]
        case .tkip: network.protection[.tkip]
        case .open: network.clearFrames
        default: network.dataFrames
        }
      return [Proof(kind: .said, frames: network.frames), Proof(kind: .seen, frames: seen)]
    }
  }
}
