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

  static let patience = Duration.seconds(4)
  static let answerLimit = 512

  let port: UInt16
  var answer: [UInt8] = []
  public internal(set) var wakeAt: MonotonicInstant?
  public internal(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start() }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension RedisProbe: SingleAnswerProbe {
  var request: [UInt8] { RESP.ping }

  func judge(_ answer: [UInt8]) -> ProbeReport? {
    guard let reply = RedisReply(parsing: answer) else { return nil }
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
    return Self.report(result, Self.sheet.answered(with: shown, meaning))
  }
}
