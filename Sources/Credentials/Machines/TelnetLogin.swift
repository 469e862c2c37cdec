public import Probes
public import Records
internal import Wire

/// One attempt to log in by Telnet (RFC 854, RFC 855), with a name and a password that it does not know: it says when
/// either is to be entered, and whoever holds the permit enters it.
///
/// - Octets sent: a refusal to each option that the service asks for or announces (3 octets, each once, at most 64); the name and
///   the password, each followed by CR LF, each once; after a command prompt two empty lines; the profile's logout.
/// - Connections opened: one, closed with FIN.
/// - State left behind: log entries; a failure in the device's counters, or for seconds a session, which is logged out of.
/// - Worst known reaction: accounts or addresses that lock after a few failures, which is what permits are for; a console
///   with room for one session is taken for up to a minute.
public struct TelnetLogin: LoginMachine {
  public static let sheet = ProbeSheet(
    id: "telnet-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries; a failure in the device's counters, or for seconds a session",
    worstReaction: "locks accounts or addresses after a few failures", connections: 1, duration: .seconds(75))

  /// Some servers look the client's name up first (6 s were seen), and some prompts take 3 s.
  private static let promptWait = Duration.seconds(12)
  private static let pause = Duration.milliseconds(900)
  /// After a question that is known nothing more is to come.
  private static let shortPause = Duration.milliseconds(350)
  private static let confirmWait = Duration.seconds(6)
  private static let logoutWait = Duration.milliseconds(500)
  private static let octetLimit = 32 * 1024
  private static let refusalLimit = 64
  /// Empty lines after which the same prompt has to come back.
  private static let confirmations = 2

  private enum Step {
    case waiting
    case accountEntered, passwordEntered
    case confirming(String, count: Int)
    case leaving(LoginOutcome)
  }

  private let port: UInt16
  private let recipe: TelnetRecipe
  private var stream = TelnetStream()
  private var octets = 0
  private var refused: Set<TelnetStream.Negotiation> = []
  private var seen = 0
  private var step = Step.waiting
  /// Where the text of the answer to the last step begins.
  private var from = 0
  private var passwordAsked = false
  private var latest: MonotonicInstant?
  private var opened: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?
  /// nil until it is over.
  public private(set) var outcome: LoginOutcome?
  /// From the connection to the first question; nil while none came.
  public private(set) var latency: Duration?
  /// Something was entered, so that the device may have counted it.
  public private(set) var hasEntered = false
  public private(set) var transcript: LoginTranscript

