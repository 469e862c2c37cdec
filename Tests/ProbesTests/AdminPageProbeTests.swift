import Addressing
import LabSupport
import Records
import Testing
import Wire

@testable import Probes

struct AdminPageProbeTests {
  private static let firmware = """
    <form method=post action="/fw" enctype="multipart/form-data">Firmware: <INPUT TYPE=file name=image></form>
    """
  private static let reboot = "<form action=/sys><button name=act value=1>Reboot</button></form>"
  private static let login = "<form action=/login><input name=u><input type=password name=p></form>"

  private static func asked(said: String = "", port: UInt16 = 80) throws -> ProbeBench<AdminPageProbe> {
    let address = try #require(IPAddress("10.0.0.31"))
    var bench = ProbeBench(
      try #require(AdminPageProbe(address: address, port: port, secure: false, said: Array(said.utf8), seed: 1_234)))
    bench.begin()
    return bench
  }

  private static func page(_ body: String, _ status: Int = 200, _ headers: [HeaderField] = []) -> HTTPExchange {
    HTTPExchange(status: status, version: "1.1", headers: headers, body: Array(body.utf8))
  }

  /// The answers to its requests, one after the other.
  private static func answered(_ pages: HTTPExchange...) throws -> ProbeBench<AdminPageProbe> {
    var bench = try asked()
    for (number, page) in pages.enumerated() { bench.tell(.response(number + 1, page)) }
    #expect(bench.staysWithinSheet())
    return bench
  }

  @Test(arguments: [
    (firmware, AdminPage.Sign.firmware), (reboot, .restart),
    ("<form><input type=submit value='再起動'></form>", .restart),
    ("<form action='/goform/reboot'><input type=submit></form>", .restart),
    ("<form action=/pw>Administrator<input type=password name=new><input type=password name=again></form>", .password),
    ("<form>ファームウェアの更新<input type='file'>", .firmware),
  ])
  func `an administrator's form proves it when another path is answered otherwise`(
    body: String, sign: AdminPage.Sign
  ) throws {
    #expect(AdminPage(Array(body.utf8)).signs == [sign])
    let bench = try Self.answered(Self.page(body), Self.page("", 404))
    #expect(bench.result == .proven)
    #expect(bench.fetches.map(\.path) == ["/", "/tenken-1234"])
  }

  @Test func `a server that answers every path alike decides nothing`() throws {
    let bench = try Self.answered(Self.page(Self.reboot), Self.page(Self.reboot))
    #expect(bench.result?.reason == "answers-every-path")
  }

  @Test func `a login refutes, whatever else is on its page`() throws {
    #expect(try Self.answered(Self.page(Self.login)).result == .refuted)
    #expect(try Self.answered(Self.page(Self.login + Self.firmware)).result == .refuted)
    #expect(try Self.answered(Self.page("<input type=password>" + Self.reboot)).result == .refuted)
    #expect(try Self.answered(Self.page("", 401)).result == .refuted)
  }

  /// A search, an upload of something else, a registration of users, a comment, a script, text about it, a bare link.
  @Test(arguments: [
    "", "<form><input name=q><input type=submit value=Search></form>", "<form>Photo: <input type=file></form>",
    "<form>Join<input name=mail><input type=password><input type=password></form>", "<!-- \(reboot) -->",
    "<script>var x = '\(reboot)'</script>", "<p>Press Reboot. Firmware 1.2</p>", "<a href=/reboot.cgi>Reboot</a>",
    "<form>After a reboot: <input name=q></form>", "<button>Reboot</button>",
    "<form><!-- firmware --><input type=file></form>",
  ])
  func `what merely looks alike decides nothing`(body: String) throws {
    let bench = try Self.answered(Self.page(body))
    #expect(bench.result?.reason == "no-administration-found" && bench.fetches.count == 1)
  }

  @Test func `frames and redirects are loaded as a browser does, links are not`() throws {
    let frames = "<frameset><frame src=Menu.html><frame src='/Setup.html'><frame src=x></frameset><a href=/reboot.cgi>"
    var bench = try Self.answered(Self.page(frames), Self.page("menu"), Self.page(Self.firmware), Self.page("", 404))
    #expect(bench.fetches.map(\.path) == ["/", "/Menu.html", "/Setup.html", "/tenken-1234"])
    #expect(bench.result == .proven)
    bench = try Self.answered(Self.page("", 302, [HeaderField("Location", "/Top.html")]), Self.page(Self.login))
    #expect(bench.fetches.map(\.path) == ["/", "/Top.html"] && bench.result == .refuted)
  }

  @Test(arguments: [
    "http://192.0.2.1/", "http://10.0.0.31:8080/", "https://10.0.0.31/", "//x/", "", "/", "javascript:x",
  ])
  func `nothing beyond the service is loaded`(location: String) throws {
    let bench = try Self.answered(Self.page("", 302, [HeaderField("Location", location)]))
    #expect(bench.fetches.count == 1 && bench.result?.reason == "no-administration-found")
  }

  @Test func `a service that has asked for authentication already is not asked`() throws {
    let address = try #require(IPAddress("10.0.0.31"))
    for said in ["HTTP/1.0 401 Unauthorized\r\n", "HTTP/1.1 404 Not Found\r\n"] {
      #expect(AdminPageProbe(address: address, port: 80, secure: false, said: Array(said.utf8), seed: 1) == nil)
    }
    #expect(try Self.asked(said: "HTTP/1.1 200 OK\r\n").fetches.count == 1)
  }

  @Test func `errors and failures decide nothing`() throws {
    #expect(try Self.answered(Self.page("", 500)).result?.reason == "status-500")
    #expect(try Self.answered(HTTPExchange(failure: "reset")).result?.reason == "reset")
    #expect(try Self.answered(Self.page(Self.reboot), HTTPExchange(failure: "reset")).result?.reason == "reset")
    var bench = try Self.asked()
    bench.tell(.failed(1, reason: "request-limit"))
    #expect(bench.result?.reason == "request-limit")
  }

  @Test func `prefixes and mutations are read to their end`() throws {
    let page = Array("<frame src=a>\(Self.firmware)<!-- x -->\(Self.reboot)<script>x</script>\(Self.login)".utf8)
    for count in page.indices { _ = AdminPage(Array(page.prefix(count))) }
    var random = SeededRandom(seed: 80)
    for _ in 0..<20_000 { _ = AdminPage(Mutation.of(page, &random)) }
    for _ in 0..<500 {
      var bench = try Self.asked()
      for number in 1...4 {
        bench.tell(.response(number, HTTPExchange(status: 200, version: "1.1", body: Mutation.of(page, &random))))
      }
      #expect(bench.probe.report != nil && bench.staysWithinSheet())
    }
    // Quadratic reading would take minutes.
    #expect(AdminPage(Array(String(repeating: "<form><input type=file>", count: 10_000).utf8)).signs.isEmpty)
  }
}
