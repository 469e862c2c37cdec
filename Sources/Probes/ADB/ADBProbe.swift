public import Records
internal import Wire

/// Introduces itself to an Android debug bridge as every client does (AOSP, protocol.txt).
///
/// - Octets sent: one CONNECT message (31). Never OPEN, which would start a shell, and no key.
/// - Connections opened: one, closed with FIN.
/// - State left behind: none known; a log entry on some devices.
/// - Worst known reaction: none known. No key is offered, so that no question appears on a screen.
public struct ADBProbe: Probe {
  public static let question = "adb.open"
  public static let sheet = ProbeSheet(
    id: "adb", technique: .serviceQuestions,
    sends: LocalizedText(ja: "ADBの接続メッセージ(CNXN)", en: "a connection message of ADB (CNXN)"),
    leavesBehind: "a log entry on some devices", worstReaction: "none known", connections: 1, duration: .seconds(12))

  private static let patience = Duration.seconds(4)
  /// A header, and more than any device says of itself.
  private static let answerLimit = 24 + 4096

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
      return [.send(0, ADBMessage.connect)]
    case .received(_, let octets):
      answer += octets.prefix(Self.answerLimit - min(Self.answerLimit, answer.count))
      if let message = try? ADBMessage(parsing: answer.span) { conclude(message) }
    case .ended, .timer: giveUp(answer.isEmpty ? "no-answer" : "other-answer")
    case .failed(_, let reason): giveUp(reason)
    case .response: break
    }
    return []
  }

  private mutating func conclude(_ message: ADBMessage) {
    switch message.command {
    case .connect: judgeBanner(message)
    case .authenticate:
      finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "認証の要求(AUTH)", en: "a demand for authentication (AUTH)"),
          LocalizedText(ja: "登録された鍵が必要です。", en: "It wants a key that its owner has confirmed.")))
    case .startTLS:
      finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "TLSの要求(STLS)", en: "a demand for TLS (STLS)"),
          LocalizedText(ja: "登録された鍵が必要です。", en: "It wants a key that its owner has paired.")))
    default: giveUp("other-answer")
    }
  }

  /// A device says what it is, `device::` and its properties; who merely sends our own greeting back says `host::`.
  private mutating func judgeBanner(_ message: ADBMessage) {
    let banner = String(decoding: message.data.prefix { $0 != 0 }, as: UTF8.self)
    let kind = banner.prefix { $0 != ":" }
    guard ["device", "recovery", "sideload", "rescue"].contains(kind), banner.contains(":") else {
      return giveUp("other-answer")
    }
    let model = message.properties.first { $0.name == "ro.product.model" && !$0.value.isEmpty }
    let claims = model.map { [Claim(.model, $0.value, source: "tcp/\(port) adb \($0.name)", confidence: .high)] } ?? []
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(ja: "「\(banner.prefix(120))」", en: "\u{201c}\(banner.prefix(120))\u{201d}"),
        LocalizedText(
          ja: "鍵の確認なしに接続が受け付けられました。シェルは起動していません。",
          en: "It accepted the connection without asking for a key. No shell was started.")), claims: claims)
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText, claims: [Claim] = []) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }
}
