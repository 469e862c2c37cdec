public import Probes
public import Records

/// One attempt to log in by SSH (RFC 4252; RFC 4256 where only that is offered).
///
/// The name alone is asked about first: that is how a client learns the methods, and a device that lets it in needs no
/// password (RFC 4252 §5.2). Success and refusal are the protocol's own words, so that no text has to be read.
///
/// - Octets sent: identification, key exchange, service request, the question about the name alone, one password or one
///   answer, SSH_MSG_DISCONNECT: some 1500 in 10 to 15 segments. No channel is opened: no shell, no command, no file.
/// - Connections opened: one, closed with FIN.
/// - State left behind: log entries; a failure in the device's counters.
/// - Worst known reaction: accounts or addresses that lock after a few failures, which is what permits are for; a small
///   processor is busy with the keys for seconds.
public struct SSHLogin: ShellLogin {
  public static let sheet = ProbeSheet(
    id: "ssh-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries; a failure in the device's counters",
    worstReaction: "locks accounts or addresses after a few failures; busy with keys for seconds", connections: 1,
    duration: .seconds(75))

  private enum Step { case connecting, agreeing, asking, entering, entered }

  /// A small processor takes seconds for the keys.
  private static let keyWait = Duration.seconds(25)
  private static let answerWait = Duration.seconds(15)
  /// OpenSSH says so when this connection may have no further attempt (MaxAuthTries), which locks nobody.
  private static let oneTry = "2:Too many authentication failures"

  private let port: UInt16
  private var step = Step.connecting
  private var opened: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?
  /// nil until it is over.
  public private(set) var outcome: LoginOutcome?
  /// From the connection to the methods that it offers; nil while they are not known.
  public private(set) var latency: Duration?
  public private(set) var transcript: LoginTranscript

  public init(port: UInt16) {
    self.port = port
    transcript = LoginTranscript()
  }

  /// While the answer to the name alone is not there, it may have been let in, or been counted. The answer itself is no
  /// failure (RFC 4252 §5.2; OpenSSH and Dropbear do not count it).
  public var hasEntered: Bool { step == .asking || step == .entered }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return [.enterShell(0, port: port)]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .failed(_, let reason): end(.failed(reason), said: [], at: now)
    case .timer where step == .entered: finish(.inconclusive("no-answer"), at: now)
    case .timer: finish(.timedOut, at: now)
    case .opened, .received, .ended, .response: break
    }
    return []
  }

  public mutating func handle(_ event: ShellEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .opened:
      transcript.note("connected; what is said from here on is encrypted, and no digest of it is kept", at: now)
      opened = now
      step = .agreeing
      wakeAt = now + Self.keyWait
    case .agreed(let host):
      transcript.note(said: host.identification, at: now)
      transcript.note("host key: \(host.keyType) \(host.fingerprint)", at: now)
      transcript.note("entered: the account name, by the method none", at: now)
      step = .asking
      wakeAt = now + Self.answerWait
    case .asked(let methods):
      let names = ShellMethod.allCases.filter(methods.contains).map(\.rawValue)
      transcript.note("asked for: \(names.isEmpty ? "nothing" : names.joined(separator: ", "))", at: now)
      latency = opened.map { now - $0 }
      step = .entering
      if ShellMethod.choice(of: methods) == nil { finish(.inconclusive("no-password-method"), at: now) }
    case .entered(let method):
      transcript.note("entered: the password (not shown), by the method \(method.rawValue)", at: now)
      transcript.hidesFromHere()
      step = .entered
      wakeAt = now + Self.answerWait
    case .ended(let ending, let said): end(ending, said: said, at: now)
    }
    return []
  }

  private mutating func end(_ ending: ShellEnding, said: [UInt8], at now: MonotonicInstant) {
    transcript.note(said: said, at: now)
    let locks = LoginWords.saysLockedOut(said, [])
    switch ending {
    case .accepted(let passwordAsked): finish(.accepted(passwordAsked: passwordAsked), at: now)
    case .refused: finish(locks ? .lockedOut : .refused, at: now)
    case .partial: finish(.inconclusive("partial"), at: now)
    case .otherQuestion: finish(locks ? .lockedOut : .inconclusive("other-question"), at: now)
    case .closed(let words):
      transcript.note("the device ended the connection", at: now)
      transcript.note(said: Array(words.utf8), at: now)
      close(locks || words != Self.oneTry && LoginWords.saysLockedOut(Array(words.utf8), []), at: now)
    case .misunderstood(let words):
      transcript.note("not understood: \(words.prefix(300))", at: now)
      let isKeys = step == .agreeing && words.contains("no match for method")
      finish(.inconclusive(isKeys ? "no-common-algorithm" : "protocol-error"), at: now)
    case .failed(let reason):
      transcript.note("failed: \(reason)", at: now)
      finish(hasEntered ? .inconclusive(reason) : .unreachable(reason), at: now)
    }
  }

  /// The device has hung up, for which a right password is no reason: servers with room for one failure do so.
  private mutating func close(_ locks: Bool, at now: MonotonicInstant) {
    switch step {
    case .entered: finish(locks ? .lockedOut : .refused, at: now)
    case .connecting, .agreeing, .asking, .entering:
      finish(.inconclusive(locks ? "locked-out" : "closed-before-login"), at: now)
    }
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
    report = ProbeReport()
  }
}
