import Credentials
import Documents
import Probes
import Records
import Testing
import Wire

/// Forms that a recipe describes because the page does not show them.
struct HTTPRecipeLoginTests {
  /// As QTS of QNAP answers: 200 for both, and the proof in what it says.
  private static let storage = HTTPRecipe(
    success: ["<authPassed><![CDATA[1]]>"], failure: ["<errorValue><![CDATA[-1]]>"],
    form: HTTPFormRecipe(
      action: "/cgi-bin/authLogin.cgi", account: "user", password: "pwd", fixed: [.init("remme", "0 &")],
      base64: [.password]), session: .body)

  private func play(
    by recipe: HTTPRecipe = storage, page: HTTPExchange = .page(200, "<script>ask()</script>"), _ answer: HTTPExchange
  ) throws -> FakeWebServer.Course {
    FakeWebServer { $0.isPost ? answer : page }.play(try HTTPLoginTests.login(recipe), "p w&1")
  }

  private static func told(_ passed: Int, _ value: String = "0") -> HTTPExchange {
    .page(
      200,
      "<QDocRoot><authPassed><![CDATA[\(passed)]]></authPassed><errorValue><![CDATA[\(value)]]></errorValue></QDocRoot>"
    )
  }

  @Test func `what the script would send is sent, and the answer is the proof`() throws {
    let course = try play(Self.told(1))
    #expect(course.outcome == .accepted(passwordAsked: true) && course.entries == 1 && course.login.ending == .left)
    #expect(course.paths == ["GET /", "POST /cgi-bin/authLogin.cgi"])
    // Base64 as coreutils' base64 makes it of `p w&1`; = is no unreserved character (RFC 3986 §2.3).
    #expect(course.arrivals[1].body == "user=admin&pwd=cCB3JjE%3D&remme=0%20%26")
    guard case .post("application/x-www-form-urlencoded", _) = course.arrivals[1].request.method else {
      Issue.record("\(course.arrivals[1].request.method)")
      return
    }
  }

  @Test func `an answer that says neither, or both, decides nothing`() throws {
    #expect(try play(Self.told(0, "-1")).outcome == .refused)
    #expect(try play(Self.told(0)).outcome == .inconclusive("no-proof"), "such as a second factor")
    #expect(try play(Self.told(1, "-1")).outcome == .inconclusive("signs-disagree"))
    #expect(try play(.page(404)).outcome == .inconclusive("status-404"))
    #expect(try play(.page(302, "", [("Location", "/home")])).outcome == .inconclusive("no-proof"))
    // A cookie and another page are no proof where the answer is.
    #expect(try play(.page(200, "<h1>Status</h1>", [("Set-Cookie", "s=1")])).outcome == .inconclusive("no-proof"))
    #expect(try play(.page(200, "<p>Too many failures</p>")).outcome == .lockedOut)
    #expect(try play(.page(403)).outcome == .lockedOut)
  }

  @Test func `a text that the page has before is no proof, and nothing is entered`() throws {
    let course = try play(page: Self.told(1), Self.told(1))
    #expect(course.outcome == .inconclusive("proof-before-login") && course.entries == 0)
  }

  @Test(arguments: [404, 500]) func `where the page is not there nothing is entered`(_ status: Int) throws {
    let course = try play(page: .page(status), Self.told(1))
    #expect(course.outcome == .inconclusive("status-\(status)") && course.entries == 0)
  }

  @Test func `a page that refuses is answered as it asks`() throws {
    let course = try play(page: .page(401, "", [("WWW-Authenticate", "Basic realm=r")]), Self.told(1))
    #expect(course.paths == ["GET /", "GET /"] && course.arrivals[1].authorization?.hasPrefix("Basic ") == true)
  }

  @Test func `a token is kept from the page, and without it nothing is entered`() throws {
    let recipe = HTTPRecipe(
      success: ["in-now"], failure: ["not-in"],
      form: HTTPFormRecipe(
        action: "/a.cgi?x=1", account: "u", password: "p", keep: ["token"], base64: [.account, .password]),
      session: .body)
    let page = "<form><input type=hidden name=token value='a&amp;b'><input type=password name=shown></form>"
    let course = try play(by: recipe, page: .page(200, page), .page(200, "in-now"))
    #expect(course.outcome == .accepted(passwordAsked: true) && course.paths.last == "POST /a.cgi?x=1")
    #expect(course.arrivals[1].body == "u=YWRtaW4%3D&p=cCB3JjE%3D&token=a%26b")
    let without = try play(by: recipe, page: .page(200, page.replacing("token", with: "other")), .page(200, "in-now"))
    #expect(without.outcome == .inconclusive("form-field") && without.entries == 0)
  }

