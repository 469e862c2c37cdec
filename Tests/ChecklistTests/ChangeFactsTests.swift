import Addressing
import Profiles
import Records
import RunComparison
import Testing

@testable import Checklist

/// What one run says of another, told by samples of devices.
struct ChangeFactsTests {
  private let checks: [Check]

  init() throws { checks = try RuleSet.store().checks }

  /// Every address of the samples is in it.
  private static let everywhere = "192.168.10.1-192.168.10.254"

  private func changes(
    _ earlier: [DeviceSample], _ later: [DeviceSample], lookedEarlier: Bool = true, lookedLater: Bool = true,
    ports: [DeviceID: PortRecord] = [:], earlierPorts: [DeviceID: PortRecord] = [:]
  ) -> [String] {
    facts(earlier, later, lookedEarlier: lookedEarlier, lookedLater: lookedLater, ports: ports, earlierPorts).changes
      .map(
        \.id)
  }

  private func facts(
    _ earlier: [DeviceSample], _ later: [DeviceSample], lookedEarlier: Bool = true, lookedLater: Bool = true,
    ports: [DeviceID: PortRecord] = [:], _ earlierPorts: [DeviceID: PortRecord] = [:],
    past: Set<RunDifference.Place> = []
  ) -> ChangeFacts {
    let before = DeviceSample.record(
      earlier, run: 1, checks: checks, unanswered: lookedEarlier ? Self.everywhere : "", ports: earlierPorts)
    let after = DeviceSample.record(
      later, run: 2, checks: checks, unanswered: lookedLater ? Self.everywhere : "", ports: ports)
    return ChangeFacts(
      RunDifference(earlier: before, later: after, past: past), runs: [("run-1", before.run.started)],
      facts: later.map { $0.facts(checks: checks) })
  }

  private static let dev = "dev-001122000001"

  @Test func `devices come and go, as far as anybody looked`() {
    let one = DeviceSample(number: 1)
    #expect(changes([], [one]) == ["device-new \(Self.dev)"])
    #expect(changes([], [one], lookedEarlier: false) == [])
    #expect(changes([one], []) == ["device-gone \(Self.dev)"])
    #expect(changes([one], [], lookedLater: false) == [])
    #expect(changes([one], [one]) == [])
    let new = facts([], [one], lookedLater: false)
    #expect(new.compared == [one.device.id], "what is new in a run that looked before is compared")
    #expect(facts([], [one], lookedEarlier: false).compared.isEmpty)
  }

