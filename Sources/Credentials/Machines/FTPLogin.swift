public import Probes
internal import Records
internal import Wire

/// One attempt to log in by FTP (RFC 959 §5.4), with a name and a password that it does not know.
///
/// - Octets sent: `USER` and, when asked for it, `PASS`, each once; `QUIT` after a login. No directory is listed or named.
/// - Connections opened: one, closed with FIN.
/// - State left behind: log entries; a failure in the device's counters, or for a moment a session, which is quit.
/// - Worst known reaction: accounts or addresses that lock after a few failures, which is what permits are for.
public struct FTPLogin: LoginMachine, StreamLogin {
  public static let sheet = ProbeSheet(
    id: "ftp-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries; a failure in the device's counters, or for a moment a session",
    worstReaction: "locks accounts or addresses after a few failures", connections: 1, duration: .seconds(60))

  private enum Step {
    case greeting, name, password
    case goodbye(LoginOutcome)
  }

  let port: UInt16
  // vsftpd waits before it refuses; some servers look the client's name up first.
  var attempt = StreamAttempt(patience: .seconds(12))
  private var step = Step.greeting

  public init(port: UInt16) { self.port = port }

  mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    var actions: [ProbeAction] = []
    while outcome == nil {
      let reply: ReplyLines
      do throws(WireError) {
        reply = try ReplyLines(parsing: attempt.answer.span, limit: StreamAttempt.octetLimit)
      } catch {
        if case .truncated = error { break }
        attempt.finish(.inconclusive("other-answer"), at: now)
        break
      }
      let words = Array(attempt.answer.prefix(reply.length))
      attempt.answer.removeFirst(min(reply.length, attempt.answer.count))
      attempt.note("answer: \(reply.code)", at: now)
      // 1xx: the answer proper is still to come (RFC 959 §4.2.1).
      guard reply.code >= 200 else { continue }
      actions += take(reply.code, words, at: now)
    }
    return actions
  }

  private mutating func take(_ code: Int, _ words: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    switch (step, code) {
    case (.goodbye(let outcome), _): attempt.finish(outcome, at: now)
    case (.greeting, 220):
      step = .name
      return attempt.enter(.line(.text("USER "), .account), "USER with the account name", at: now)
    case (.greeting, _): attempt.finish(.inconclusive("status-\(code)"), at: now)
    case (.name, 331):
      step = .password
      return attempt.enter(.line(.text("PASS "), .password), "PASS with the password (not shown)", at: now)
    case (.name, 230): return leave(.accepted(passwordAsked: false), at: now)
    case (.password, 230), (.password, 202): return leave(.accepted(passwordAsked: true), at: now)
    default: attempt.finish(refusal(code, words), at: now)
    }
    return []
  }

  /// 430, 530 and the like refuse; 421 ends the service, which is also how servers lock an address (RFC 959 §5.4).
  private func refusal(_ code: Int, _ words: [UInt8]) -> LoginOutcome {
    if LoginWords.saysLockedOut(words, []) { return .lockedOut }
    return [430, 530, 531, 532, 534].contains(code) ? .refused : .inconclusive("status-\(code)")
  }

  private mutating func leave(_ outcome: LoginOutcome, at now: MonotonicInstant) -> [ProbeAction] {
    step = .goodbye(outcome)
    return attempt.send(Array("QUIT\r\n".utf8), "QUIT", at: now)
  }

  mutating func ended(at now: MonotonicInstant) {
    if case .goodbye(let outcome) = step { attempt.finish(outcome, at: now) }
  }
}
