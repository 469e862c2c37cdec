import Addressing
import LabSupport
import Records
import Testing
import Wire

@testable import Probes

struct HTTPLoginProbeTests {
  private static func asked(_ port: UInt16 = 80) throws -> ProbeBench<HTTPLoginProbe> {
    var bench = ProbeBench(HTTPLoginProbe(address: try #require(IPAddress("10.0.0.5")), port: port))
    bench.begin()
    return bench
  }

  private static func answer(_ status: Int, _ headers: [HeaderField] = [], _ body: String = "") -> ProbeEvent {
    .response(1, HTTPExchange(status: status, version: "1.1", headers: headers, body: Array(body.utf8)))
  }

  private static func paths(_ bench: ProbeBench<HTTPLoginProbe>) -> [String] {
    bench.actions.compactMap { if case .fetch(_, let request) = $0 { request.path } else { nil } }
  }

  @Test func `it asks for the first page, without TLS, without a header of its own`() throws {
    let bench = try Self.asked(8080)
    #expect(bench.actions == [.fetch(1, HTTPRequest(.get, port: 8080, path: "/", secure: false))])
  }

  @Test(arguments: [
    ("Basic realm=\"camera\"", ProbeVerdict.Result.proven), ("basic", .proven),
    ("Digest realm=x, qop=\"auth\"", .refuted),
    ("Negotiate", .inconclusive(reason: "unknown-scheme")),
    ("Basically realm", .inconclusive(reason: "unknown-scheme")),
  ])
  func `a challenge decides by its scheme`(challenge: String, result: ProbeVerdict.Result) throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(401, [HeaderField("www-authenticate", challenge), HeaderField("Server", "thttpd/2.25b")]))
    #expect(bench.result == result)
    #expect(
      bench.probe.report?.claims == [
        Claim(.software, "thttpd/2.25b", source: "tcp/80 http Server", confidence: .medium)
      ])
  }

  @Test func `of two challenges the weaker one counts`() throws {
    var bench = try Self.asked()
    bench.tell(
      Self.answer(401, [HeaderField("WWW-Authenticate", "Digest x"), HeaderField("WWW-Authenticate", "Basic x")]))
    #expect(bench.result == .proven)
  }

  @Test(arguments: [
    "<input type=\"password\" name=p>", "<INPUT NAME=x TYPE=PASSWORD>", "<input type='password'/>",
    "<form action=/login><input\n\ttype = password\n></form>", "<p title=\"a>b\"><input a=1 type=password",
  ])
  func `a field for a password is a login`(page: String) throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(200, [], page))
    #expect(bench.result == .proven)
  }

  @Test(arguments: [
    "", "password", "<p>type=password</p>", "<input type=text value=\"type=password\">",
    "<input name=password type=text>",
    "<!-- <input type=password> -->", "<script>document.write('<input type=password>')</script>",
    "<input typ=password>",
    "<textarea><input type=password></textarea>", "<inputs type=password>", "<input data-type=password>", "<", "<!--",
  ])
  func `what merely looks alike is none`(page: String) throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(200, [], page))
    #expect(bench.result?.reason == "no-login-found")
  }

  @Test func `a form that is sent inside TLS is left open`() throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(200, [], "<form action=\"HTTPS://10.0.0.5/\"><input type=password></form>"))
    #expect(bench.result?.reason == "form-to-tls")
  }

  @Test func `a redirect to TLS refutes`() throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(302, [HeaderField("Location", "https://10.0.0.5/login")]))
    #expect(bench.result == .refuted)
  }

  @Test(arguments: [
    ("/login.htm", "/login.htm"), ("http://10.0.0.5/a?b#c", "/a?b"), ("http://10.0.0.5:80/x", "/x"),
  ])
  func `a redirect on the same server is followed once`(location: String, path: String) throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(302, [HeaderField("Location", location)]))
    #expect(Self.paths(bench) == ["/", path])
    bench.tell(Self.answer(302, [HeaderField("Location", "/again")]))
    #expect(bench.result?.reason == "redirect" && bench.staysWithinSheet())
  }

  /// Another host, another port, this host's own loopback, no path, a line break.
  @Test(arguments: [
    "http://192.0.2.1/", "http://10.0.0.5:8080/", "http://127.0.0.1/", "//evil.example/", "login", "", "/", "/a b",
    "/a\r\nX: y",
    "http://10.0.0.5@192.0.2.1/", "ftp://10.0.0.5/", "/" + String(repeating: "a", count: 600),
  ])
  func `no other redirect is followed`(location: String) throws {
    var bench = try Self.asked()
    bench.tell(Self.answer(301, [HeaderField("Location", location)]))
    #expect(Self.paths(bench) == ["/"])
    #expect(bench.result?.reason == "redirect")
  }

  @Test func `errors and failures decide nothing`() throws {
    for event in [
      Self.answer(500), Self.answer(404), .response(1, HTTPExchange(failure: "reset")), .failed(1, reason: "x"),
    ] {
      var bench = try Self.asked()
      bench.tell(event)
      #expect(bench.result?.reason?.isEmpty == false)
    }
  }

  @Test func `mutated pages are read to their end`() {
    let page = Array("<html><!-- a --><form action='/x'><input type=\"password\"><script>x</script></form>".utf8)
    for count in page.indices { _ = LoginPage(Array(page.prefix(count))) }
    var random = SeededRandom(seed: 21)
    let marks = Array("<>\"'=/! -\u{0}aip".utf8)
    for _ in 0..<20_000 {
      var mutated = page
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        mutated[Int.random(in: 0..<mutated.count, using: &random)] = marks.randomElement(using: &random) ?? 0
      }
      _ = LoginPage(mutated)
    }
    // Quadratic reading would take minutes.
    let many = [UInt8](repeating: 0x3c, count: 256 * 1024)
    #expect(!LoginPage(many).asksForPassword)
  }
}
