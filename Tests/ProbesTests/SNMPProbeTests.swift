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

  /// X.690 §8.1.3: lengths above 127 have an octet in front that counts their own.
  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let length: [UInt8] = content.count < 128 ? [UInt8(content.count)] : [0x81, UInt8(content.count)]
    return [tag] + length + content
  }

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
    #expect(bench.sent.count == 2 && bench.probe.report == nil, "it is asked for more")
    bench.wait()
    #expect(bench.result("snmp.default-community") == .proven && bench.result("snmp.v1v2c") == .proven)
    #expect(bench.staysWithinSheet())
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

  private static let details: [UInt8] = [1, 2, 3, 7]

  /// A binding of an object below 1.3.6.1.2.1, which is `2b 06 01 02 01`.
  private static func binding(_ arcs: [UInt8], _ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
    let name: [UInt8] = [0x2b, 6, 1, 2, 1] + arcs
    return element(0x30, element(6, name) + element(tag, value))
  }

  private static func detailed(_ bindings: [UInt8], error: UInt8 = 0) throws -> [Claim] {
    var bench = asked()
    bench.tell(.received(0, response(version: 1, request: v2c)))
    bench.tell(.received(0, response(version: 1, request: details, error: error, bindings: bindings)))
    #expect(bench.result("snmp.default-community") == .proven && bench.staysWithinSheet())
    return Array(try #require(bench.probe.report).claims.dropFirst(2))
  }

  /// RFC 3416 §4.2.1, RFC 2790 §2, RFC 3805 §6, RFC 6933 §3: nine objects, by hand.
  @Test func `the third question reads who made what in which version`() {
    var bench = Self.asked()
    bench.tell(.received(0, Self.response(version: 1, request: Self.v2c)))
    let objects = octets(
      hex: """
        30 0f 06 0b 2b 06 01 02 01 19 03 02 01 02 01 05 00     // hrDeviceType.1
        30 0f 06 0b 2b 06 01 02 01 19 03 02 01 03 01 05 00     // hrDeviceDescr.1
        30 0f 06 0b 2b 06 01 02 01 2b 05 01 01 11 01 05 00     // prtGeneralSerialNumber.1
        30 10 06 0c 2b 06 01 02 01 2f 01 01 01 01 05 01 05 00  // entPhysicalClass.1
        30 10 06 0c 2b 06 01 02 01 2f 01 01 01 01 09 01 05 00  // entPhysicalFirmwareRev.1
        30 10 06 0c 2b 06 01 02 01 2f 01 01 01 01 0a 01 05 00  // entPhysicalSoftwareRev.1
        30 10 06 0c 2b 06 01 02 01 2f 01 01 01 01 0b 01 05 00  // entPhysicalSerialNum.1
        30 10 06 0c 2b 06 01 02 01 2f 01 01 01 01 0c 01 05 00  // entPhysicalMfgName.1
        30 10 06 0c 2b 06 01 02 01 2f 01 01 01 01 0d 01 05 00  // entPhysicalModelName.1
        """)
    #expect(objects.count == 3 * 17 + 6 * 18)
    let list: [UInt8] = [0x30, 0x81, UInt8(objects.count)] + objects
    let number: [UInt8] = [2, 4] + Self.details
    let asked = bench.sent.last ?? []
    #expect(Array(asked.suffix(list.count)) == list && asked.contains(number))
  }

  /// hrDevicePrinter is 1.3.6.1.2.1.25.3.1.5.
  @Test func `a printer says that it is one, and which`() throws {
    let printer = Self.binding([25, 3, 2, 1, 2, 1], 6, [0x2b, 6, 1, 2, 1, 25, 3, 1, 5])
    let described = Self.binding([25, 3, 2, 1, 3, 1], 4, Array("EPSON WF-7840 Series".utf8))
    let numbered = Self.binding([43, 5, 1, 1, 17, 1], 4, Array("X7FA0001".utf8))
    let claims = try Self.detailed(printer + described + numbered)
    #expect(claims.map(\.value) == ["printer", "EPSON WF-7840 Series", "X7FA0001"])
    #expect(claims.map(\.kind) == [.role, .model, .serial] && claims[0].source == "udp/161 snmp hrDeviceType")
    // A processor is the first device of a computer: what it is called is not the computer's name.
    let processor = Self.binding([25, 3, 2, 1, 2, 1], 6, [0x2b, 6, 1, 2, 1, 25, 3, 1, 3])
    #expect(try Self.detailed(processor + described + numbered).isEmpty)
  }

  /// IANAPhysicalClass: chassis 3, module 9, stack 11.
  @Test(
    arguments: [
      (3, "9.1", ["Maker", "SW-1", "9.1"]), (11, "  ", ["Maker", "SW-1", "boot 2"]), (9, "9.1", []),
    ] as [(UInt8, String, [String])])
  func `the first entity counts where it is the whole device`(kind: UInt8, software: String, expected: [String]) throws
  {
    func entity(_ column: UInt8, _ text: String) -> [UInt8] {
      Self.binding([47, 1, 1, 1, 1, column, 1], 4, Array(text.utf8))
    }
    var bindings = Self.binding([47, 1, 1, 1, 1, 5, 1], 2, [kind])
    bindings += entity(9, "boot 2")
    bindings += entity(10, software)
    bindings += entity(12, "Maker")
    bindings += entity(13, "SW-1")
    #expect(try Self.detailed(bindings).map(\.value) == expected)
  }

  /// RFC 3416 §3: noSuchObject 0x80 for what the agent does not have; tooBig 1.
  @Test func `an agent without these objects says nothing more`() throws {
    #expect(try Self.detailed(Self.binding([25, 3, 2, 1, 2, 1], 0x80, [])).isEmpty)
    let printer = Self.binding([25, 3, 2, 1, 2, 1], 6, [0x2b, 6, 1, 2, 1, 25, 3, 1, 5])
    #expect(try Self.detailed(printer, error: 1).isEmpty)
    // The first answer once more is none to the third question.
    var bench = Self.asked()
    for _ in 0..<2 { bench.tell(.received(0, Self.response(version: 1, request: Self.v2c))) }
    #expect(bench.probe.report == nil)
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result("snmp.default-community") == .proven, "what was found stands")
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
