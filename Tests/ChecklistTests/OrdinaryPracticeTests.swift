import Profiles
import Records
import Testing

@testable import Checklist

/// JSSEC-7.1.a follows from 14.1.b, 15.1 and 15.4.a (checklist.md §2.4), whatever rules make those.
struct OrdinaryPracticeTests {
  private static let device = DeviceSample().device.id

  private func verdict(
    _ row: String, _ status: VerdictStatus, _ reason: NotTestedReason? = nil, ofSite: Bool = false
  ) -> Verdict {
    Verdict(
      item: "jssec-iot-v1/JSSEC-\(row)", device: ofSite ? nil : Self.device, service: nil, status: status,
      reason: reason, bounds: Bounds(coverage: nil), explanation: LocalizedText(ja: row, en: row),
      evidence: ["data/findings/\(row)"])
  }

  private func derived(_ verdicts: [Verdict]) throws -> Verdict {
    let profiles = try RuleSet.store()
    let site = SiteFacts(at: DeviceSample.moment, devices: [DeviceSample().facts(checks: [])])
    let told = OrdinaryPracticeRule().judge(
      verdicts, site, in: ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true))
    #expect(told.count == 1)
    return try #require(told.first)
  }

  @Test func `one of the three fails, and its evidence is cited`() throws {
    let told = try derived([
      verdict("14.1.b", .notTested, .vantage), verdict("15.1", .fail), verdict("15.4.a", .needsReview),
    ])
    #expect(told.status == .fail && told.polarity == .against && told.evidence == ["data/findings/15.1"])
  }

  @Test func `all three tested and none fails`() throws {
    let told = try derived([
      verdict("14.1.b", .needsReview), verdict("15.1", .needsReview), verdict("15.4.a", .pass),
    ])
    #expect(told.status == .needsReview && told.polarity == .supports)
    #expect(told.evidence == ["data/findings/14.1.b", "data/findings/15.1", "data/findings/15.4.a"])
  }

  @Test func `one of the three not tested, be it for the whole site`() throws {
    let own = try derived([
      verdict("14.1.b", .needsReview), verdict("15.1", .notTested, .noAuthorisation), verdict("15.4.a", .pass),
    ])
    #expect(own.status == .notTested && own.reason == .noAuthorisation)
    let site = try derived([
      verdict("14.1.b", .notTested, .vantage, ofSite: true), verdict("15.1", .needsReview), verdict("15.4.a", .pass),
    ])
    #expect(site.status == .notTested && site.reason == .vantage)
    let absent = try derived([verdict("15.1", .needsReview), verdict("15.4.a", .pass)])
    #expect(absent.status == .notTested)
  }
}
