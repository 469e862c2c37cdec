import LabSupport
import Records
import Testing

@testable import Probes

struct SNMPProbeTests {
  private static let seed: UInt64 = 0x0102_0304

  private static func asked(said: [UInt8] = []) -> ProbeBench<SNMPProbe> {
    var bench = ProbeBench(SNMPProbe(port: 161, said: said, seed: seed))
    bench.begin()
    return bench
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }

  /// A message with a community (RFC 1157 §4, RFC 3416 §3), written element by element.
  private static func response(
    version: UInt8, request: [UInt8], error: UInt8 = 0, community: String = "public", kind: UInt8 = 0xa2,
    bindings: [UInt8]? = nil
  ) -> [UInt8] {
    // sysDescr.0 = "Lab", sysName.0 = "box"
    let described = bindings ?? Self.bindings
    return element(
      0x30,
      [2, 1, version] + element(4, Array(community.utf8))
        + element(kind, element(2, request) + [2, 1, error, 2, 1, 0] + element(0x30, described)))
  }

  private static let bindings =
    element(0x30, octets(hex: "06 08 2b 06 01 02 01 01 01 00 04 03 4c 61 62"))
    + element(0x30, octets(hex: "06 08 2b 06 01 02 01 01 05 00 04 03 62 6f 78"))

  private static let v2c: [UInt8] = [1, 2, 3, 4]
  private static let v1: [UInt8] = [1, 2, 3, 5]

  /// RFC 3414 §3.2: a report of usmStatsUnknownEngineIDs; the engine's identifier is of form 3 (RFC 3411 §5), with the
  /// MAC address 00:00:5e:00:53:01 (RFC 7042 §2.1.2).
  private static func report(_ message: [UInt8]) -> [UInt8] {
    let engine = element(4, octets(hex: "80 00 1f 88 03 00 00 5e 00 53 01"))
    let security = element(0x30, engine + octets(hex: "02 01 01 02 01 05 04 00 04 00 04 00"))
    let unit = element(
      0xa8,
      element(2, message) + octets(hex: "02 01 00 02 01 00")
        + element(0x30, element(0x30, octets(hex: "06 0a 2b 06 01 06 03 0f 01 01 04 00 41 01 01"))))
    return element(
      0x30,
      [2, 1, 3] + element(0x30, element(2, message) + octets(hex: "02 02 05 c0 04 01 00 02 01 03"))
        + element(4, security) + element(0x30, engine + [4, 0] + unit))
  }

