import LabSupport
import Records
import Testing

@testable import Probes

struct OpenResolverProbeTests {
  private static func asked() -> ProbeBench<OpenResolverProbe> {
    var bench = ProbeBench(OpenResolverProbe(port: 53, seed: 0x1234))
    bench.begin()
    return bench
  }

  private static let name = octets(hex: "06 74 65 6e 6b 65 6e 07 65 78 61 6d 70 6c 65 00 00 01 00 01")

  private static func answer(_ flags: String, name: [UInt8] = name, identifier: String = "12 34") -> [UInt8] {
    octets(hex: identifier) + octets(hex: flags) + octets(hex: "00 01 00 00 00 00 00 00") + name
  }

  /// RFC 1035 §4.1: one question, recursion desired, type A, class IN.
  @Test func `the question is for a reserved name, with recursion`() {
    #expect(Self.asked().sent == [octets(hex: "12 34 01 00 00 01 00 00 00 00 00 00") + Self.name])
  }

  /// RFC 1035 §4.1.1; flags in hexadecimal: 8183 is a response with RD and RA, NXDOMAIN; 8580 adds AA; 8105 is REFUSED.
  @Test(arguments: [
    ("81 83", "proven"), ("81 80", "proven"),
    // RA, and yet a refusal or a failure: the flag alone proves nothing.
    ("81 85", "refuted"), ("81 05", "refuted"), ("81 82", "rcode-2"), ("81 84", "rcode-4"),
    // A referral of a server that serves its own zones only; an answer on its own authority.
    ("81 00", "refuted"), ("81 03", "refuted"), ("85 83", "own-authority"), ("85 80", "own-authority"),
  ])
  func `the answer decides`(flags: String, expected: String) {
    var bench = Self.asked()
    bench.tell(.received(0, Self.answer(flags)))
    #expect(bench.result?.reason ?? bench.result?.word == expected)
    #expect(bench.sent.count == 1 && bench.staysWithinSheet())
  }

  @Test func `a refusal may leave the question out, a mixed case is the same name`() {
    var bench = Self.asked()
    bench.tell(.received(0, octets(hex: "12 34 81 05 00 00 00 00 00 00 00 00")))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    var mixed = Self.name
    mixed[1] = 0x54
    bench.tell(.received(0, Self.answer("81 83", name: mixed)))
    #expect(bench.result == .proven)
  }

  /// An echo, another number, another name, no name with an answer that would count, another protocol.
  @Test func `what merely looks alike is passed over`() {
    for answer in [
      Self.asked().sent[0], Self.answer("81 83", identifier: "12 35"),
      Self.answer("81 83", name: octets(hex: "04 74 65 73 74 00 00 01 00 01")),
      octets(hex: "12 34 81 83 00 00 00 00 00 00 00 00"), octets(hex: "24 02 03 e8"), [],
    ] {
      var bench = Self.asked()
      bench.tell(.received(0, answer))
      #expect(bench.result == nil, "\(answer)")
    }
  }

  @Test func `silence is asked twice, a closed port refutes, a failure is told`() {
    var bench = Self.asked()
    bench.wait()
    bench.wait()
    #expect(bench.sent.count == 2 && bench.result?.reason == "no-answer" && bench.staysWithinSheet())
    bench = Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `every prefix and changed octets leave it whole`() {
    let answer = Self.answer("81 83")
    for count in answer.indices {
      var bench = Self.asked()
      bench.tell(.received(0, Array(answer.prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    #expect(Self.asked().firstHarmful(answer, seed: 24, most: 2) == nil)
  }
}
