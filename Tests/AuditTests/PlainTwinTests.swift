import Addressing
import Records
import Testing

@testable import Audit

/// First pages with and without TLS, held against each other when everything was asked.
struct PlainTwinTests {
  /// A page of some thirty words, as cameras have it.
  private static let login = """
    <html><head><title>Network Camera</title></head><body><h1>Network Camera web interface</h1><form action="/login.cgi" method=post>
    <label>User name <input name=user></label><label>Password <input type=password name=pass></label><input type=submit value=Login>
    </form><p>Use a current browser to see live pictures, recordings and the settings of this device.</p></body></html>
    """
  private static let other = """
    <html><head><title>Index of files</title></head><body><ul><li><a href="manual.pdf">Manual in one document</a></li><li>
    <a href="licence.txt">Licences of open source software in this product</a></li></ul></body></html>
    """

  private static func page(
    _ status: Int, _ body: String = "", path: String = "/", location: String? = nil, title: String? = nil,
    login: Bool = false, challenges: [String] = []
  ) -> WebPage {
    var page = WebPage(path: path, status: status)
    page.octets = body.utf8.count
    page.sketch = PageSketch(body.utf8)
    page.location = location
    page.title = title
    page.asksForPassword = login
    page.challenges = challenges
    return page
  }

  private static let camera = page(200, login, title: "network camera", login: true)

