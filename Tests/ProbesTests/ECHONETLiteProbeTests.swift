import LabSupport
import Records
import Testing

@testable import Probes

/// Octets by hand from the ECHONET Lite specification, part 2: §3.2 (frame), §6.11.1 (node profile), appendix 1 (property
/// maps).
struct ECHONETLiteProbeTests {
  private static func begun(said: [UInt8] = []) -> ProbeBench<ECHONETLiteProbe> {
    var bench = ProbeBench(ECHONETLiteProbe(port: 3610, said: said, seed: 0x2a))
    bench.begin()
    return bench
  }

  /// Get_Res of the node profile: instances, maker Daikin, identification. Transaction 0x002a.
  private static func node(_ instances: String, service: String = "72") -> [UInt8] {
    octets(
      hex: """
        10 81 00 2a 0e f0 01 05 ff 01 \(service) 03
        d6 \(instances)
        8a 03 00 00 08
        83 11 fe 00 00 08 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d
        """)
  }

  private static let lockAndSensor = "07 02 02 6f 01 00 11 01"

  /// An air conditioner's map of 16 codes; lower halves 0 to 15, bit 0 is 0x80, bit 7 0xf0.
  private static let airConditioner = "9e 11 10 1f 07 00 0c 06 06 02 00 00 00 00 00 00 00 00 01"

  private static func answer(_ number: String, _ object: String, _ property: String, service: String = "72") -> [UInt8]
  {
    octets(hex: "10 81 00 \(number) \(object) 05 ff 01 \(service) 01 \(property)")
  }

  @Test func `the first question reads the node profile, and leaves from port 3610`() throws {
    let bench = Self.begun()
    #expect(bench.sent == [octets(hex: "10 81 00 2a 05 ff 01 0e f0 01 62 05 d6 00 8a 00 83 00 8c 00 8d 00")])
    guard case .datagram(0, let request)? = bench.actions.first else {
      Issue.record("\(bench.actions)")
      return
    }
    #expect(request.port == 3610 && request.localPort == 3610 && request.anySourcePort)
  }

