import Addressing
import Credentials
import LabSupport
import Probes
import Records
import Testing
import Wire

/// Logins by forms: what is sent, and by what a session is known.
struct HTTPFormLoginTests {
  /// A device with a form, a token in it, and a session by cookie.
  private struct Device {
    var page = """
      <html><head><title>Login</title></head><body><!-- <input type="password" name="no"> -->
      <form method="POST" action="/cgi-bin/login.cgi">
      <input type="hidden" name="csrf" value="a&amp;b=c&#x2F;1"> <input name="lang" type="hidden" value="ja">
      User: <input type="text" name="user name" value="guest"> <input type="PASSWORD" name="pw">
      <input type="checkbox" name="keep"><input type="checkbox" name="ok" checked>
      <input type="submit" name="go" value="Log in"><input type="submit" name="other" value="Cancel">
      </form></body></html>
      """
    var home = "<h1>Status</h1><a href=\"/cgi-bin/logout.cgi\">Log out</a>"
    var refusal = "<script>alert('Password error')</script>"
    var answersWithRedirect = true
    var setsCookieAlways = false
    var renewsCookie = true

    var server: FakeWebServer {
      FakeWebServer { arrival in
        let isIn = arrival.cookie?.contains(renewsCookie ? "sid=in" : "sid=out") == true
        switch (arrival.isPost, arrival.request.path) {
        case (true, "/cgi-bin/login.cgi"):
          guard arrival.field("user name") == "admin", arrival.field("pw") == "p w&1",
            arrival.field("csrf") == "a&b=c/1"
          else {
            return .page(200, refusal.isEmpty ? page : refusal, setsCookieAlways ? [("Set-Cookie", "sid=new")] : [])
          }
          let cookie = renewsCookie ? [("Set-Cookie", "sid=in; HttpOnly; Path=/")] : []
          return answersWithRedirect ? .page(302, "", [("Location", "/")] + cookie) : .page(200, home, cookie)
        case (false, "/cgi-bin/logout.cgi"): return .page(302, "", [("Location", "/")])
        case (false, "/"):
          if isIn, arrival.number > 2 { return .page(200, home) }
          return .page(200, page, [("Set-Cookie", "sid=out")])
        default: return .page(404)
        }
      }
    }
  }

