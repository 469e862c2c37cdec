import Declarations
import Records

@testable import Checklist

/// Rows 18.*, 21.1.*, 21.2.a, R1, R3 and 7.1.a. Expected values are from checklist.md §2.4.
extension Scenario {
  static let records: [Scenario] = ledgers + residues + lookups + changes + supports + derived + past

  private static func site(
    _ devices: [DeviceSample] = [DeviceSample()], declared: String? = nil,
    _ change: @escaping @Sendable (inout SiteFacts) -> Void = { _ in }
  ) -> SiteSample { SiteSample(devices: devices, declared: declared, change: change) }

  private static func site(declared: String? = nil, _ change: @escaping @Sendable (inout SiteFacts) -> Void)
    -> SiteSample
  {
    SiteSample(declared: declared, change: change)
  }

  static func line(
    _ number: Int, _ devices: [UInt64], _ match: LedgerFacts.Match? = .sure, retired: Bool = false,
    complete: Bool = true, _ change: (inout LedgerFacts.Line) -> Void = { _ in }
  ) -> LedgerFacts.Line {
    var line = LedgerFacts.Line(
      line: number, label: "A-\(number)", isRetired: retired, isComplete: complete,
      devices: devices.map(DeviceID.sample), match: devices.isEmpty ? nil : match)
    change(&line)
    return line
  }

  static func ledger(
    _ lines: LedgerFacts.Line..., unclear: Set<DeviceID> = []
  ) -> @Sendable (inout SiteFacts) -> Void {
    {
      $0.ledger = LedgerFacts(file: "ledger.csv", lines: lines, unclear: unclear)
      $0.ledger?.evidence = ["data/inventory/ledger-reconcile.csv"]
    }
  }

  private static let two = [DeviceSample(), DeviceSample(number: 2)]
  private static let words = LocalizedText(ja: "型番。", en: "the model.")
  private static let fields: Set = ["maker", "model", "firmware"]

  // MARK: 18.1, 18.1.a, 18.1.b, R3

  private static let ledgers: [Scenario] = [
    Scenario("18.1", "no ledger", site(), "site: not-tested NT-DATA"),
    Scenario("18.1", "all listed and all seen", site(two, ledger(line(2, [1]), line(3, [2]))), "1: pass", "2: pass"),
    Scenario("18.1", "one unlisted", site(two, ledger(line(2, [1]))), "1: pass", "2: fail"),
    Scenario(
      "18.1", "a contradiction in key attributes",
      site(ledger(line(2, [1], .contradiction(words, quantity: false)))), "1: fail"),
    Scenario("18.1", "matched by IP only", site(ledger(line(2, [1], .addressOnly))), "1: needs-review neutral"),
    Scenario(
      "18.1", "a ledger device not seen", site(ledger(line(2, [1]), line(3, []))), "1: pass",
      "site: needs-review neutral"),
    Scenario(
      "18.1", "a randomised MAC address", site(ledger(line(2, []), unclear: [.sample(1)])), "1: needs-review neutral",
      "site: needs-review neutral"),
    Scenario(
      "18.1", "a line outside of what was audited", site(ledger(line(2, [1]), line(3, []) { $0.wasLookedFor = false })),
      "1: pass", "site: not-tested NT-SCOPE"),
    Scenario(
      "18.1", "a retired line that is not seen", site(ledger(line(2, [1]), line(3, [], retired: true))), "1: pass"),
    Scenario("18.1.a", "no ledger", site(), "site: not-tested NT-DATA"),
    Scenario(
      "18.1.a", "the model contradicts",
      site(ledger(line(2, [1], .contradiction(words, quantity: false)) { $0.contradicted = ["model"] })), "1: fail"),
    Scenario("18.1.a", "all three equal", site(ledger(line(2, [1]) { $0.agreeing = fields })), "1: pass"),
    Scenario(
      "18.1.a", "the version is only inferred",
      site(ledger(line(2, [1]) { ($0.agreeing, $0.comparable) = (["maker", "model"], ["firmware"]) })),
      "1: needs-review neutral"),
    Scenario(
      "18.1.a", "equal, but the line is found by IP only",
      site(ledger(line(2, [1], .addressOnly) { $0.agreeing = fields })),
      "1: needs-review neutral"),
    Scenario("18.1.a", "nothing to compare", site(ledger(line(2, [1]))), "1: not-tested NT-DATA"),
    Scenario("18.1.a", "no line", site(ledger(line(2, []))), "1: not-tested NT-DATA"),
    Scenario("18.1.b", "no ledger", site(), "site: not-tested NT-DATA"),
    Scenario("18.1.b", "count and state agree", site(ledger(line(2, [1]))), "1: pass"),
    Scenario("18.1.b", "more on the wire than listed", site(two, ledger(line(2, [1]))), "1: pass", "2: fail"),
    Scenario("18.1.b", "'retired' answers", site(ledger(line(2, [1], retired: true))), "1: fail"),
    Scenario(
      "18.1.b", "the quantity contradicts", site(ledger(line(2, [1], .contradiction(words, quantity: true)))), "1: fail"
    ),
    Scenario(
      "18.1.b", "place and use are missing", site(ledger(line(2, [1], complete: false))),
      "1: needs-review NT-DOC neutral"),
    Scenario("18.1.b", "not seen", site(ledger(line(2, [1]), line(3, []))), "1: pass", "site: needs-review neutral"),
    Scenario("R3", "no ledger", site(), "site: not-tested NT-DATA"),
    Scenario("R3", "retired answers", site(ledger(line(2, [1], retired: true))), "1: fail"),
    Scenario(
      "R3", "retired by the owner's word",
      site(declared: "statements: [{says: retired, device: 192.168.10.1, by: Yamada, at: 2026-11-20}]"), "1: fail"),
    Scenario(
      "R3", "only a broadcast heard",
      site(
        [DeviceSample(requestedCount: 0)],
        ledger(line(2, [1], retired: true))), "1: needs-review against"),
    Scenario(
      "R3", "none of the retired ones seen", site(ledger(line(2, [1]), line(3, [], retired: true))),
      "site: needs-review supports"),
    Scenario(
      "R3", "a device of unknown owner", site(two, ledger(line(2, [1]), line(3, [], retired: true))),
      "2: needs-review neutral",
      "site: needs-review supports"),
    Scenario("R3", "the ledger retires nothing", site(ledger(line(2, [1]))), "site: needs-review neutral"),
  ]

