import Declarations
import LabSupport
import Profiles
import Records
import Testing

@testable import Checklist

/// What holds of every site that the scenarios tell.
struct ScenarioPropertyTests {
  private let profiles: ProfileStore

  /// Read once for all scenarios, of which each makes a suite.
  private static let store = Result { try RuleSet.store() }

  init() throws { profiles = try Self.store.get() }

  private func verdicts(_ facts: SiteFacts) -> [Verdict] {
    Checklist.verdicts(facts, in: ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true))
  }

  private func passes(_ facts: SiteFacts) -> Set<String> {
    Set(verdicts(facts).filter { $0.status == .pass }.map { "\($0.item) \($0.device?.rawValue ?? "-")" })
  }

  /// Questions that no pass of the table rests on: a run that cannot ask them (nobody supplied an account or a label, SSH is not
  /// audited) comes to the same rows as one of which they are left out. Everything else that an audit may ask is needed.
  private static let beside: Set = [
    "ssh.v1", "ssh.weak-only", "role.admin-page", "cred.label", "cred.lockout-missing", "sadp.unactivated",
  ]

  /// Whatever was not looked at, or not said, is no reason to pass. (A single flow is not taken away: what it carried is the very
  /// thing that the rows about traffic tell, within the window that they print.)
  @Test(arguments: Scenario.all)
  func `knowing less never adds a pass`(scenario: Scenario) throws {
    let whole = try scenario.site.facts(checks: profiles.checks)
    let before = passes(whole)
    for (what, less) in less(whole) {
      #expect(passes(less).isSubset(of: before), "without \(what)")
    }
  }

  private func less(_ whole: SiteFacts) -> [(String, SiteFacts)] {
    var all: [(String, SiteFacts)] = []
    func add(_ what: String, _ change: (inout SiteFacts) -> Void) {
      var site = whole
      change(&site)
      all.append((what, site))
    }
    add("the capture") { $0.traffic = nil }
    add("having seen a device") { $0.traffic?.seen = [] }
    add("Wi-Fi") { $0.radio = nil }
    // Settings that changed since an earlier run speak against a pass (JSSEC-15.5.a).
    if whole.changes?.changes.contains(where: { $0.kind == .configuration }) != true {
      add("earlier runs") { $0.changes = nil }
    }
    add("the record of the introduction") { $0.commissioning = nil }
    // Two words of an owner speak against a pass: the exception that he claims (JSSEC-14.2.c), and that a device has no logs, which
    // what was seen contradicts (JSSEC-13.1.a).
    if whole.declarations?.statements.contains(where: { [.noSSH, .producesNoLogs].contains($0.kind) }) != true {
      add("declarations") { $0.declarations = nil }
    }
    for index in whole.reach.indices { add("a place") { $0.reach.remove(at: index) } }
    for (number, device) in whole.devices.enumerated() {
      add("a device") { $0.devices.remove(at: number) }
      for observation in device.observations where !isBeside(observation) {
        add("\(observation.fact)") { $0.devices[number] = device.without(observation) }
      }
      add("proof of life") { site in site.devices[number] = device.with { $0.aliveAfter = nil } }
      add("the whole range") { site in site.devices[number] = device.with { $0.tcp.complete = false } }
      add("UDP") { site in site.devices[number] = device.with { $0.udp = nil } }
      add("an end") { site in site.devices[number] = device.with { $0.stopped = LocalizedText(ja: "中断", en: "stopped") }
      }
    }
    return all
  }

  /// A service that no longer says what it is stays open and is named as unidentified, which the table allows for declared ports.
  private func isBeside(_ observation: Observation) -> Bool {
    switch observation.fact {
    case .probed(let verdict): Self.beside.contains(verdict.question) || isUndecidedCheck(verdict)
    case .serviceIdentified(.telnet, _, _): true
    default: false
    }
  }

  /// A pass of JSSEC-21.1.d prints the checks that were done; one that decided nothing is none of them.
  private func isUndecidedCheck(_ verdict: ProbeVerdict) -> Bool {
    guard case .inconclusive = verdict.result else { return false }
    return profiles.check(verdict.question)?.feeds.contains { $0.item.hasSuffix("JSSEC-21.1.d") } == true
  }

  /// JSSEC-14.1.a and JSSEC-14.2.b ask for decisions (verb W); JSSEC-15.1.c has no pass in the table.
  @Test func `rows without a pass in the table never pass`() throws {
    for scenario in Scenario.all {
      for verdict in verdicts(try scenario.site.facts(checks: profiles.checks)) where verdict.status == .pass {
        #expect(!["14.1.a", "14.2.b", "15.1.c"].contains { verdict.item.hasSuffix("JSSEC-\($0)") }, "\(scenario.name)")
        #expect(verdict.device != nil && !verdict.evidence.isEmpty)
      }
    }
  }

  @Test func `texts say neither that all is well nor shares of anything, and cite who said what`() throws {
    for scenario in Scenario.all {
      for verdict in verdicts(try scenario.site.facts(checks: profiles.checks)) {
        #expect(WordingRules.problems(in: verdict.explanation).isEmpty, "\(verdict.explanation)")
      }
    }
    for scenario in Scenario.all where scenario.expected == ["1: not-applicable"] {
      let site = scenario.site
      guard site.declared?.contains("says:") == true else { continue }
      let facts = try site.facts(checks: profiles.checks)
      let verdict = try #require(verdicts(facts).first { $0.item.hasSuffix("JSSEC-\(scenario.row)") })
      let statements = try #require(facts.declarations?.statements)
      let cited = statements.contains { statement in
        [statement.by, statement.at, statement.source].allSatisfy {
          verdict.explanation.en.contains($0) && verdict.explanation.ja.contains($0)
        }
      }
      #expect(cited, "\(scenario): \(verdict.explanation.en)")
    }
  }

  /// The rows of checklist.md §2.4 that these files tell of, each with at least three cases.
  @Test func `each row has cases enough`() {
    let rows = Dictionary(grouping: Scenario.all, by: \.row)
    for row in [
      "14.1.a", "14.1.b", "14.2.a", "14.2.b", "14.2.c", "14.3.a", "14.3.b", "15.1", "15.1.b", "15.1.c", "15.2.a",
      "15.2.b", "15.3.a", "15.4.a", "15.5.a", "16.1.a", "16.1.b", "16.1.c", "R2",
    ] {
      #expect(rows[row, default: []].count >= 5, "\(row)")
    }
  }
}

extension DeviceFacts {
  /// As if the observation had not been made: what was found by it goes with it.
  fileprivate func without(_ observation: Observation) -> DeviceFacts {
    DeviceFacts(
      device: device, coverage: coverage, findings: findings.filter { !$0.observations.contains(observation.id) },
      observations: observations.filter { $0.id != observation.id })
  }

  fileprivate func with(_ change: (inout DeviceCoverage) -> Void) -> DeviceFacts {
    var coverage = coverage
    change(&coverage)
    return DeviceFacts(device: device, coverage: coverage, findings: findings, observations: observations)
  }
}
