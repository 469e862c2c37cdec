import LabSupport
import Records
import Testing

@testable import Probes

/// Controllers of plants and buildings that are asked by datagram.
struct PlantProbeTests {
  // MARK: BACnet (ANSI/ASHRAE 135-2020 clauses 15.5, 18, 20.2; annex J.2)

  private static func bacnet() -> ProbeBench<BACnetProbe> {
    var bench = ProbeBench(BACnetProbe(port: 47808, seed: 7))
    bench.begin()
    return bench
  }

  /// ReadProperty-ACK of device 100: property number, then a character string in UTF-8.
  private static func property(_ id: UInt8, _ number: UInt8, _ text: String) -> [UInt8] {
    let value = [0x75, UInt8(text.utf8.count + 1), 0] + Array(text.utf8)
    let unit = [1, 0, 0x30, id, 0x0c, 0x0c, 2, 0, 0, 100, 0x19, number, 0x3e] + value + [0x3f]
    return [0x81, 0x0a, 0, UInt8(unit.count + 4)] + unit
  }

  private static let reject = octets(hex: "81 0a 00 09 01 00 60 07 09")

  @Test func `a building controller tells maker, model and firmware`() throws {
    var bench = Self.bacnet()
    // Vendor name is property 121.
    #expect(bench.sent == [octets(hex: "81 0a 00 11 01 04 00 05 07 0c 0c 02 3f ff ff 19 79")])
    bench.tell(.received(0, Self.property(7, 121, "Example Controls")))
    bench.tell(.received(0, Self.property(8, 70, "BC-1")))
    #expect(bench.sent.count == 3 && bench.result == nil)
    bench.tell(.received(0, Self.property(9, 44, "2.1")))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && report.claims.map(\.value) == ["Example Controls", "BC-1", "2.1", "building"])
    #expect(report.verdicts[0].basis.ja.contains("Example Controls") && bench.staysWithinSheet())
  }

  @Test func `one property is enough; refusals alone are not`() {
    var bench = Self.bacnet()
    bench.tell(.received(0, Self.property(7, 121, "X")))
    bench.wait()
    bench.wait()
    #expect(bench.result == .proven && bench.sent.count == 3)
    bench = Self.bacnet()
    for id in [7, 8, 9] as [UInt8] { bench.tell(.received(0, octets(hex: "81 0a 00 09 01 00 60") + [id, 9])) }
    #expect(bench.result?.reason == "refused" && bench.probe.report?.claims.isEmpty == true)
  }

  private static let alike: [[UInt8]] = [
    octets(hex: "81 0a 00 11 01 04 00 05 07 0c 0c 02 3f ff ff 19 79"),
    octets(hex: "81 0b 00 14 01 00 10 00 c4 02 00 00 64 22 05 c4 91 00 21 0f"),
    property(6, 121, "X"), property(7, 70, "X"), Array("HTTP/1.1".utf8), [],
  ]

  /// An echo, I-Am, the answer to another question, another property, silence.
  @Test(arguments: alike)
  func `what is no answer to the BACnet question is waited past`(answer: [UInt8]) {
    var bench = Self.bacnet()
    bench.tell(.received(0, answer))
    #expect(bench.result == nil && bench.sent.count == 1)
    bench.wait()
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
  }

  @Test func `a closed port refutes BACnet, another failure decides nothing`() {
    var bench = Self.bacnet()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.bacnet()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  // MARK: EtherNet/IP (The CIP Networks Library volume 2, §2-4.2)

  private static func enip() -> ProbeBench<EtherNetIPProbe> {
    var bench = ProbeBench(EtherNetIPProbe(port: 44818, seed: 0x0102_0304))
    bench.begin()
    return bench
  }

  /// A programmable controller (type 14) with serial number 0x12345678 and the name "PLC-X".
  private static let identity = octets(
    hex: """
      63 00 2d 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 03 04 00 00 00 00
      01 00 0c 00 27 00 01 00
      00 02 af 12 c0 00 02 07 00 00 00 00 00 00 00 00
      01 00 0e 00 36 00 14 0b 00 00 78 56 34 12 05 50 4c 43 2d 58 03
      """)

  @Test func `an EtherNet/IP controller tells its identity`() throws {
    var bench = Self.enip()
    #expect(
      bench.sent == [octets(hex: "63 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 02 03 04 00 00 00 00")])
    bench.tell(.received(0, Self.identity))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && report.claims.map(\.value) == ["PLC-X", "20.11", "12345678", "plc"])
    #expect(bench.staysWithinSheet())
  }

  /// An echo; an answer to somebody else; a status of failure; ListServices.
  @Test func `what is no answer to ListIdentity is waited past`() {
    var (other, failed, services) = (Self.identity, Self.identity, Self.identity)
    other[19] = 5
    failed[8] = 1
    services[0] = 4
    for answer in [Self.enip().sent[0], other, failed, services, Array(Self.identity.dropLast(2))] {
      var bench = Self.enip()
      bench.tell(.received(0, answer))
      #expect(bench.result == nil)
      bench.wait()
      bench.wait()
      #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
    }
  }

  // MARK: KNXnet/IP (KNX Standard 03_08_02 §7.5.4, §7.6)

  private static func knx() -> ProbeBench<KNXnetIPProbe> {
    var bench = ProbeBench(KNXnetIPProbe(port: 3671))
    bench.begin()
    return bench
  }

  /// Device information of 54 octets, then the families with their versions.
  private static func gateway(_ families: [UInt8], service: UInt8 = 4) -> [UInt8] {
    var body = octets(hex: "36 01 02 00 11 03 00 00 00 c0 00 02 00 01 e0 00 17 0c 02 00 00 00 00 01")
    body += Array("gateway".utf8)
    body += [UInt8](repeating: 0, count: 23)
    body += [UInt8(2 + 2 * families.count), 2]
    for family in families { body += [family, 1] }
    return [6, 0x10, 2, service, 0, UInt8(6 + body.count)] + body
  }

  @Test func `tunnelling or routing without KNX IP Secure is proven`() throws {
    for families in [[2, 3, 4], [2, 5], [4, 5]] as [[UInt8]] {
      var bench = Self.knx()
      #expect(bench.sent == [octets(hex: "06 10 02 03 00 0e 08 01 00 00 00 00 00 00")])
      bench.tell(.received(0, Self.gateway(families)))
      #expect(bench.result == .proven && bench.staysWithinSheet())
      let claims = try #require(bench.probe.report?.claims)
      #expect(claims.map(\.value) == ["gateway", "00c000020001", "02:00:00:00:00:01", "gateway"])
    }
  }

  /// Octets of knxd 0.14.54 with tunnelling (`-D -T`), captured.
  @Test func `knxd is proven`() throws {
    var bench = Self.knx()
    bench.tell(
      .received(
        0,
        octets(hex: "06 10 02 04 00 44 36 01 02 00 00 01 00 00 00 00 00 00 00 00 e0 00 17 0c d6 42 8e c3 ff 66")
          + Array("lab-knx".utf8) + [UInt8](repeating: 0, count: 23) + octets(hex: "08 02 02 01 03 01 04 01")))
    #expect(bench.result == .proven)
    #expect(bench.probe.report?.claims.map(\.value) == ["lab-knx", "d6:42:8e:c3:ff:66", "gateway"])
  }

  @Test func `a gateway with KNX IP Secure is no finding, and one that leads to no bus is refuted`() {
    var bench = Self.knx()
    bench.tell(.received(0, Self.gateway([2, 3, 4, 9])))
    #expect(bench.result?.reason == "secure-offered")
    bench = Self.knx()
    bench.tell(.received(0, Self.gateway([2, 3])))
    #expect(bench.result == .refuted)
  }

  @Test func `what is no description is waited past`() {
    for answer in [Self.knx().sent[0], Self.gateway([4], service: 2), Array(Self.gateway([4]).dropLast()), []] {
      var bench = Self.knx()
      bench.tell(.received(0, answer))
      #expect(bench.result == nil)
      bench.wait()
      bench.wait()
      #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
    }
  }

  // MARK: All

  @Test func `controllers are asked under a technique of their own`() {
    #expect(ModbusProbe.sheet.technique == .otIdentify && BACnetProbe.sheet.technique == .otIdentify)
    #expect(EtherNetIPProbe.sheet.technique == .otIdentify && KNXnetIPProbe.sheet.technique == .otIdentify)
  }

  @Test func `every prefix decides nothing`() {
    for count in Self.identity.indices {
      var bench = Self.enip()
      bench.tell(.received(0, Array(Self.identity.prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    for count in Self.gateway([2, 3, 4]).indices {
      var bench = Self.knx()
      bench.tell(.received(0, Array(Self.gateway([2, 3, 4]).prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
  }

  @Test func `mutated BACnet answers leave it whole`() {
    let answers = [Self.property(7, 121, "Example Controls"), Self.property(8, 70, "BC-1"), Self.reject]
    #expect(HostileAnswers.fell(seed: 24, answers: answers) { BACnetProbe(port: 47808, seed: 7) } == nil)
  }

  @Test func `mutated EtherNet/IP and KNX answers leave them whole`() {
    #expect(
      HostileAnswers.fell(seed: 25, answers: [Self.identity]) { EtherNetIPProbe(port: 44818, seed: 0x0102_0304) }
        == nil)
    #expect(
      HostileAnswers.fell(seed: 26, answers: [Self.gateway([2, 4]), Self.gateway([9])]) { KNXnetIPProbe(port: 3671) }
        == nil)
  }
}