  // MARK: 18.6.b, 18.6.c

  private static func reused(_ name: String? = nil) -> String {
    "statements: [{says: reused, device: 192.168.10.1, \(name.map { "value: \($0), " } ?? "")by: Yamada, at: 2026-11-20}]"
  }
  private static func named(_ name: String) -> [DeviceSample] {
    [DeviceSample(claims: [Claim(.name, name, source: "udp/161 snmp sysName", confidence: .high)])]
  }
  private static let noDisposal = "statements: [{says: no-disposal, by: Yamada, at: 2026-11-20}]"
  private static func camera(
    _ number: UInt64, open: [UInt16: DeviceSample.Heard] = [22: .ssh], firmware: String = "1.0"
  )
    -> DeviceSample
  {
    DeviceSample(
      number: number, open: open,
      claims: [
        Claim(.model, "CAM-100", source: "tcp/80 http", confidence: .high),
        Claim(.firmware, firmware, source: "tcp/80 http", confidence: .high),
      ])
  }
  private static let cameras = [camera(1), camera(2), camera(3)]

  private static let residues: [Scenario] = [
    Scenario("18.6.b", "no list of reused devices", site(), "site: not-tested NT-DATA"),
    Scenario("18.6.b", "nothing reused in the period", site(declared: noDisposal), "site: not-applicable"),
    Scenario(
      "18.6.b", "a former name is left", site(named("osaka-lab-cam3"), declared: reused("osaka-lab")), "1: fail"),
    Scenario(
      "18.6.b", "no former name is left", site(named("cam3"), declared: reused("osaka-lab")), "1: needs-review neutral"),
    Scenario("18.6.b", "the former name is not told", site(named("cam3"), declared: reused()), "1: not-tested NT-DATA"),
    Scenario(
      "18.6.b", "in its set-up state",
      site(
        [DeviceSample(asked: [.proven("sadp.unactivated", ServiceEndpoint(transport: .udp, port: 37_020))])],
        declared: reused("osaka-lab")),
      "1: needs-review against"),
    Scenario(
      "18.6.b", "a short name has to be the whole", site(named("camera-a"), declared: reused("a")),
      "1: needs-review neutral"),
    Scenario("18.6.c", "no peers and no reference", site(), "site: not-tested NT-DATA"),
    Scenario("18.6.c", "nothing reused in the period", site(cameras, declared: noDisposal), "site: not-applicable"),
    Scenario(
      "18.6.c", "a person confirmed a sign",
      site(
        declared:
          "statements: [{says: known-bad, device: 192.168.10.1, value: listener on 4444, by: Yamada, at: 2026-11-20}]"),
      "1: fail"),
    Scenario(
      "18.6.c", "an extra port", site([camera(1, open: [22: .ssh, 4444: .nothing]), camera(2), camera(3)]),
      "1: needs-review against", "2: needs-review neutral", "3: needs-review neutral"),
    Scenario(
      "18.6.c", "an unknown build of the reused one",
      site([camera(1, firmware: "1.0x"), camera(2)], declared: reused()),
      "1: needs-review against"),
    Scenario("18.6.c", "like its peers", site([camera(1), camera(2)], declared: reused()), "1: needs-review neutral"),
    Scenario("18.6.c", "reused and alone of its model", site([camera(1)], declared: reused()), "1: not-tested NT-DATA"),
  ]

