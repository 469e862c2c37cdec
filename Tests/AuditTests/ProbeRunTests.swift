import Addressing
import Audit
import Foundation
import LabSupport
import Probes
import Records
import Testing
import Wire

/// Probes in whole runs: who is asked, what is kept, and what a probe is stopped from.
struct ProbeRunTests {
  private static let pong = Array("+PONG\r\n".utf8)
  private static let ping = Array("*1\r\n$4\r\nPING\r\n".utf8)
  private static let everything: Set<Technique> = [.arpDiscovery, .tcpSYN, .udpProbe, .serviceQuestions]

  private static func database(_ answer: [UInt8] = pong) -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [6379])
    device.replies[6379] = { $0 == ping ? answer : nil }
    return device
  }

  private static func bootServer() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:0d", address: "10.0.0.13")
    device.datagrams = { port, octets in
      guard port == 69, octets.starts(with: [0, 1]) else { return .closed }
      return .octets([0, 5, 0, 1] + Array("File not found".utf8) + [0], from: 40_123)
    }
    return device
  }

  @Test func `an open database is identified, asked, found and proven by its octets`() throws {
    let device = Self.database()
    let audit = try VirtualAudit([device], ports: "6379,100-160")
    try audit.run.run()
    let result = audit.result()
    #expect(result.inventory.devices.first?.services.first?.protocolName == .redis)
    let finding = try #require(result.findings.first)
    #expect(result.findings.count == 1 && finding.check == "redis.no-auth")
    #expect(finding.service == ServiceEndpoint(transport: .tcp, port: 6379))
    #expect(finding.detail.en.contains("+PONG") && finding.detail.ja.contains("+PONG"))
    // Two connections: the hint for the port identified it, then the probe asked.
    #expect(device.connections == [6379, 6379] && device.mostOpen == 1 && device.openNow == 0)
    #expect(device.heard[6379] == Self.ping + Self.ping)
    #expect(audit.sink.questions["dev-00112200000c-tcp-6379-redis"] == Self.ping)
    #expect(audit.sink.conversations["dev-00112200000c-tcp-6379-redis"] == Self.pong)
    #expect(audit.sink.findings.first?.response == Self.pong)
    #expect(audit.sink.findings.first?.frames.contains { $0.octets.suffix(7) == Self.pong[...] } == true)
    #expect(audit.sink.events["probe.done"]?.count == 1)
    #expect(device.peak <= 100)
    for item in ["16.1.b", "14.3.b", "15.2.b"] {
      #expect(result.verdicts(device, "jssec-iot-v1/JSSEC-\(item)").map(\.status) == [.fail], "\(item)")
    }
  }

  @Test func `a database with a password is no finding, and supports the item without passing it`() throws {
    let device = Self.database(Array("-NOAUTH Authentication required.\r\n".utf8))
    let audit = try VirtualAudit([device], ports: "6379,100-160")
    try audit.run.run()
    let result = audit.result()
    #expect(result.findings.isEmpty)
    let verdict = try #require(result.verdicts(device, "jssec-iot-v1/JSSEC-16.1.b").first)
    #expect(verdict.status == .needsReview && verdict.polarity == .supports)
    #expect(verdict.explanation.en.contains("redis.no-auth tcp/6379"))
  }

  @Test func `a boot server is asked by datagram, and its owner has to weigh it`() throws {
    let device = Self.bootServer()
    let scope = try VirtualAudit.scope(techniques: Self.everything)
    let audit = try VirtualAudit([device], ports: "100-160", scope: scope)
    try audit.run.run()
    let result = audit.result()
    #expect(result.findings.map(\.check) == ["tftp.enabled"])
    #expect(audit.exchanger.sent.map(\.port) == [69] && audit.exchanger.openExchanges == 0)
    let question = try #require(audit.sink.questions["dev-00112200000d-udp-69-tftp"])
    #expect(question.starts(with: [0, 1] + Array("tenken-".utf8)))
    let verdict = try #require(result.verdicts(device, "jssec-iot-v1/JSSEC-15.2.a").first)
    #expect(verdict.status == .needsReview && verdict.polarity == .against)
    let coverage = try result.coverage(device)
    #expect(device.peak <= 100 && coverage.framesSent >= device.unicast.count)
  }

  @Test func `what the scope does not name is not asked`() throws {
    let device = Self.database()
    let scope = try VirtualAudit.scope(techniques: [.arpDiscovery, .tcpSYN])
    let audit = try VirtualAudit([device], ports: "6379", scope: scope)
    try audit.run.run()
    #expect(device.connections.isEmpty && device.heard.isEmpty)
    // Print ports are connected to, and get nothing, whatever answers there.
    let printer = VirtualDevice(mac: "00:11:22:00:00:0e", address: "10.0.0.14", open: [9100])
    printer.replies[9100] = { _ in Self.pong }
    let second = try VirtualAudit([printer], ports: "9100,100-160")
    try second.run.run()
    #expect(printer.connections == [9100] && printer.payloadOctets == 0 && printer.heard[9100] == nil)
  }

  /// Between an observation and the line that makes it count nothing else may stand: a continuation would drop it.
  @Test func `what a run found out counts for its continuation`() throws {
    let (device, server) = (Self.database(), Self.bootServer())
    // The probe of the boot server is chosen and not permitted; that is told after what it follows from.
    let scope = try VirtualAudit.scope(techniques: Self.everything)
    var plan = try VirtualAudit.plan(ports: "6379,100-160", scope: scope)
    plan.registry = ProbeRegistry(
      plan.registry.lines + [.init(.tcp([.redis])) { _ in ControllersProbe() }])
    let audit = try VirtualAudit([device, server], plan)
    try audit.run.run()
    #expect(audit.sink.events["probe.not-permitted"]?.count == 1)
    var restored = RestoredRun(portCount: 62)
    for line in audit.sink.journal { restored.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    #expect(restored.discarded.isEmpty)
    #expect(restored.findings.map(\.id).sorted() == audit.result().findings.map(\.id).sorted())
    #expect(restored.observations.count == audit.sink.events["observation"]?.count)
  }

  /// The driver, not the probe, keeps the sheet.
  @Test func `a probe that is wrong about itself is stopped`() throws {
    let device = Self.database()
    device.datagrams = { _, _ in .silent }
    var plan = try VirtualAudit.plan(ports: "6379,100-160")
    plan.registry = ProbeRegistry([.init(.tcp([.redis])) { GreedyProbe(port: $0.endpoint.port) }])
    let web = VirtualWeb { _ in HTTPExchange(status: 200) }
    let audit = try VirtualAudit([device], plan, web: web)
    try audit.run.run()
    // One connection identified it; of the probe's own the sheet allows two.
    #expect(device.connections.count == 3 && device.openNow == 0 && device.mostOpen == 1)
    #expect(audit.exchanger.sent.isEmpty, "datagrams are not on its sheet, nor in the scope")
    #expect(web.requests.count == 3)
    #expect(audit.sink.events["probe.done"]?.first?.contains("\"ended\":\"time\"") == true)
    #expect(audit.clock.elapsed < .seconds(60))
  }

  @Test func `a device gets ten HTTP requests, whoever asks`() throws {
    let device = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [6379, 6380])
    for port in [6379, 6380] as [UInt16] {
      device.greetings[port] = Array("+OK ready\r\n".utf8)
    }
    var plan = try VirtualAudit.plan(ports: "6379,6380,100-160")
    plan.registry = ProbeRegistry([.init(.tcp([.pop3])) { FetchingProbe(port: $0.endpoint.port) }])
    let web = VirtualWeb { _ in HTTPExchange(status: 404) }
    let audit = try VirtualAudit([device], plan, web: web)
    try audit.run.run()
    #expect(web.requests.count == 10)
    let verdicts = audit.sink.events["observation"]?.filter { $0.contains("request-limit") } ?? []
    #expect(verdicts.count == 1, "the second of eight and eight is told that there are no more")
  }

  @Test func `a device that falls silent is left alone, and asked again when it is well`() throws {
    let device = Self.database()
    // It goes silent between the question that identifies it and the probe's answer.
    let from = ManualClock.start + .seconds(2)
    device.sleeps = from..<from + .seconds(10)
    let audit = try VirtualAudit([device], ports: "6379,100-400")
    try audit.run.run()
    #expect(audit.result().findings.contains { $0.check == "redis.no-auth" })
    let asleep = device.unicast.filter { device.sleeps?.contains($0) == true && $0 > from + .seconds(2) }
    #expect(mostWithinOneSecond(asleep) <= 4, "heartbeats alone")
  }

  @Test func `a resumed run asks what was left, and only that`() throws {
    let device = Self.database()
    let first = try VirtualAudit([device], ports: "6379,100-160", stopAfter: .milliseconds(900))
    try first.run.run()
    let asked = first.sink.events["probe.done"]?.count ?? 0
    var restored = RestoredRun(portCount: 62)
    for line in first.sink.journal { restored.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    let before = device.connections.count
    let plan = try VirtualAudit.plan(ports: "6379,100-160", targets: ["10.0.0.3-10.0.0.20"])
    let second = try VirtualAudit([device], plan, restored: restored, earlier: first.sink.conversations)
    try second.run.run()
    let all = second.result()
    #expect(all.findings.map(\.check) == ["redis.no-auth"])
    #expect(asked + (second.sink.events["probe.done"]?.count ?? 0) == 1)
    #expect(device.connections.count - before <= 2)

    // Once it is done with, nothing is asked a second time.
    var whole = restored
    for line in second.sink.journal { whole.take(try JSONDecoder().decode(JournalLine.self, from: line)) }
    let third = try VirtualAudit([device], plan, restored: whole)
    let connections = device.connections.count
    try third.run.run()
    #expect(device.connections.count == connections)
    #expect(third.result().findings.map(\.check) == ["redis.no-auth"])
  }
}

