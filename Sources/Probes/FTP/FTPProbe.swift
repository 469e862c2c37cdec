public import Records
internal import Wire

/// Asks an FTP server whether it takes passwords in clear text, and whether it lets everybody in (RFC 959, RFC 1635).
///
/// - Octets sent: `FEAT`; `USER` with a made-up name, to see whether a password would be taken without encryption, and
///   none follows; `USER anonymous` and, when asked, `PASS` with an address that names this program: one login, as the user that the
///   protocol defines for everybody; `PWD` when it was let in; `QUIT`. Some 100 octets in all.
/// - Connections opened: one, closed with QUIT and FIN; a second one, for the anonymous user alone, where the server hung up on the
///   made-up name.
/// - State left behind: log entries; for a moment a session of the anonymous user. Nothing is listed, fetched or written.
/// - Worst known reaction: servers that count failed logins count one.
public struct FTPProbe: Probe {
  public static let plaintext = "ftp.plaintext"
  public static let anonymous = "ftp.anonymous"
  public static let sheet = ProbeSheet(
    id: "ftp", technique: .serviceQuestions,
    sends: LocalizedText(ja: "暗号化していない接続でのUSERコマンド", en: "a USER command on a connection without encryption"),
    leavesBehind: "log entries; a moment's session of the anonymous user",
    worstReaction: "a failed login is counted", connections: 2, duration: .seconds(60))

  /// vsftpd waits a second before it refuses; some servers look the client's name up first.
  private static let patience = Duration.seconds(8)
  private static let answerLimit = 16 * 1024

  private enum Step { case greeting, features, madeUpUser, anonymousUser, password, directory, goodbye }