  // MARK: 21.1.b, 21.1.c, 21.1.d

  private static func looked(
    _ matches: [LookupFacts.Match]?, days: Int64 = 3,
    _ further: @escaping @Sendable (inout SiteFacts) -> Void = { _ in }
  ) -> @Sendable (inout SiteFacts) -> Void {
    { site in
      site.lookups = LookupFacts(
        snapshot: "advisories", date: DeviceSample.moment + .seconds(-86_400 * days),
        matches: matches.map { [.sample(1): $0] } ?? [:])
      further(&site)
    }
  }
  private static let sure = LookupFacts.Match(advisory: "ADV-1", title: "x", severity: "high", isCertain: true)
  private static let guessed = LookupFacts.Match(advisory: "ADV-2", title: "y", isCertain: false)
  private static let notAffected =
    "statements: [{says: not-affected, device: 192.168.10.1, value: ADV-1, by: Yamada, at: 2026-11-20}]"
  private static let https = ServiceEndpoint(transport: .tcp, port: 443)

  private static let lookups: [Scenario] = [
    Scenario("21.1.b", "no snapshot", site(), "site: not-tested NT-DATA"),
    Scenario(
      "21.1.b", "'not affected', and an affected version", site(declared: notAffected, looked([sure])), "1: fail"),
    Scenario("21.1.b", "affected, with its place", site(looked([sure], ledger(line(2, [1])))), "1: pass"),
    Scenario("21.1.b", "not affected, with its place", site(looked([], ledger(line(2, [1])))), "1: pass"),
    Scenario("21.1.b", "affected, the place is not known", site(looked([sure])), "1: needs-review NT-DATA neutral"),
    Scenario("21.1.b", "by inference", site(looked([guessed], ledger(line(2, [1])))), "1: needs-review against"),
    Scenario(
      "21.1.b", "an unidentified device remains", site(two, looked([], ledger(line(2, [1]), line(3, [2])))), "1: pass",
      "2: needs-review NT-DATA neutral"),
    Scenario("21.1.c", "no snapshot", site(), "site: not-tested NT-DATA"),
    Scenario("21.1.c", "looked up in a snapshot of this month", site(looked([])), "1: pass"),
    Scenario("21.1.c", "candidates found", site(looked([guessed])), "1: needs-review against"),
    Scenario("21.1.c", "an old snapshot", site(looked([], days: 31)), "1: needs-review NT-DATA neutral"),
    Scenario("21.1.c", "unidentified", site(looked(nil)), "1: needs-review NT-DATA neutral"),
    Scenario("21.1.d", "no check was made", site(), "site: not-tested NT-AUTH", "site: not-tested NT-AUTH"),
    Scenario(
      "21.1.d", "a check proves a vulnerability", site([DeviceSample(asked: [.proven("tls.heartbleed", https)])]),
      "1: fail tcp/443", "site: not-tested NT-AUTH"),
    Scenario(
      "21.1.d", "listed checks, none positive",
      site([DeviceSample(asked: [.refuted("tls.heartbleed", https), .refuted("tls.robot", https)])]), "1: pass",
      "site: not-tested NT-AUTH"),
    Scenario(
      "21.1.d", "one check decided nothing",
      site([DeviceSample(asked: [.refuted("tls.heartbleed", https), .unclear("tls.robot", https)])]),
      "1: needs-review NT-ERR neutral", "site: not-tested NT-AUTH"),
    Scenario(
      "21.1.d", "positive by the version alone",
      site([DeviceSample(asked: [.proven("ssh.vulnerable-version", ServiceEndpoint(transport: .tcp, port: 22))])]),
      "1: needs-review tcp/22 against", "site: not-tested NT-AUTH"),
  ]

  // MARK: 21.1.e, 21.2.a