/// Wants more of everything than its sheet says, and never ends.
private struct GreedyProbe: Probe {
  static let sheet = ProbeSheet(
    id: "greedy", technique: .serviceQuestions, sends: LocalizedText(ja: "x", en: "x"), leavesBehind: "",
    worstReaction: "", connections: 2, fetches: 3, duration: .seconds(20))
  let port: UInt16
  var channel = 0
  var wakeAt: MonotonicInstant?
  let report: ProbeReport? = nil

  init(port: UInt16) { self.port = port }

  private mutating func more(at now: MonotonicInstant) -> [ProbeAction] {
    channel += 4
    wakeAt = now + .seconds(1)
    return [
      .connect(channel, port: port), .close(channel),
      .datagram(channel + 1, DatagramRequest(port: 53, payload: [1])),
      .fetch(channel + 2, HTTPRequest(port: port, path: "/")), .send(channel + 3, [1]),
    ]
  }

  mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { more(at: now) }
  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    if case .timer = event { return more(at: now) }
    return []
  }
}

/// Needs a technique that the scope does not name.
private struct ControllersProbe: Probe {
  static let sheet = ProbeSheet(
    id: "controllers", technique: .otIdentify, sends: LocalizedText(ja: "x", en: "x"), leavesBehind: "",
    worstReaction: "", connections: 1, duration: .seconds(20))
  let wakeAt: MonotonicInstant? = nil
  let report: ProbeReport? = nil

  mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [] }
  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { [] }
}

/// Asks eight times, and tells when it may not.
struct FetchingProbe: Probe {
  static let sheet = ProbeSheet(
    id: "fetching", technique: .serviceQuestions, sends: LocalizedText(ja: "x", en: "x"), leavesBehind: "",
    worstReaction: "", fetches: 8, duration: .seconds(20))
  let port: UInt16
  var asked = 0
  let wakeAt: MonotonicInstant? = nil
  var report: ProbeReport?

  init(port: UInt16) { self.port = port }

  private mutating func next() -> [ProbeAction] {
    guard asked < 8 else {
      report = ProbeReport()
      return []
    }
    asked += 1
    return [.fetch(asked, HTTPRequest(port: port, path: "/\(asked)"))]
  }

  mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { next() }
  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    if case .failed(_, let reason) = event {
      let basis = LocalizedText(ja: reason, en: reason)
      report = ProbeReport(verdicts: [ProbeVerdict("x.y", .inconclusive(reason: reason), basis: basis)])
      return []
    }
    return next()
  }
}
