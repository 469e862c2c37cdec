public import Records
internal import Wire

/// Asks a recorder or camera on a Xiongmai board what it is, on TCP, in a session that nobody logged in to.
///
/// - Octets sent: one request for the record `SystemInfo` (68). Never the log-in, of which the protocol's own clients
///   send the first message, and no password.
/// - Connections opened: one, closed with FIN.
/// - State left behind: none known; a log entry on some devices.
/// - Worst known reaction: none known; the message is the one that the maker's client sends behind its log-in.
public struct DVRIPProbe: Probe {
  public static let question = "dvrip.open"
  public static let sheet = ProbeSheet(
    id: "dvrip", technique: .serviceQuestions,
    sends: LocalizedText(
      ja: "ログインなしでのDVRIPの機器情報(SystemInfo)の要求", en: "a DVRIP request for SystemInfo without a login"),
    leavesBehind: "a log entry on some devices", worstReaction: "none known", connections: 1, duration: .seconds(12))

  static let patience = Duration.seconds(4)
  /// A header, and several times what a device says of itself.
  static let answerLimit = 20 + 16 * 1024

  let port: UInt16
  var answer: [UInt8] = []
  public internal(set) var wakeAt: MonotonicInstant?
  public internal(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start() }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension DVRIPProbe: SingleAnswerProbe {
  var request: [UInt8] { DVRIPMessage.systemInformation }

  func judge(_ answer: [UInt8]) -> ProbeReport? {
    do {
      guard let reply = try DVRIPReply(parsing: answer) else { return Self.undecided("other-answer") }
      return judge(reply)
    } catch .truncated {
      return nil
    } catch {
      return Self.undecided("other-answer")
    }
  }

  private func judge(_ reply: DVRIPReply) -> ProbeReport {
    switch reply.result {
    // 105: nobody is logged in; 107: not with these rights.
    case 105, 107:
      return Self.report(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "エラー\(reply.result)", en: "error \(reply.result)"),
          LocalizedText(ja: "ログインが必要です。", en: "It wants a login.")))
    case 100:
      let claims = reply.claims(source: "tcp/\(port) dvrip SystemInfo")
      guard !claims.isEmpty else { return Self.undecided("no-value") }
      let vendor = Claim(.vendor, "Xiongmai", source: "tcp/\(port) dvrip", confidence: .low)
      return Self.report(
        .proven,
        Self.sheet.answered(
          with: LocalizedText(ja: "機器情報(\(claims.shown))", en: "what it is (\(claims.shown))"),
          LocalizedText(ja: "ログインなしで応答しました。", en: "It answered without a login.")), claims: claims + [vendor])
    default: return Self.undecided("error-\(reply.result)")
    }
  }
}

/// The answer to the request for `SystemInfo`.
struct DVRIPReply: Hashable, Sendable {
  /// `Ret`: 100 is success.
  let result: Int
  private let record: JSONValue?

  /// - Returns: nil for what is no such answer.
  /// - Throws: as ``DVRIPMessage`` does.
  init?(parsing octets: [UInt8]) throws(WireError) {
    let message = try DVRIPMessage(parsing: octets.span)
    // The request sent back has another command, and no result.
    guard message.command == .informationAnswer, let content = try? JSONValue(parsing: message.json.span),
      let result = content["Ret"]?.integer
    else { return nil }
    self.result = result
    record = content["SystemInfo"]
  }

  func claims(source: String) -> [Claim] {
    var claims: [Claim] = []
    // The board, not the product: sellers put boards into cases of their own.
    claims.add(.model, record?["HardWare"]?.text, source: "\(source).HardWare", confidence: .medium)
    claims.add(.firmware, record?["SoftWareVersion"]?.text, source: "\(source).SoftWareVersion")
    claims.add(.serial, record?["SerialNo"]?.text, source: "\(source).SerialNo")
    return claims
  }
}
