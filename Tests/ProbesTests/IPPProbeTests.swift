import Addressing
import LabSupport
import Records
import Testing

@testable import Probes

struct IPPProbeTests {
  private static func asked() throws -> ProbeBench<IPPProbe> {
    let address = try #require(IPAddress("192.0.2.1"))
    var bench = ProbeBench(IPPProbe(address: address, port: 631, secure: false, seed: 0x0a0b_0c0d))
    bench.begin()
    return bench
  }

  private static func requests(_ bench: ProbeBench<IPPProbe>) -> [HTTPRequest] {
    bench.actions.compactMap { if case .fetch(_, let request) = $0 { request } else { nil } }
  }

  private static func attribute(_ tag: UInt8, _ name: String, _ value: String) -> [UInt8] {
    [tag, 0, UInt8(name.utf8.count)] + Array(name.utf8) + [0, UInt8(value.utf8.count)] + Array(value.utf8)
  }

  /// RFC 8010 §3.1: version, status, the request's number, the groups.
  private static func answer(
    _ ways: [String], status: [UInt8] = [0, 0], number: [UInt8] = [0x0a, 0x0b, 0x0c, 0x0d]
  ) -> [UInt8] {
    var octets: [UInt8] = [2, 0] + status + number + [1] + attribute(0x47, "attributes-charset", "utf-8") + [4]
    octets += attribute(0x41, "printer-make-and-model", "Lab 100")
    for (index, way) in ways.enumerated() {
      octets += attribute(0x44, index == 0 ? "uri-authentication-supported" : "", way)
    }
    return octets + [3]
  }

  private static func told(_ body: [UInt8], status: Int = 200) throws -> ProbeBench<IPPProbe> {
    var bench = try asked()
    bench.tell(.response(1, HTTPExchange(status: status, body: body)))
    return bench
  }

  /// RFC 8011 §4.2.5, RFC 8010 §3: version 1.1, operation 0x000b, the number, charset, language, the printer.
  @Test func `the question reads attributes, and nothing that prints`() throws {
    let bench = try Self.asked()
    let request = try #require(Self.requests(bench).first)
    #expect(request.port == 631 && request.path == "/ipp/print" && !request.secure)
    guard case .post("application/ipp", let body) = request.method else {
      Issue.record("\(request.method)")
      return
    }
    let head: [UInt8] = [1, 1, 0, 0x0b, 0x0a, 0x0b, 0x0c, 0x0d, 1]
    let operation =
      Self.attribute(0x47, "attributes-charset", "utf-8") + Self.attribute(0x48, "attributes-natural-language", "en")
      + Self.attribute(0x45, "printer-uri", "ipp://192.0.2.1:631/ipp/print")
    #expect(body.starts(with: head + operation))
  }

