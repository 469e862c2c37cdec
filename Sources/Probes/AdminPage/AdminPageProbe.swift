public import Addressing
public import Records

/// Looks whether a web server shows its administration to a visitor who has not logged in.
///
/// It loads only what a browser loads by itself when somebody opens the device's address: the first page, the page that
/// it redirects to, its frames. No link is followed and no form is sent, because on many devices a mere `GET` restarts
/// or resets them.
///
/// - Octets sent: `GET /`; at most two more `GET` of a redirect or of frames; where a page is an administrator's, `GET` of a
///   path that does not exist, as the control.
/// - Connections opened: one for each request.
/// - State left behind: log entries; a session that nobody uses, on servers that give one to every visitor.
/// - Worst known reaction: small web servers serve one client at a time, so somebody else may have to wait.
public struct AdminPageProbe: Probe {
  public static let question = "http.no-auth-admin"
  public static let sheet = ProbeSheet(
    id: "http-admin", technique: .serviceQuestions,
    sends: LocalizedText(ja: "ログインせずに、最初の画面のGET要求", en: "an HTTP GET request for the first page, without a login"),
    leavesBehind: "log entries", worstReaction: "servers for one client at a time make others wait", fetches: 4,
    duration: .seconds(70))

  private enum Step {
    case looking
    case control(String, [AdminPage.Sign])
  }

  /// Pages, without the control.
  private static let mostPages = 3

  private let address: IPAddress
  private let controlPath: String
  private var place: OwnURL
  private var waiting: [OwnURL] = []
  private var seen: Set<OwnURL> = []
  private var step = Step.looking
  private var channel: ProbeChannel = 0
  private var asksForLogin = false
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - said: what the service said when it was identified; empty where it is not known.
  ///   - seed: makes the path that does not exist.
  /// - Returns: nil when its first page has already asked for authentication, or is not there.
  public init?(address: IPAddress, port: UInt16, secure: Bool, said: [UInt8], seed: UInt64) {
    let status = said.dropFirst(8).prefix(4)
    if said.starts(with: "HTTP/1.".utf8), [" 401", " 404"].contains(where: { status.elementsEqual($0.utf8) }) {
      return nil
    }
    let host = address.isIPv4 ? "\(address)" : "[\(address)]"
    guard let first = OwnURL("\(secure ? "https" : "http")://\(host):\(port)/", of: address) else { return nil }
    self.address = address
    place = first
    waiting = [first]
    controlPath = "/tenken-\(seed % 100_000_000)"
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { look() }

  /// The next page, or the end.
  private mutating func look() -> [ProbeAction] {
    guard !waiting.isEmpty, seen.count < Self.mostPages else {
      if asksForLogin {
        finish(.refuted, LocalizedText(ja: "ログイン画面が返りました。", en: "It answered with a login page."))
      } else {
        unclear("no-administration-found")
      }
      return []
    }
    place = waiting.removeFirst()
    seen.insert(place)
    return fetch(place)
  }

  private mutating func fetch(_ target: OwnURL) -> [ProbeAction] {
    channel += 1
    return [.fetch(channel, target.request())]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch (event, step) {
    case (.response(channel, let exchange), .looking): return judge(exchange)
    case (.response(channel, let exchange), .control(let path, let signs)): compare(exchange, path, signs)
    case (.failed(channel, let reason), _): unclear(reason)
    default: break
    }
    return []
  }

  private mutating func judge(_ exchange: HTTPExchange) -> [ProbeAction] {
    switch exchange.status {
    case 401, 403:
      finish(
        .refuted,
        LocalizedText(
          ja: "\(exchange.status ?? 401)が返りました。認証を求めています。",
          en: "It asks for authentication (\(exchange.status ?? 401))."))
      return []
    case 301, 302, 303, 307, 308: add(exchange.values(of: "Location").prefix(1))
    case 200:
      let page = AdminPage(exchange.body)
      asksForLogin = asksForLogin || page.asksForLogin
      guard page.signs.isEmpty || page.asksForLogin else {
        step = .control("\(place.path.prefix(80))", page.signs)
        guard let control = place.resolving(controlPath, of: address) else { break }
        return fetch(control)
      }
      add(page.frames)
    case nil:
      unclear(exchange.failure ?? "no-answer")
      return []
    case let status?:
      if waiting.isEmpty, seen.count == 1 {
        unclear("status-\(status)")
        return []
      }
    }
    return look()
  }

  /// Places on the same service; another one of the device has its own probe.
  private mutating func add(_ references: some Sequence<String>) {
    for reference in references {
      guard let next = place.resolving(reference, of: address), next.port == place.port, next.secure == place.secure,
        !seen.contains(next), !waiting.contains(next), waiting.count < Self.mostPages
      else { continue }
      waiting.append(next)
    }
  }

  /// What answers every path alike says nothing by its answer to one.
  private mutating func compare(_ exchange: HTTPExchange, _ path: String, _ signs: [AdminPage.Sign]) {
    guard let status = exchange.status else { return unclear(exchange.failure ?? "no-answer") }
    guard status != 200 || AdminPage(exchange.body).signs.isEmpty else { return unclear("answers-every-path") }
    let shown = signs.map(\.shown)
    finish(
      .proven,
      LocalizedText(
        ja:
          "管理用のフォーム(\(shown.map(\.ja).joined(separator: "、")))があるページ(\(path))が返りました。存在しないパスには別の応答(\(status))がありました。フォームの送信は試していません。",
        en:
          "It answered with a page (\(path)) that has an administrator's form (\(shown.map(\.en).joined(separator: ", "))); a path that does not exist was answered otherwise (\(status)). No form was sent."
      ))
  }

  private mutating func unclear(_ reason: String) {
    finish(
      .inconclusive(reason: reason),
      LocalizedText(ja: "応答からは判断できませんでした(\(reason))。", en: "What came back decides nothing (\(reason))."))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ what: LocalizedText) {
    report = ProbeReport(
      Self.question, result,
      LocalizedText(
        ja: "\(Self.sheet.sends.ja)を送信しました。\(what.ja)",
        en: "\(Self.sheet.sends.en.capitalisedFirst), was sent. \(what.en)"))
  }
}

extension AdminPage.Sign {
  var shown: LocalizedText {
    switch self {
    case .firmware: LocalizedText(ja: "ファームウェアの更新", en: "firmware upload")
    case .restart: LocalizedText(ja: "再起動・初期化", en: "restart or reset")
    case .password: LocalizedText(ja: "管理者パスワードの変更", en: "an administrator's new password")
    }
  }
}