  /// As airOS: the first page leads to the login, whose form is multipart; then the page is there, with a way out.
  @Test func `a multipart form is sent by its recipe, and the session is known by its page`() throws {
    let recipe = HTTPRecipe(
      form: HTTPFormRecipe(
        action: "/login.cgi", send: .multipart, account: "username", password: "password", fixed: [.init("uri", "/")]))
    func course(_ password: String) throws -> FakeWebServer.Course {
      var isIn = false
      return FakeWebServer { arrival in
        switch (arrival.isPost, arrival.request.path) {
        case (true, _):
          isIn = arrival.body.contains("name=\"password\"\r\n\r\nubnt\r\n")
          let again = "<form method=post enctype=multipart/form-data><input type=password name=password></form>"
          return isIn ? .page(302, "", [("Location", "/")]) : .page(200, again)
        case (false, "/logout.cgi"): return .page(200)
        case (false, _):
          return isIn
            ? .page(200, "<a href=\"/logout.cgi\">Log out</a>")
            : .page(302, "", [("Location", "/cookiechecker?uri=/"), ("Set-Cookie", "AIROS_1=aa; Path=/")])
        }
      }.play(try HTTPLoginTests.login(recipe), password)
    }
    let found = try course("ubnt")
    #expect(found.outcome == .accepted(passwordAsked: true) && found.login.ending == .loggedOut)
    #expect(found.paths == ["GET /", "POST /login.cgi", "GET /", "GET /logout.cgi"])
    let post = found.arrivals[1]
    #expect(post.cookie == "AIROS_1=aa")
    guard case .post(let type, _) = post.request.method, let sign = type.firstRange(of: "boundary=") else {
      Issue.record("\(post.request.method)")
      return
    }
    // RFC 7578 §4, RFC 2046 §5.1.1.
    let boundary = type[sign.upperBound...]
    #expect(type.hasPrefix("multipart/form-data; boundary=") && boundary.count >= 32 && boundary.count <= 70)
    let part = "--\(boundary)\r\nContent-Disposition: form-data; name="
    #expect(
      post.body == "\(part)\"username\"\r\n\r\nadmin\r\n\(part)\"password\"\r\n\r\nubnt\r\n"
        + "\(part)\"uri\"\r\n\r\n/\r\n--\(boundary)--\r\n")
    #expect(try course("other").outcome == .refused)
  }

  /// A multipart form of the page itself goes as the page says.
  @Test func `a page's own multipart form is sent as one`() throws {
    let page =
      "<form method=post action=/in enctype=multipart/form-data><input name='a\"b'><input type=password name=p></form>"
    let course = FakeWebServer { _ in .page(200, page) }.play(try HTTPLoginTests.login(), "x")
    #expect(course.outcome == .refused && course.paths == ["GET /", "POST /in"])
    #expect(course.arrivals[1].body.contains("; name=\"a%22b\"\r\n\r\nadmin\r\n"), "\(course.arrivals[1].body)")
  }

  private static func read(_ http: String) throws -> HTTPRecipe? {
    let text = """
      id: maker/box
      family: { en: Box, ja: 箱 }
      identify:
        - { strength: strong, claim: vendor, value: Maker }
      transports: [http]
      \(http)
      pairs:
        - { account: root, password: "1" }
      lockout: unknown
      proof: answer
      confidence: high
      sources:
        - { title: Manual, url: "https://example.invalid/manual", retrieved: 2026-11-29 }

      """
    return try CredentialProfileTests.ProfileText(text: text).read("maker/box").profile("maker/box")?.http
  }

  @Test func `a recipe reads as it was written`() throws {
    let recipe = try Self.read(
      """
      http:
        success: ["<authPassed><![CDATA[1]]>"]
        failure: ["<errorValue><![CDATA[-1]]>"]
        lockedOut: [wait]
        form: { action: /cgi-bin/authLogin.cgi, account: user, password: pwd, fixed: { remme: "0" }, base64: [password] }
        session: body
      """)
    let form = HTTPFormRecipe(
      action: "/cgi-bin/authLogin.cgi", account: "user", password: "pwd", fixed: [.init("remme", "0")],
      base64: [.password])
    #expect(
      recipe
        == HTTPRecipe(
          success: Self.storage.success, failure: Self.storage.failure, lockedOut: ["wait"], form: form, session: .body)
    )
    let other = try Self.read("http: { form: { action: /a, send: multipart, password: p, keep: [t] } }")
    #expect(
      other
        == HTTPRecipe(form: HTTPFormRecipe(action: "/a", send: .multipart, account: nil, password: "p", keep: ["t"])))
  }

  @Test(arguments: [
    "http: { session: body }", "http: { session: body, success: [a], form: { action: /a, password: p } }",
    "http: { session: body, failure: [a], form: { action: /a, password: p } }", "http: { session: cookies }",
    "http: { form: { password: p } }", "http: { form: { action: /a } }", "http: { form: { action: a, password: p } }",
    "http: { form: { action: //other/a, password: p } }", "http: { form: { action: /a b, password: p } }",
    "http: { form: { action: /a, send: get, password: p } }", "http: { form: { action: /a, password: \"\" } }",
    "http: { form: { action: /a, password: p, account: p } }", "http: { form: { action: /a, password: p, keep: [p] } }",
    "http: { form: { action: /a, password: p, base64: [account] } }",
    "http: { form: { action: /a, password: p, base64: [pwd] } }",
    "http: { form: { action: /a, password: p, md5: [] } }",
  ])
  func `a recipe that cannot be carried out is refused`(_ http: String) throws {
    #expect(throws: DocumentError.self) { _ = try Self.read(http) }
  }
}
