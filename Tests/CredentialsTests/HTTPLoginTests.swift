import Addressing
import Credentials
import Cryptography
import LabSupport
import Probes
import Records
import Testing

/// Basic and Digest.
struct HTTPLoginTests {
  static func login(_ recipe: HTTPRecipe = HTTPRecipe(), secure: Bool = false) throws -> HTTPLogin {
    let address = try #require(IPAddress(FakeWebServer.address))
    return try #require(HTTPLogin(address: address, port: 8080, secure: secure, recipe: recipe, seed: 5))
  }

  private static func basic(_ right: String = "Basic YWRtaW46MTIzNDU=", delay: Duration = .milliseconds(20))
    -> FakeWebServer
  {
    FakeWebServer(delay: delay) {
      $0.authorization == right
        ? .page(200, "<h1>Status</h1>") : .page(401, "", [("WWW-Authenticate", "Basic realm=\"r\"")])
    }
  }

  @Test func `401 without a name and 200 with it is the proof`() throws {
    let course = Self.basic().play(try Self.login(HTTPRecipe(path: "/admin.asp?x=1")), "12345")
    #expect(course.outcome == .accepted(passwordAsked: true))
    #expect(course.paths == ["GET /admin.asp?x=1", "GET /admin.asp?x=1"] && course.entries == 1)
    #expect(course.arrivals[0].authorization == nil && course.login.ending == .nothingOpen)
    #expect(Self.basic().play(try Self.login(), "54321").outcome == .refused)
  }

  @Test(arguments: [DigestAlgorithm.md5, .sha256], ["", ", qop=\"auth,auth-int\""])
  func `a digest is taken by a server of its own making`(_ algorithm: DigestAlgorithm, _ qop: String) throws {
    let name = algorithm == .md5 ? "MD5" : "SHA-256"
    let server = FakeWebServer { arrival in
      let isRight = arrival.authorization.map {
        DigestServer.accepts($0, "GET", user: "admin", password: "12345", algorithm: algorithm)
      }
      let field = "Digest realm=\"IP Camera(A, 1)\", nonce=\"4f:2\", algorithm=\(name)\(qop)"
      return isRight == true
        ? .page(200) : .page(401, "", [("WWW-Authenticate", "Basic realm=\"r\""), ("WWW-Authenticate", field)])
    }
    #expect(server.play(try Self.login(), "12345").outcome == .accepted(passwordAsked: true))
    let refused = server.play(try Self.login(), "wrong")
    #expect(refused.outcome == .refused && refused.entries == 1)
    #expect(refused.arrivals[1].authorization?.hasPrefix("Digest ") == true, "never Basic where Digest is offered")
  }

  @Test func `who refuses everybody refuses, and who asks for nothing is not told a name`() throws {
    let all = FakeWebServer { _ in .page(401, "", [("WWW-Authenticate", "Basic realm=\"r\"")]) }
    #expect(all.play(try Self.login(), "x").outcome == .refused)
    for body in ["", "<h1>Hello</h1>", "<form><input type=text name=q></form>"] {
      let open = FakeWebServer { _ in .page(200, body) }.play(try Self.login(), "x")
      #expect(open.outcome == .inconclusive("no-login-prompt") && open.entries == 0 && !open.login.hasEntered)
      #expect(open.arrivals.count == 1)
    }
  }

  @Test(
    arguments: [
      (401, "NTLM", "unknown-scheme"), (401, nil, "no-login-prompt"), (404, nil, "status-404"),
      (500, nil, "status-500"),
      (403, nil, "status-403"),
    ] as [(Int, String?, String)])
  func `nothing is entered where nothing asks in a way that is spoken`(
    _ status: Int, _ challenge: String?, _ reason: String
  ) throws {
    let fields = challenge.map { [("WWW-Authenticate", $0)] } ?? []
    let course = FakeWebServer { _ in .page(status, "", fields) }.play(try Self.login(), "x")
    #expect(course.outcome == .inconclusive(reason) && course.entries == 0)
  }

  /// As cameras of Hikvision answer: 401 while it is locked too, with the right password as well.
  @Test func `a lock that comes as 401 is known by the recipe's text, before anything is entered or after`() throws {
    let challenge = [("WWW-Authenticate", "Basic realm=\"r\"")]
    let open = "<userCheck><statusValue>401</statusValue><lockStatus>unlock</lockStatus></userCheck>"
    let locked = "<userCheck><statusValue>401</statusValue><lockStatus>lock</lockStatus></userCheck>"
    let recipe = HTTPRecipe(path: "/check", lockedOut: ["<lockStatus>lock"])
    func play(_ before: String, _ after: String, _ recipe: HTTPRecipe) throws -> FakeWebServer.Course {
      FakeWebServer { .page(401, $0.authorization == nil ? before : after, challenge) }.play(
        try Self.login(recipe), "x")
    }
    #expect(try play(open, open, recipe).outcome == .refused)
    #expect(try play(open, locked, recipe).outcome == .lockedOut)
    let late = try play(locked, locked, recipe)
    #expect(late.outcome == .inconclusive("locked-out") && late.entries == 0 && !late.login.hasEntered)
    // Without the text it is a refusal like any other.
    #expect(try play(open, locked, HTTPRecipe(path: "/check")).outcome == .refused)
  }