  private let port: UInt16
  private let seed: UInt64
  private var step = Step.greeting
  private var answer: [UInt8] = []
  private var offersTLS = false
  private var connection: ProbeChannel = 0
  private var verdicts: [ProbeVerdict] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the name that nobody has.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    self.seed = seed
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened:
      wakeAt = now + Self.patience
      return []
    case .received(_, let octets):
      answer += octets.prefix(Self.answerLimit + 1 - min(Self.answerLimit + 1, answer.count))
      return read(at: now)
    case .ended where step == .anonymousUser && connection == 0:
      // vsftpd hangs up on who may not log in without TLS; the anonymous user is another question.
      connection = 1
      (step, answer, wakeAt) = (.greeting, [], nil)
      return [.connect(1, port: port)]
    case .ended, .timer: giveUp(answer.isEmpty ? "no-answer" : "other-answer")
    case .failed(_, let reason): giveUp(reason)
    case .response: break
    }
    return []
  }

  private mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    var actions: [ProbeAction] = []
    while report == nil {
      let reply: ReplyLines
      do throws(WireError) {
        reply = try ReplyLines(parsing: answer.span, limit: Self.answerLimit)
      } catch {
        if case .truncated = error { break }
        giveUp("other-answer")
        break
      }
      answer.removeFirst(min(reply.length, answer.count))
      // 1xx: the answer proper is still to come (RFC 959 §4.2.1).
      guard reply.code >= 200 else { continue }
      wakeAt = now + Self.patience
      actions += take(reply)
    }
    return actions
  }

  private mutating func take(_ reply: ReplyLines) -> [ProbeAction] {
    // 421: too many users, or shutting down (RFC 959 §5.4).
    guard reply.code != 421 else {
      giveUp("status-421")
      return []
    }
    switch step {
    case .greeting:
      guard reply.code == 220 else {
        giveUp("status-\(reply.code)")
        return []
      }
      // The second connection is for one name only.
      return connection == 0
        ? go(.features, FTPRequest.features) : go(.anonymousUser, FTPRequest.anonymousUser)
    case .features:
      offersTLS = reply.code == 211 && reply.lines.contains { Self.names(of: $0, "TLS") }
      return go(.madeUpUser, FTPRequest.madeUpUser(seed: seed))
    case .madeUpUser:
      judgePlaintext(reply)
      return go(.anonymousUser, FTPRequest.anonymousUser)
    case .anonymousUser: return judgeName(reply)
    case .password:
      if reply.code == 230 || reply.code == 202 { return go(.directory, FTPRequest.workingDirectory) }
      return endAnonymous(refusal(reply), reply)
    case .directory: return endAnonymous(reply.code == 257 ? .proven : .inconclusive(reason: "other-answer"), reply)
    case .goodbye:
      finish()
      return []
    }
  }

  /// ` AUTH TLS`, or several mechanisms in one line: ` AUTH TLS;SSL;` (RFC 4217 §6).
  private static func names(of line: String, _ mechanism: String) -> Bool {
    let words = line.uppercased().split { $0 == " " || $0 == ";" || $0 == "," }
    return words.first == "AUTH" && words.contains { $0 == mechanism || $0 == "\(mechanism)-C" }
  }

  private mutating func go(_ next: Step, _ octets: [UInt8]) -> [ProbeAction] {
    step = next
    return [.send(connection, octets)]
  }

  // MARK: ftp.plaintext

  private mutating func judgePlaintext(_ reply: ReplyLines) {
    switch reply.code {
    case 331, 332:
      let offer =
        offersTLS
        ? LocalizedText(ja: "AUTH TLSは提供されていますが、必須ではありません。", en: "AUTH TLS is offered, but not required.")
        : LocalizedText(ja: "AUTH TLSの提供は確認できませんでした。", en: "No offer of AUTH TLS was seen.")
      note(
        Self.plaintext, .proven, reply,
        LocalizedText(
          ja: "暗号化なしでパスワードが要求されました。\(offer.ja)", en: "It asks for the password without encryption. \(offer.en)"))
    case 230:
      note(
        Self.plaintext, .inconclusive(reason: "no-password-asked"), reply,
        LocalizedText(ja: "パスワードは要求されませんでした。", en: "It asked for no password."))
    default:
      let result = refusal(reply)
      note(
        Self.plaintext, result, reply,
        result == .refuted
          ? LocalizedText(ja: "暗号化なしのログインは受け付けられませんでした。", en: "It takes no such login without encryption.")
          : LocalizedText(ja: "この応答からは判断できません。", en: "That decides nothing."))
    }
  }

  /// 530, 534 and the like decline the login; 500 to 503 say that the command was not understood or not expected.
  private func refusal(_ reply: ReplyLines) -> ProbeVerdict.Result {
    switch reply.code {
    case 430, 431, 504...559: .refuted
    default: .inconclusive(reason: "status-\(reply.code)")
    }
  }

  // MARK: ftp.anonymous

  private mutating func judgeName(_ reply: ReplyLines) -> [ProbeAction] {
    switch reply.code {
    case 331: return go(.password, FTPRequest.anonymousPassword)
    case 230: return go(.directory, FTPRequest.workingDirectory)
    default: return endAnonymous(refusal(reply), reply)
    }
  }

  private mutating func endAnonymous(_ result: ProbeVerdict.Result, _ reply: ReplyLines) -> [ProbeAction] {
    let meaning: LocalizedText =
      switch result {
      case .proven:
        LocalizedText(
          ja: "匿名の利用者(anonymous)としてログインでき、現在のディレクトリ名が返りました。ファイルの一覧、取得、書き込みは行っていません。",
          en: "The anonymous user was let in and told the current directory. No file was listed, fetched or written.")
      case .refuted: LocalizedText(ja: "匿名の利用者(anonymous)は受け付けられませんでした。", en: "The anonymous user was not let in.")
      case .inconclusive: LocalizedText(ja: "この応答からは判断できません。", en: "That decides nothing.")
      }
    note(Self.anonymous, result, reply, meaning)
    return go(.goodbye, FTPRequest.quit)
  }

  // MARK: The end

  private mutating func note(
    _ question: String, _ result: ProbeVerdict.Result, _ reply: ReplyLines, _ meaning: LocalizedText
  ) {
    let text = "\(reply.code) \(reply.lines.first ?? "")".cut(to: 80)
    let sent = question == Self.anonymous ? Self.anonymousLogin : Self.sheet.sends
    let basis = LocalizedText(
      ja: "\(sent.ja)を送信し、「\(text)」が返りました。\(meaning.ja)",
      en: "\(sent.en.capitalisedFirst) was answered with \u{201c}\(text)\u{201d}. \(meaning.en)")
    verdicts.append(ProbeVerdict(question, result, basis: basis))
  }

  private static let anonymousLogin = LocalizedText(
    ja: "匿名ログイン(USER anonymous)", en: "the anonymous login (USER anonymous)")

  private mutating func giveUp(_ reason: String) {
    for question in [Self.plaintext, Self.anonymous] where !verdicts.contains(where: { $0.question == question }) {
      verdicts.append(ProbeVerdict(question, .inconclusive(reason: reason), basis: Self.sheet.undecided(reason)))
    }
    finish()
  }

  private mutating func finish() {
    wakeAt = nil
    report = ProbeReport(verdicts: verdicts)
  }
}
