import LabSupport
import Records
import Testing

@testable import Probes

/// Octets by hand, in the layout that Wireshark dissects (ubdp).
struct UbiquitiProbeTests {
  private static func begun() -> ProbeBench<UbiquitiProbe> {
    var bench = ProbeBench(UbiquitiProbe(port: 10001))
    bench.begin()
    return bench
  }

  private static let answer = octets(
    hex: """
      01 00 00 28 02 00 0a 04 18 d6 00 00 01 c0 00 02 14  // MAC and address
      0b 00 04 61 70 2d 31                                // name
      0c 00 03 4c 4d 35                                   // platform
      03 00 0b 58 4d 2e 76 36 2e 33 2e 31 31 00           // firmware
      """)

  @Test func `a device that tells who it is proves it`() throws {
    var bench = Self.begun()
    #expect(bench.sent == [[1, 0, 0, 0]])
    bench.tell(.received(0, Self.answer))
    let report = try #require(bench.probe.report)
    #expect(bench.result == .proven && bench.staysWithinSheet())
    #expect(report.claims.map(\.value) == ["LM5", "XM.v6.3.11", "ap-1", "04:18:d6:00:00:01", "Ubiquiti"])
    #expect(report.verdicts[0].basis.en.contains("LM5, XM.v6.3.11, ap-1"))
  }

  private static let alike: [[UInt8]] = [
    [1, 0, 0, 0], [2, 6] + Array(answer.dropFirst(2)), octets(hex: "01 00 00 07 0b 00 04 61 70 2d 31"),
    Array(answer.dropLast()), Array("HTTP/1.1 400".utf8), [],
  ]

  /// An echo, an answer of version 2, one that names no address, one that is cut off.
  @Test(arguments: alike)
  func `what merely looks alike is waited past`(octets: [UInt8]) {
    var bench = Self.begun()
    bench.tell(.received(0, octets))
    #expect(bench.result == nil)
    bench.wait()
    bench.wait()
    #expect(bench.result?.reason == "no-answer" && bench.sent.count == 2)
  }

  @Test func `a closed port refutes, another failure decides nothing`() {
    var bench = Self.begun()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.begun()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `every prefix and mutated answers leave it whole`() {
    for count in Self.answer.indices {
      var bench = Self.begun()
      bench.tell(.received(0, Array(Self.answer.prefix(count))))
      #expect(bench.result == nil, "\(count)")
    }
    #expect(HostileAnswers.fell(seed: 27, answers: [Self.answer]) { UbiquitiProbe(port: 10001) } == nil)
  }
}
