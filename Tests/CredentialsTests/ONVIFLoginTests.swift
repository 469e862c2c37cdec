import Addressing
import Cryptography
import LabSupport
import Probes
import Records
import Testing
import Wire

@testable import Credentials

struct ONVIFLoginTests {
  private static let soap = "http://www.w3.org/2003/05/soap-envelope"
  private static let device = "http://www.onvif.org/ver10/device/wsdl"

  private static func envelope(_ body: String) -> String {
    "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"\(soap)\" xmlns:d=\"\(device)\" xmlns:tt=\"http://www.onvif.org/ver10/schema\"><e:Body>\(body)</e:Body></e:Envelope>"
  }

  private static func clock(_ year: Int) -> String {
    let utc =
      "<tt:UTCDateTime><tt:Time><tt:Hour>7</tt:Hour><tt:Minute>5</tt:Minute><tt:Second>45</tt:Second></tt:Time>"
      + "<tt:Date><tt:Year>\(year)</tt:Year><tt:Month>2</tt:Month><tt:Day>28</tt:Day></tt:Date></tt:UTCDateTime>"
    return envelope(
      "<d:GetSystemDateAndTimeResponse><d:SystemDateAndTime>\(utc)</d:SystemDateAndTime></d:GetSystemDateAndTimeResponse>"
    )
  }

  private static func fault(_ code: String, _ text: String = "") -> String {
    envelope(
      "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>x:\(code)</e:Value></e:Subcode></e:Code>"
        + "<e:Reason><e:Text>\(text)</e:Text></e:Reason></e:Fault>")
  }

  private static let information = envelope(
    "<d:GetDeviceInformationResponse><d:Model>Cam</d:Model></d:GetDeviceInformationResponse>")
  private static let users = envelope("<d:GetUsersResponse><d:User/></d:GetUsersResponse>")

  /// The server's side of a token, from UsernameToken Profile 1.0 §3.1, by its own reading of the message.
  private static func accepts(_ body: String, user: String, password: String, created: String) -> Bool {
    func part(_ name: String) -> String? {
      body.firstRange(of: "</wsse:\(name)>").map { end in
        String(body[..<end.lowerBound].reversed().prefix { $0 != ">" }.reversed())
      }
    }
    guard let nonce = part("Nonce").flatMap(decoded), body.contains("<wsu:Created>\(created)</wsu:Created>") else {
      return false
    }
    let digest = DigestAlgorithm.sha1.digest(of: nonce + Array((created + password).utf8))
    return part("Username") == user && part("Password").flatMap(decoded) == digest
  }

