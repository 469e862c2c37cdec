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

  static let patience = Duration.seconds(4)
  /// A header, and more than any device says of itself.
  static let answerLimit = 24 + 4096

  let port: UInt16
  var answer: [UInt8] = []
  public internal(set) var wakeAt: MonotonicInstant?
  public internal(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start() }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension ADBProbe: SingleAnswerProbe {
  var request: [UInt8] { ADBMessage.connect }

  func judge(_ answer: [UInt8]) -> ProbeReport? {
    guard let message = try? ADBMessage(parsing: answer.span) else { return nil }
    switch message.command {
    case .connect: return judgeBanner(message)
    case .authenticate:
      return Self.report(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "認証の要求(AUTH)", en: "a demand for authentication (AUTH)"),
          LocalizedText(ja: "登録された鍵が必要です。", en: "It wants a key that its owner has confirmed.")))
    case .startTLS:
      return Self.report(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "TLSの要求(STLS)", en: "a demand for TLS (STLS)"),
          LocalizedText(ja: "登録された鍵が必要です。", en: "It wants a key that its owner has paired.")))
    default: return Self.undecided("other-answer")
    }
  }

  /// A device says what it is, `device::` and its properties; who merely sends our own greeting back says `host::`.
  private func judgeBanner(_ message: ADBMessage) -> ProbeReport {
    let banner = String(decoding: message.data.prefix { $0 != 0 }, as: UTF8.self)
    let kind = banner.prefix { $0 != ":" }
    guard ["device", "recovery", "sideload", "rescue"].contains(kind), banner.contains(":") else {
      return Self.undecided("other-answer")
    }
    let model = message.properties.first { $0.name == "ro.product.model" && !$0.value.isEmpty }
    let claims = model.map { [Claim(.model, $0.value, source: "tcp/\(port) adb \($0.name)", confidence: .high)] } ?? []
    return Self.report(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(ja: "「\(banner.cut(to: 120))」", en: "\u{201c}\(banner.cut(to: 120))\u{201d}"),
        LocalizedText(
          ja: "鍵の確認なしに接続が受け付けられました。シェルは起動していません。",
          en: "It accepted the connection without asking for a key. No shell was started.")), claims: claims)
  }
}
