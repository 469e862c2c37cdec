import LabSupport
import Records
import Testing

@testable import Probes

/// Octets by hand: a header of 32 octets with the length twice, little-endian, then JSON.
struct DHIPProbeTests {
  private static func begun() -> ProbeBench<DHIPProbe> {
    var bench = ProbeBench(DHIPProbe(port: 37810))
    bench.begin()
    return bench
  }

  private static func message(_ json: String) -> [UInt8] {
    let length: [UInt8] = [UInt8(json.utf8.count % 256), UInt8(json.utf8.count / 256), 0, 0, 0, 0, 0, 0]
    return octets(hex: "20 00 00 00 44 48 49 50 00 00 00 00 00 00 00 00") + length + length + Array(json.utf8)
  }

  private static func device(_ fields: String) -> [UInt8] {
    message(
      #"{ "mac" : "3c:ef:8c:10:00:72", "method" : "client.notifyDevInfo", "params" : { "deviceInfo" : {\#(fields)} } }"#
    )
  }

  /// The fields that users of the protocol published of a camera, with other numbers.
  private static let camera = device(
    """
    "DeviceClass":"IPC","DeviceType":"IPC-HDW5421S","HttpPort":80,"Init":150,"MachineName":"1F00000PAX00075",\
    "Manufacturer":"Private","Port":37777,"SerialNo":"1F00000PAX00075","UnLoginFuncMask":1,"Vendor":"Dahua",\
    "Version":"2.400.0.8"
    """)

  @Test func `what a camera tells goes into the inventory, and is no verdict`() throws {
    var bench = Self.begun()
    #expect(bench.sent == [Self.message(#"{"method":"DHDiscover.search","params":{"mac":"","uni":1}}"#)])
    bench.tell(.received(0, Self.camera))
    let report = try #require(bench.probe.report)
    #expect(
      report.claims.map { "\($0.kind.rawValue) \($0.value)" } == [
        "model IPC-HDW5421S", "firmware 2.400.0.8", "serial 1F00000PAX00075", "mac 3c:ef:8c:10:00:72", "vendor Dahua",
        "role camera",
      ])
    #expect(report.claims.allSatisfy { $0.source.hasPrefix("udp/37810 dahua-dhip ") })
    #expect(report.verdicts.isEmpty && bench.staysWithinSheet())
  }

  @Test func `a name that somebody gave is a name, and a brand that is not to be told is none`() {
    var bench = Self.begun()
    bench.tell(
      .received(0, Self.device(#""DeviceClass":"NVR","MachineName":"Gate","Vendor":"General","Manufacturer":"X""#)))
    #expect(
      bench.probe.report?.claims.map { "\($0.kind.rawValue) \($0.value)" } == [
        "mac 3c:ef:8c:10:00:72", "name Gate", "vendor X", "role nvr",
      ])
    bench = Self.begun()
    bench.tell(.received(0, Self.device(#""DeviceClass":"BSC","Vendor":"General","Manufacturer":"Private""#)))
    #expect(bench.probe.report?.claims.map(\.kind) == [.mac])
  }

  private static let alike: [[UInt8]] = [
    // Another searcher's question, an answer to something else, a text for the information, JSON without the header, cut off.
    message(#"{"method":"DHDiscover.search","params":{"mac":"","uni":1}}"#), message(#"{"result":{}}"#),
    message(#"{"method":"client.notifyDevInfo","params":{"deviceInfo":"none"}}"#), Array(camera.dropFirst(32)),
    Array(camera.dropLast()), [],
  ]

  @Test(arguments: alike)
  func `what merely looks alike is waited past`(octets: [UInt8]) {
    var bench = Self.begun()
    bench.tell(.received(0, octets))
    #expect(bench.probe.report == nil)
    bench.wait()
    bench.wait()
    #expect(bench.probe.report == ProbeReport() && bench.sent.count == 2)
  }

  @Test func `a failure ends it`() {
    var bench = Self.begun()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.probe.report == ProbeReport())
  }

  @Test func `every prefix and mutated answers leave it whole`() {
    for count in Self.camera.indices {
      var bench = Self.begun()
      bench.tell(.received(0, Array(Self.camera.prefix(count))))
      #expect(bench.probe.report == nil, "\(count)")
    }
    #expect(HostileAnswers.fell(seed: 64, answers: [Self.camera]) { DHIPProbe(port: 37810) } == nil)
  }
}