  /// RFC 8011 §5.4.2: with none and requesting-user-name nobody is asked to show who he is.
  @Test(arguments: [
    (["none"], "proven"), (["requesting-user-name"], "proven"), (["basic", "none"], "proven"), (["basic"], "refuted"),
    (["digest", "negotiate"], "refuted"), ([], "no-attribute"),
  ])
  func `the printer's own word decides`(ways: [String], expected: String) throws {
    let bench = try Self.told(Self.answer(ways))
    #expect(bench.result?.reason ?? bench.result?.word == expected)
    #expect(bench.staysWithinSheet() && Self.requests(bench).count == 1)
    if expected == "proven" { #expect(bench.probe.report?.claims.map(\.value) == ["Lab 100", "printer"]) }
  }

  /// PWG 5107.2 §3: keys and values of IEEE 1284; spellings of makers.
  @Test(
    arguments: [
      ("MFG:EPSON;CMD:ESCPL2;MDL:WF-7840 Series;CLS:PRINTER;SN:X1Y2;", ["EPSON", "X1Y2"]),
      ("Manufacturer: Brother;SERN:U6;Manufacturer:Other;", ["Brother", "U6"]), ("MFG:;SN: ;", []), ("MFG", []),
      ("", []),
      (";;:;MFG:A:B", ["A:B"]),
    ] as [(String, [String])])
  func `the device's identifier names its maker`(text: String, expected: [String]) throws {
    var octets = Self.answer(["none"])
    octets.removeLast()
    let bench = try Self.told(octets + Self.attribute(0x41, "printer-device-id", text) + [3])
    let claims = try #require(bench.probe.report?.claims).filter { $0.source.hasSuffix("printer-device-id") }
    #expect(claims.map(\.value) == expected)
  }

  /// 401 (RFC 9110 §15.5.2); client-error-not-authenticated (RFC 8011 appendix B.1.4.3).
  @Test func `a demand for a login refutes it`() throws {
    #expect(try Self.told([], status: 401).result == .refuted)
    #expect(try Self.told(Self.answer([], status: [4, 2])).result == .refuted)
  }

  /// client-error-not-found (RFC 8011 appendix B.1.4.7), then what CUPS calls its default (operation 0x4001).
  @Test func `where there is no such printer, two more places are asked`() throws {
    var bench = try Self.told(Self.answer([], status: [4, 6]))
    bench.tell(.response(2, HTTPExchange(status: 404)))
    #expect(Self.requests(bench).map(\.path) == ["/ipp/print", "/ipp", "/"])
    guard case .post(_, let body) = try #require(Self.requests(bench).last).method else {
      Issue.record("no POST")
      return
    }
    #expect(body.starts(with: [1, 1, 0x40, 1]))
    bench.tell(.response(3, HTTPExchange(status: 200, body: Self.answer(["requesting-user-name"]))))
    #expect(bench.result == .proven && bench.staysWithinSheet())
    #expect(bench.probe.report?.claims.isEmpty == true, "the queue's model is not the server's")
    bench = try Self.told([], status: 404)
    bench.tell(.response(2, HTTPExchange(status: 404)))
    bench.tell(.response(3, HTTPExchange(status: 404)))
    #expect(bench.result?.reason == "status-404")
  }

  /// A page, another number, our own question sent back, an error of the server.
  @Test func `what merely looks alike decides nothing`() throws {
    let page = Array("<!DOCTYPE html><html><title>Printer</title></html>".utf8)
    for body in [page, Self.answer(["none"], number: [0, 0, 0, 1]), []] {
      #expect(try Self.told(body).result?.reason == "other-answer")
    }
    #expect(try Self.told(Self.answer(["none"], status: [5, 0])).result?.reason == "no-attribute")
    #expect(try Self.told(page, status: 405).result?.reason == "status-405")
  }

  @Test func `no answer and a failure decide nothing`() throws {
    var bench = try Self.asked()
    bench.tell(.response(1, HTTPExchange(failure: "timed out")))
    #expect(bench.result?.reason == "timed out")
    bench = try Self.asked()
    bench.tell(.failed(1, reason: "request-limit"))
    #expect(bench.result?.reason == "request-limit")
  }

  @Test func `only IPP's own port is asked`() throws {
    let registry = ProbeRegistry(ProbeRegistry.management)
    for (port, count) in [(631, 1), (80, 0)] as [(UInt16, Int)] {
      let target = ProbeTarget(
        address: try #require(IPAddress("192.0.2.1")), endpoint: ServiceEndpoint(transport: .tcp, port: port),
        protocolName: .http, seed: 1, moment: ManualClock.startOfDay)
      #expect(registry.probes(for: target).count == count)
    }
  }

  @Test func `every prefix and changed octets leave it whole`() throws {
    let answer = Self.answer(["none"])
    for count in answer.indices { #expect(try Self.told(Array(answer.prefix(count))).result?.reason == "other-answer") }
    let bench = try Self.asked()
    var random = SeededRandom(seed: 27)
    for _ in 0..<20_000 {
      var octets = answer
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var asked = bench
      for number in 1...3 { asked.tell(.response(number, HTTPExchange(status: 200, body: octets))) }
      guard asked.probe.report != nil, asked.staysWithinSheet() else {
        Issue.record("\(octets)")
        return
      }
    }
  }
}