  @Test func `a port opened only where it was asked before`() {
    let open = DeviceSample(open: [8080: .nothing])
    #expect(changes([DeviceSample()], [open]) == ["port-opened \(Self.dev) tcp/8080"])
    let partial = DeviceSample(requested: "1-1024", requestedCount: 1024)
    #expect(changes([partial], [open]) == [], "the earlier run did not ask 8080")
    let unsettled = DeviceSample(unresolved: 3)
    #expect(changes([unsettled], [open]) == [])
    #expect(
      changes([DeviceSample(silent: 1)], [open], earlierPorts: record(closed: [9], silent: [8080]))
        == ["port-opened \(Self.dev) tcp/8080"], "it was asked to the end and said nothing")
  }

  private func record(closed: [UInt16], silent: [UInt16]) -> [DeviceID: PortRecord] {
    let device = DeviceSample().device
    return [
      device.id: PortRecord(
        device: device.id, address: device.addresses[0], requested: "1-65535", seed: "0", open: [], closed: closed,
        silent: silent)
    ]
  }

  @Test func `a port that nobody asked again, or that is silent, is not closed`() {
    let open = DeviceSample(open: [8080: .nothing])
    #expect(changes([open], [DeviceSample()]) == ["port-closed \(Self.dev) tcp/8080"])
    #expect(changes([open], [DeviceSample(requested: "1-1024", requestedCount: 1024)]) == [])
    #expect(changes([open], [DeviceSample(silent: 1)]) == [])
    #expect(changes([open], [DeviceSample(stopped: LocalizedText(ja: "中断", en: "stopped"))]) == [])
    let silent = DeviceSample(silent: 1)
    #expect(
      changes([open], [silent], ports: record(closed: [8080], silent: [9])) == ["port-closed \(Self.dev) tcp/8080"])
    let told = facts([open], [silent], ports: record(closed: [9], silent: [8080])).changes
    #expect(told.map(\.id) == ["port-silent \(Self.dev) tcp/8080"], "which is no closed port, and not as before")
  }

  @Test func `a weakness is mended only where it was looked for again`() {
    let telnet = DeviceSample(open: [23: .telnet])
    let closed = changes([telnet], [DeviceSample()])
    #expect(closed.contains("mended \(Self.dev) tcp/23 telnet.enabled"))
    #expect(changes([telnet], [telnet]).contains("still \(Self.dev) tcp/23 telnet.enabled"))
    #expect(changes([telnet], [DeviceSample(silent: 1)]) == [], "silence is no answer")
    #expect(
      changes([telnet], [DeviceSample(open: [23: .ssh])]).contains("mended \(Self.dev) tcp/23 telnet.enabled"),
      "another protocol speaks there")
    #expect(changes([telnet], [DeviceSample(open: [23: .nothing])]) == [], "nothing identifies what speaks there")
    #expect(
      changes([telnet], [DeviceSample(silent: 1)], ports: record(closed: [9], silent: [23]))
        == ["silent \(Self.dev) tcp/23 telnet.enabled", "port-silent \(Self.dev) tcp/23"],
      "that it says nothing any more is told as just that")
  }

  @Test func `what was mended and is there again has regressed, and is no difference for anybody to acknowledge`()
    throws
  {
    let telnet = DeviceSample(open: [23: .telnet])
    let place = RunDifference.Place(
      device: telnet.device.id, service: ServiceEndpoint(transport: .tcp, port: 23), check: "telnet.enabled")
    #expect(facts([DeviceSample()], [telnet]).changes.allSatisfy { $0.check == nil }, "no run had it before")
    let found = facts([DeviceSample()], [telnet], past: [place])
    let change = try #require(found.changes.first { $0.check != nil })
    #expect(change.id == "regressed \(Self.dev) tcp/23 telnet.enabled" && !change.kind.isToBeAcknowledged)
    #expect(found.changes.contains { $0.id == "port-opened \(Self.dev) tcp/23" && $0.kind.isToBeAcknowledged })
  }

  @Test func `what a probe answered decides, and what it could not settle does not`() {
    let redis = ServiceEndpoint(transport: .tcp, port: 6379)
    func sample(_ asked: DeviceSample.Asked...) -> DeviceSample { DeviceSample(open: [6379: .nothing], asked: asked) }
    let before = sample(.proven("redis.no-auth", redis))
    let id = "\(Self.dev) tcp/6379 redis.no-auth"
    #expect(changes([before], [sample(.refuted("redis.no-auth", redis))]) == ["mended \(id)"])
    #expect(changes([before], [sample(.unclear("redis.no-auth", redis))]) == [])
    #expect(changes([before], [sample()]) == [])
    #expect(changes([before], [before]) == ["still \(id)"])
  }

  /// The octets of the answer that refuted it, of the finding that is still there, and the list of ports.
  @Test func `each change names what of the later run shows it`() throws {
    let redis = ServiceEndpoint(transport: .tcp, port: 6379)
    func sample(_ asked: DeviceSample.Asked) -> DeviceSample { DeviceSample(open: [6379: .nothing], asked: [asked]) }
    let mended = facts([sample(.proven("redis.no-auth", redis))], [sample(.refuted("redis.no-auth", redis))])
    #expect(mended.changes.map(\.evidence) == [["evidence/\(Self.dev)-redis.no-auth.json"]])
    let opened = facts([DeviceSample()], [DeviceSample(open: [8080: .nothing])])
    #expect(opened.changes.map(\.evidence) == [["data/ports/\(Self.dev).json"]])
  }

  @Test func `another firmware is told with both versions`() throws {
    func sample(_ version: String?) -> DeviceSample {
      DeviceSample(
        claims: version.map { [Claim(.firmware, $0, source: "tcp/80 http", confidence: .high)] } ?? [])
    }
    let change = try #require(facts([sample("1.0")], [sample("1.1")]).changes.first)
    #expect(change.kind == .firmware && change.before == "1.0" && change.after == "1.1")
    #expect(changes([sample("1.0")], [sample(nil)]) == [], "that it is not said any more is no change of version")
  }
}

extension DeviceSample {
  /// A finished run that saw these devices.
  /// - Parameter run: its number; each begins a day after the one before, the second at ``moment``.
  static func record(
    _ samples: [DeviceSample], run: Int, checks: [Check], unanswered: String = "", ports: [DeviceID: PortRecord] = [:],
    proposals: [Verdict] = []
  ) -> RunRecord {
    let facts = samples.map { $0.facts(checks: checks) }
    let started = moment + .seconds(Int64(run - 2) * 86_400)
    let summary = RunSummary(
      runID: "run-\(run)", toolVersion: "0.5.0", rulesDigest: "",
      engagement: Engagement(id: "E", customer: "C", site: "S", operator: "O"),
      scopeDigest: "", targets: ["192.168.10.0/24"], ports: "1-65535", host: "auditor", started: started,
      ended: started + .seconds(600), offsetMinutes: Timestamp.jst, seed: "1", partial: false, framesSent: 1)
    let coverage = Coverage(
      devices: facts.map(\.coverage), addressesAsked: 254, addressesAnswered: samples.count, omitted: [],
      receiveDrops: 0, partial: false, neverResolved: unanswered)
    let result = AuditResult(
      run: summary, inventory: Records.Inventory(devices: facts.map(\.device)), findings: facts.flatMap(\.findings),
      verdicts: proposals, coverage: coverage)
    return RunRecord(result, observations: facts.flatMap(\.observations), ports: ports, pack: nil, packDigest: "")
  }
}