  @Test(arguments: [true, false])
  func `a form is sent as a browser sends it, the session is proven and logged out of`(_ redirects: Bool) throws {
    var device = Device()
    device.answersWithRedirect = redirects
    let course = device.server.play(try HTTPLoginTests.login(), "p w&1")
    #expect(course.outcome == .accepted(passwordAsked: true) && course.login.ending == .loggedOut)
    #expect(
      course.paths == ["GET /", "POST /cgi-bin/login.cgi"] + (redirects ? ["GET /"] : []) + ["GET /cgi-bin/logout.cgi"])
    let post = course.arrivals[1]
    #expect(post.body == "csrf=a%26b%3Dc%2F1&lang=ja&user%20name=admin&pw=p%20w%261&ok=on&go=Log%20in")
    #expect(post.cookie == "sid=out" && course.arrivals.last?.cookie == "sid=in")
    #expect(post.request.headers.values(of: "Referer") == ["http://192.0.2.7:8080/"])
    #expect(course.entries == 1)
  }

  @Test func `the form again, or a page that says so, is a refusal, whatever cookie comes with it`() throws {
    for refusal in ["", "<p>Password incorrect</p>", "<script>alert('Password error')</script>"] {
      for setsCookie in [false, true] {
        var device = Device()
        (device.refusal, device.setsCookieAlways) = (refusal, setsCookie)
        let course = device.server.play(try HTTPLoginTests.login(), "wrong")
        #expect(course.outcome == .refused, "\(refusal) \(setsCookie)")
        #expect(course.entries == 1 && course.arrivals.count <= 4)
      }
    }
  }

  @Test func `a session whose cookie stays the same is known by the page that asks no more`() throws {
    var device = Device()
    device.renewsCookie = false
    #expect(device.server.play(try HTTPLoginTests.login(), "p w&1").outcome == .accepted(passwordAsked: true))
  }

  @Test func `without a link to log out the page that asked is looked at again, and the session is left`() throws {
    for redirects in [true, false] {
      var device = Device()
      (device.home, device.answersWithRedirect) = ("<h1>Status</h1>", redirects)
      let course = device.server.play(try HTTPLoginTests.login(), "p w&1")
      #expect(course.outcome == .accepted(passwordAsked: true) && course.login.ending == .left)
      #expect(course.paths.last == "GET /" && course.arrivals.count == 3)
    }
  }

  @Test func `no cookie at all is no session`() throws {
    let page = Device().page
    let course = FakeWebServer {
      $0.isPost ? .page(200, "<a href=/logout>Log out</a>") : .page(200, page)
    }.play(try HTTPLoginTests.login(), "x")
    #expect(course.outcome == .inconclusive("no-session"))
  }

  @Test func `who shows the same page for everything, or a form for everything, opens no session`() throws {
    let page = Device().page
    let forms = FakeWebServer { _ in .page(200, page, [("Set-Cookie", "sid=x")]) }
    #expect(forms.play(try HTTPLoginTests.login(), "x").outcome == .refused)
    let both = FakeWebServer { _ in .page(200, page + "<a href=/logout>Log out</a>") }
    #expect(both.play(try HTTPLoginTests.login(), "x").outcome == .refused, "the link was there before")
    let late = FakeWebServer { .page(200, page + ($0.isPost ? "<a href=/logout>Log out</a>" : "")) }
    #expect(late.play(try HTTPLoginTests.login(), "x").outcome == .inconclusive("signs-disagree"))
  }

  @Test func `another form that asks for a password is no refusal`() throws {
    let page = Device().page
    let settings = "<form method=post><input name=ssid><input type=password name=key></form>"
    let course = FakeWebServer { .page(200, $0.isPost ? settings : page, [("Set-Cookie", "a=\($0.number)")]) }
      .play(try HTTPLoginTests.login(), "x")
    #expect(course.outcome == .inconclusive("signs-disagree"))
  }

  @Test func `redirects after the form are followed twice, and no further`() throws {
    let page = Device().page
    let course = FakeWebServer {
      $0.request.path == "/"
        ? .page(200, page) : .page(302, "", [("Location", "/a\($0.number)"), ("Set-Cookie", "s=1")])
    }.play(try HTTPLoginTests.login(), "x")
    #expect(course.outcome == .inconclusive("redirects") && course.arrivals.count == 4 && course.entries == 1)
    // A password is never sent again, as 307 and 308 would have it.
    let again = FakeWebServer { $0.isPost ? .page(307, "", [("Location", "/b")]) : .page(200, page) }
      .play(try HTTPLoginTests.login(), "x")
    #expect(again.outcome == .inconclusive("status-307") && again.arrivals.count == 2)
  }

  @Test func `a page that leads to the login by itself is followed`() throws {
    let device = Device()
    let course = FakeWebServer {
      $0.number == 1
        ? .page(200, "<meta http-equiv=\"Refresh\" content=\"0; URL='/login.html'\">")
        : $0.request.path == "/login.html" ? .page(200, device.page) : device.server.answer($0)
    }.play(try HTTPLoginTests.login(), "p w&1")
    #expect(course.paths.prefix(3) == ["GET /", "GET /login.html", "POST /cgi-bin/login.cgi"])
    #expect(course.outcome == .accepted(passwordAsked: true))
  }

  @Test(arguments: [
    ("method=\"POST\"", "method=\"GET\"", "form-by-get"), ("method=\"POST\"", "", "form-by-get"),
    ("/cgi-bin/login.cgi", "javascript:go()", "form-by-script"), ("/cgi-bin/login.cgi", "#", "form-by-script"),
    ("name=\"pw\"", "id=\"pw\"", "form-by-script"),
    ("name=\"csrf\" value=\"a&amp;b=c&#x2F;1\"", "name=\"md5pw\"", "form-by-script"),
    ("name=\"lang\"", "name=\"captcha\"", "captcha"),
    ("name=\"csrf\" value=\"a&amp;b=c&#x2F;1\"", "name=\"hiddenPassword\" value", "form-by-script"),
    ("name=\"csrf\" value=\"a&amp;b=c&#x2F;1\"", "name=encoded", "form-by-script"),
    // `user name_work` is written in, and goes to `user name`.
    (
      "type=\"text\" name=\"user name\" value=\"guest\"", "type=hidden name=u-id><input name=u-id_work",
      "form-by-script"
    ),
    ("/cgi-bin/login.cgi", "https://192.0.2.7:8080/x", "form-elsewhere"),
    ("/cgi-bin/login.cgi", "http://192.0.2.8/x", "form-elsewhere"),
    ("type=\"text\" name=\"user name\"", "type=password name=new", "asks-for-new-password"),
    ("<form method=\"POST\" action=\"/cgi-bin/login.cgi\">", "", "form-by-script"),
  ])
  func `a form that cannot be sent as it stands is not sent`(_ old: String, _ new: String, _ reason: String) throws {
    var device = Device()
    #expect(device.page.contains(old))
    device.page = device.page.replacing(old, with: new)
    let course = device.server.play(try HTTPLoginTests.login(), "p w&1")
    #expect(course.outcome == .inconclusive(reason) && course.entries == 0 && !course.login.hasEntered)
  }

  /// An empty hidden field that a script of the page sets is none that a browser sends empty.
  @Test(arguments: [
    ("document.forms[0].tz.value = f(pw)", false), ("form['tz'].value=1", false),
    ("document.getElementById(\"tz\").value  =  x;", false), ("$('#tz').val(hex(pw))", false),
    ("$('[name=tz]').val( h )", false), ("if (form.tz.value == 1) {}", true), ("x = form.tz.value;", true),
    ("$('#tz').val()", true), ("form.other.value = 1", true), ("form.tz.values = 1", true),
  ])
  func `a hidden field that a script fills is an obstacle`(_ script: String, _ isSent: Bool) throws {
    var device = Device()
    device.page = device.page.replacing("</form>", with: "<input type=hidden name=tz></form><script>\(script)</script>")
    let course = device.server.play(try HTTPLoginTests.login(), "p w&1")
    #expect(course.outcome == (isSent ? .accepted(passwordAsked: true) : .inconclusive("form-by-script")))
    #expect(course.entries == (isSent ? 1 : 0))
    // One that has its value already is sent as it is.
    device.page = device.page.replacing("name=tz", with: "name=tz value=9")
    #expect(device.server.play(try HTTPLoginTests.login(), "p w&1").entries == 1)
  }

  /// LuCI (OpenWrt) answers a wrong password with 403 and its form.
  @Test func `403 with the same form refuses, and locks where it says so or shows something else`() throws {
    let page = "<form method=post><input name=luci_username value=root><input type=password name=luci_password></form>"
    func outcome(_ body: String, _ recipe: HTTPRecipe = HTTPRecipe()) throws -> LoginOutcome? {
      let course = FakeWebServer { .page(403, $0.isPost ? body : page) }.play(try HTTPLoginTests.login(recipe), "x")
      #expect(course.entries == 1)
      return course.outcome
    }
    #expect(try outcome(page) == .refused)
    #expect(try outcome("<p>Invalid username and/or password! Please try again.</p>" + page) == .refused)
    #expect(try outcome("<p>Too many failures</p>" + page) == .lockedOut)
    #expect(try outcome("<p>Come back tomorrow</p>" + page, HTTPRecipe(lockedOut: ["come back"])) == .lockedOut)
    #expect(try outcome(page.replacing("luci_password", with: "other")) == .lockedOut)
    #expect(try outcome("<p>Forbidden</p>") == .lockedOut)
    #expect(try outcome("<p>Bad token</p>" + page) == .inconclusive("form-token"))
    let locked = FakeWebServer { .page($0.isPost ? 401 : 200, $0.isPost ? "<p>Account locked</p>" : page) }
    let course = locked.play(try HTTPLoginTests.login(), "x")
    #expect(course.outcome == .lockedOut)
  }

  /// The octets of Shift_JIS are those of Python's codec: ログイン, ユーザ名, and パスワードが違います.
  @Test func `a Japanese page is read in UTF-8 and Shift_JIS, and its fields go back as they came`() throws {
    let form = { (word: [UInt8], told: [UInt8]) -> [UInt8] in
      Array("<form method=post><p>".utf8) + told + Array("</p><input name='".utf8) + word
        + Array("'><input type=password name=p><input type=hidden name=h value='".utf8) + word + Array("'></form>".utf8)
    }
    let samples: [(word: [UInt8], encoded: String, told: [UInt8], lock: [UInt8])] = [
      (Array("ログ".utf8), "%E3%83%AD%E3%82%B0", Array("パスワードが違います".utf8), Array("ロック".utf8)),
      (
        octets(hex: "838d834f"), "%83%8D%83O", octets(hex: "83708358838f815b836882aa88e182a282dc82b7"),
        octets(hex: "838d8362834e")
      ),
    ]
    for sample in samples {
      func play(_ told: [UInt8]) throws -> FakeWebServer.Course {
        FakeWebServer {
          HTTPExchange(status: 200, version: "1.1", body: form(sample.word, $0.isPost ? told : []))
        }.play(try HTTPLoginTests.login(), "x")
      }
      let course = try play(sample.told)
      #expect(course.outcome == .refused)
      #expect(course.arrivals[1].body == "\(sample.encoded)=admin&p=x&h=\(sample.encoded)")
      #expect(try play(sample.lock).outcome == .lockedOut)
    }
    let link = octets(hex: "838d834f834183458367")  // ログアウト
    let signs = FakeWebServer { arrival in
      let body = arrival.number == 1 ? form([0x75], []) : Array("<a href=x.cgi>".utf8) + link + Array("</a>".utf8)
      return HTTPExchange(
        status: 200, version: "1.1", headers: [HeaderField("Set-Cookie", "a=\(arrival.number)")], body: body)
    }.play(try HTTPLoginTests.login(), "x")
    #expect(signs.outcome == .accepted(passwordAsked: true) && signs.paths.last == "GET /x.cgi")
  }

  @Test(arguments: ["Too many attempts", "Your account is locked for 30 minutes", "ロックされています"])
  func `a lock that is told beside the form, or instead of it, is seen`(_ text: String) throws {
    let page = Device().page
    for body in [page + "<p>\(text)</p><br>", "<p>\(text)</p>"] {
      let server = FakeWebServer { .page(200, $0.isPost ? body : page, [("Set-Cookie", "s=\($0.number)")]) }
      #expect(server.play(try HTTPLoginTests.login(), "x").outcome == .lockedOut, "\(body.prefix(30))")
    }
    // The device's own words, which were there before, say nothing.
    let server = FakeWebServer { _ in .page(200, page + "<p>\(text)</p><br>") }
    #expect(server.play(try HTTPLoginTests.login(), "x").outcome == .refused)
  }

  @Test func `a page without an end, a token that is not taken, and a first password decide nothing`() throws {
    let page = Device().page
    func outcome(_ answer: HTTPExchange) throws -> LoginOutcome? {
      FakeWebServer { $0.isPost ? answer : .page(200, page) }.play(try HTTPLoginTests.login(), "x").outcome
    }
    var endless = HTTPExchange.page(200, String(repeating: "x ", count: 60_000), [("Set-Cookie", "a=b")])
    endless.isTruncated = true
    #expect(try outcome(endless) == .inconclusive("page-limit"))
    #expect(try outcome(.page(403, "<p>CSRF verification failed</p>")) == .inconclusive("form-token"))
    #expect(try outcome(.page(403, "<p>Forbidden</p>")) == .lockedOut)
    #expect(try outcome(.page(401)) == .refused)
    let new = "<form><input type=password name=a><input type=password name=b></form>"
    #expect(try outcome(.page(200, new, [("Set-Cookie", "a=b")])) == .inconclusive("asks-for-new-password"))
    #expect(try outcome(.nothing) == .inconclusive("no-answer"))
  }

  @Test func `a link that restarts the device is not taken for one that logs out`() throws {
    for link in ["/reboot?then=logout", "javascript:logout()", "http://192.0.2.9/logout", "#logout"] {
      var device = Device()
      device.home = "<a href=\"\(link)\">Log out</a>"
      let course = device.server.play(try HTTPLoginTests.login(), "p w&1")
      #expect(course.outcome == .accepted(passwordAsked: true) && course.login.ending == .left, "\(link)")
      #expect(!course.paths.contains { $0.contains("logout") || $0.contains("reboot") })
    }
  }

  @Test func `any prefix and change of a page is read without a trap`() throws {
    let page = Array(Device().page.utf8)
    var random = SeededRandom(seed: 3)
    for place in 0..<(page.count + 3000) {
      var octets = page
      if place < page.count {
        octets = Array(page[..<place])
      } else {
        for _ in 0..<4 {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
      }
      let course = FakeWebServer { _ in HTTPExchange(status: 200, version: "1.1", body: octets) }
        .play(try HTTPLoginTests.login(), "p w&1")
      #expect(course.outcome != nil && course.entries <= 1)
      if case .accepted = course.outcome { Issue.record("accepted by a page that never changes") }
    }
  }
}
