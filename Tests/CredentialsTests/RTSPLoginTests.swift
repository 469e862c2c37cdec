import Addressing
import Credentials
import Cryptography
import LabSupport
import Probes
import Records
import Testing

struct RTSPLoginTests {
  /// A streaming server: its answer to each request, by the request's text; nil where it hangs up instead.
  private struct Camera {
    var delay = Duration.milliseconds(20)
    var hangsUp = false
    var cutsAnswers = false
    let answer: (String) -> String?

    struct Course {
      var login: RTSPLogin
      var requests: [String] = []
      var entries = 0
      var connections = 0
      var elapsed = Duration.zero

      var outcome: LoginOutcome? { login.outcome }
    }

    func play(_ password: String, as account: String = "admin") throws -> Course {
      let address = try #require(IPAddress("192.0.2.7"))
      var course = Course(login: RTSPLogin(address: address, port: 554, seed: 3))
      let pair = CredentialPair(account: account, secret: Secret(Array(password.utf8)))
      let start = MonotonicInstant(nanoseconds: 4_000_000_000)
      var now = start
      var isOpen = false
      var channel = 0
      var pending = course.login.begin(at: now)
      func take(_ octets: [UInt8]) {
        course.requests.append(String(decoding: octets, as: UTF8.self))
        now = now + delay
        guard isOpen else { return }
        guard let said = answer(course.requests[course.requests.count - 1]) else {
          isOpen = false
          pending += course.login.handle(.ended(channel, .reset), at: now)
          return
        }
        let octets = Array(said.utf8)
        let cut = cutsAnswers ? octets.count / 2 : octets.count
        for part in [octets[..<cut], octets[cut...]] where !part.isEmpty {
          pending += course.login.handle(.received(channel, Array(part)), at: now)
        }
        guard hangsUp else { return }
        isOpen = false
        pending += course.login.handle(.ended(channel, .closed), at: now)
      }
      for _ in 0..<200 where course.login.outcome == nil {
        if !pending.isEmpty {
          switch pending.removeFirst() {
          case .connect(let number, _):
            (channel, isOpen) = (number, true)
            course.connections += 1
            pending += course.login.handle(.opened(number), at: now)
          case .send(_, let octets): take(octets)
          case .enter(_, let message):
            if message.holdsPassword { course.entries += 1 }
            take(LoginOctets(message, of: pair).octets)
          case .close, .withhold, .datagram, .fetch, .enterDatagram, .enterFetch, .enterShell: break
          }
        } else if let wake = course.login.wakeAt {
          now = max(now, wake)
          pending += course.login.handle(.timer, at: now)
        } else {
          break
        }
      }
      course.elapsed = now - start
      return course
    }
  }

  private static let description = "v=0\r\nm=video 0 RTP/AVP 96\r\n"
  private static let shown =
    "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: \(description.utf8.count)\r\n\r\n\(description)"

  private static func status(_ line: String, _ fields: String = "") -> String { "RTSP/1.0 \(line)\r\n\(fields)\r\n" }

  private static func field(_ name: String, _ request: String) -> String? {
    request.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map {
      String($0.dropFirst(name.utf8.count + 2))
    }
  }

  /// Asks for Digest on every path.
  private static func digest(_ password: String, _ found: String = shown) -> (String) -> String? {
    { request in
      let isRight = field("Authorization", request).map {
        DigestServer.accepts($0, "DESCRIBE", user: "admin", password: password, algorithm: .md5)
      }
      return isRight == true
        ? found : status("401 Unauthorized", "WWW-Authenticate: Digest realm=\"cam\", nonce=\"8b84a3b789283a8b\"\r\n")
    }
  }

  @Test(arguments: [false, true], [false, true])
  func `a digest is taken by a server of its own making, on one connection or on two`(_ hangsUp: Bool, _ cuts: Bool)
    throws
  {
    let camera = Camera(hangsUp: hangsUp, cutsAnswers: cuts, answer: Self.digest("12345"))
    let course = try camera.play("12345")
    #expect(course.outcome == .accepted(passwordAsked: true) && course.entries == 1)
    #expect(course.requests.count == 2 && course.connections == (hangsUp ? 2 : 1))
    #expect(course.requests[0].hasPrefix("DESCRIBE rtsp://192.0.2.7/ RTSP/1.0\r\nCSeq: 1\r\n"))
    #expect(course.requests[1].hasPrefix("DESCRIBE rtsp://192.0.2.7/ RTSP/1.0\r\nCSeq: 2\r\n"))
    #expect(course.requests[1].contains("uri=\"rtsp://192.0.2.7/\"") && course.requests[1].hasSuffix("\"\r\n\r\n"))
    #expect(course.login.ending == .nothingOpen)
    #expect(try camera.play("54321").outcome == .refused)
  }