  private static func changed(
    _ changes: ChangeFacts.Change..., compared: Set<DeviceID> = [.sample(1)]
  ) -> @Sendable (inout SiteFacts) -> Void {
    {
      $0.changes = ChangeFacts(
        runs: [("run-1", DeviceSample.moment + .seconds(-86_400 * 30))], changes: changes, compared: compared)
    }
  }
  private static let telnet = ServiceEndpoint(transport: .tcp, port: 23)
  private static let still = ChangeFacts.Change(
    .still, of: .sample(1), service: telnet, check: "telnet.enabled", evidence: ["data/findings/F-0001/slice.pcapng"])
  private static let mended = ChangeFacts.Change(
    .mended, of: .sample(1), service: telnet, check: "telnet.enabled", evidence: ["data/ports/dev-001122000001.json"])
  private static let opened = ChangeFacts.Change(
    .portOpened, of: .sample(1), service: ServiceEndpoint(transport: .tcp, port: 8080))
  private static let fixed =
    "statements: [{says: mended, device: 192.168.10.1, value: telnet.enabled, by: Yamada, at: 2026-11-10}]"
  private static func acknowledged(_ id: String) -> String {
    "statements: [{says: acknowledged, value: \"\(id)\", by: Yamada, at: 2026-11-21}]"
  }

  private static let changes: [Scenario] = [
    Scenario("21.1.e", "a single run", site(), "site: not-tested NT-DATA"),
    Scenario("21.1.e", "still there after the declared fix", site(declared: fixed, changed(still)), "1: fail tcp/23"),
    Scenario("21.1.e", "still there, no fix declared", site(changed(still)), "1: needs-review against"),
    Scenario("21.1.e", "before and after", site(declared: fixed, changed(mended)), "1: pass"),
    Scenario(
      "21.1.e", "a fix declared for a later day",
      site(declared: fixed.replacing("2026-11-10", with: "2026-12-31"), changed(still)), "1: needs-review against"),
    Scenario(
      "21.1.e", "changed, not as declared",
      site(declared: fixed, changed(ChangeFacts.Change(.firmware, of: .sample(1), before: "1", after: "2"))),
      "1: needs-review supports"),
    Scenario("21.1.e", "not seen by the earlier run", site(changed(compared: [])), "1: not-tested NT-DATA"),
    Scenario("21.2.a", "a single run", site(), "site: not-tested NT-DATA"),
    Scenario("21.2.a", "two runs, no difference", site(changed()), "1: pass"),
    Scenario("21.2.a", "a new port that nobody acknowledged", site(changed(opened)), "1: needs-review against"),
    Scenario(
      "21.2.a", "each acknowledged by a named person", site(declared: acknowledged(opened.id), changed(opened)),
      "1: pass"),
    Scenario(
      "21.2.a", "another difference was acknowledged",
      site(declared: acknowledged("port-opened dev-001122000001 tcp/81"), changed(opened)),
      "1: needs-review against"),
    Scenario(
      "21.2.a", "a device is gone", site(changed(ChangeFacts.Change(.deviceGone, of: .sample(9)))), "1: pass",
      "site: needs-review against"),
    Scenario("21.2.a", "not looked at before", site(changed(compared: [])), "1: not-tested NT-DATA"),
  ]

  // MARK: R1

  private static func support(_ ends: String?) -> @Sendable (inout SiteFacts) -> Void {
    {
      $0.support = SupportFacts(table: "support.yaml", periods: [.sample(1): .init(ends: ends, source: "maker's page")])
    }
  }

  private static let supports: [Scenario] = [
    Scenario("R1", "no table", site(), "site: not-tested NT-DATA"),
    Scenario("R1", "support is over", site([camera(1)], support("2026-03-31")), "1: fail"),
    // The samples are audited on 2026-11-20.
    Scenario("R1", "the last day of support", site([camera(1)], support("2026-11-20")), "1: pass"),
    Scenario("R1", "in support", site([camera(1)], support("2030-03-31")), "1: pass"),
    Scenario("R1", "the date is not known", site([camera(1)], support(nil)), "1: needs-review NT-DATA neutral"),
    Scenario(
      "R1", "the model is not known", site([DeviceSample(number: 2)], support("2030-03-31")),
      "2: needs-review NT-DATA neutral"),
  ]

  // MARK: 7.1.a

  private static let derived: [Scenario] = [
    Scenario(
      "7.1.a", "a default password is accepted",
      site([DeviceSample(asked: [.proven("cred.default", ServiceEndpoint(transport: .tcp, port: 23))])]), "1: fail"),
    Scenario(
      "7.1.a", "a port is forwarded to it from outside",
      site([DeviceSample(asked: [.proven("upnp.port-mapping", ServiceEndpoint(transport: .udp, port: 1_900))])]),
      "1: fail"),
    // The first of the three is 14.1.b, for which nobody looked from outside.
    Scenario("7.1.a", "nothing of the three was tested", site(), "1: not-tested NT-VANT"),
  ]
}
