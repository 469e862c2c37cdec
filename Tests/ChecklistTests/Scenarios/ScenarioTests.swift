import LabSupport
import Profiles
import Records
import Testing

@testable import Checklist

struct ScenarioTests {
  private let profiles: ProfileStore

  /// Read once for all scenarios, of which each makes a suite.
  private static let store = Result { try RuleSet.store() }

  init() throws { profiles = try Self.store.get() }

  private func verdicts(_ site: SiteSample) throws -> [Verdict] {
    Checklist.verdicts(
      try site.facts(checks: profiles.checks), in: ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true))
  }

  private func outline(_ verdict: Verdict, _ site: SiteSample) -> String {
    let number = site.devices.first { $0.device.id == verdict.device }?.number
    return (number.map { "\($0)" } ?? "site") + ": " + RuleCase.outline(verdict)
  }

  @Test(arguments: Scenario.all)
  func `a site becomes the verdicts of the table`(scenario: Scenario) throws {
    let verdicts = try verdicts(scenario.site).filter { $0.item.hasSuffix("/JSSEC-\(scenario.row)") }
    #expect(verdicts.map { outline($0, scenario.site) } == scenario.expected)
    for verdict in verdicts {
      #expect(verdict.reason != nil || verdict.device == nil || !verdict.evidence.isEmpty, "\(verdict.explanation.en)")
      #expect(!verdict.explanation.ja.isEmpty && !verdict.explanation.en.isEmpty)
      #expect(verdict.bounds.cannotConclude != nil)
      if verdict.status == .notTested { #expect(verdict.reason != nil) }
      if verdict.status == .needsReview { #expect(verdict.polarity != nil) }
      if verdict.status == .pass { #expect(verdict.device != nil, "a pass is a device's") }
    }
  }

  @Test func `scenarios have names of their own`() {
    #expect(Set(Scenario.all.map(\.testDescription)).count == Scenario.all.count)
  }
}