  /// RFC 3416 §4.2.1 in the encoding of RFC 3417 §8, by hand: version 2c, "public", four objects of the system group.
  @Test func `the first question reads four objects in version 2c, the second in version 1`() {
    var bench = Self.asked()
    bench.wait()
    let objects = octets(
      hex: """
        30 38
        30 0c 06 08 2b 06 01 02 01 01 01 00 05 00   // sysDescr.0
        30 0c 06 08 2b 06 01 02 01 01 02 00 05 00   // sysObjectID.0
        30 0c 06 08 2b 06 01 02 01 01 03 00 05 00   // sysUpTime.0
        30 0c 06 08 2b 06 01 02 01 01 05 00 05 00   // sysName.0
        """)
    #expect(
      bench.sent == [
        octets(hex: "30 53 02 01 01 04 06 70 75 62 6c 69 63 a0 46 02 04 01 02 03 04 02 01 00 02 01 00") + objects,
        octets(hex: "30 53 02 01 00 04 06 70 75 62 6c 69 63 a0 46 02 04 01 02 03 05 02 01 00 02 01 00") + objects,
      ])
  }

  @Test func `values for the community public prove both questions, and say who the device is`() throws {
    var bench = Self.asked()
    bench.tell(.received(0, Self.response(version: 1, request: Self.v2c)))
    #expect(bench.result("snmp.default-community") == .proven && bench.result("snmp.v1v2c") == .proven)
    let report = try #require(bench.probe.report)
    #expect(
      report.verdicts[0].basis.en.contains("\u{201c}Lab\u{201d}") && report.verdicts[0].basis.ja.contains("「Lab」"))
    #expect(report.claims.map(\.value) == ["box", "Lab"] && report.claims.map(\.kind) == [.name, .system])
    // An agent of version 1 alone.
    bench = Self.asked()
    bench.wait()
    bench.tell(.received(0, Self.response(version: 0, request: Self.v1)))
    #expect(bench.result("snmp.default-community") == .proven && bench.sent.count == 2)
    #expect(bench.probe.report?.verdicts[1].basis.en.contains("version 1,") == true)
  }

  /// Another community, or none: agents drop the question, and answer version 3 all the same.
  @Test func `silence refutes only when the agent is seen to answer`() {
    var bench = Self.asked(said: Self.report([1, 1]))
    bench.wait()
    bench.wait()
    #expect(bench.sent.count == 3 && bench.result == nil)
    bench.tell(.received(0, Self.report([1, 2, 3, 6])))
    #expect(bench.result("snmp.default-community") == .refuted)
    #expect(bench.result("snmp.v1v2c")?.reason == "no-answer", "another community may be set")
    #expect(bench.probe.report?.claims.map(\.value) == ["00:00:5e:00:53:01"])
    #expect(bench.staysWithinSheet())
    bench = Self.asked()
    for _ in 0..<3 { bench.wait() }
    #expect(bench.result("snmp.default-community")?.reason == "no-answer" && bench.sent.count == 3)
  }

  /// RFC 3416 §3: authorizationError 16, noSuchName 2 of version 1; RFC 3416 §3 noSuchObject for every object.
  @Test func `an answer without values is the old version, and no reading`() {
    for (octets, expected) in [
      (Self.response(version: 1, request: Self.v2c, error: 16), "refuted"),
      (Self.response(version: 1, request: Self.v2c, error: 2), "error-2"),
      (
        Self.response(
          version: 1, request: Self.v2c,
          bindings: Self.element(0x30, LabSupport.octets(hex: "06 08 2b 06 01 02 01 01 01 00 80 00"))), "no-value"
      ),
    ] {
      var bench = Self.asked()
      bench.tell(.received(0, octets))
      let result = bench.result("snmp.default-community")
      #expect(result?.reason ?? result?.word == expected)
      #expect(bench.result("snmp.v1v2c") == .proven)
    }
  }

  /// Another request's answer, another community, our question sent back, a report that nobody asked for, DNS.
  @Test func `what merely looks alike is passed over`() {
    for answer in [
      Self.response(version: 1, request: [1, 2, 3, 9]), Self.response(version: 0, request: Self.v2c),
      Self.response(version: 1, request: Self.v2c, community: "private"),
      Self.response(version: 1, request: Self.v2c, kind: 0xa0), Self.asked().sent[0], Self.report([1, 2, 3, 6]),
      octets(hex: "12 34 81 80 00 01 00 00 00 00 00 00"), [],
    ] {
      var bench = Self.asked()
      bench.tell(.received(0, answer))
      #expect(bench.probe.report == nil, "\(answer)")
    }
  }

  @Test func `a closed port refutes, a failure decides nothing`() {
    var bench = Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result("snmp.default-community") == .refuted && bench.result("snmp.v1v2c") == .refuted)
    bench = Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result("snmp.v1v2c")?.reason == "not-permitted")
  }

  @Test func `every prefix and changed octets leave it whole`() {
    let answer = Self.response(version: 1, request: Self.v2c)
    for count in answer.indices {
      var bench = Self.asked()
      bench.tell(.received(0, Array(answer.prefix(count))))
      #expect(bench.probe.report == nil, "\(count)")
    }
    #expect(Self.asked().firstHarmful(answer, seed: 21, most: 3) == nil)
    for count in 0..<answer.count { _ = Self.asked(said: Array(Self.report([1, 1]).prefix(count))) }
  }
}