  private static func decoded(_ text: String) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bits = 0
    var (value, octets) = (0, [UInt8]())
    for octet in text.utf8 where octet != 0x3d {
      guard let digit = alphabet.firstIndex(of: octet) else { return nil }
      value = value << 6 | digit
      bits += 6
      if bits >= 8 {
        bits -= 8
        octets.append(UInt8(truncatingIfNeeded: value >> bits))
      }
      value &= 0xffff
    }
    return octets
  }

  /// A camera whose clock stands in another year, with a password.
  private static func camera(_ password: String, opensInformation: Bool = false, year: Int = 1999) -> FakeWebServer {
    FakeWebServer(delay: .milliseconds(1200)) { arrival in
      if arrival.body.contains("<GetSystemDateAndTime") { return .page(200, clock(year)) }
      let isUsers = arrival.body.contains("<GetUsers")
      // 1.2 s an answer: to the second the token is one second behind the clock that was told, or two.
      let created = "\(year)-02-28T07:05:\(43 + arrival.number)Z"
      let isIn = accepts(arrival.body, user: "admin", password: password, created: created)
      if isIn || (opensInformation && !isUsers) { return .page(200, isUsers ? users : information) }
      return .page(400, fault("NotAuthorized"))
    }
  }

  private func play(_ server: FakeWebServer, _ password: String) -> FakeWebServer.Course {
    server.play(ONVIFLogin(port: 80, secure: false, seed: 1), password)
  }

  /// ONVIF Application Programmer's Guide 1.0 §5.2.1.
  @Test func `the token is that of the guide's example`() {
    let nonce = Self.decoded("LKqI6G/AikKCQrN0zqZFlg==") ?? []
    let message = UsernameToken.message(nonce: nonce, created: "2010-09-16T07:50:45Z")
    let pair = CredentialPair(account: "user<1>", secret: Secret(Array("userpassword".utf8)))
    let text = String(decoding: LoginOctets(message, of: pair).octets, as: UTF8.self)
    #expect(text.contains("#PasswordDigest\">tuOSpGlFlIXsozq4HFNeeGeFLEI=</wsse:Password>"))
    #expect(text.contains("#Base64Binary\">LKqI6G/AikKCQrN0zqZFlg==</wsse:Nonce>"))
    #expect(text.contains("<wsse:Username>user&lt;1&gt;</wsse:Username>") && !text.contains("userpassword"))
  }

  @Test(arguments: [1970, 1999, 2026, 2100])
  func `the token has the device's own time, whatever that is`(_ year: Int) throws {
    let course = play(Self.camera("12345", year: year), "12345")
    #expect(course.outcome == .accepted(passwordAsked: true) && course.entries == 1)
    #expect(course.arrivals.count == 3 && course.arrivals.allSatisfy { $0.request.path == "/onvif/device_service" })
    #expect(course.login.ending == .nothingOpen)
    #expect(play(Self.camera("12345", year: year), "1").outcome == .refused)
  }

  @Test func `where anybody is told the information, the users are the proof`() throws {
    let course = play(Self.camera("12345", opensInformation: true), "12345")
    #expect(course.outcome == .accepted(passwordAsked: true) && course.arrivals.count == 4)
    #expect(course.arrivals[2].body.contains("<GetUsers") && !course.arrivals[2].body.contains("Security"))
    #expect(play(Self.camera("12345", opensInformation: true), "1").outcome == .refused)
    let open = FakeWebServer {
      .page(200, $0.number == 1 ? Self.clock(2026) : $0.number == 2 ? Self.information : Self.users)
    }
    let told = play(open, "12345")
    #expect(told.outcome == .inconclusive("no-login-prompt") && told.entries == 0)
  }

  @Test func `a device that wants HTTP's digest gets that`() throws {
    let server = FakeWebServer { arrival in
      if arrival.number == 1 { return .page(200, Self.clock(2026)) }
      let isRight = arrival.authorization.map {
        DigestServer.accepts($0, "POST", user: "admin", password: "12345", algorithm: .md5)
      }
      return isRight == true
        ? .page(200, Self.information)
        : .page(401, "", [("WWW-Authenticate", "Digest realm=\"r\", nonce=\"1\", qop=\"auth\"")])
    }
    let course = play(server, "12345")
    #expect(course.outcome == .accepted(passwordAsked: true) && !course.arrivals[2].body.contains("Security"))
    #expect(play(server, "1").outcome == .refused)
  }

  @Test func `the nonce is another one in each attempt`() {
    let nonces = (0..<100).map { LoginNonce(seed: 1, at: MonotonicInstant(nanoseconds: $0)).octets }
    #expect(Set(nonces).count == 100 && nonces.allSatisfy { $0.count == 16 })
    #expect(LoginNonce(seed: 2, at: MonotonicInstant(nanoseconds: 0)).octets != nonces[0])
  }

  @Test func `nothing is entered where no device service tells the time`() throws {
    for (body, status, reason) in [
      ("", 404, "no-device-service"), ("<html>", 200, "no-device-service"),
      (Self.fault("NotAuthorized"), 400, "no-clock"),
      (Self.clock(9999), 200, "no-device-service"),
      (Self.clock(2026).replacing("<tt:Month>2<", with: "<tt:Month>13<"), 200, "no-device-service"),
    ] {
      let course = play(FakeWebServer { _ in .page(status, body) }, "x")
      #expect(course.outcome == .inconclusive(reason) && course.entries == 0 && course.arrivals.count == 1, "\(body)")
    }
    #expect(play(FakeWebServer { _ in .nothing }, "x").outcome == .timedOut)
  }

  @Test(arguments: [
    (400, "FailedAuthentication", "", LoginOutcome.refused), (500, "NotAuthorized", "", .refused),
    (400, "ActionNotSupported", "The user is locked", .lockedOut),
    (400, "ActionNotSupported", "", .inconclusive("fault")),
    (429, "", "", .lockedOut), (403, "", "", .lockedOut), (500, "", "", .inconclusive("status-500")),
  ])
  func `what comes of the token is told apart`(_ status: Int, _ code: String, _ text: String, _ outcome: LoginOutcome) {
    let server = FakeWebServer { arrival in
      switch arrival.number {
      case 1: .page(200, Self.clock(2026))
      case 2: .page(400, Self.fault("NotAuthorized"))
      default: .page(status, code.isEmpty ? "" : Self.fault(code, text))
      }
    }
    #expect(play(server, "x").outcome == outcome)
  }

  @Test func `any change of an answer ends it, and enters once`() {
    var random = SeededRandom(seed: 2)
    let answers = [Self.clock(2026), Self.fault("NotAuthorized"), Self.information, Self.users]
    for _ in 0..<3000 {
      let seed = UInt64.random(in: 0...UInt64.max, using: &random)
      let server = FakeWebServer { arrival in
        var random = SeededRandom(seed: seed &+ UInt64(arrival.number))
        var octets = Array((arrival.number == 1 ? answers[0] : answers.randomElement(using: &random) ?? "").utf8)
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        let status = [200, 200, 400, 401].randomElement(using: &random) ?? 200
        return HTTPExchange(status: status, version: "1.1", body: octets)
      }
      let course = play(server, "x")
      #expect(course.outcome != nil && course.entries <= 1 && course.arrivals.count <= ONVIFLogin.sheet.fetches)
    }
  }
}
