import Records
import Testing

@testable import Fingerprints

/// Matches as an inventory takes them.
struct RecordClaimTests {
  private func match(_ file: String, _ claims: [(String, String, Double)]) -> FingerprintMatch {
    FingerprintMatch(
      kind: .sshBanner, rule: "r", file: "/rules/\(file)", line: 7, parameters: [:],
      claims: claims.map { FingerprintClaim(name: $0.0, value: $0.1, certainty: $0.2) })
  }

  @Test func `a claim says the place, the kind of text and the rule's line, and how far it may be believed`() {
    let result = FingerprintResult(matches: [
      match("own.yaml", [("vendor", "Yamaha", 0.95), ("role", "router", 0.7), ("os.vendor", "x", 1)])
    ])
    let source = "tcp/22 ssh.banner (own.yaml:7)"
    #expect(
      result.claims(at: "tcp/22") == [
        Claim(.vendor, "Yamaha", source: source, confidence: .medium),
        Claim(.role, "router", source: source, confidence: .low),
      ])
  }

  @Test func `a product and its version are one claim, as sure as the less sure of them`() {
    let result = FingerprintResult(matches: [
      match("r.xml", [("software", "Dropbear", 0.9), ("software.version", "2022.83", 0.5), ("os", "Linux", 0.85)])
    ])
    #expect(
      result.claims(at: "tcp/22").map { [$0.kind.rawValue, $0.value, $0.confidence.rawValue] } == [
        ["system", "Linux", "medium"], ["software", "Dropbear 2022.83", "low"],
      ])
  }

  /// Matches come in falling order of preference.
  @Test func `of two files that claim one thing the preferred one speaks`() {
    let result = FingerprintResult(matches: [
      match("own.yaml", [("vendor", "Buffalo", 0.9)]),
      match("r.xml", [("vendor", "BUFFALO INC.", 0.9), ("model", "WSR", 0.9)]),
    ])
    #expect(result.claims(at: "tcp/22").map(\.value) == ["Buffalo", "WSR"])
  }
}