  @Test(arguments: [403, 423, 429])
  func `a status that locks is a lock, once something was entered`(_ status: Int) throws {
    let server = FakeWebServer {
      $0.authorization == nil ? .page(401, "", [("WWW-Authenticate", "Basic realm=r")]) : .page(status)
    }
    #expect(server.play(try Self.login(), "x").outcome == .lockedOut)
    // Before that, 403 may be for whoever asks.
    let before = FakeWebServer { _ in .page(status) }.play(try Self.login(), "x")
    #expect(before.outcome == (status == 403 ? .inconclusive("status-403") : .lockedOut))
    #expect(before.entries == 0)
  }

  @Test(arguments: [
    "Too many failures", "<p>Account locked</p>", "アカウントがロックされました", "<script>alert('try again later')</script>",
  ])
  func `a lock that is told with the refusal is seen`(_ body: String) throws {
    let server = FakeWebServer {
      .page(401, $0.authorization == nil ? "" : body, [("WWW-Authenticate", "Basic realm=r")])
    }
    #expect(server.play(try Self.login(), "x").outcome == .lockedOut)
    // What it says to whoever asks is no lock.
    let always = FakeWebServer { _ in .page(401, body, [("WWW-Authenticate", "Basic realm=r")]) }
    #expect(always.play(try Self.login(), "x").outcome == .refused)
  }

  @Test func `a nonce that is too old is no wrong password, and is not tried again`() throws {
    let server = FakeWebServer {
      let stale = $0.authorization == nil ? "" : ", stale=true"
      return .page(401, "", [("WWW-Authenticate", "Digest realm=\"r\", nonce=\"\($0.number)\"\(stale)")])
    }
    let course = server.play(try Self.login(), "x")
    #expect(course.outcome == .inconclusive("stale-nonce") && course.entries == 1 && course.arrivals.count == 2)
  }

  @Test(arguments: [
    ("/index.html", LoginOutcome.accepted(passwordAsked: true)), ("/login.html", .inconclusive("redirect")),
    ("", .inconclusive("redirect")),
  ])
  func `a way onward is a proof unless it leads to a login`(_ location: String, _ outcome: LoginOutcome) throws {
    let server = FakeWebServer {
      $0.authorization == nil
        ? .page(401, "", [("WWW-Authenticate", "Basic realm=r")]) : .page(302, "", [("Location", location)])
    }
    let course = server.play(try Self.login(), "x")
    #expect(course.outcome == outcome && course.arrivals.count == 2, "a redirect with a name is not followed")
  }

  @Test func `a text of the profile is a proof that has to be there, and one that must not`() throws {
    let recipe = HTTPRecipe(success: ["System status"], failure: ["Demo mode"])
    for (body, outcome) in [
      ("<b>SYSTEM STATUS</b>", LoginOutcome.accepted(passwordAsked: true)), ("Hello", .inconclusive("no-proof")),
      ("Demo mode", .refused), ("Demo mode. System status", .inconclusive("signs-disagree")),
    ] {
      let server = FakeWebServer {
        $0.authorization == nil ? .page(401, "", [("WWW-Authenticate", "Basic realm=r")]) : .page(200, body)
      }
      #expect(server.play(try Self.login(recipe), "x").outcome == outcome, "\(body)")
    }
  }

  @Test func `3 s an answer are borne, a reset is one, and a silence nothing`() throws {
    let slow = Self.basic(delay: .seconds(3)).play(try Self.login(), "12345")
    #expect(slow.outcome == .accepted(passwordAsked: true) && slow.login.latency == .seconds(3))
    let reset = FakeWebServer {
      $0.authorization == nil ? .page(401, "", [("WWW-Authenticate", "Basic realm=r")]) : .nothing
    }.play(try Self.login(), "x")
    #expect(reset.outcome == .inconclusive("no-answer") && reset.login.hasEntered)
    let silent = FakeWebServer { _ in .nothing }.play(try Self.login(), "x")
    #expect(silent.outcome == .timedOut && !silent.login.hasEntered && silent.login.latency == nil)
    let old = FakeWebServer { _ in HTTPExchange(version: "0.9", body: [0x68, 0x69]) }.play(try Self.login(), "x")
    #expect(old.outcome == .inconclusive("no-status-line"))
  }

