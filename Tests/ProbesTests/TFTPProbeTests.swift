import LabSupport
import Records
import Testing

@testable import Probes

struct TFTPProbeTests {
  private static func asked() -> ProbeBench<TFTPProbe> {
    var bench = ProbeBench(TFTPProbe(port: 69, seed: 12_345_678_901))
    bench.begin()
    return bench
  }

  /// RFC 1350 §5: opcode 1, the name, 0, "octet", 0. The answer comes from a port the server chooses (§4).
  @Test func `the request is a read request for a made-up name`() throws {
    let bench = Self.asked()
    let payload = try #require(bench.sent.first)
    #expect(payload == [0, 1] + Array("tenken-45678901".utf8) + [0] + Array("octet".utf8) + [0])
    guard case .datagram(0, let request) = bench.actions.first else {
      Issue.record("\(bench.actions)")
      return
    }
    #expect(request.port == 69 && request.anySourcePort && request.localPort == nil)
  }

  /// Positive controls: RFC 1350 §5, error 1; error 0 with a text of its own; the first block of data.
  @Test(arguments: [
    [0, 5, 0, 1] + Array("File not found".utf8) + [0], [0, 5, 0, 0, 0],
    [0, 5, 0, 2] + Array("Access violation".utf8) + [0],
    [0, 3, 0, 1], [0, 3, 0, 1] + [UInt8](repeating: 7, count: 512),
  ])
  func `an answer in TFTP proves it`(answer: [UInt8]) {
    var bench = Self.asked()
    bench.tell(.received(0, answer))
    #expect(bench.result == .proven)
    #expect(bench.sent.count == 1 && bench.staysWithinSheet())
  }

  /// An acknowledgement, a request, a later block, an error without its end, DNS, an echo of the question.
  @Test(arguments: [
    [], [0], [0, 5], [0, 5, 0, 1], [0, 4, 0, 0], [0, 1, 0x61, 0], [0, 3, 0, 2], [0, 5, 0, 9, 0], [0, 5, 1, 0, 0],
    [0, 5, 0, 1, 0x61], [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 0], [0, 3, 0, 1] + [UInt8](repeating: 7, count: 513),
    [0, 1] + Array("tenken-45678901".utf8) + [0] + Array("octet".utf8) + [0],
  ])
  func `what merely looks alike does not`(answer: [UInt8]) {
    var bench = Self.asked()
    bench.tell(.received(0, answer))
    #expect(bench.result == nil)
  }

  @Test func `silence is asked twice and decides nothing; a closed port refutes`() {
    var bench = Self.asked()
    bench.wait()
    #expect(bench.sent.count == 2 && bench.result == nil)
    bench.wait()
    #expect(bench.sent.count == 2 && bench.result?.reason == "no-answer")
    #expect(bench.staysWithinSheet())
    bench = Self.asked()
    bench.tell(.failed(0, reason: "port-unreachable"))
    #expect(bench.result == .refuted)
    bench = Self.asked()
    bench.tell(.failed(0, reason: "not-permitted"))
    #expect(bench.result?.reason == "not-permitted")
  }

  @Test func `every prefix and random octets leave it whole`() {
    let error = [0, 5, 0, 1] + Array("File not found".utf8) + [0]
    for count in error.indices { #expect(TFTPAnswer(parsing: Array(error.prefix(count))) == nil, "\(count)") }
    var random = SeededRandom(seed: 12)
    for _ in 0..<20_000 {
      let octets = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...9, using: &random) }
      var bench = Self.asked()
      bench.tell(.received(0, octets))
      bench.wait()
      bench.wait()
      #expect(bench.probe.report != nil)
    }
  }
}