  /// RFC 7617's example, in RTSP's field.
  @Test func `Basic is answered where nothing better is offered`() throws {
    let camera = Camera {
      Self.field("Authorization", $0) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        ? Self.shown : Self.status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"cam\"\r\n")
    }
    #expect(try camera.play("open sesame", as: "Aladdin").outcome == .accepted(passwordAsked: true))
    #expect(try camera.play("open barley", as: "Aladdin").outcome == .refused)
  }

  @Test func `a stream that is not there is told to those who are let in`() throws {
    let camera = Camera(answer: Self.digest("12345", Self.status("404 Not Found")))
    #expect(try camera.play("12345").outcome == .accepted(passwordAsked: true))
    #expect(try camera.play("1").outcome == .refused)
  }

  @Test func `the path that asks is looked for, one a second`() throws {
    let camera = Camera {
      $0.contains("rtsp://192.0.2.7/axis-media") ? Self.digest("12345")($0) : Self.status("404 Not Found")
    }
    let course = try camera.play("12345")
    #expect(course.outcome == .accepted(passwordAsked: true) && course.requests.count == 5)
    #expect(course.elapsed >= .seconds(4) && course.elapsed < .seconds(6))
    let none = try Camera { _ in Self.status("404 Not Found") }.play("12345")
    #expect(none.outcome == .inconclusive("no-login-prompt") && none.entries == 0 && none.requests.count == 7)
  }

  @Test func `who describes it to anybody, or refuses everybody, opens nothing`() throws {
    let open = try Camera { _ in Self.shown }.play("x")
    #expect(open.outcome == .inconclusive("no-login-prompt") && open.entries == 0)
    let none = try Camera { _ in Self.status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"c\"\r\n") }.play("x")
    #expect(none.outcome == .refused && none.entries == 1)
    let odd = try Camera { _ in Self.status("401 Unauthorized", "WWW-Authenticate: Bearer\r\n") }.play("x")
    #expect(odd.outcome == .inconclusive("unknown-scheme") && odd.entries == 0)
  }

  @Test(arguments: [
    ("401 Account locked", LoginOutcome.lockedOut), ("403 Forbidden", .lockedOut), ("423 Locked", .lockedOut),
    ("429 Too Many", .lockedOut), ("500 Error", .inconclusive("status-500")),
  ])
  func `a lock is one, and an error decides nothing`(_ line: String, _ outcome: LoginOutcome) throws {
    let camera = Camera {
      Self.field("Authorization", $0) == nil
        ? Self.status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"c\"\r\n") : Self.status(line)
    }
    #expect(try camera.play("x").outcome == outcome)
  }

  @Test func `3 s an answer are borne, a reset and other answers decide nothing`() throws {
    let slow = try Camera(delay: .seconds(3), answer: Self.digest("12345")).play("12345")
    #expect(slow.outcome == .accepted(passwordAsked: true) && slow.login.latency == .seconds(3))
    let reset = try Camera { Self.field("Authorization", $0) == nil ? Self.digest("1")($0) : nil }.play("x")
    #expect(reset.outcome == .inconclusive("no-answer") && reset.login.hasEntered)
    #expect(try Camera { _ in nil }.play("x").outcome == .timedOut)
    #expect(try Camera { _ in "HTTP/1.1 200 OK\r\n\r\n" }.play("x").outcome == .inconclusive("other-answer"))
    #expect(try Camera { _ in "" }.play("x").outcome == .timedOut)
    let endless = try Camera { _ in "RTSP/1.0 200 OK\r\nX: " + String(repeating: "x", count: 200_000) }.play("x")
    #expect(endless.outcome != nil && endless.entries == 0)
  }

  @Test func `any prefix and change of an answer ends it, and enters once`() throws {
    let challenge = Array(Self.digest("1")("")?.utf8 ?? "".utf8)
    var random = SeededRandom(seed: 6)
    for place in 0..<(challenge.count + 1500) {
      var octets = challenge
      if place < challenge.count {
        octets = Array(challenge[..<place])
      } else {
        for _ in 0..<3 {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
      }
      let said = String(decoding: octets, as: UTF8.self)
      let course = try Camera { _ in said }.play("x")
      #expect(course.outcome != nil && course.entries <= 1 && course.connections <= RTSPLogin.sheet.connections)
      #expect(course.elapsed <= RTSPLogin.sheet.duration)
    }
  }
}
