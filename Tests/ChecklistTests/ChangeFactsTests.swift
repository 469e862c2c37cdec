import Addressing
import Profiles
import Records
import Testing

@testable import Checklist

/// What one run says of another, told by samples of devices.
struct ChangeFactsTests {
  private let checks: [Check]

  init() throws { checks = try RuleSet.store().checks }

  private func snapshot(
    _ samples: [DeviceSample], _ id: String = "run", looked: @escaping @Sendable (IPAddress) -> Bool = { _ in true },
    ports: [DeviceID: PortRecord] = [:]
  ) -> ChangeFacts.Snapshot {
    ChangeFacts.Snapshot(
      id: id, at: DeviceSample.moment, devices: samples.map { $0.facts(checks: checks) }, ports: ports, looked: looked)
  }

  private func changes(
    _ earlier: [DeviceSample], _ later: [DeviceSample], lookedEarlier: Bool = true, lookedLater: Bool = true,
    ports: [DeviceID: PortRecord] = [:]
  ) -> [String] {
    ChangeFacts(
      earlier: snapshot(earlier, "one", looked: { _ in lookedEarlier }),
      later: snapshot(later, "two", looked: { _ in lookedLater }, ports: ports)
    ).changes.map(\.id)
  }

  private static let dev = "dev-001122000001"

  @Test func `devices come and go, as far as anybody looked`() {
    let one = DeviceSample(number: 1)
    #expect(changes([], [one]) == ["device-new \(Self.dev)"])
    #expect(changes([], [one], lookedEarlier: false) == [])
    #expect(changes([one], []) == ["device-gone \(Self.dev)"])
    #expect(changes([one], [], lookedLater: false) == [])
    #expect(changes([one], [one]) == [])
    let facts = ChangeFacts(earlier: snapshot([]), later: snapshot([one], looked: { _ in false }))
    #expect(facts.compared == [one.device.id], "what is new in a run that looked before is compared")
    #expect(ChangeFacts(earlier: snapshot([], looked: { _ in false }), later: snapshot([one])).compared.isEmpty)
  }

  @Test func `a port opened only where it was asked before`() {
    let open = DeviceSample(open: [8080: .nothing])
    #expect(changes([DeviceSample()], [open]) == ["port-opened \(Self.dev) tcp/8080"])
    let partial = DeviceSample(requested: "1-1024", requestedCount: 1024)
    #expect(changes([partial], [open]) == [], "the earlier run did not ask 8080")
    let unsettled = DeviceSample(unresolved: 3)
    #expect(changes([unsettled], [open]) == [])
  }

  @Test func `a port that nobody asked again, or that is silent, is not closed`() {
    let open = DeviceSample(open: [8080: .nothing])
    #expect(changes([open], [DeviceSample()]) == ["port-closed \(Self.dev) tcp/8080"])
    #expect(changes([open], [DeviceSample(requested: "1-1024", requestedCount: 1024)]) == [])
    #expect(changes([open], [DeviceSample(silent: 1)]) == [])
    #expect(changes([open], [DeviceSample(stopped: LocalizedText(ja: "中断", en: "stopped"))]) == [])
    func record(closed: [UInt16], silent: [UInt16]) -> [DeviceID: PortRecord] {
      let device = open.device
      return [
        device.id: PortRecord(
          device: device.id, address: device.addresses[0], requested: "1-65535", seed: "0", open: [], closed: closed,
          silent: silent)
      ]
    }
    let silent = DeviceSample(silent: 1)
    #expect(
      changes([open], [silent], ports: record(closed: [8080], silent: [9])) == ["port-closed \(Self.dev) tcp/8080"])
    #expect(changes([open], [silent], ports: record(closed: [9], silent: [8080])) == [])
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

  @Test func `another firmware is told with both versions`() throws {
    func sample(_ version: String?) -> DeviceSample {
      DeviceSample(
        claims: version.map { [Claim(.firmware, $0, source: "tcp/80 http", confidence: .high)] } ?? [])
    }
    let facts = ChangeFacts(earlier: snapshot([sample("1.0")]), later: snapshot([sample("1.1")]))
    let change = try #require(facts.changes.first)
    #expect(change.kind == .firmware && change.before == "1.0" && change.after == "1.1")
    #expect(changes([sample("1.0")], [sample(nil)]) == [], "that it is not said any more is no change of version")
  }
}