  @Test func `a lock whose map holds more than its place is proven, with maker and role`() throws {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node(Self.lockAndSensor)))
    // A second passes before the next question.
    #expect(bench.sent.count == 1)
    bench.wait()
    #expect(bench.sent.last == octets(hex: "10 81 00 2b 05 ff 01 02 6f 01 62 01 9e 00"))
    bench.tell(.received(0, Self.answer("2b", "02 6f 01", "9e 04 03 80 81 e0")))
    bench.wait()
    #expect(bench.sent.last == octets(hex: "10 81 00 2c 05 ff 01 00 11 01 62 01 9e 00"))
    bench.tell(.received(0, Self.answer("2c", "00 11 01", "9e 02 01 81")))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && report.verdicts.map(\.question) == ["echonet.control"])
    let basis = report.verdicts[0].basis
    #expect(basis.en.contains("0x80, 0xe0 of an electric lock (026f01)") && !basis.en.contains("0x81"))
    #expect(basis.ja.contains("電気錠(026f01)の0x80, 0xe0") && !basis.en.contains("sensor"))
    #expect(report.claims.filter { $0.kind == .vendor }.map(\.value) == ["Daikin Industries"])
    #expect(report.claims.filter { $0.kind == .uuid }.map(\.value) == ["000008" + "0102030405060708090a0b0c0d"])
    #expect(
      report.claims.filter { $0.kind == .role }.map { "\($0.value) \($0.confidence)" } == [
        "appliance medium", "sensor low",
      ])
    #expect(bench.staysWithinSheet() && bench.probe.wakeAt == nil)
  }

  /// Get_SNA with what the node has: the instance list, and product code and production number of twelve octets
  /// (appendix, device object super class).
  private static func named(_ instances: String, product: String) -> [UInt8] {
    octets(hex: "10 81 00 2a 0e f0 01 05 ff 01 52 05 d6 \(instances) 8a 00 83 00 8c 0c \(product) 8d 0c")
      + Array("A00001      ".utf8)
  }

  @Test func `product code and production number are model and serial number`() throws {
    var bench = Self.begun()
    bench.tell(.received(0, Self.named("01 00", product: "53 32 32 5a 54 45 53 2d 57 00 00 00")))
    let claims = try #require(bench.probe.report?.claims)
    #expect(claims.map(\.kind) == [.model, .serial] && claims.map(\.value) == ["S22ZTES-W", "A00001"])
    bench = Self.begun()
    bench.tell(.received(0, Self.named("01 00", product: "00 00 00 00 00 00 00 00 00 00 00 00")))
    #expect(bench.probe.report?.claims.map(\.kind) == [.serial], "zeros are no name")
  }

  /// An air conditioner with a lock and a temperature sensor; two kinds of sensors; lights; a node that names nothing.
  @Test(
    arguments: [
      ("0a 03 01 30 01 02 6f 01 00 11 01", ["appliance low", "sensor low", "thermostat medium"]),
      ("07 02 00 11 01 00 12 01", ["sensor medium"]),
      ("07 02 02 90 01 01 30 01", ["light medium", "thermostat medium"]),
      ("01 00", []),
    ] as [(String, [String])])
  func `the class that says most is believed most`(instances: String, roles: [String]) throws {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node(instances)))
    for _ in 0..<20 { bench.wait() }
    let claims = try #require(bench.probe.report?.claims).filter { $0.kind == .role }
    #expect(claims.map { "\($0.value) \($0.confidence)" } == roles)
  }

  @Test func `a bit map of sixteen codes is shown by its first four and their number`() throws {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node("04 01 01 30 01")))
    bench.wait()
    bench.tell(.received(0, Self.answer("2b", "01 30 01", Self.airConditioner)))
    // 16 codes, of which 0x81 is its place.
    let basis = try #require(bench.probe.report?.verdicts.first?.basis)
    #expect(bench.result == .proven && basis.en.contains("0x80, 0x8f, 0x90, 0x91 and more, 15 in all"))
  }

  /// The secured twin and the look-alike: an empty map, and a sensor of which only the place can be set.
  @Test(arguments: ["9e 01 00", "9e 02 01 81", "9e 04 03 81 97 98"])
  func `what operates nothing refutes it`(map: String) {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node("04 01 00 11 01")))
    bench.wait()
    bench.tell(.received(0, Self.answer("2b", "00 11 01", map)))
    #expect(bench.result == .refuted)
  }

  @Test func `a node without appliances is refuted`() {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node("01 00")))
    #expect(bench.result == .refuted && bench.sent.count == 1)
  }

  /// The node does not repeat the list; what it told the scan counts.
  @Test func `the scan's answer stands in for a list that is refused`() {
    var bench = Self.begun(said: octets(hex: "10 81 99 99 0e f0 01 05 ff 01 72 01 d6 04 01 02 90 01"))
    bench.tell(.received(0, Self.node("00", service: "52")))
    bench.wait()
    #expect(bench.sent.last?.suffix(7) == octets(hex: "02 90 01 62 01 9e 00")[...])
  }

  @Test func `of many appliances four are asked, one of each class first`() throws {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node("13 06 02 90 01 02 90 02 02 90 03 01 30 01 02 6f 01 02 90 04")))
    var asked: [[UInt8]] = []
    for number in ["2b", "2c", "2d", "2e"] {
      bench.wait()
      let object = Array(try #require(bench.sent.last)[7..<10])
      asked.append(object)
      let name = object.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      bench.tell(.received(0, Self.answer(number, name, "9e 02 01 80")))
    }
    #expect(asked == [[2, 0x90, 1], [1, 0x30, 1], [2, 0x6f, 1], [2, 0x90, 2]])
    #expect(bench.probe.report?.verdicts.first?.basis.en.contains("Another 2 appliances were not asked") == true)
  }

  /// The question itself, an announcement, another object's answer, another number, another protocol.
  @Test(arguments: [
    "10 81 00 2a 05 ff 01 0e f0 01 62 03 d6 00 8a 00 83 00", "10 81 00 2a 0e f0 01 0e f0 01 73 01 d5 04 01 02 6f 01",
    "10 81 00 2a 02 6f 01 05 ff 01 72 01 d6 04 01 02 6f 01", "10 81 00 2b 0e f0 01 05 ff 01 72 01 d6 04 01 02 6f 01",
    "10 82 00 2a", "48 54 54 50", "",
  ])
  func `what merely looks alike is waited past`(answer: String) {
    var bench = Self.begun()
    bench.tell(.received(0, octets(hex: answer)))
    #expect(bench.result == nil && bench.sent.count == 1)
    bench.wait()
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
  }

  @Test func `an appliance that is silent, or refuses, leaves it undecided`() {
    var bench = Self.begun()
    bench.tell(.received(0, Self.node("04 01 01 30 01")))
    for _ in 0..<3 { bench.wait() }
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 3 && bench.staysWithinSheet())
    bench = Self.begun()
    bench.tell(.received(0, Self.node("04 01 01 30 01")))
    bench.wait()
    bench.tell(.received(0, Self.answer("2b", "01 30 01", "9e 00", service: "52")))
    #expect(bench.result?.reason == "other-answer")
  }

  @Test func `a closed port refutes, another failure decides nothing`() {
    var bench = Self.begun()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.begun()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `every prefix and mutated answers leave it whole, and nothing is ever set`() {
    let answers = [Self.node(Self.lockAndSensor), Self.answer("2b", "02 6f 01", Self.airConditioner)]
    for count in answers[0].indices {
      var bench = Self.begun()
      bench.tell(.received(0, Array(answers[0].prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    #expect(
      HostileAnswers.fell(seed: 21, answers: answers) { ECHONETLiteProbe(port: 3610, said: answers[0], seed: 0x2a) }
        == nil)
    // ESV stands at 10 in whatever is sent (part 2 §3.2.5).
    var random = SeededRandom(seed: 22)
    for _ in 0..<500 {
      var bench = Self.begun()
      for answer in answers {
        bench.tell(.received(0, HostileAnswers.mutate(answer, &random)))
        bench.wait()
      }
      #expect(bench.sent.allSatisfy { $0[10] == 0x62 })
    }
  }
}
