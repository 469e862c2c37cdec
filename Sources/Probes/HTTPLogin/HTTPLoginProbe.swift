public import Addressing
public import Records

/// Looks whether a web server asks for a password where everybody on the path can read it.
///
/// - Octets sent: `GET /` without TLS; where that leads to another path of the same server, `GET` of that path. No name and
///   no password is sent, and no form.
/// - Connections opened: one for each request.
/// - State left behind: log entries; a session that nobody uses, on servers that give one to every visitor.
/// - Worst known reaction: small web servers serve one client at a time, so somebody else may have to wait.
public struct HTTPLoginProbe: Probe {
  public static let question = "http.plaintext-login"
  public static let sheet = ProbeSheet(
    id: "http-login", technique: .serviceQuestions,
    sends: LocalizedText(ja: "TLSを使わないHTTPのGET要求", en: "an HTTP GET request without TLS"), leavesBehind: "log entries",
    worstReaction: "servers for one client at a time make others wait", fetches: 2, duration: .seconds(40))

  private let address: String
  private let port: UInt16
  private var path = "/"
  private var fetches = 0
  private var claims: [Claim] = []
  /// What was fetched, for the comparison with the same inside TLS.
  private var pages: [Observation.Fact] = []
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?

  /// - Parameter address: what the server is called in its own redirects.
  public init(address: IPAddress, port: UInt16) {
    self.address = address.isIPv4 ? "\(address)" : "[\(address)]"
    self.port = port
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { fetch() }

  private mutating func fetch() -> [ProbeAction] {
    fetches += 1
    return [.fetch(fetches, HTTPRequest(port: port, path: path))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .response(_, let exchange): return judge(exchange)
    case .failed(_, let reason): unclear(reason)
    case .opened, .received, .ended, .timer: break
    }
    return []
  }

  private mutating func judge(_ exchange: HTTPExchange) -> [ProbeAction] {
    guard let status = exchange.status else {
      unclear(exchange.failure ?? "no-answer")
      return []
    }
    note(exchange)
    if let page = WebPage(exchange, path: path) { pages.append(.page(page)) }
    switch status {
    case 401: judgeChallenge(exchange.values(of: "WWW-Authenticate"))
    case 301, 302, 303, 307, 308: return judgeRedirect(exchange.values(of: "Location").first ?? "")
    case 200..<300, 403: judgePage(exchange.body)
    default: unclear("status-\(status)")
    }
    return []
  }

  private mutating func note(_ exchange: HTTPExchange) {
    guard claims.isEmpty, let server = exchange.values(of: "Server").first, !server.isEmpty else { return }
    claims = [Claim(.software, server, source: "tcp/\(port) http Server", confidence: .medium)]
  }

  /// Challenges of RFC 9110 §11.6.1; Basic (RFC 7617) sends the password as it is.
  private mutating func judgeChallenge(_ challenges: [String]) {
    let schemes = challenges.map { $0.prefix { $0 != " " }.lowercased() }
    if schemes.contains("basic") {
      finish(
        .proven,
        LocalizedText(
          ja: "401とBasic認証の要求が返りました。この方式では、パスワードが平文で送られます。",
          en: "It asked for Basic authentication (401), which sends the password as readable text."))
    } else if schemes.contains("digest") {
      finish(
        .refuted,
        LocalizedText(
          ja: "401とDigest認証の要求が返りました。この方式では、パスワード自体は送られません。",
          en: "It asked for Digest authentication (401), which does not send the password itself."))
    } else {
      unclear("unknown-scheme")
    }
  }

  private mutating func judgeRedirect(_ location: String) -> [ProbeAction] {
    if location.lowercased().hasPrefix("https://") {
      finish(.refuted, LocalizedText(ja: "TLS(https)へ転送されました。", en: "It redirects to TLS (https)."))
      return []
    }
    guard let next = ownPath(location), next != path, fetches < Self.sheet.fetches else {
      unclear("redirect")
      return []
    }
    path = next
    return fetch()
  }

  /// The path of a redirect that stays on this server; nil for any other.
  private func ownPath(_ location: String) -> String? {
    var path = location
    for start in ["http://\(address):\(port)/", "http://\(address)/"] where location.hasPrefix(start) {
      guard port == 80 || start.hasSuffix(":\(port)/") else { continue }
      path = "/" + location.dropFirst(start.count)
    }
    guard path.hasPrefix("/"), !path.hasPrefix("//"), path.utf8.count <= 512,
      path.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return String(path.prefix { $0 != "#" })
  }

  private mutating func judgePage(_ body: [UInt8]) {
    let page = LoginPage(body)
    guard page.asksForPassword else { return unclear("no-login-found") }
    guard !page.sendsToTLS else { return unclear("form-to-tls") }
    finish(
      .proven,
      LocalizedText(
        ja: "パスワードの入力欄があるページ(\(path))が返りました。入力した内容は平文で送られます。",
        en: "It answered with a page (\(path)) that asks for a password, which is sent as readable text."))
  }

  private mutating func unclear(_ reason: String) {
    finish(
      .inconclusive(reason: reason),
      LocalizedText(ja: "応答からは判断できませんでした(\(reason))。", en: "What came back decides nothing (\(reason))."))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ what: LocalizedText) {
    let basis = LocalizedText(
      ja: "\(Self.sheet.sends.ja)を送信しました。\(what.ja)", en: "\(Self.sheet.sends.en.capitalisedFirst) was sent. \(what.en)"
    )
    report = ProbeReport(verdicts: [ProbeVerdict(Self.question, result, basis: basis)], claims: claims, facts: pages)
  }
}
