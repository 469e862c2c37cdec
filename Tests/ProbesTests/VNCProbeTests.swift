import LabSupport
import Records
import Testing

@testable import Probes

struct VNCProbeTests {
  /// RFC 6143 §7.1.1.
  private static let greeting = Array("RFB 003.008\n".utf8)

  private static func greeted(_ greeting: String = "RFB 003.008\n") -> ProbeBench<VNCProbe> {
    var bench = ProbeBench(VNCProbe(port: 5900))
    bench.begin()
    bench.tell(.opened(0))
    bench.tell(.received(0, Array(greeting.utf8)))
    return bench
  }

  @Test func `the version is all that it says`() {
    var bench = Self.greeted()
    bench.tell(.received(0, [1, 1]))
    #expect(bench.actions == [.connect(0, port: 5900), .send(0, Self.greeting)])
    #expect(bench.result == .proven && bench.staysWithinSheet() && bench.probe.wakeAt == nil)
    #expect(bench.probe.report?.verdicts.first?.question == "vnc.no-auth")
  }

  /// RFC 6143 §7.1.2: a count and the types. None of TigerVNC, VNC authentication of TigerVNC; then lists with both, and
  /// with TLS (18) and VeNCrypt (19) alone.
  @Test(
    arguments: [
      ([1, 1], ProbeVerdict.Result.proven), ([1, 2], .refuted), ([2, 2, 1], .proven), ([3, 19, 18, 2], .refuted),
      ([2, 30, 35], .refuted),
    ] as [([UInt8], ProbeVerdict.Result)])
  func `the list decides`(answer: [UInt8], result: ProbeVerdict.Result) {
    var bench = Self.greeted()
    bench.tell(.received(0, answer))
    #expect(bench.result == result)
  }

  /// RFC 6143 §7.1.2: before 3.7 the server decides alone, in four octets; the challenge of type 2 follows at once.
  @Test(arguments: [
    ([0, 0, 0, 1], ProbeVerdict.Result.proven), ([0, 0, 0, 2] + [UInt8](repeating: 9, count: 16), .refuted),
  ])
  func `version 3_3 decides alone`(answer: [UInt8], result: ProbeVerdict.Result) {
    var bench = Self.greeted("RFB 003.003\n")
    #expect(bench.sent == [Array("RFB 003.003\n".utf8)])
    bench.tell(.received(0, answer))
    #expect(bench.result == result)
  }

  /// §7.1.2: no types and a reason. TigerVNC says this to an address that it refuses for a while.
  @Test func `a refusal tells nothing about passwords`() {
    var bench = Self.greeted()
    let reason = Array("Too many security failures".utf8)
    bench.tell(.received(0, [0, 0, 0, 0, UInt8(reason.count)] + reason))
    #expect(bench.result?.reason == "refused")
    #expect(bench.probe.report?.verdicts.first?.basis.en.contains("Too many security failures") == true)
  }

  /// An echo of the version, a list with something behind it, a reason of two gigabytes, a type beyond an octet.
  @Test(
    arguments: [
      ("RFB 003.008\n", Array("RFB 003.008\n".utf8)), ("RFB 003.008\n", [1, 1, 0]),
      ("RFB 003.008\n", [0, 0x7f, 0xff, 0xff, 0xff]), ("RFB 003.003\n", [0, 0, 1, 1]),
      ("RFB 003.003\n", [0, 0, 0, 1, 0]),
      ("RFB 003.008\n", [2, 1]),
    ] as [(String, [UInt8])])
  func `what merely looks alike decides nothing`(greeting: String, answer: [UInt8]) {
    var bench = Self.greeted(greeting)
    bench.tell(.received(0, answer))
    bench.wait()
    #expect(bench.result?.reason == "other-answer")
  }

  /// A repeater waits for the name of a screen; others are no RFB at all.
  @Test(arguments: ["RFB 000.000\n", "SSH-2.0-x\r\n", "RFB 003.0x8\n", "RFB 003.008\nRFB 003.008\n"])
  func `to other greetings nothing is said`(greeting: String) {
    let bench = Self.greeted(greeting)
    #expect(bench.sent.isEmpty && bench.result?.reason == "other-answer")
  }

  @Test func `pieces are put together, and a part is no whole`() {
    var bench = Self.greeted("")
    for octet in Self.greeting { bench.tell(.received(0, [octet])) }
    for octet in [2, 2] as [UInt8] { bench.tell(.received(0, [octet])) }
    #expect(bench.result == nil)
    bench.tell(.received(0, [1]))
    #expect(bench.result == .proven)
    for count in Self.greeting.indices {
      let bench = Self.greeted(String("RFB 003.008\n".prefix(count)))
      #expect(bench.sent.isEmpty && bench.result == nil)
    }
  }

  @Test func `silence, an end and a failure decide nothing, and say so`() {
    var bench = Self.greeted("")
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.greeted()
    bench.tell(.ended(0, .closed))
    #expect(bench.result?.reason == "no-answer")
    bench = Self.greeted()
    bench.tell(.failed(0, reason: "time"))
    #expect(bench.result?.reason == "time")
  }

  @Test func `no octets make it say more or hang`() {
    var random = SeededRandom(seed: 42)
    for _ in 0..<20_000 {
      var bench = Self.greeted("")
      bench.tell(.received(0, Bool.random(using: &random) ? Self.greeting : Self.greeting.mutated(using: &random)))
      bench.tell(.received(0, ([3, 2, 19, 1] as [UInt8]).mutated(using: &random)))
      for _ in 0..<2 { bench.wait() }
      guard bench.probe.report != nil, bench.staysWithinSheet(), bench.sent.count <= 1 else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }
}
