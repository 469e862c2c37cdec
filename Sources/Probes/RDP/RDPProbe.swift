public import Records
internal import Wire

/// Asks a remote desktop for a session whose user need not have logged in before it sees a screen (MS-RDPBCGR 2.2.1.1).
///
/// - Octets sent: an X.224 connection request that offers TLS without CredSSP (19). The server chooses a security and
///   waits; neither TLS nor a session is begun, and no name is sent.
/// - Connections opened: one, closed with FIN.
/// - State left behind: a log entry on some servers.
/// - Worst known reaction: none known. xrdp starts a process for the connection, which ends with it.
public struct RDPProbe: Probe {
  public static let question = "rdp.no-nla"
  public static let sheet = ProbeSheet(
    id: "rdp", technique: .serviceQuestions,
    sends: LocalizedText(
      ja: "ネットワークレベル認証(NLA)なしのRDP接続要求", en: "an RDP connection request without network level authentication"),
    leavesBehind: "a log entry", worstReaction: "none known", connections: 1, duration: .seconds(20))

  static let patience = Duration.seconds(5)
  static let answerLimit = 1_024

  let port: UInt16
  var answer: [UInt8] = []
  public internal(set) var wakeAt: MonotonicInstant?
  public internal(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start() }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension RDPProbe: SingleAnswerProbe {
  var request: [UInt8] { RDPNegotiation.request(.tls) }

  func judge(_ answer: [UInt8]) -> ProbeReport? {
    do {
      switch try RDPNegotiation.answer(parsing: answer.span) {
      case .selected(.tls, _):
        return verdict(.proven, LocalizedText(ja: "TLSの選択", en: "the choice of TLS"), Self.screenFirst)
      case .selected(.standard, _):
        return verdict(
          .proven, LocalizedText(ja: "RDP独自の暗号の選択", en: "the choice of RDP's own encryption"), Self.weakScreen)
      case .withoutNegotiation:
        return verdict(
          .proven, LocalizedText(ja: "交渉のない接続確認", en: "a confirmation without negotiation"), Self.weakScreen)
      case .refused(.tlsNotAllowed):
        return verdict(
          .proven, LocalizedText(ja: "RDP独自の暗号だけを使うとの応答", en: "the word that it has only RDP's own encryption"),
          Self.weakScreen)
      case .refused(.credSSPRequired):
        return verdict(
          .refuted, LocalizedText(ja: "NLA(CredSSP)が必要との応答", en: "the word that CredSSP is required"),
          LocalizedText(ja: "認証の前には画面に到達できません。", en: "Nobody gets a screen before logging in."))
      // A choice that was not offered is no choice.
      case .selected: return Self.undecided("other-answer")
      case .refused(let code): return Self.undecided("failure-\(code.rawValue)")
      case .disconnected: return Self.undecided("disconnected")
      }
    } catch .truncated {
      return nil
    } catch {
      return Self.undecided("other-answer")
    }
  }

  private static let screenFirst = LocalizedText(
    ja: "認証の前に、ログオン画面に到達できます。", en: "The log-on screen can be reached before anybody has logged in.")
  private static let weakScreen = LocalizedText(
    ja: "認証の前に、ログオン画面に到達できます。TLSは使われず、接続先の真正性も確認できません。",
    en:
      "The log-on screen can be reached before anybody has logged in. There is no TLS, so nobody can tell who the server is."
  )

  private func verdict(
    _ result: ProbeVerdict.Result, _ what: LocalizedText, _ meaning: LocalizedText
  ) -> ProbeReport {
    // A desktop is a computer's; operator panels and thin clients have one too.
    let role = Claim(.role, "computer", source: "tcp/\(port) rdp", confidence: .low)
    return Self.report(result, Self.sheet.answered(with: what, meaning), claims: [role])
  }
}
