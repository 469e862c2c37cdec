import Records
import Testing
import Wire

@testable import Probes

struct WebPageTests {
  private static func page(_ body: String, _ headers: [HeaderField] = [], status: Int = 200) -> WebPage? {
    WebPage(HTTPExchange(status: status, version: "1.1", headers: headers, body: Array(body.utf8)), path: "/")
  }

  @Test func `title, field for a password and length are read`() throws {
    let body = "<HTML><Title> Web \n Camera</Title><INPUT type=PASSWORD>"
    let page = try #require(Self.page(body))
    #expect(page.title == "web camera" && page.asksForPassword && page.octets == body.utf8.count)
    #expect(page.location == nil && !page.hasHSTS && page.challenges.isEmpty)
    let plain = try #require(Self.page("<script>'<input type=password>'</script><!-- <title>x</title> -->"))
    #expect(plain.title == nil && !plain.asksForPassword)
  }

  /// HTML Living Standard §4.2.5.3, "Refresh state".
  @Test(arguments: [
    ("0; url=https://192.0.2.1/A", "https://192.0.2.1/A"), ("5;URL='/b'", "/b"), ("0.5 , url = /c", "/c"), ("30", nil),
    ("0; /d", nil),
  ])
  func `a refresh leads somewhere`(content: String, location: String?) throws {
    #expect(try #require(Self.page("<meta http-equiv=Refresh content=\"\(content)\">")).location == location)
  }

  @Test func `a Location comes before a refresh`() throws {
    let page = Self.page(
      "<meta http-equiv=refresh content='0; url=/b'>", [HeaderField("location", "/a")], status: 302)
    #expect(page?.location == "/a")
  }

  @Test func `of challenges the scheme and the realm stay, not what changes`() throws {
    let page = try #require(
      Self.page(
        "",
        [
          HeaderField("WWW-Authenticate", "Digest qop=\"auth\", nonce=\"0a1b\", realm=\"IP Camera\""),
          HeaderField("www-authenticate", "Basic realm=x, charset=UTF-8"), HeaderField("WWW-Authenticate", "Negotiate"),
          HeaderField("Strict-Transport-Security", "max-age=1"),
        ], status: 401))
    #expect(page.challenges == ["digest ip camera", "basic x", "negotiate"] && page.hasHSTS)
  }

  @Test func `without a status line there is no page`() {
    #expect(WebPage(HTTPExchange(body: Array("<title>x</title>".utf8)), path: "/") == nil)
  }

  @Test func `what hostile servers send is cut`() throws {
    let long = String(repeating: "あ", count: 5000)
    let page = try #require(
      Self.page(
        "<title>\(long)</title>",
        [HeaderField("Location", long)] + Array(repeating: HeaderField("WWW-Authenticate", long), count: 50)))
    #expect(page.title?.unicodeScalars.count == 200 && page.location?.unicodeScalars.count == 200)
    #expect(page.challenges.count == 8 && page.challenges.allSatisfy { $0.unicodeScalars.count <= 200 })
    #expect(page.sketch.hashes.count <= PageSketch.size)
  }
}
