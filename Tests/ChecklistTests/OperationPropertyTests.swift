import Profiles
import Records
import Testing

@testable import Checklist

/// What must hold for every site that the scenarios tell, whatever is taken away from it.
struct OperationPropertyTests {
  private static let store = Result { try RuleSet.store() }
  private let profiles: ProfileStore

  init() throws { profiles = try Self.store.get() }

  private func verdicts(_ site: SiteFacts) -> [Verdict] {
    Checklist.verdicts(site, in: ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true))
  }

  private func passes(_ site: SiteFacts) -> Set<String> {
    Set(verdicts(site).filter { $0.status == .pass }.map { "\($0.item) \($0.device?.rawValue ?? "-")" })
  }

  /// A source, or a device, taken away.
  private func lesser(_ site: SiteFacts) -> [(what: String, site: SiteFacts)] {
    func without(_ what: String, _ change: (inout SiteFacts) -> Void) -> (String, SiteFacts) {
      var less = site
      change(&less)
      return (what, less)
    }
    return [
      without("traffic") { $0.traffic = nil }, without("ledger") { $0.ledger = nil },
      without("lookups") { $0.lookups = nil }, without("support") { $0.support = nil },
      without("changes") { $0.changes = nil },
      without("the record of the introduction") { $0.commissioning = nil },
      without("logs") { $0.traffic?.logs = [] },
      without("flows") { $0.traffic?.flows = [] }, without("seen") { $0.traffic?.seen = [] },
      without("devices") { $0.devices = [] },
    ]
      + site.devices.indices.map { index in without("device \(index)") { $0.devices.remove(at: index) } }
      + site.devices.indices.map { index in
        without("observations of \(index)") { less in
          let old = less.devices[index]
          less.devices[index] = DeviceFacts(
            device: old.device, coverage: old.coverage, findings: old.findings, observations: [])
        }
      }
  }

  @Test func `seeing less never makes a pass`() throws {
    for scenario in Scenario.traffic + Scenario.records {
      let site = try scenario.site.facts(checks: profiles.checks)
      let before = passes(site)
      for (what, less) in lesser(site) {
        #expect(passes(less).isSubset(of: before), "\(scenario.testDescription) without \(what)")
      }
    }
  }

  @Test func `a decision is never passed, and a pass is a device's`() throws {
    let decisions = Set(
      profiles.catalogues.flatMap { catalogue in
        catalogue.items.filter { $0.verb == .decision }.map(catalogue.qualifiedID)
      })
    #expect(decisions.contains("jssec-iot-v1/JSSEC-7.1.a") && decisions.contains("jssec-iot-v1/JSSEC-21.2.b"))
    for scenario in Scenario.all {
      for verdict in verdicts(try scenario.site.facts(checks: profiles.checks)) where verdict.status == .pass {
        #expect(!decisions.contains(verdict.item) && verdict.device != nil, "\(scenario.testDescription)")
      }
    }
  }

  @Test func `what is told is told in advisory words, in both languages`() throws {
    for scenario in Scenario.traffic + Scenario.records {
      for verdict in verdicts(try scenario.site.facts(checks: profiles.checks)) {
        for word in ["問題なし", "問題ありません", "安全", "準拠", "%", "％"] {
          #expect(!verdict.explanation.ja.contains(word), "\(verdict.explanation.ja)")
        }
        for word in ["%", "secure", "safe", "complian", "no problem", "percent"] {
          #expect(!verdict.explanation.en.lowercased().contains(word), "\(verdict.explanation.en)")
        }
        #expect(
          verdict.explanation.ja.hasSuffix("。") || verdict.explanation.ja.contains("応答"), "\(verdict.explanation.ja)")
      }
    }
  }

  @Test func `each row of this part has cases of at least three outcomes`() {
    let rows = Dictionary(grouping: Scenario.traffic + Scenario.records, by: \.row)
    for row in [
      "13.1.a", "13.1.b", "13.1.c", "13.2.a", "13.3.a", "13.3.b", "13.3.c", "13.3.d", "17.2.c", "18.1", "18.1.a",
      "18.1.b", "18.6.b", "18.6.c", "21.1.b", "21.1.c", "21.1.d", "21.1.e", "21.2.a", "21.2.b", "R1", "R3",
    ] {
      #expect((rows[row]?.count ?? 0) >= 4, "\(row)")
      #expect(Set(rows[row]?.map { $0.expected.first ?? "" } ?? []).count >= 3, "\(row)")
    }
  }
}