  @Test func `a redirect before the login is followed once, on the same service alone`() throws {
    func server(_ location: String) -> FakeWebServer {
      FakeWebServer {
        $0.request.path == "/" ? .page(302, "", [("Location", location)]) : Self.basic().answer($0)
      }
    }
    for location in ["/web/", "http://192.0.2.7:8080/web/", "web/"] {
      let course = server(location).play(try Self.login(), "12345")
      #expect(course.outcome == .accepted(passwordAsked: true), "\(location)")
      #expect(course.paths == ["GET /", "GET /web/", "GET /web/"])
    }
    for location in [
      "https://192.0.2.7:8080/web/", "http://192.0.2.8:8080/", "http://router.local/", "//192.0.2.9/",
      "http://192.0.2.7/",
    ] {
      let course = server(location).play(try Self.login(), "12345")
      #expect(course.outcome == .inconclusive("redirect-elsewhere") && course.arrivals.count == 1, "\(location)")
    }
    let loop = FakeWebServer { _ in .page(302, "", [("Location", "/")]) }.play(try Self.login(), "x")
    #expect(loop.outcome == .inconclusive("redirects") && loop.arrivals.count == 2 && loop.entries == 0)
  }

  @Test func `a session beside Basic is logged out of, where the page says how`() throws {
    let server = FakeWebServer { arrival in
      if arrival.request.path == "/logout.cgi" { return .page(200) }
      guard arrival.authorization != nil else { return .page(401, "", [("WWW-Authenticate", "Basic realm=r")]) }
      return .page(200, "<a href='/logout.cgi'>x</a>", [("Set-Cookie", "sid=1; path=/")])
    }
    let course = server.play(try Self.login(), "x")
    #expect(course.paths == ["GET /", "GET /", "GET /logout.cgi"] && course.login.ending == .loggedOut)
    #expect(course.arrivals[2].cookie == "sid=1" && course.arrivals[2].authorization == nil && course.entries == 1)
  }

  @Test func `the transcript says what was done and nothing of what was entered`() throws {
    let course = Self.basic().play(try Self.login(), "12345")
    let text = course.login.transcript.text(hiding: Secret(Array("12345".utf8)))
    for part in [
      "asked: a page", "answered: 401", "in answer to Basic", "answered: 200", "proof: ", "result: accepted",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("12345") && !text.contains("YWRtaW4") && !text.contains("Status"))
  }

  @Test func `one name and one password, whatever the server does, within the sheet`() throws {
    var random = SeededRandom(seed: 8)
    let fields = [
      ("WWW-Authenticate", "Basic realm=\"r\""), ("WWW-Authenticate", "Digest realm=\"r\", nonce=\"1\", qop=\"auth\""),
      ("Location", "/login"), ("Location", "/"), ("Set-Cookie", "sid=1"), ("Set-Cookie", "sid=; Max-Age=0"),
      ("Set-Cookie", "b=2"),
    ]
    let bodies = [
      "", "<form method=post><input name=u><input type=password name=p></form>", "<a href=/logout>Log out</a>",
      "<form method=post action=/x><input name=u><input type=password name=p><input type=hidden name=t value='&#9;'>",
      "<meta http-equiv=refresh content='0;url=/a'>", "locked", "login failed", "<input type=password>",
    ]
    var ends: Set<LoginOutcome> = []
    for _ in 0..<6000 {
      let seed = UInt64.random(in: 0...UInt64.max, using: &random)
      let server = FakeWebServer { arrival in
        var random = SeededRandom(seed: seed &+ UInt64(arrival.number))
        let status = [200, 200, 200, 401, 401, 302, 303, 403, 404, 429, 307].randomElement(using: &random) ?? 200
        var exchange = HTTPExchange.page(
          status, bodies.randomElement(using: &random) ?? "", fields.filter { _ in Bool.random(using: &random) })
        exchange.isTruncated = Int.random(in: 0..<9, using: &random) == 0
        return Int.random(in: 0..<20, using: &random) == 0 ? .nothing : exchange
      }
      let course = server.play(try Self.login(), "12345")
      let outcome = try #require(course.outcome)
      ends.insert(outcome)
      #expect(course.entries <= 1 && course.arrivals.count <= HTTPLogin.sheet.fetches)
      #expect(course.login.hasEntered == (course.entries == 1))
      if case .accepted = outcome { #expect(course.entries == 1) }
      let holders = course.arrivals.filter { $0.authorization != nil || $0.body.contains("12345") }
      #expect(holders.count <= 1)
    }
    #expect(ends.count >= 8 && ends.contains(.accepted(passwordAsked: true)) && ends.contains(.lockedOut))
  }
}
