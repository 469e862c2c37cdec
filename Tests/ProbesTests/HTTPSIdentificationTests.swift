import Records
import Testing
import Wire

@testable import Probes

struct HTTPSIdentificationTests {
  private static func report(_ event: ProbeEvent) throws -> ProbeReport? {
    var bench = ProbeBench(try #require(HTTPSIdentification(port: 443)))
    bench.begin()
    #expect(bench.actions == [.fetch(0, HTTPRequest(port: 443, path: "/", secure: true))])
    bench.tell(event)
    return bench.probe.report
  }

  @Test(arguments: [200, 401, 500]) func `any status line inside TLS is HTTP`(status: Int) throws {
    let exchange = HTTPExchange(status: status, version: "1.1", headers: [HeaderField("Server", "nginx")])
    let report = try #require(try Self.report(.response(0, exchange)))
    guard case .identified(.http, tls: true, let basis) = report.identification else {
      Issue.record("\(report)")
      return
    }
    #expect(basis.en.contains("HTTP/1.1 \(status)"))
    #expect(report.claims == [Claim(.software, "nginx", source: "tcp/443 http Server", confidence: .medium)])
  }

  @Test func `what says nothing in HTTP stays what it was`() throws {
    let headless = HTTPExchange(status: 200, version: "0.9", body: Array("220 ready".utf8))
    for event in [
      ProbeEvent.response(0, HTTPExchange(failure: "closed")), .failed(0, reason: "not-permitted"),
      .response(0, headless),
    ] {
      #expect(try Self.report(event) == ProbeReport())
    }
  }

  /// MQTT, IMAP and mail submission inside TLS, by IANA's registry.
  @Test(arguments: [8883, 993, 465] as [UInt16]) func `ports of other protocols are not asked`(port: UInt16) {
    #expect(HTTPSIdentification(port: port) == nil)
  }
}
