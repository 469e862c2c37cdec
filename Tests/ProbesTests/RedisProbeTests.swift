import LabSupport
import Records
import Testing

@testable import Probes

struct RedisProbeTests {
  private static func connected() -> ProbeBench<RedisProbe> {
    var bench = ProbeBench(RedisProbe(port: 6379))
    bench.begin()
    bench.tell(.opened(0))
    return bench
  }

  /// RESP: an array of one bulk string of four octets (Redis serialization protocol specification).
  @Test func `one connection and one PING is all it wants`() {
    let bench = Self.connected()
    #expect(
      bench.actions == [
        .connect(0, port: 6379),
        .send(0, [0x2a, 0x31, 0x0d, 0x0a, 0x24, 0x34, 0x0d, 0x0a, 0x50, 0x49, 0x4e, 0x47, 0x0d, 0x0a]),
      ])
    #expect(bench.staysWithinSheet())
  }

  /// The positive control (no password), and the two secured servers: `requirepass`, protected mode.
  @Test(arguments: [
    ("+PONG\r\n", ProbeVerdict.Result.proven),
    ("-NOAUTH Authentication required.\r\n", .refuted),
    ("-DENIED Redis is running in protected mode because protected mode is enabled\r\n", .refuted),
  ])
  func `the answer decides`(answer: String, result: ProbeVerdict.Result) throws {
    var bench = Self.connected()
    bench.tell(.received(0, Array(answer.utf8)))
    let verdict = try #require(bench.probe.report?.verdicts.first)
    #expect(verdict.question == "redis.no-auth" && verdict.result == result)
    #expect(verdict.basis.en.contains("A PING command") && verdict.basis.ja.contains("PING"))
    #expect(bench.probe.wakeAt == nil)
  }

  @Test func `an answer in pieces is put together`() {
    var bench = Self.connected()
    for octet in "+PONG\r".utf8 { bench.tell(.received(0, [octet])) }
    #expect(bench.result == nil)
    bench.tell(.received(0, [0x0a]))
    #expect(bench.result == .proven)
  }

  /// Look-alikes: another line protocol, an echo service, an error that is no refusal.
  @Test(arguments: [
    "PONG\r\n", "+PONG", "+PONG \r\n", "+OK\r\n", "-ERR unknown command\r\n", "*1\r\n$4\r\nPING\r\n",
    "220 ftp ready\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "+PO\u{1b}NG\r\n",
  ])
  func `what merely looks alike decides nothing`(answer: String) {
    var bench = Self.connected()
    bench.tell(.received(0, Array(answer.utf8)))
    #expect(bench.result == nil)
    bench.wait()
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `silence, an end and a failure decide nothing, and say so`() {
    var bench = Self.connected()
    bench.wait()
    #expect(bench.result?.reason == "no-answer")
    bench = Self.connected()
    bench.tell(.ended(0, .reset))
    #expect(bench.result?.reason == "no-answer")
    bench = ProbeBench(RedisProbe(port: 1))
    bench.begin()
    bench.tell(.failed(0, reason: "Connection refused"))
    #expect(bench.result?.reason == "Connection refused")
  }

  @Test func `no octets make it ask again or hang`() {
    var random = SeededRandom(seed: 11)
    let answer = Array("-NOAUTH Authentication required.\r\n".utf8)
    for _ in 0..<20_000 {
      var octets = answer
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var bench = Self.connected()
      bench.tell(.received(0, Array(octets.prefix(Int.random(in: 0...octets.count, using: &random)))))
      bench.wait()
      guard bench.probe.report != nil, bench.sent.count == 1, bench.result != .proven else {
        Issue.record("\(octets)")
        return
      }
    }
  }
}
