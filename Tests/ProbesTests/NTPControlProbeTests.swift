import LabSupport
import Records
import Testing

@testable import Probes

struct NTPControlProbeTests {
  private static func asked() -> ProbeBench<NTPControlProbe> {
    var bench = ProbeBench(NTPControlProbe(port: 123, seed: 0x1122_3344_5566_7788))
    bench.begin()
    return bench
  }

  /// RFC 9327 §2: response and operation 2, the sequence, status, association, offset, count, data.
  private static func answer(
    _ text: String, first: UInt8 = 0x16, bits: UInt8 = 0x82, sequence: [UInt8] = [0x77, 0x89]
  ) -> [UInt8] {
    [first, bits] + sequence + [6, 0x15, 0, 0, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
  }

  /// Mode 4 with the question's nonce as its origin (RFC 5905 §7.3).
  private static let time =
    octets(hex: "24 02 03 e8 00 00 00 00 00 00 00 00 7f 7f 01 00") + [UInt8](repeating: 0, count: 8)
    + octets(hex: "11 22 33 44 55 66 77 88") + [UInt8](repeating: 1, count: 16)

  private static let variables = #"version="ntpd 4.2.8p15", system="Linux/5.10", leap=0"#

  /// RFC 9327 §2: leap 0, version 2, mode 6; operation 2; nothing else. Then mode 3 (RFC 5905 §9.2).
  @Test func `it asks twice in mode 6, and then for the time`() {
    var bench = Self.asked()
    bench.wait()
    bench.wait()
    let control = octets(hex: "16 02 77 89 00 00 00 00 00 00 00 00")
    #expect(
      bench.sent == [
        control, control, [0x23] + [UInt8](repeating: 0, count: 39) + octets(hex: "11 22 33 44 55 66 77 88"),
      ])
    #expect(bench.staysWithinSheet())
  }

  @Test func `variables prove it, and name the software`() {
    var bench = Self.asked()
    bench.tell(.received(0, Self.answer(Self.variables)))
    #expect(bench.result == .proven && bench.sent.count == 1)
    #expect(bench.probe.report?.claims.map(\.value) == ["ntpd 4.2.8p15", "Linux/5.10"])
    #expect(bench.probe.report?.verdicts[0].basis.en.contains("3 variables") == true)
  }

  @Test func `a refusal, and silence beside an answer with the time, refute it`() {
    var bench = Self.asked()
    bench.tell(.received(0, Self.answer("", bits: 0xc2)))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    bench.tell(.received(0, Self.time))
    #expect(bench.result == nil, "the time was not asked for yet")
    bench.wait()
    bench.wait()
    bench.tell(.received(0, Self.time))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    for _ in 0..<3 { bench.wait() }
    #expect(bench.result?.reason == "no-answer")
    bench = Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  /// An echo, another sequence, another operation, mode 7, DNS; an answer without variables is an answer of another kind.
  @Test func `what merely looks alike is passed over`() {
    for octets in [
      Self.asked().sent[0], Self.answer(Self.variables, sequence: [0, 1]), Self.answer(Self.variables, bits: 0x81),
      Self.answer(Self.variables, first: 0x17), LabSupport.octets(hex: "12 34 81 80 00 01 00 00 00 00 00 00"), [],
    ] {
      var bench = Self.asked()
      bench.tell(.received(0, octets))
      #expect(bench.result == nil, "\(octets)")
    }
    var bench = Self.asked()
    bench.tell(.received(0, Self.answer("nothing here")))
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `every prefix and changed octets leave it whole`() {
    let answer = Self.answer(Self.variables)
    for count in answer.indices {
      var bench = Self.asked()
      bench.tell(.received(0, Array(answer.prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    #expect(Self.asked().firstHarmful(answer, seed: 23, most: 3) == nil)
  }
}
