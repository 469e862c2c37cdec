import Addressing
import Audit
import Foundation
import LabSupport
import Probes
import Records
import Testing
import Wire

/// A connection whose answers may be memory: of it a run keeps how much it was and a digest, and nothing in any other place.
struct WithheldTests {
  private static let secret = Array("ftp-secret-of-the-device\r\n".utf8)

  private static func database() -> VirtualDevice {
    let device = VirtualDevice(mac: "00:11:22:00:00:0c", address: "10.0.0.12", open: [6379])
    device.replies[6379] = { $0.starts(with: Array("leak".utf8)) ? secret : Array("+PONG\r\n".utf8) }
    return device
  }

  private static func audit(_ probe: @escaping @Sendable () -> some Probe) throws -> VirtualAudit {
    var plan = try VirtualAudit.plan(ports: "6379,100-160")
    plan.registry = ProbeRegistry([.init(.tcp([.redis])) { _ in probe() }])
    let audit = try VirtualAudit([database()], plan)
    try audit.run.run()
    return audit
  }

  private static func holds(_ octets: [UInt8]) -> Bool { Data(octets).range(of: Data(secret)) != nil }

  @Test func `what is withheld is neither a frame, nor a conversation, nor part of a finding`() throws {
    let audit = try Self.audit { LeakProbe(isWithheld: true) }
    let sink = audit.sink
    let name = "dev-00112200000c-tcp-6379-redis"
    #expect(sink.withheld[name] == Self.secret && sink.conversations[name] == nil)
    #expect(!sink.frames.contains { Self.holds($0.octets) })
    #expect(!sink.conversations.values.contains { Self.holds($0) })
    #expect(!sink.journal.contains { $0.range(of: Data("secret-of".utf8)) != nil })
    let finding = try #require(sink.findings.first { $0.finding.check == "redis.no-auth" })
    #expect(!Self.holds(finding.response) && !finding.frames.contains { Self.holds($0.octets) })
    #expect(finding.withheld == [Self.secret])
    // What was said before, on the connection that told what the service is, is there.
    #expect(sink.conversations["dev-00112200000c-tcp-6379"] == Array("+PONG\r\n".utf8))
  }

  /// The same probe without the word: the test would see the octets if they were kept.
  @Test func `without it the same octets are kept everywhere`() throws {
    let sink = try Self.audit { LeakProbe(isWithheld: false) }.sink
    #expect(sink.withheld.isEmpty)
    #expect(sink.frames.contains { Self.holds($0.octets) })
    #expect(sink.findings.contains { Self.holds($0.response) && $0.withheld.isEmpty })
  }
}

/// Asks for what it should not be told.
private struct LeakProbe: Probe {
  static let sheet = ProbeSheet(
    id: "redis", technique: .serviceQuestions, sends: LocalizedText(ja: "問い", en: "a question"),
    leavesBehind: "nothing", worstReaction: "none", connections: 1, duration: .seconds(20))

  let isWithheld: Bool
  private(set) var wakeAt: MonotonicInstant?
  private(set) var report: ProbeReport?

  init(isWithheld: Bool) { self.isWithheld = isWithheld }

  mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    [.connect(0, port: 6379)] + (isWithheld ? [.withhold(0)] : [])
  }

  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    switch event {
    case .opened: return [.send(0, Array("leak".utf8))]
    case .received:
      report = ProbeReport(verdicts: [
        ProbeVerdict("redis.no-auth", .proven, basis: LocalizedText(ja: "応答", en: "an answer"))
      ])
    default: break
    }
    return []
  }
}
