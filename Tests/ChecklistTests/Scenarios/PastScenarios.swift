import Declarations
import Records

@testable import Checklist

/// Rows that earlier runs answer: 15.3.a, 18.1.b, 21.1.e, 21.2.a. Expected values are from checklist.md §2.4 and, where silence is
/// concerned, from Decisions/0003 and 0030.
extension Scenario {
  static let past: [Scenario] = introductions + quantities + fixes + reviews

  /// Compared with a run 30 days before.
  private static func changed(
    _ changes: ChangeFacts.Change..., compared: Set<DeviceID> = [.sample(1)]
  ) -> @Sendable (inout SiteFacts) -> Void {
    {
      $0.changes = ChangeFacts(
        runs: [("run-1", DeviceSample.moment + .seconds(-86_400 * 30))], changes: changes, compared: compared)
    }
  }

  private static func both(
    _ first: @escaping @Sendable (inout SiteFacts) -> Void, _ second: @escaping @Sendable (inout SiteFacts) -> Void
  ) -> @Sendable (inout SiteFacts) -> Void {
    {
      first(&$0)
      second(&$0)
    }
  }

  private static let unread: @Sendable (inout SiteFacts) -> Void = {
    $0.unreadPast = LocalizedText(ja: "過去の検査は参照していません。", en: "No earlier run was looked at.")
  }

  private static func site(
    _ devices: [DeviceSample], _ change: @escaping @Sendable (inout SiteFacts) -> Void
  ) -> SiteSample { SiteSample(devices: devices, change: change) }

  private static func site(
    declared: String? = nil, _ change: @escaping @Sendable (inout SiteFacts) -> Void
  ) -> SiteSample { SiteSample(declared: declared, change: change) }

  // MARK: 15.3.a: the state at introduction, where that day's run is kept as the commissioning record

  private static func introduced(_ status: VerdictStatus?, device: UInt64 = 1) -> @Sendable (inout SiteFacts) -> Void {
    {
      $0.commissioning = CommissioningFacts(states: [
        .sample(device): CommissioningFacts.State(
          run: "run-0", at: DeviceSample.moment + .seconds(-86_400 * 300), by: "Yamada", firmware: "1.0",
          status: status, evidence: ["data/history/runs/run-0.json"])
      ])
    }
  }

  private static func firmware(_ asked: DeviceSample.Asked...) -> [DeviceSample] { [.whole(1, asked: asked)] }
  private static let latest = firmware(.refuted("firmware.outdated"), .proven("firmware.latest"))
  private static let outdated = firmware(.proven("firmware.outdated"))

  private static let introductions: [Scenario] = [
    Scenario("15.3.a", "the latest then, older than the latest now", site(outdated, introduced(.pass)), "1: fail"),
    Scenario("15.3.a", "the latest now, older then", site(latest, introduced(.fail)), "1: pass"),
    Scenario(
      "15.3.a", "the latest then, not known now", site(firmware(), introduced(.pass)), "1: needs-review supports"),
    Scenario("15.3.a", "older then, not known now", site(firmware(), introduced(.fail)), "1: needs-review against"),
    Scenario(
      "15.3.a", "only inferred then, not known now", site(firmware(), introduced(.needsReview)),
      "1: needs-review neutral"),
    Scenario(
      "15.3.a", "known neither then nor now", site(firmware(), introduced(.notTested)), "1: not-tested NT-DATA"),
    Scenario(
      "15.3.a", "the record of the introduction lacks the device", site(firmware(), introduced(.pass, device: 9)),
      "1: not-tested NT-DATA"),
  ]

  // MARK: 18.1.b

  private static let gone = ChangeFacts.Change(.deviceGone, of: .sample(9), before: "192.168.10.9")

