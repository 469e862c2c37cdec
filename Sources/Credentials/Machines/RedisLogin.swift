public import Probes
internal import Records
internal import Wire

/// One attempt to log in to a Redis server (its AUTH command), with a name and a password that it does not know.
///
/// - Octets sent: `AUTH` once, with the password alone where the account has no name; `QUIT` after a login. No key is read.
/// - Connections opened: one, closed with FIN.
/// - State left behind: command statistics; since 6.2 an entry in the ACL log for a failure.
/// - Worst known reaction: none known; Redis counts failures and locks nobody.
public struct RedisLogin: LoginMachine, StreamLogin {
  public static let sheet = ProbeSheet(
    id: "redis-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "AUTHコマンドを1回", en: "one AUTH command"),
    leavesBehind: "command statistics; a failure in the ACL log", worstReaction: "none known", connections: 1,
    duration: .seconds(40))

  private enum Step {
    case password
    case goodbye(LoginOutcome)
  }

  let port: UInt16
  var attempt = StreamAttempt(patience: .seconds(6))
  private let hasName: Bool
  private var step = Step.password

  /// - Parameter hasName: the account has a name (an ACL user, Redis 6), not a password alone.
  public init(port: UInt16, hasName: Bool) {
    self.port = port
    self.hasName = hasName
  }

  /// The service waits for its visitor: there is no greeting.
  mutating func opened(at now: MonotonicInstant) -> [ProbeAction] {
    let words: [LoginMessage] = [.text("AUTH")] + (hasName ? [.account] : []) + [.password]
    let message = LoginMessage.joined([.text("*\(words.count)\r\n")] + words.map { .sized(.bulkString, $0) })
    return attempt.enter(message, "AUTH with the password (not shown)", at: now)
  }

  mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    let reply: RESP.Reply
    do throws(WireError) {
      reply = try RESP.reply(parsing: attempt.answer.span, limit: 512)
    } catch {
      if case .truncated = error { return [] }
      attempt.finish(.inconclusive("other-answer"), at: now)
      return []
    }
    if case .goodbye(let outcome) = step {
      attempt.finish(outcome, at: now)
      return []
    }
    switch reply {
    case .simple("OK"):
      attempt.note("answer: OK", at: now)
      step = .goodbye(.accepted(passwordAsked: true))
      return attempt.send(Array("*1\r\n$4\r\nQUIT\r\n".utf8), "QUIT", at: now)
    case .error(let text): refused(text, at: now)
    default: attempt.finish(.inconclusive("other-answer"), at: now)
    }
    return []
  }

  /// `WRONGPASS` since Redis 6, `ERR invalid password` before; without a password on the server AUTH itself is an error.
  private mutating func refused(_ text: String, at now: MonotonicInstant) {
    let word = text.prefix { $0 != " " }
    // No word of the device's own: it could be the password.
    let known = ["WRONGPASS", "ERR", "NOAUTH", "DENIED", "NOPERM", "LOADING"].first { $0 == word }
    attempt.note("answer: error \(known ?? "of another kind")", at: now)
    if word == "WRONGPASS" || text.hasPrefix("ERR invalid password") {
      attempt.finish(.refused, at: now)
    } else if text.contains("without any password configured") || text.contains("no password is set") {
      attempt.finish(.inconclusive("no-password-set"), at: now)
    } else {
      attempt.finish(.inconclusive("other-answer"), at: now)
    }
  }

  mutating func ended(at now: MonotonicInstant) {
    if case .goodbye(let outcome) = step { attempt.finish(outcome, at: now) }
  }
}
