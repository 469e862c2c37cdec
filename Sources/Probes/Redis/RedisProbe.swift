public import Records
internal import Wire

/// Asks a Redis server to carry out PING without a name or a password.
///
/// - Octets sent: `*1 $4 PING` (14) once.
/// - Connections opened: one, closed with FIN.
/// - State left behind: none; `INFO commandstats` counts one PING.
/// - Worst known reaction: none known. Data is neither read nor listed (no INFO, no CONFIG, no KEYS).
public struct RedisProbe: Probe {
  public static let question = "redis.no-auth"
  public static let sheet = ProbeSheet(
    id: "redis", technique: .serviceQuestions,
    sends: LocalizedText(ja: "PINGコマンド", en: "a PING command"), leavesBehind: "one PING in the command statistics",
    worstReaction: "none known", connections: 1, duration: .seconds(12))

  private static let patience = Duration.seconds(4)

  private let port: UInt16
  private var answer: [UInt8] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened:
      wakeAt = now + Self.patience
      return [.send(0, RESP.ping)]
    case .received(_, let octets):
      answer += octets.prefix(512 - min(512, answer.count))
      if let reply = RedisReply(parsing: answer) { conclude(reply) }
    case .ended, .timer: giveUp(answer.isEmpty ? "no-answer" : "other-answer")
    case .failed(_, let reason): giveUp(reason)
    case .response: break
    }
    return []
  }

  private mutating func conclude(_ reply: RedisReply) {
    let result: ProbeVerdict.Result
    let meaning: LocalizedText
    switch reply.kind {
    case .pong:
      result = .proven
      meaning = LocalizedText(ja: "認証なしでコマンドが実行されました。", en: "It carried out the command without authentication.")
    case .authenticationRequired:
      result = .refuted
      meaning = LocalizedText(ja: "認証が要求されました。", en: "It asked for authentication.")
    case .denied:
      result = .refuted
      meaning = LocalizedText(ja: "この場所からの接続は拒否されました。", en: "It serves nobody from this vantage.")
    }
    let shown = LocalizedText(ja: "「\(reply.shown)」", en: "\u{201c}\(reply.shown)\u{201d}")
    finish(result, Self.sheet.answered(with: shown, meaning))
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis)
  }
}