  private static let quantities: [Scenario] = [
    Scenario(
      "18.1.b", "a listed device of the earlier run is gone",
      site(both(ledger(line(2, [1]), line(3, [])), changed(gone))), "1: pass", "site: needs-review neutral"),
    Scenario(
      "18.1.b", "'retired' answers, then and now", site(both(ledger(line(2, [1], retired: true)), changed())),
      "1: fail"),
    Scenario(
      "18.1.b", "an unlisted device that is new",
      site(
        [DeviceSample(), DeviceSample(number: 2)],
        both(
          ledger(line(2, [1])),
          changed(ChangeFacts.Change(.deviceNew, of: .sample(2)), compared: [.sample(1), .sample(2)]))),
      "1: pass", "2: fail"),
    Scenario(
      "18.1.b", "the retired one of the earlier run is gone",
      site(both(ledger(line(2, [1]), line(3, [], retired: true)), changed(gone))), "1: pass"),
  ]

  // MARK: 21.1.e

  private static let telnet = ServiceEndpoint(transport: .tcp, port: 23)
  private static func found(_ kind: ChangeFacts.Kind) -> ChangeFacts.Change {
    ChangeFacts.Change(kind, of: .sample(1), service: telnet, check: "telnet.enabled")
  }
  private static func fixed(_ day: String) -> String {
    "statements: [{says: mended, device: 192.168.10.1, value: telnet.enabled, by: Yamada, at: \(day)}]"
  }

  private static let fixes: [Scenario] = [
    Scenario("21.1.e", "closed, and nobody declared a fix", site(changed(found(.mended))), "1: needs-review supports"),
    // The earlier run was on 2026-10-21.
    Scenario(
      "21.1.e", "closed on the declared day, that of the earlier run",
      site(declared: fixed("2026-10-21"), changed(found(.mended))), "1: pass"),
    Scenario(
      "21.1.e", "closed later than declared: a run after that day still had it",
      site(declared: fixed("2026-10-20"), changed(found(.mended))), "1: needs-review supports"),
    Scenario(
      "21.1.e", "closed before the declared day", site(declared: fixed("2026-12-31"), changed(found(.mended))),
      "1: needs-review supports"),
    Scenario(
      "21.1.e", "there again after the declared fix", site(declared: fixed("2026-11-10"), changed(found(.regressed))),
      "1: fail tcp/23"),
    Scenario(
      "21.1.e", "there again, no fix declared", site(changed(found(.regressed))), "1: needs-review against"),
    Scenario(
      "21.1.e", "the port is silent after the declared fix",
      site(declared: fixed("2026-11-10"), changed(found(.silent))), "1: needs-review supports"),
    Scenario("21.1.e", "the port is silent, no fix declared", site(changed(found(.silent))), "1: needs-review neutral"),
    Scenario("21.1.e", "the history could not be read", site(unread), "site: not-tested NT-DATA"),
  ]

  // MARK: 21.2.a

  private static let key = ChangeFacts.Change(
    .hostKey, of: .sample(1), service: ServiceEndpoint(transport: .tcp, port: 22))
  private static func acknowledged(_ day: String) -> String {
    "statements: [{says: acknowledged, value: \"\(key.id)\", by: Yamada, at: \(day)}]"
  }

  private static let reviews: [Scenario] = [
    Scenario("21.2.a", "another host key", site(changed(key)), "1: needs-review against"),
    Scenario(
      "21.2.a", "another host key, acknowledged", site(declared: acknowledged("2026-11-20"), changed(key)), "1: pass"),
    Scenario(
      "21.2.a", "acknowledged before the earlier run: that was another one",
      site(declared: acknowledged("2026-10-01"), changed(key)), "1: needs-review against"),
    Scenario(
      "21.2.a", "weaknesses are for the rows about them", site(changed(found(.still), found(.silent))), "1: pass"),
    Scenario(
      "21.2.a", "an open port that says nothing any more",
      site(changed(ChangeFacts.Change(.portSilent, of: .sample(1), service: telnet))), "1: needs-review against"),
    Scenario("21.2.a", "the history could not be read", site(unread), "site: not-tested NT-DATA"),
  ]
}
