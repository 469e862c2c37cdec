import LabSupport
import Records
import Testing

@testable import Probes

struct RDPProbeTests {
  private static func connected() -> ProbeBench<RDPProbe> {
    var bench = ProbeBench(RDPProbe(port: 3389))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  /// An X.224 connection confirmation with a negotiation of MS-RDPBCGR 2.2.1.2.
  private static func confirmation(_ type: UInt8, _ value: UInt8) -> [UInt8] {
    octets(hex: "03 00 00 13 0e d0 00 00 12 34 00") + [type, 0, 8, 0, value, 0, 0, 0]
  }

  /// RFC 1006 §6, X.224 §13.3, MS-RDPBCGR 2.2.1.1.1: PROTOCOL_SSL without PROTOCOL_HYBRID.
  @Test func `the request offers TLS and no CredSSP`() {
    let bench = Self.connected()
    #expect(
      bench.actions == [
        .connect(0, port: 3389), .send(0, octets(hex: "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 01 00 00 00")),
      ])
  }

  /// MS-RDPBCGR 2.2.1.2.1 and 2.2.1.2.2; xrdp 0.9.21 chooses 1 with a certificate, 0 with `security_layer=rdp`.
  @Test(arguments: [
    (confirmation(2, 1), ProbeVerdict.Result.proven), (confirmation(2, 0), .proven), (confirmation(3, 2), .proven),
    (confirmation(3, 5), .refuted), (octets(hex: "03 00 00 0b 06 d0 00 00 12 34 00"), .proven),
  ])
  func `the server's choice decides`(answer: [UInt8], result: ProbeVerdict.Result) throws {
    var bench = Self.connected()
    bench.tell(.received(0, answer))
    let verdict = try #require(bench.probe.report?.verdicts.first)
    #expect(verdict.question == "rdp.no-nla" && verdict.result == result)
    #expect(bench.sent.count == 1 && bench.staysWithinSheet())
    let claims = try #require(bench.probe.report?.claims)
    #expect(claims == [Claim(.role, "computer", source: "tcp/3389 rdp", confidence: .low)])
  }

  /// A choice that nobody offered, other failures, a disconnection as of S7 controllers, an echo, TLS, lengths that
  /// contradict each other.
  @Test(arguments: [
    (confirmation(2, 2), "other-answer"), (confirmation(3, 3), "failure-3"), (confirmation(3, 6), "failure-6"),
    (octets(hex: "03 00 00 0b 06 80 00 00 12 34 02"), "disconnected"),
    (octets(hex: "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 01 00 00 00"), "other-answer"),
    (octets(hex: "15 03 01 00 02 02 28"), "other-answer"), (octets(hex: "03 00 00 13 0d d0"), "other-answer"),
    (octets(hex: "03 00 00 0b"), "other-answer"),
  ])
  func `what merely looks alike decides nothing`(answer: [UInt8], reason: String) {
    var bench = Self.connected()
    bench.tell(.received(0, answer))
    bench.wait()
    #expect(bench.result?.reason == reason && bench.probe.report?.claims.isEmpty == true)
  }

  @Test func `pieces are put together, and a part is no whole`() {
    var bench = Self.connected()
    for octet in Self.confirmation(3, 5).dropLast() {
      bench.tell(.received(0, [octet]))
      #expect(bench.result == nil)
    }
    bench.tell(.received(0, [0]))
    #expect(bench.result == .refuted)
  }

  @Test func `silence, an end and a failure decide nothing, and say so`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.failed(0, reason: "time"))
    #expect(bench.result?.reason == "time")
  }

  @Test func `no octets make it say more or hang`() {
    var random = SeededRandom(seed: 43)
    for _ in 0..<20_000 {
      var bench = Self.connected()
      bench.tell(.received(0, Self.confirmation(3, 5).mutated(using: &random)))
      bench.wait()
      guard bench.probe.report != nil, bench.staysWithinSheet(), bench.sent.count == 1 else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }
}
