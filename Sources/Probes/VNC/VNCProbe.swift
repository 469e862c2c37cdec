public import Records
internal import Wire

/// Looks at the security types that a screen server offers (RFB, RFC 6143 §7.1), and leaves before it chooses one.
///
/// - Octets sent: the protocol version (12) once. No security type, no password, no ClientInit: the screen is neither
///   seen nor taken, and other viewers stay (§7.3.1).
/// - Connections opened: one, closed with FIN.
/// - State left behind: a log entry.
/// - Worst known reaction: TigerVNC and its relatives refuse an address after five connections in a row that did not log
///   in, for ten seconds at first (Xvnc(1), BlacklistThreshold). Identification and this probe make two.
public struct VNCProbe: Probe {
  public static let question = "vnc.no-auth"
  public static let sheet = ProbeSheet(
    id: "vnc", technique: .serviceQuestions,
    sends: LocalizedText(ja: "RFBのバージョン", en: "the RFB protocol version"), leavesBehind: "a log entry",
    worstReaction: "an address that connects five times without logging in is refused for a while (TigerVNC)",
    connections: 1, duration: .seconds(25))

  private static let patience = Duration.seconds(8)
  /// A version, and 255 types or a reason.
  private static let octetLimit = 12 + 4 + 4 + 4_096

  private let port: UInt16
  private var octets: [UInt8] = []
  private var version: RFBHandshake.Version?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened: wakeAt = now + Self.patience
    case .received(_, let more):
      octets += more.prefix(max(0, Self.octetLimit - octets.count))
      return version == nil ? greeted(at: now) : offered()
    case .ended, .timer: giveUp(octets.isEmpty ? "no-answer" : "other-answer")
    case .failed(_, let reason): giveUp(reason)
    case .response: break
    }
    return []
  }

  private mutating func greeted(at now: MonotonicInstant) -> [ProbeAction] {
    do {
      let greeting = try RFBHandshake.Version(parsing: octets.span)
      // A repeater calls itself 0.0 and waits for the name of a screen. Nobody speaks before the version is answered.
      guard greeting.major > 0, octets.count == 12 else {
        giveUp("other-answer")
        return []
      }
      version = greeting
      octets = []
      wakeAt = now + Self.patience
      return [.send(0, greeting.reply)]
    } catch .truncated {
      return []
    } catch {
      giveUp("other-answer")
      return []
    }
  }

  private mutating func offered() -> [ProbeAction] {
    guard let version else { return [] }
    do {
      switch try RFBHandshake.Offer(parsing: octets.span, version: version) {
      case .types(let types): judge(types, version)
      case .refused(let reason): refused(reason)
      }
    } catch .truncated {
    } catch { giveUp("other-answer") }
    return []
  }

  private mutating func judge(_ types: [RFBHandshake.SecurityType], _ version: RFBHandshake.Version) {
    let list = types.prefix(16).map { String($0.rawValue) }.joined(separator: ", ")
    let shown = LocalizedText(ja: "セキュリティタイプ(\(list))", en: "a list of security types (\(list))")
    guard types.contains(.none) else {
      finish(
        .refuted, shown,
        LocalizedText(ja: "認証なし(タイプ1)は提示されませんでした。", en: "None of them is 1, which goes without authentication."))
      return
    }
    // Now it is the visitor's turn (RFC 6143 §7.1.2): who goes on speaking is something else.
    guard octets.count == (version.listsSecurityTypes ? types.count + 1 : 4) else { return giveUp("other-answer") }
    finish(
      .proven, shown,
      LocalizedText(
        ja: "認証なし(タイプ1)で接続できます。画面への接続は行っていません。",
        en: "Type 1 is a session without authentication. The screen was not connected to."))
  }

  private mutating func refused(_ reason: String) {
    let text = reason.cut(to: 64)
    report = ProbeReport(
      Self.question, .inconclusive(reason: "refused"),
      Self.sheet.answered(
        with: LocalizedText(ja: "拒否(「\(text)」)", en: "a refusal (\u{201c}\(text)\u{201d})"),
        LocalizedText(ja: "認証方式は分かりません。", en: "It does not tell which authentication there is.")))
    wakeAt = nil
  }

  private mutating func giveUp(_ reason: String) {
    wakeAt = nil
    report = ProbeReport(Self.question, .inconclusive(reason: reason), Self.sheet.undecided(reason))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ what: LocalizedText, _ meaning: LocalizedText) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, Self.sheet.answered(with: what, meaning))
  }
}