  /// What is said of tcp/443 of a device with these plain services.
  private func judge(
    _ secure: [WebPage], plain: [UInt16: [WebPage]], others: [Service] = [], closed: [UInt16] = [80],
    silent: [UInt16] = [],
    port: UInt16 = 443
  ) throws -> ProbeVerdict {
    let mac = try #require(MACAddress("00:11:22:00:00:01"))
    func web(_ port: UInt16, tls: Bool) -> Service {
      Service(endpoint: ServiceEndpoint(transport: .tcp, port: port), state: .open, protocolName: .http, tls: tls)
    }
    let services = [web(port, tls: true)] + plain.keys.map { web($0, tls: false) } + others
    let device = Device(mac: mac, addresses: [try #require(IPAddress("192.0.2.1"))], services: services)
    let pages = secure.map { (port, $0) } + plain.flatMap { port, pages in pages.map { (port, $0) } }
    let observations = pages.enumerated().map { number, seen in
      Observation(
        id: "EV-\(number)", at: Timestamp(nanoseconds: 0), technique: .serviceQuestions,
        subject: .service(device.id, ServiceEndpoint(transport: .tcp, port: seen.0)), fact: .page(seen.1),
        evidence: ["data/\(seen.0)"])
    }
    let open = services.map(\.endpoint.port).sorted()
    let ports = PortRecord(
      device: device.id, address: device.addresses[0], requested: "1-1000", seed: "1", open: open,
      closed: closed.filter { !open.contains($0) }, silent: silent)
    let said = PlainTwinReference().verdicts(of: [device], observations: observations, ports: [device.id: ports])
    #expect(said.map(\.service) == [ServiceEndpoint(transport: .tcp, port: port)])
    let only = try #require(said.first)
    #expect(only.evidence.first == "data/\(port)")
    #expect(only.verdict.question == "tls.plain-twin")
    return only.verdict
  }

  @Test func `the same page without TLS is proven, and its form is named`() throws {
    let verdict = try judge([Self.camera], plain: [80: [Self.camera]])
    #expect(verdict.result == .proven)
    #expect(verdict.basis.en.contains("tcp/80") && verdict.basis.en.contains("field for a password"))
    #expect(verdict.basis.ja.contains("パスワード入力欄"))
  }

  /// Times, counters, tokens of sessions and the page's own scheme are others each time.
  @Test func `numbers, tokens and the scheme make no other page`() throws {
    let parts = ("token=8f2c11aa90cd77 https://192.0.2.1/ 12:00:01", "token=00a1b2c3d4e5f6 http://192.0.2.1/ 23:59:59")
    let verdict = try judge(
      [Self.page(200, Self.login + parts.0)], plain: [8080: [Self.page(200, Self.login + parts.1)]])
    #expect(verdict.result == .proven && verdict.basis.en.contains("tcp/8080"))
  }

  @Test(arguments: [301, 302, 307, 308]) func `a redirect to HTTPS refutes`(status: Int) throws {
    let plain = Self.page(status, location: "https://192.0.2.1/")
    let verdict = try judge([Self.camera], plain: [80: [plain]])
    #expect(verdict.result == .refuted && verdict.basis.en.contains("redirects to HTTPS (\(status))"))
  }

  @Test func `a refresh to HTTPS refutes, one that loads the page again does not`() throws {
    var plain = Self.camera
    plain.location = "https://192.0.2.1/"
    #expect(try judge([Self.camera], plain: [80: [plain]]).result == .refuted)
    plain.location = "/"
    #expect(try judge([Self.camera], plain: [80: [plain]]).result == .proven)
  }

  @Test func `a redirect to HTTPS by way of another path refutes`() throws {
    let plain = [
      Self.page(302, location: "/start"), Self.page(302, path: "/start", location: "https://192.0.2.1/start"),
    ]
    let verdict = try judge([Self.camera], plain: [80: plain])
    #expect(verdict.result == .refuted && verdict.basis.en.contains("by way of /start"))
  }

  @Test func `both lead to one path, and the plain one answers it`() throws {
    let secure = Self.page(302, location: "https://192.0.2.1/login.html")
    let plain = [
      Self.page(302, location: "http://192.0.2.1/login.html"), Self.page(200, Self.login, path: "/login.html"),
    ]
    #expect(try judge([secure], plain: [80: plain]).result == .proven)
    #expect(try judge([secure], plain: [80: [plain[0]]]).result == .inconclusive(reason: "redirect"))
    let elsewhere = Self.page(302, location: "/other.html")
    #expect(try judge([elsewhere], plain: [80: plain]).result == .inconclusive(reason: "redirect"))
    // A browser that came by HTTPS is sent away from it.
    let down = Self.page(302, location: "http://192.0.2.1/login.html")
    #expect(try judge([down], plain: [80: plain]).result == .inconclusive(reason: "leads-to-plain"))
  }

  @Test func `the page behind a plain redirect is compared`() throws {
    let plain = [Self.page(302, location: "/index.html"), Self.page(200, Self.login, path: "/index.html")]
    #expect(try judge([Self.camera], plain: [80: plain]).result == .proven)
    // The same path on another port is another place, which was not fetched.
    let onward = Self.page(302, location: "http://192.0.2.1:8000/")
    #expect(try judge([Self.camera], plain: [80: [onward]]).result == .inconclusive(reason: "redirect"))
  }

  @Test func `another page, and none, refute`() throws {
    let verdict = try judge([Self.camera], plain: [80: [Self.page(200, Self.other, title: "index of files")]])
    #expect(verdict.result == .refuted && verdict.basis.en.contains("another page"))
    for status in [403, 404, 500] {
      #expect(try judge([Self.camera], plain: [80: [Self.page(status, Self.login)]]).result == .refuted)
    }
    #expect(try judge([Self.camera], plain: [80: [Self.page(401, challenges: ["basic x"])]]).result == .refuted)
  }

  @Test func `authentication with one realm is one login`() throws {
    let secure = Self.page(401, challenges: ["digest camera"])
    #expect(try judge([secure], plain: [80: [secure]]).result == .proven)
    let other = Self.page(401, challenges: ["basic camera"])
    #expect(try judge([secure], plain: [80: [other]]).result == .inconclusive(reason: "another-login"))
    #expect(try judge([secure], plain: [80: [Self.camera]]).result == .inconclusive(reason: "hidden-page"))
  }

  @Test func `what cannot be compared stays open`() throws {
    #expect(try judge([Self.page(200)], plain: [80: [Self.page(200)]]).result == .inconclusive(reason: "empty-page"))
    #expect(try judge([Self.page(404)], plain: [80: [Self.camera]]).result == .inconclusive(reason: "status-404"))
    #expect(try judge([Self.camera], plain: [80: []]).result == .inconclusive(reason: "not-fetched"))
    var another = Self.page(200, Self.other, title: "router", login: true)
    another.asksForPassword = true
    #expect(try judge([Self.camera], plain: [80: [another]]).result == .inconclusive(reason: "another-login"))
  }

  /// Half of the words are those of the other page.
  @Test func `a page that is merely similar stays open, unless both are one login`() throws {
    let half = String(Self.login.prefix(Self.login.count * 2 / 3))
    let resemblance = PageSketch(half.utf8).resemblance(to: PageSketch(Self.login.utf8))
    #expect(resemblance > PageComparison.unlike && resemblance < PageComparison.alike)
    let plain = Self.page(200, half, title: "network camera")
    #expect(try judge([Self.camera], plain: [80: [plain]]).result == .inconclusive(reason: "similar-page"))
    var login = plain
    login.asksForPassword = true
    #expect(try judge([Self.camera], plain: [80: [login]]).result == .proven)
  }

  @Test func `without a plain web service the port's own state decides`() throws {
    let closed = try judge([Self.camera], plain: [:])
    #expect(closed.result == .refuted && closed.basis.en.contains("tcp/80 was closed"))
    #expect(try judge([Self.camera], plain: [:], closed: [], silent: [80]).result == .inconclusive(reason: "silent"))
    #expect(try judge([Self.camera], plain: [:], closed: [1, 2]).result == .inconclusive(reason: "not-scanned"))
    func service(_ name: ProtocolName?) -> Service {
      Service(endpoint: ServiceEndpoint(transport: .tcp, port: 80), state: .open, protocolName: name)
    }
    #expect(try judge([Self.camera], plain: [:], others: [service(.ssh)]).result == .refuted)
    #expect(
      try judge([Self.camera], plain: [:], others: [service(nil)]).result == .inconclusive(reason: "not-identified"))
  }

  @Test func `8443 has its twin on 8080 as well`() throws {
    #expect(try judge([Self.camera], plain: [:], port: 8443).result == .inconclusive(reason: "not-scanned"))
    #expect(try judge([Self.camera], plain: [:], closed: [80, 8080], port: 8443).result == .refuted)
  }

  /// Of several plain ports one is enough, and each has to differ.
  @Test func `every plain port counts`() throws {
    let away = Self.page(301, location: "https://192.0.2.1/")
    let verdict = try judge([Self.camera], plain: [80: [away], 8081: [Self.camera]])
    #expect(verdict.result == .proven && verdict.basis.en.contains("tcp/8081"))
    #expect(!verdict.basis.en.contains("tcp/80 "))
    #expect(try judge([Self.camera], plain: [80: [away], 8081: [Self.page(404)]]).result == .refuted)
    #expect(
      try judge([Self.camera], plain: [8081: [Self.page(404)]], closed: []).result
        == .inconclusive(reason: "not-scanned"))
  }

  @Test func `strict transport security is told where it does not help`() throws {
    var secure = Self.camera
    secure.hasHSTS = true
    #expect(try judge([secure], plain: [80: [Self.camera]]).basis.en.contains("HSTS"))
    #expect(!(try judge([secure], plain: [:]).basis.en.contains("HSTS")))
  }

  @Test(arguments: [
    ("https://a/b", "https", "/b"), ("HTTP://a:8080", "http", "/"), ("//a/c", nil, "/c"), ("/d?x#y", nil, "/d?x"),
    ("login.html", nil, "/login.html"), ("./e", nil, "/e"),
  ])
  func `places are read as browsers resolve them`(reference: String, scheme: String?, path: String) throws {
    let place = try #require(PagePlace(reference))
    #expect(place.scheme == scheme && place.path == path)
  }

  @Test(arguments: ["", "#top", "about:blank", "javascript:x()"]) func `what is no place leads nowhere`(
    reference: String
  ) {
    #expect(PagePlace(reference) == nil)
  }
}
