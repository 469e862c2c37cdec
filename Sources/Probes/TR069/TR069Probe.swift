public import Records

/// Looks whether the port at which a provider's management server (TR-069, CWMP) knocks is open to the LAN.
///
/// - Octets sent: `GET /`, once. The path that starts a session with the provider's server is another one, and needs a
///   password that is not sent.
/// - Connections opened: one.
/// - State left behind: a log entry.
/// - Worst known reaction: RomPager before 4.34 could be felled by a crafted cookie (CVE-2014-9222); no cookie is sent.
public struct TR069Probe: Probe {
  public static let question = "tr069.open"
  public static let sheet = ProbeSheet(
    id: "tr069", technique: .serviceQuestions,
    sends: LocalizedText(ja: "認証情報なしのHTTP GET要求", en: "an HTTP GET request without credentials"),
    leavesBehind: "a log entry", worstReaction: "none known of this request", fetches: 1, duration: .seconds(20))

  /// The port that IANA gave to it (`cwmp`), and those that products use: Zyxel and others, Huawei, NETGEAR.
  static let assigned: UInt16 = 7547
  public static let ports: Set<UInt16> = [assigned, 4567, 5555, 30005]

  private let port: UInt16
  private let secure: Bool
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?

  /// - Parameter secure: HTTP is spoken inside TLS.
  /// - Returns: nil for ports that nobody uses for it.
  public init?(port: UInt16, secure: Bool) {
    guard Self.ports.contains(port) else { return nil }
    self.port = port
    self.secure = secure
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    [.fetch(0, HTTPRequest(port: port, path: "/", secure: secure))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .response(_, let exchange): judge(exchange)
    case .failed(_, let reason): unclear(reason)
    case .opened, .received, .ended, .timer: break
    }
    return []
  }

  private mutating func judge(_ exchange: HTTPExchange) {
    guard let status = exchange.status else { return unclear(exchange.failure ?? "no-answer") }
    let server = exchange.values(of: "Server").first ?? ""
    let challenges = exchange.values(of: "WWW-Authenticate")
    let claims =
      server.isEmpty ? [] : [Claim(.software, server, source: "tcp/\(port) http Server", confidence: .medium)]
    let isDigest = challenges.contains { $0.prefix { $0 != " " }.lowercased() == "digest" }
    let names = (challenges + [server]).joined(separator: " ").lowercased()
    let named = Self.names.first { names.contains($0) }
    // The request server of TR-069 Amendment 6 §3.2.2.1 asks for Digest; at a port that is not its own, a
    // web server may do so too, and its name has to tell.
    guard named != nil || status == 401 && isDigest && port == Self.assigned else {
      return finish(.inconclusive(reason: "status-\(status)"), Self.sheet.undecided("status-\(status)"), claims)
    }
    let what = [status == 401 && isDigest ? "401 Digest" : "\(status)", named ?? ""].filter { !$0.isEmpty }
      .joined(separator: ", ")
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(
          ja: "遠隔管理(TR-069)の接続要求を受け付けるサーバーの応答(\(what))",
          en: "what a server for TR-069 connection requests says (\(what))"),
        LocalizedText(
          ja: "このポートにLAN側から到達できます。認証の強さは確かめていません。",
          en: "The port can be reached from the LAN. How strong its authentication is was not tried.")), claims)
  }

  /// Parts of the names of servers and realms that are made for it.
  private static let names = [
    "tr069", "tr-069", "cwmp", "connectionrequest", "connection request", "huaweihomegateway",
  ]

  private mutating func unclear(_ reason: String) {
    finish(.inconclusive(reason: reason), Self.sheet.undecided(reason))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText, _ claims: [Claim] = []) {
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }
}
