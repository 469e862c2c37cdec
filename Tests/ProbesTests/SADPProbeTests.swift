import LabSupport
import Records
import Testing

@testable import Probes

struct SADPProbeTests {
  private static let identifier = "00000000-0000-8000-8000-74656E6B002A"

  /// The fields that published answers of cameras have, in their order.
  static func match(_ activated: String = "<Activated>false</Activated>", uuid: String = identifier) -> [UInt8] {
    Array(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <ProbeMatch>
      <Uuid>\(uuid)</Uuid>
      <Types>inquiry</Types>
      <DeviceType>36322</DeviceType>
      <DeviceDescription>DS-2CD2032-I</DeviceDescription>
      <DeviceSN>DS-2CD2032-I20140903CCWR0001</DeviceSN>
      <CommandPort>8000</CommandPort>
      <SoftwareVersion>V5.6.2build 190701</SoftwareVersion>
      \(activated)
      </ProbeMatch>
      """.utf8)
  }

  private static func asked() -> ProbeBench<SADPProbe> {
    var bench = ProbeBench(SADPProbe(port: 37020, seed: 42))
    bench.begin()
    return bench
  }

  @Test func `the request is an inquiry, which changes nothing`() {
    #expect(
      Self.asked().sent == [
        Array(
          ("<?xml version=\"1.0\" encoding=\"utf-8\"?><Probe><Uuid>\(Self.identifier)</Uuid>"
            + "<Types>inquiry</Types></Probe>").utf8)
      ])
  }

  @Test func `a device that says it is not activated proves it, one that is refutes`() {
    var bench = Self.asked()
    bench.tell(.received(0, Self.match()))
    #expect(bench.result == .proven && bench.staysWithinSheet())
    #expect(
      bench.probe.report?.claims.map(\.value) == [
        "DS-2CD2032-I", "DS-2CD2032-I20140903CCWR0001", "V5.6.2build 190701", "Hikvision",
      ])
    #expect(bench.probe.report?.claims.last?.confidence == .medium, "brands that it is sold to say their own names")
    bench = Self.asked()
    bench.tell(.received(0, Self.match("<Activated>true</Activated>")))
    #expect(bench.result == .refuted)
  }

  @Test(arguments: ["", "<Activated/>", "<Activated>no</Activated>", "<Inner><Activated>false</Activated></Inner>"])
  func `one that does not say decides nothing`(activated: String) {
    var bench = Self.asked()
    bench.tell(.received(0, Self.match(activated)))
    #expect(bench.result?.reason == "not-said")
  }

  /// Somebody else's answer, the question sent back, another document, nothing.
  @Test func `what merely looks alike is passed over; silence is asked twice`() throws {
    var bench = Self.asked()
    for octets in [
      Self.match(uuid: "00000000-0000-8000-8000-74656E6B002B"), try #require(bench.sent.first),
      Array("<a><ProbeMatch/></a>".utf8), [],
    ] { bench.tell(.received(0, octets)) }
    #expect(bench.probe.report == nil)
    bench.wait()
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
    bench = Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `prefixes and mutations leave it whole`() {
    let match = Self.match()
    for count in match.indices { #expect(SADPMatch(parsing: Array(match.prefix(count))) == nil, "\(count)") }
    var random = SeededRandom(seed: 37020)
    for _ in 0..<20_000 {
      var bench = Self.asked()
      bench.tell(.received(0, Mutation.of(match, &random)))
      bench.wait()
      bench.wait()
      #expect(bench.probe.report != nil && bench.staysWithinSheet())
    }
  }
}
