import Profiles
import Records
import RunComparison
import Testing

@testable import Checklist

/// What rows say with earlier runs, beside their status.
struct PastTests {
  private let profiles: ProfileStore

  private static let store = Result { try RuleSet.store() }

  init() throws { profiles = try Self.store.get() }

  private func record(
    _ samples: [DeviceSample], _ run: Int, unanswered: String = "192.168.10.1-192.168.10.254", proposals: [Verdict] = []
  ) -> RunRecord {
    DeviceSample.record(samples, run: run, checks: profiles.checks, unanswered: unanswered, proposals: proposals)
  }

  private func rows(
    _ row: String, _ devices: [DeviceSample], _ past: RunPast, _ change: (inout SiteFacts) -> Void = { _ in }
  ) throws -> [Verdict] {
    var site = try SiteSample(devices: devices).facts(checks: profiles.checks)
    site.add(past, later: record(devices, 2), kept: ["data/history/difference.json"]) {
      ["data/history/runs/\($0.run.runID).json"]
    }
    change(&site)
    return Checklist.verdicts(site, in: ChecklistContext(profiles: profiles, serviceQuestionsAllowed: true)).filter {
      $0.item == "jssec-iot-v1/JSSEC-\(row)"
    }
  }

  private static let telnet = DeviceSample(open: [23: .telnet])

  private func past(_ earlier: RunRecord, _ others: RunRecord...) -> RunPast {
    RunPast(earlier: ([earlier] + others).map { DifferenceDocument.Side($0) }, compared: earlier)
  }

  @Test func `a row about changes names the run that is compared and where the comparison is kept`() throws {
    let rows = try rows("21.2.a", [DeviceSample(open: [23: .telnet])], past(record([DeviceSample()], 1), record([], 0)))
    let row = try #require(rows.first)
    #expect(row.status == .needsReview && row.evidence.contains("data/history/difference.json"))
    #expect(row.explanation.en.contains("run-1") && row.explanation.en.contains("port-opened dev-001122000001 tcp/23"))
    #expect(row.explanation.en.contains("checklist judge"), "what to do next")
  }

  @Test func `a device that is gone is named in the row of the ledger's missing lines, with when it last answered`()
    throws
  {
    let camera = DeviceSample(number: 9)
    let rows = try rows("18.1.b", [DeviceSample()], past(record([DeviceSample(), camera], 1))) {
      Scenario.ledger(Scenario.line(2, [1]), Scenario.line(3, []))(&$0)
    }
    let site = try #require(rows.first { $0.device == nil })
    #expect(site.explanation.en.contains("dev-001122000009 (192.168.10.9)") && site.explanation.ja.contains("run-1"))
    #expect(site.evidence.contains("data/history/difference.json"))
    #expect(rows.first { $0.device != nil }?.explanation.en.contains("It answered in the earlier run (run-1") == true)
  }

  @Test func `the first record of an introduction that has a device is its own`() throws {
    func proposal(_ status: VerdictStatus, _ device: DeviceID) -> Verdict {
      Verdict(
        item: "jssec-iot-v1/JSSEC-15.3.a", device: device, service: nil, status: status, bounds: Bounds(coverage: nil),
        explanation: LocalizedText(ja: "", en: ""), evidence: [])
    }
    let (one, two) = (DeviceSample(), DeviceSample(number: 2))
    let first = record([one], 0, proposals: [proposal(.pass, one.device.id)])
    let second = record(
      [one, two], 1, proposals: [proposal(.fail, one.device.id), proposal(.fail, two.device.id)])
    let rows = try rows(
      "15.3.a", [one, two],
      RunPast(
        commissioning: [
          .init(record: second, by: "Sato", day: "2026-11-19"), .init(record: first, by: nil, day: nil),
        ]))
    #expect(rows.map(\.polarity) == [.supports, .against])
    #expect(rows[0].explanation.en.contains("run-0") && rows[0].evidence.contains("data/history/runs/run-0.json"))
    #expect(rows[1].explanation.en.contains("run-1") && rows[1].explanation.ja.contains("Sato, 2026-11-19"))
  }

  @Test func `why the history was not read stands in the rows that need it`() throws {
    let why = LocalizedText(ja: "過去の検査は参照していません。", en: "No earlier run was looked at.")
    for row in ["21.1.e", "21.2.a"] {
      let verdict = try #require(try rows(row, [DeviceSample()], RunPast(unread: why)).first)
      #expect(verdict.reason == .noReferenceData && verdict.explanation.en.contains(why.en))
      #expect(verdict.explanation.ja.contains(why.ja))
    }
  }

  /// An earlier run of another segment has nothing to compare.
  @Test func `without anything in common nothing is compared and nothing passes`() throws {
    let other = record([DeviceSample(number: 77)], 1, unanswered: "")
    #expect(!other.overlaps(record([DeviceSample()], 2, unanswered: "")))
    let rows = try rows("21.2.a", [DeviceSample()], RunPast(earlier: [.init(other)]))
    #expect(rows.map(\.status) == [.notTested] && rows.first?.reason == .noReferenceData)
  }
}
