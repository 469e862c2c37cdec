public import Records
internal import Wire

/// Offers a file server version 1 of SMB and nothing newer (MS-CIFS 2.2.4.52.1).
///
/// - Octets sent: one negotiation with the dialect `NT LM 0.12` (51). No log-on, no session, no share.
/// - Connections opened: one, closed with FIN.
/// - State left behind: a log entry on some servers; Samba starts a process for the connection.
/// - Worst known reaction: none known; servers without SMB 1 end the connection.
public struct SMB1Probe: Probe {
  public static let question = "smb.v1"
  public static let sheet = ProbeSheet(
    id: "smb1", technique: .serviceQuestions,
    sends: LocalizedText(ja: "SMB 1(NT LM 0.12)だけを提示する交渉", en: "a negotiation that offers SMB 1 (NT LM 0.12) alone"),
    leavesBehind: "a log entry", worstReaction: "none known", connections: 1, duration: .seconds(20))

  static let patience = Duration.seconds(5)
  /// The longest answer that is waited for, with its header.
  static let answerLimit = 65_540

  let port: UInt16
  private let isKnown: Bool
  var answer: [UInt8] = []
  public internal(set) var wakeAt: MonotonicInstant?
  public internal(set) var report: ProbeReport?

  /// - Parameter isKnown: the service has answered in SMB before, so that hanging up on SMB 1 is its answer.
  public init(port: UInt16, isKnown: Bool) {
    self.port = port
    self.isKnown = isKnown
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start() }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension SMB1Probe: SingleAnswerProbe {
  var request: [UInt8] { SMBNegotiateRequest.smb1 }

  /// MS-SMB2 3.3.5.3.2: without SMB 1 the server disconnects and sends nothing.
  func judgeHangUp() -> ProbeReport? {
    guard isKnown else { return nil }
    return Self.verdict(
      .refuted, LocalizedText(ja: "接続の終了", en: "the end of the connection"),
      LocalizedText(
        ja: "SMB 1を実装しないサーバーの規定どおりの動作です(MS-SMB2 3.3.5.3.2)。",
        en: "That is what servers without SMB 1 have to do (MS-SMB2 3.3.5.3.2)."))
  }

  func judge(_ answer: [UInt8]) -> ProbeReport? {
    do {
      switch try SMBNegotiateAnswer(parsing: answer.span) {
      case .smb1(let signing):
        return Self.verdict(
          .proven,
          LocalizedText(ja: "SMB 1の受け入れ(署名: \(signing.shown.ja))", en: "its acceptance (signing: \(signing.shown.en))"),
          LocalizedText(ja: "SMB 1が有効です。ログオンは試していません。", en: "SMB 1 is switched on. No log-on was tried."))
      case .smb1Refused(let status):
        let code = String(status, radix: 16)
        return Self.verdict(
          .refuted, LocalizedText(ja: "拒否(状態0x\(code))", en: "a refusal (status 0x\(code))"),
          LocalizedText(ja: "SMB 1は受け入れられませんでした。", en: "SMB 1 was not accepted."))
      case .smb2, .smb2Refused: return Self.undecided("other-answer")
      }
    } catch .truncated {
      return nil
    } catch {
      return Self.undecided("other-answer")
    }
  }

  private static func verdict(
    _ result: ProbeVerdict.Result, _ what: LocalizedText, _ meaning: LocalizedText
  ) -> ProbeReport { report(result, sheet.answered(with: what, meaning)) }
}

extension SMBNegotiateAnswer.Signing {
  fileprivate var shown: LocalizedText {
    switch self {
    case .disabled: LocalizedText(ja: "無効", en: "disabled")
    case .enabled: LocalizedText(ja: "任意", en: "optional")
    case .required: LocalizedText(ja: "必須", en: "required")
    }
  }
}