  public init(port: UInt16, recipe: TelnetRecipe) {
    self.port = port
    self.recipe = recipe
    transcript = LoginTranscript()
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return [.connect(0, port: port)]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .opened:
      transcript.note("connected", at: now)
      opened = now
      expect(Self.promptWait, at: now)
    case .received(_, let octets): return take(octets, at: now)
    case .timer: return decide(at: now)
    case .ended(_, let ending): end(ending, at: now)
    case .failed(_, let reason): fail(reason, at: now)
    case .response: break
    }
    return []
  }

  private mutating func expect(_ longest: Duration, at now: MonotonicInstant) {
    latest = now + longest
    wakeAt = latest
    from = stream.text.count
  }

  private var answer: [UInt8] { Array(stream.text[min(from, stream.text.count)...]) }

  private mutating func take(_ received: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    octets += received.count
    guard octets <= Self.octetLimit else {
      finish(.inconclusive("octet-limit"), at: now)
      return []
    }
    let before = stream.text.count
    stream.receive(received)
    transcript.note(said: Array(stream.text[before...]), at: now)
    let pause = LoginWords.question(endOf: answer).isQuestion ? Self.shortPause : Self.pause
    if case .leaving = step {} else { wakeAt = min(latest ?? now, now + pause) }
    var answers: [UInt8] = []
    for negotiation in stream.negotiations[seen...] {
      guard refused.count < Self.refusalLimit, let refusal = negotiation.refusal, refused.insert(negotiation).inserted
      else { continue }
      answers += refusal.octets
    }
    seen = stream.negotiations.count
    return answers.isEmpty ? [] : [.send(0, answers)]
  }

  private mutating func decide(at now: MonotonicInstant) -> [ProbeAction] {
    switch step {
    case .waiting: return greeted(at: now)
    case .accountEntered: return named(at: now)
    case .passwordEntered: return judge(at: now)
    case .confirming(let prompt, let count): return confirm(prompt, count, at: now)
    case .leaving(let outcome):
      finish(outcome, at: now)
      return []
    }
  }

  private mutating func greeted(at now: MonotonicInstant) -> [ProbeAction] {
    switch LoginWords.question(endOf: answer) {
    case .account:
      noteLatency(now)
      return enter(.account, at: now)
    case .password:
      noteLatency(now)
      return enter(.password, at: now)
    // A banner may end in such a character, with the question still to come.
    case .command, nil:
      return orWait(at: now) { $0.isEmpty ? .timedOut : .inconclusive("no-login-prompt") }
    }
  }

  private mutating func named(at now: MonotonicInstant) -> [ProbeAction] {
    if LoginWords.saysLockedOut(answer, recipe.lockedOut) { return leave(.lockedOut, at: now) }
    switch LoginWords.question(endOf: answer) {
    case .password: return enter(.password, at: now)
    // The name was not taken.
    case .account: return leave(.refused, at: now)
    case .command(let prompt): return sendLine(after: prompt, 0, at: now)
    case nil: return orWait(at: now) { _ in .inconclusive("no-password-prompt") }
    }
  }

  private mutating func judge(at now: MonotonicInstant) -> [ProbeAction] {
    let answer = answer
    if LoginWords.saysLockedOut(answer, recipe.lockedOut) { return leave(.lockedOut, at: now) }
    let isRefused = LoginWords.saysRefused(answer, recipe.failure)
    let showsProof = LoginWords.says(recipe.success, answer)
    switch LoginWords.question(endOf: answer) {
    case .account, .password: return leave(showsProof ? .inconclusive("signs-disagree") : .refused, at: now)
    case .command(let prompt):
      return isRefused ? leave(.inconclusive("signs-disagree"), at: now) : sendLine(after: prompt, 0, at: now)
    case nil:
      if isRefused { return leave(showsProof ? .inconclusive("signs-disagree") : .refused, at: now) }
      if showsProof { return leave(.accepted(passwordAsked: passwordAsked), at: now) }
      return orWait(at: now) { _ in .inconclusive("no-proof") }
    }
  }

  /// A session answers an empty line with its prompt, again and again; a banner or a refusal does not.
  private mutating func confirm(_ prompt: String, _ count: Int, at now: MonotonicInstant) -> [ProbeAction] {
    let answer = answer
    if LoginWords.saysLockedOut(answer, recipe.lockedOut) { return leave(.lockedOut, at: now) }
    let isRefused = LoginWords.saysRefused(answer, recipe.failure)
    switch LoginWords.question(endOf: answer) {
    case .account, .password: return leave(.refused, at: now)
    case .command(let again):
      guard again == prompt, !isRefused else { return leave(.inconclusive("signs-disagree"), at: now) }
      guard count + 1 < Self.confirmations else { return leave(.accepted(passwordAsked: passwordAsked), at: now) }
      return sendLine(after: prompt, count + 1, at: now)
    case nil:
      return isRefused ? leave(.refused, at: now) : orWait(at: now) { _ in .inconclusive("no-proof") }
    }
  }

  // MARK: What is done

  private enum Field { case account, password }

  private mutating func enter(_ field: Field, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note(field == .account ? "entered: the account name" : "entered: the password (not shown)", at: now)
    if field == .password {
      passwordAsked = true
      transcript.hidesFromHere()
    }
    hasEntered = true
    step = field == .account ? .accountEntered : .passwordEntered
    expect(Self.promptWait, at: now)
    return [.enter(0, .line(field == .account ? .account : .password))]
  }

  private mutating func sendLine(after prompt: String, _ count: Int, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("sent: an empty line", at: now)
    step = .confirming(prompt, count: count)
    expect(Self.confirmWait, at: now)
    return [.send(0, [0x0d, 0x0a])]
  }

  private mutating func orWait(at now: MonotonicInstant, else outcome: ([UInt8]) -> LoginOutcome) -> [ProbeAction] {
    if let latest, now < latest {
      wakeAt = latest
      return []
    }
    let said = answer.filter { $0 > 0x20 }
    return leave(outcome(said), at: now)
  }

  /// Logs out of a session. Where it is not sure that there is one nothing is sent: what was meant to log out could be
  /// taken for a name.
  private mutating func leave(_ outcome: LoginOutcome, at now: MonotonicInstant) -> [ProbeAction] {
    guard case .accepted = outcome, let logout = recipe.logout else {
      finish(outcome, at: now)
      return []
    }
    transcript.note("sent: the profile's logout", at: now)
    step = .leaving(outcome)
    wakeAt = now + Self.logoutWait
    return [.send(0, Array(logout.utf8) + [0x0d, 0x0a])]
  }

  private mutating func noteLatency(_ now: MonotonicInstant) { latency = opened.map { now - $0 } }

  // MARK: Ends

  private mutating func end(_ ending: ConversationEnding, at now: MonotonicInstant) {
    transcript.note("the device ended the connection: \(ending.rawValue)", at: now)
    switch step {
    case .leaving(let outcome): finish(outcome, at: now)
    case .waiting: finish(.inconclusive("closed-before-login"), at: now)
    case .confirming: finish(.inconclusive("closed"), at: now)
    case .accountEntered, .passwordEntered:
      let isRefused = LoginWords.saysRefused(answer, recipe.failure)
      if LoginWords.saysLockedOut(answer, recipe.lockedOut) {
        finish(.lockedOut, at: now)
      } else {
        // Many devices hang up on a wrong password without a word.
        finish(isRefused || LoginWords.isBlank(answer) ? .refused : .inconclusive("closed"), at: now)
      }
    }
  }

  private mutating func fail(_ reason: String, at now: MonotonicInstant) {
    transcript.note("failed: \(reason)", at: now)
    if case .leaving(let outcome) = step { return finish(outcome, at: now) }
    finish(hasEntered ? .inconclusive(reason) : .unreachable(reason), at: now)
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
    report = ProbeReport()
  }
}

extension LoginWords.Question? {
  /// It waits for a name or a password.
  fileprivate var isQuestion: Bool { self == .account || self == .password }
}
