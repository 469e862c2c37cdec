public import Probes
internal import Records
internal import Wire

/// One attempt to log in to a screen server with its password (RFB's VNC authentication, RFC 6143 §7.2.2).
///
/// - Octets sent: the protocol version (12), the security type (1, where the server lists them), the response to its challenge (16). No
///   ClientInit follows: the screen is neither seen nor taken, and other viewers stay (§7.3.1).
/// - Connections opened: one, closed with FIN.
/// - State left behind: log entries; a failure in the server's counter.
/// - Worst known reaction: an address is refused for a while after five failures (TigerVNC, Xvnc(1)), RealVNC likewise.
public struct VNCLogin: LoginMachine, StreamLogin {
  public static let sheet = ProbeSheet(
    id: "vnc-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "チャレンジへの応答を1つ", en: "one response to a challenge"),
    leavesBehind: "log entries; a failure in the server's counter",
    worstReaction: "refuses an address for a while after a few failures", connections: 1, duration: .seconds(60))

  private enum Step {
    case version
    case types(RFBHandshake.Version)
    case challenge, result
  }

  private static let challengeOctets = 16
  /// SecurityResult (RFC 6143 §7.1.3): 0 for OK, 1 for failed; 2 for too many attempts stands in older versions alone.
  private static let resultOctets = 4

  let port: UInt16
  var attempt = StreamAttempt(patience: .seconds(12))
  private var step = Step.version

  public init(port: UInt16) { self.port = port }

  mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    do throws(WireError) {
      switch step {
      case .version: return try greeted(at: now)
      case .types(let version): return try offered(version, at: now)
      case .challenge: return challenged(at: now)
      case .result: judge(at: now)
      }
    } catch {
      if case .truncated = error { return [] }
      attempt.finish(.inconclusive("other-answer"), at: now)
    }
    return []
  }

  private mutating func greeted(at now: MonotonicInstant) throws(WireError) -> [ProbeAction] {
    let version = try RFBHandshake.Version(parsing: attempt.answer.span)
    guard version.major > 0, attempt.answer.count == 12 else {
      attempt.finish(.inconclusive("other-answer"), at: now)
      return []
    }
    step = .types(version)
    return attempt.send(version.reply, "the protocol version", at: now)
  }

  private mutating func offered(_ version: RFBHandshake.Version, at now: MonotonicInstant) throws(WireError)
    -> [ProbeAction]
  {
    switch try RFBHandshake.Offer(parsing: attempt.answer.span, version: version) {
    case .refused(let reason):
      attempt.note("refused before a password was asked for", at: now)
      let isLock = LoginWords.saysLockedOut(Array(reason.utf8), [])
      attempt.finish(isLock ? .lockedOut : .inconclusive("refused"), at: now)
    case .types(let types):
      attempt.note("security types: \(types.prefix(16).map { "\($0.rawValue)" }.joined(separator: " "))", at: now)
      guard !types.contains(.none) else {
        attempt.finish(.inconclusive("no-authentication"), at: now)
        return []
      }
      guard let type = types.first(where: { $0.rawValue == 2 }) else {
        attempt.finish(.inconclusive("no-password-authentication"), at: now)
        return []
      }
      step = .challenge
      if version.listsSecurityTypes { return attempt.send([type.rawValue], "security type 2", at: now) }
      // Before version 3.7 the server decides, and its challenge follows at once.
      attempt.answer.removeFirst(min(4, attempt.answer.count))
      return attempt.answer.isEmpty ? [] : challenged(at: now)
    }
    return []
  }

  private mutating func challenged(at now: MonotonicInstant) -> [ProbeAction] {
    guard attempt.answer.count >= Self.challengeOctets else { return [] }
    guard attempt.answer.count == Self.challengeOctets else {
      attempt.finish(.inconclusive("other-answer"), at: now)
      return []
    }
    step = .result
    return attempt.enter(
      .vncResponse(challenge: attempt.answer), "the response made with the password (not shown)", at: now)
  }

  private mutating func judge(at now: MonotonicInstant) {
    guard attempt.answer.count >= Self.resultOctets else { return }
    let result = attempt.answer.prefix(Self.resultOctets).reduce(0) { $0 << 8 | UInt32($1) }
    attempt.note("result \(result)", at: now)
    switch result {
    case 0: attempt.finish(.accepted(passwordAsked: true), at: now)
    case 1:
      let isLock = LoginWords.saysLockedOut(Array(attempt.answer.dropFirst(Self.resultOctets)), [])
      attempt.finish(isLock ? .lockedOut : .refused, at: now)
    case 2: attempt.finish(.lockedOut, at: now)
    default: attempt.finish(.inconclusive("other-answer"), at: now)
    }
  }

  mutating func ended(at now: MonotonicInstant) {}
}
