internal import Probes
public import Records

/// The attempts on one service, one after the other: which comes next, when it is enough, and what came of them.
public struct LoginCourse: Sendable {
  public enum Step: Hashable, Sendable {
    /// A pair of the profile, counted from 0.
    case pair(Int)
    /// A pair that must be refused, after this one was accepted.
    case control(after: Int)
  }

  public enum Conclusion: Hashable, Sendable {
    /// The pair of this index is accepted and a random one is not.
    case accepted(Int, passwordAsked: Bool)
    /// Every pair was refused.
    case refused
    /// A word such as `locked-out`.
    case inconclusive(String)
  }

  public let profile: CredentialProfile
  public let service: Service
  public let transport: LoginTransport
  /// As each attempt begins.
  public let machine: any LoginMachine
  /// ``Technique/defaultCredentials``, or ``Technique/credentialList`` where the profile is made of a list.
  public let technique: Technique
  /// Pairs that were tried before.
  private let skipped: Set<CredentialPair>
  /// Pairs that were entered.
  public private(set) var tried = 0
  /// nil while it is not over.
  public private(set) var conclusion: Conclusion?
  private var step: Step?
  private var timeouts = 0
  /// Pairs that nothing came back to, where nothing has come back before.
  private var silences = 0
  private var baseline: Duration?
  private var accepted: Bool?
  /// What became of the session of the pair that was accepted.
  public private(set) var ending = LoginEnding.loggedOut

  public init(
    profile: CredentialProfile, service: Service, transport: LoginTransport, machine: any LoginMachine,
    technique: Technique = .defaultCredentials, skipping skipped: Set<CredentialPair> = []
  ) {
    self.technique = technique
    self.skipped = skipped
    self.profile = profile
    self.service = service
    self.transport = transport
    self.machine = machine
    proceed(to: 0)
  }

  /// By this name the record says that it need not be repeated.
  public var recordName: String {
    type(of: machine).sheet.id + (technique == .credentialList ? "-list" : "")
  }

  /// It was tried before, or nothing shows its password.
  private func isLeftOut(_ pair: CredentialPair) -> Bool { pair.formula != nil || skipped.contains(pair) }

  /// The next pair that was not tried before; without one everything was refused.
  private mutating func proceed(to index: Int) {
    let next = profile.pairs.indices.first { $0 >= index && !isLeftOut(profile.pairs[$0]) }
    step = next.map(Step.pair)
    if next == nil { conclusion = silences > 0 ? .inconclusive(Self.silence) : .refused }
  }

  private static let silence = "no-answer"

  /// Nothing is known to be there: silence is then no reason to stop, and no refusal either.
  private func isSilence(_ outcome: LoginOutcome) -> Bool {
    service == .silentAgent && outcome == .inconclusive(Self.silence)
  }

  public var endpoint: ServiceEndpoint { service.endpoint }

  /// Whether the pair that was accepted last needed its password.
  public var passwordWasAsked: Bool { accepted ?? true }

  /// What is to be attempted; nil when it is over.
  public var next: Step? { conclusion == nil ? step : nil }

  private static let mostTimeouts = 2
  /// A prompt that comes so much later than the first is a sign of a device in distress; below the floor it is the LAN's
  /// own jitter.
  private static let slowdown = 4
  private static let latencyFloor = Duration.milliseconds(250)

  /// Pairs of the same account that were refused before a pair, in a row.
  public func failures(before index: Int) -> Int {
    profile.pairs[..<index].count { $0.account == profile.pairs[index].account && !isLeftOut($0) }
  }

  /// What is entered. The negative control keeps the name, so that a service that looks at names alone is found out; where
  /// the name alone opened the session, it has another.
  /// - Parameter random: a name and a password that nobody has.
  public func pair(of step: Step, random: () -> CredentialPair) -> CredentialPair {
    switch step {
    case .pair(let index): return profile.pairs[index]
    case .control(let index):
      let random = random()
      guard passwordWasAsked else { return random }
      return CredentialPair(account: profile.pairs[index].account, secret: random.secret)
    }
  }

  /// Nothing more may be attempted: the device is in distress, or its budget is spent.
  public mutating func stop(_ reason: String) {
    guard conclusion == nil else { return }
    conclusion = .inconclusive(reason)
  }

  /// Takes what came of ``next``.
  /// - Parameters:
  ///   - latency: from the connection to the first prompt.
  ///   - ending: of the session, where one was opened.
  public mutating func note(_ outcome: LoginOutcome, latency: Duration?, ending: LoginEnding = .loggedOut) {
    guard conclusion == nil, let step else { return }
    switch step {
    case .pair(let index):
      note(outcome, index)
      if case .accepted = outcome { self.ending = ending }
    case .control(let index): noteControl(outcome, index)
    }
    guard conclusion == nil, let latency else { return }
    if let baseline, latency > max(baseline, Self.latencyFloor) * Self.slowdown {
      stop("slow")
    } else {
      baseline = baseline ?? latency
    }
  }

  private mutating func note(_ outcome: LoginOutcome, _ index: Int) {
    switch outcome {
    case .accepted(let passwordAsked):
      tried += 1
      accepted = passwordAsked
      step = .control(after: index)
    case .refused:
      tried += 1
      proceed(to: index + 1)
    case .lockedOut:
      tried += 1
      conclusion = .inconclusive("locked-out")
    case .inconclusive where isSilence(outcome):
      tried += 1
      silences += 1
      proceed(to: index + 1)
    case .inconclusive(let reason): conclusion = .inconclusive(reason)
    case .timedOut, .unreachable: noteTimeout()
    }
  }

  private mutating func noteControl(_ outcome: LoginOutcome, _ index: Int) {
    switch outcome {
    // The agent has just answered, and drops what has a wrong community (RFC 3584 §5.2.1).
    case .inconclusive where isSilence(outcome): conclusion = .accepted(index, passwordAsked: accepted ?? true)
    case .refused: conclusion = .accepted(index, passwordAsked: accepted ?? true)
    case .accepted: conclusion = .inconclusive("accepts-everything")
    case .lockedOut: conclusion = .inconclusive("control-locked-out")
    case .inconclusive(let reason): conclusion = .inconclusive("control-\(reason)")
    case .timedOut, .unreachable: noteTimeout()
    }
  }

  /// The same is tried once more.
  private mutating func noteTimeout() {
    timeouts += 1
    if timeouts >= Self.mostTimeouts { conclusion = .inconclusive("time-out") }
  }
}
