import Credentials
import Cryptography
import Probes
import Records
import Wire

/// A web server as a function of what arrives, with what stands in it: it sees the same octets as a device would.
struct FakeWebServer {
  struct Arrival {
    let number: Int
    let request: HTTPRequest

    var isPost: Bool { if case .post = request.method { true } else { false } }
    var body: String {
      if case .post(_, let body) = request.method { String(decoding: body, as: UTF8.self) } else { "" }
    }
    var authorization: String? { request.headers.values(of: "Authorization").first }
    var cookie: String? { request.headers.values(of: "Cookie").first }

    /// The field of a form, as it was before it was encoded.
    func field(_ name: String) -> String? {
      for pair in body.split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, Self.decoded(parts[0]) == name { return Self.decoded(parts[1]) }
      }
      return nil
    }

    private static func decoded(_ text: Substring) -> String {
      var octets: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while let octet = rest.popFirst() {
        guard octet == 0x25 else {
          octets.append(octet)
          continue
        }
        octets.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      }
      return String(decoding: octets, as: UTF8.self)
    }
  }

  struct Course {
    var login: any LoginMachine
    var arrivals: [Arrival] = []
    /// Requests with the password in them.
    var entries = 0
    var elapsed = Duration.zero

    var outcome: LoginOutcome? { login.outcome }
    var paths: [String] { arrivals.map { "\($0.isPost ? "POST" : "GET") \($0.request.path)" } }
  }

  static let address = "192.0.2.7"
  var delay = Duration.milliseconds(20)
  let answer: (Arrival) -> HTTPExchange

  init(delay: Duration = .milliseconds(20), answer: @escaping (Arrival) -> HTTPExchange) {
    self.delay = delay
    self.answer = answer
  }

  /// Plays an attempt to its end, as the driver does: one request after the other.
  func play(_ login: any LoginMachine, _ password: String, as account: String = "admin") -> Course {
    let pair = CredentialPair(account: account, secret: Secret(Array(password.utf8)))
    var course = Course(login: login)
    let start = MonotonicInstant(nanoseconds: 9_000_000_000)
    var now = start
    var pending = course.login.begin(at: now)
    for _ in 0..<50 {
      guard course.login.outcome == nil, !pending.isEmpty else { break }
      let (number, request): (ProbeChannel, HTTPRequest)
      switch pending.removeFirst() {
      case .fetch(let channel, let plain): (number, request) = (channel, plain)
      case .enterFetch(let channel, let login):
        if login.holdsPassword { course.entries += 1 }
        (number, request) = (channel, login.filled(with: pair))
      case .connect, .withhold, .send, .close, .datagram, .enter, .enterDatagram, .enterShell: continue
      }
      let arrival = Arrival(number: course.arrivals.count + 1, request: request)
      course.arrivals.append(arrival)
      now = now + delay
      var exchange = answer(arrival)
      exchange.elapsed = delay
      pending += course.login.handle(.response(number, exchange), at: now)
    }
    course.elapsed = now - start
    return course
  }
}

extension HTTPExchange {
  static func page(_ status: Int, _ body: String = "", _ fields: [(String, String)] = []) -> HTTPExchange {
    HTTPExchange(
      status: status, version: "1.1", headers: fields.map { HeaderField($0.0, $0.1) }, body: Array(body.utf8))
  }

  /// Nobody answered.
  static let nothing = HTTPExchange(failure: "connection reset")
}

/// The server's side of Digest, from RFC 7616 §3.4, by its own reading of the field.
enum DigestServer {
  static func accepts(
    _ authorization: String, _ method: String, user: String, password: String, algorithm: DigestAlgorithm
  ) -> Bool {
    guard authorization.hasPrefix("Digest ") else { return false }
    var values: [String: String] = [:]
    for match in authorization.matches(of: #/([a-z]+)=(?:"([^"]*)"|([^, ]+))/#) {
      values[String(match.1)] = String(match.2 ?? match.3 ?? "")
    }
    func hash(_ text: String) -> String {
      algorithm.digest(of: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    func value(_ name: String) -> String { values[name] ?? "" }
    let who = hash("\(user):\(value("realm")):\(password)")
    let what = hash("\(method):\(value("uri"))")
    let middle =
      values["qop"] == nil
      ? value("nonce") : "\(value("nonce")):\(value("nc")):\(value("cnonce")):\(value("qop"))"
    return value("username") == user && value("response") == hash("\(who):\(middle):\(what)")
  }
}
