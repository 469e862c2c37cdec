import Addressing
import Audit
import Profiles
import Records
import Testing

/// What devices say of their firmware, against the reference 2.0 of the family of the tests.
struct FirmwareReferenceTests {
  private func verdict(_ claims: [(Claim.Kind, String, Claim.Confidence)]) throws -> ProbeVerdict? {
    var device = Device(mac: try #require(MACAddress("00:11:22:00:00:31")), addresses: [])
    device.claims = claims.map { Claim($0.0, $0.1, source: "said", confidence: $0.2) }
    return FirmwareReference(TestRules.store.deviceProfiles).verdicts(of: [device]).first?.verdict
  }

  private static let model = (Claim.Kind.model, "test-box 1", Claim.Confidence.medium)

  @Test(arguments: [
    ("1.9", Claim.Confidence.high, ProbeVerdict.Result.proven), ("1.9", .low, .inconclusive(reason: "inferred")),
    ("2.0", .high, .refuted), ("2.1", .medium, .refuted), ("unknown", .high, .inconclusive(reason: "incomparable")),
  ])
  func `a version is judged as far as it is the device's own word`(
    version: String, confidence: Claim.Confidence, result: ProbeVerdict.Result
  ) throws {
    #expect(try verdict([Self.model, (.firmware, version, confidence)])?.result == result)
  }

  /// The reference 2.0 of the tests is one that its document calls the latest; 2.1 is newer than the document, which says nothing of
  /// the latest of today, and a version that is only inferred is nobody's word.
  @Test(arguments: [
    ("2.0", Claim.Confidence.high, true), ("2.0", .low, false), ("2.1", .high, false), ("1.9", .high, false),
  ])
  func `only the latest version itself is told to be the latest`(
    version: String, confidence: Claim.Confidence, isLatest: Bool
  ) throws {
    var device = Device(mac: try #require(MACAddress("00:11:22:00:00:31")), addresses: [])
    device.claims = [Self.model, (.firmware, version, confidence)].map {
      Claim($0.0, $0.1, source: "said", confidence: $0.2)
    }
    let said = FirmwareReference(TestRules.store.deviceProfiles).verdicts(of: [device]).map(\.verdict)
    #expect(said.contains { $0.question == "firmware.latest" && $0.result == .proven } == isLatest)
    #expect(said.first?.question == "firmware.outdated" && said.count == (isLatest ? 2 : 1))
  }

  @Test func `two versions of which one is old prove nothing`() throws {
    let verdict = try #require(
      try verdict([Self.model, (.firmware, "1.9", .high), (.firmware, "2.0", .medium)]))
    #expect(verdict.result == .inconclusive(reason: "contradictory"))
    #expect(verdict.basis.en.contains("1.9") && verdict.basis.en.contains("2.0"))
  }

  @Test func `without a version nothing is said, and without a family nothing is compared`() throws {
    #expect(try verdict([Self.model]) == nil)
    let verdict = try #require(try verdict([(.model, "another", .high), (.firmware, "1.9", .high)]))
    #expect(verdict.result == .inconclusive(reason: "no-reference"))
  }
}
