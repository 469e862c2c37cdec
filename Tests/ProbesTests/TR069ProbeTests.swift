import LabSupport
import Records
import Testing
import Wire

@testable import Probes

struct TR069ProbeTests {
  private static func result(
    _ status: Int, at port: UInt16 = 7547, challenge: String? = nil, server: String? = nil
  ) throws -> ProbeVerdict.Result? {
    var bench = ProbeBench(try #require(TR069Probe(port: port, secure: false)))
    bench.begin()
    let headers = [("WWW-Authenticate", challenge), ("Server", server)].compactMap { name, value in
      value.map { HeaderField(name, $0) }
    }
    bench.tell(.response(0, HTTPExchange(status: status, version: "1.1", headers: headers)))
    #expect(bench.staysWithinSheet())
    return bench.result
  }

  @Test func `it asks once for the first page, and only where it may be`() throws {
    var bench = ProbeBench(try #require(TR069Probe(port: 7547, secure: true)))
    bench.begin()
    #expect(bench.actions == [.fetch(0, HTTPRequest(port: 7547, path: "/", secure: true))])
    #expect(TR069Probe(port: 80, secure: false) == nil)
  }

  /// TR-069 Amendment 6 §3.2.2.1: the connection request server asks for Digest.
  @Test func `a server for connection requests proves it`() throws {
    #expect(try Self.result(401, challenge: "Digest realm=\"cpe\", qop=\"auth\", nonce=\"1\"") == .proven)
    #expect(try Self.result(401, at: 30005, challenge: "Digest realm=\"HuaweiHomeGateway\", nonce=\"1\"") == .proven)
    #expect(try Self.result(404, server: "TR069 httpd v1.0") == .proven)
  }

  /// A web server with Digest at another port, Basic, a page, an error.
  @Test func `what merely looks alike decides nothing`() throws {
    #expect(try Self.result(401, at: 5555, challenge: "Digest realm=\"x\"")?.reason == "status-401")
    #expect(try Self.result(401, challenge: "Basic realm=\"x\"")?.reason == "status-401")
    #expect(try Self.result(200, challenge: "Digest realm=\"x\"")?.reason == "status-200")
    #expect(try Self.result(404, server: "nginx")?.reason == "status-404")
    #expect(try Self.result(401, challenge: "Digestive realm=\"x\"")?.reason == "status-401")
  }

  @Test func `failures decide nothing`() throws {
    for event in [ProbeEvent.failed(0, reason: "not-permitted"), .response(0, HTTPExchange(failure: "reset"))] {
      var bench = ProbeBench(try #require(TR069Probe(port: 7547, secure: false)))
      bench.begin()
      bench.tell(event)
      #expect(["not-permitted", "reset"].contains(bench.result?.reason))
    }
  }
}
