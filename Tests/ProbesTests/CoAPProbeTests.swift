import LabSupport
import Records
import Testing

@testable import Probes

struct CoAPProbeTests {
  private static func asked() -> ProbeBench<CoAPProbe> {
    var bench = ProbeBench(CoAPProbe(port: 5683, seed: 0x0102_0304))
    bench.begin()
    return bench
  }

  /// The token of the list, and the other one of the control.
  private static let token: [UInt8] = [1, 2, 3, 4]
  private static let controlToken: [UInt8] = [0xfe, 0xfd, 0xfc, 0xfb]
  private static func answer(_ code: UInt8, _ token: [UInt8], _ rest: [UInt8] = [], kind: UInt8 = 0x54) -> [UInt8] {
    [kind, code, 0x12, 0x34] + token + rest
  }
  /// libcoap 4.3.1, its first two links (RFC 6690 §2); 40 is the link format (RFC 7252 §12.3).
  private static let links =
    [0xc1, 40, 0xff] + Array(#"</>;title="General Info";ct=0,</time>;if="clock";rt="ticks";obs"#.utf8)
  private static let list = answer(0x45, token, links)

  private static func listed() -> ProbeBench<CoAPProbe> {
    var bench = asked()
    bench.tell(.received(0, list))
    return bench
  }

  /// RFC 7252 §3 and §5.10, RFC 6690 §4, by hand; 0x01020304 is 16909060.
  @Test func `it reads the list and a name that is made up`() throws {
    let bench = Self.listed()
    #expect(
      bench.sent == [
        octets(hex: "54 01 03 05 01 02 03 04 bb 2e 77 65 6c 6c 2d 6b 6e 6f 77 6e 04 63 6f 72 65"),
        octets(hex: "54 01 03 07 fe fd fc fb bd 02") + Array("tenken-16909060".utf8),
      ])
    guard case .datagram(0, let request) = bench.actions.first else {
      Issue.record("\(bench.actions)")
      return
    }
    #expect(request.port == 5683 && !request.anySourcePort && request.localPort == nil)
  }

  /// The positive control: the list, and 4.04 (RFC 7252 §5.9.2.5) for what does not exist.
  @Test(arguments: [answer(0x84, controlToken), answer(0x84, controlToken, [0xff, 0x4e], kind: 0x44)])
  func `a list that only its own name brings proves it`(control: [UInt8]) throws {
    var bench = Self.listed()
    #expect(bench.result == nil)
    bench.tell(.received(0, control))
    let verdict = try #require(bench.probe.report?.verdicts.first)
    #expect(verdict.question == "coap.open" && verdict.result == .proven)
    #expect(verdict.basis.en.contains("2 resources (/, /time)") && verdict.basis.en.contains("4.04"))
    #expect(bench.staysWithinSheet())
  }

  @Test func `a device that is silent about names it does not know is asked twice`() {
    var bench = Self.listed()
    bench.wait()
    #expect(bench.sent.count == 3 && bench.result == nil)
    bench.wait()
    #expect(bench.result == .proven && bench.staysWithinSheet())
  }

  @Test func `who has a list under every name has shown nothing`() {
    var bench = Self.listed()
    bench.tell(.received(0, Self.answer(0x45, Self.controlToken, Self.links)))
    #expect(bench.result?.reason == "any-path")
  }

  /// 4.01 and 4.03 (RFC 7252 §5.9.2), and a closed port.
  @Test func `a refusal refutes`() {
    for code in [0x81, 0x83] as [UInt8] {
      var bench = Self.asked()
      bench.tell(.received(0, Self.answer(code, Self.token)))
      #expect(bench.result == .refuted)
    }
    var bench = Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
  }

  /// Other codes, no link format, no links, an empty list.
  @Test(arguments: [
    (answer(0x84, token), "code-4.04"), (answer(0xa0, token), "code-5.00"), (answer(0x45, token), "other-answer"),
    (answer(0x45, token, [0xc1, 0, 0xff] + Array("</a>".utf8)), "other-answer"),
    (answer(0x45, token, [0xc1, 40, 0xff] + Array("hello".utf8)), "other-answer"),
    (answer(0x44, token, links), "other-answer"),
  ])
  func `other answers decide nothing`(answer: [UInt8], reason: String) {
    var bench = Self.asked()
    bench.tell(.received(0, answer))
    #expect(bench.result?.reason == reason)
    #expect(bench.sent.count == 1)
  }

  /// An echo of the request, another token, a reset, an empty acknowledgement, version 2, DNS.
  @Test(arguments: [
    octets(hex: "54 01 03 05 01 02 03 04 bb 2e 77 65 6c 6c 2d 6b 6e 6f 77 6e 04 63 6f 72 65"),
    answer(0x45, controlToken, links), octets(hex: "70 00 03 05"), octets(hex: "60 00 03 05"),
    answer(0x45, token, links, kind: 0x94), octets(hex: "12 34 81 80 00 01 00 00"), [],
  ])
  func `what merely looks alike is no answer`(answer: [UInt8]) {
    var bench = Self.asked()
    bench.tell(.received(0, answer))
    #expect(bench.result == nil && bench.sent.count == 1)
  }

  @Test func `silence is asked twice and decides nothing; failures say so`() {
    var bench = Self.asked()
    bench.wait()
    #expect(bench.sent.count == 2 && bench.result == nil)
    bench.wait()
    #expect(bench.sent.count == 2 && bench.result?.reason == "no-answer")
    bench = Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `no part of the list is proof, and no octets make it ask beyond its sheet`() {
    for count in 0..<12 {
      var bench = Self.asked()
      bench.tell(.received(0, Array(Self.list.prefix(count))))
      #expect(bench.result?.reason != "any-path" && bench.sent.count == 1, "\(count)")
    }
    var random = SeededRandom(seed: 45)
    for _ in 0..<20_000 {
      var bench = Self.asked()
      bench.tell(.received(0, Self.list.mutated(using: &random)))
      bench.tell(.received(0, Self.answer(0x45, Self.controlToken, Self.links).mutated(using: &random)))
      for _ in 0..<4 { bench.wait() }
      guard bench.probe.report != nil, bench.staysWithinSheet() else {
        Issue.record("\(bench.actions)")
        return
      }
    }
  }
}
