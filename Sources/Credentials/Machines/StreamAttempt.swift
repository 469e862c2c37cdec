internal import Probes
internal import Records

/// What attempts to log in over one connection have in common: the time they wait, what they write down, their end.
struct StreamAttempt {
  /// Octets of answers beyond which no service is listened to.
  static let octetLimit = 16 * 1024

  private(set) var transcript = LoginTranscript()
  /// What came since the last step.
  var answer: [UInt8] = []
  private(set) var wakeAt: MonotonicInstant?
  private(set) var outcome: LoginOutcome?
  private(set) var latency: Duration?
  private(set) var hasEntered = false
  private var opened: MonotonicInstant?
  private var octets = 0
  private let patience: Duration

  init(patience: Duration) { self.patience = patience }

  var isOpen: Bool { opened != nil }
  var report: ProbeReport? { outcome.map { _ in ProbeReport() } }

  mutating func begin(_ port: UInt16, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return [.connect(0, port: port)]
  }

  mutating func open(at now: MonotonicInstant) {
    transcript.note("connected", at: now)
    opened = now
    wakeAt = now + patience
  }

  /// Takes what the service says.
  /// - Returns: whether it is to be looked at.
  mutating func take(_ received: [UInt8], at now: MonotonicInstant) -> Bool {
    latency = latency ?? opened.map { now - $0 }
    octets += received.count
    guard octets <= Self.octetLimit else {
      finish(.inconclusive("octet-limit"), at: now)
      return false
    }
    answer += received
    return true
  }

  mutating func note(_ text: String, at now: MonotonicInstant) { transcript.note(text, at: now) }

  /// Says what is done next, which answers to the step before are not part of.
  /// - Parameter time: for the answer; nil for as long as for any other.
  mutating func send(
    _ octets: [UInt8], _ text: String, waiting time: Duration? = nil, at now: MonotonicInstant
  ) -> [ProbeAction] {
    transcript.note("sent: \(text)", at: now)
    expect(time ?? patience, at: now)
    return [.send(0, octets)]
  }

  mutating func enter(_ message: LoginMessage, _ text: String, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("entered: \(text)", at: now)
    if message.holdsPassword { transcript.hidesFromHere() }
    hasEntered = true
    expect(patience, at: now)
    return [.enter(0, message)]
  }

  private mutating func expect(_ time: Duration, at now: MonotonicInstant) {
    answer = []
    wakeAt = now + time
  }

  /// The device closed the connection, or the time is up.
  /// - Parameter isTime: nothing more came in time.
  mutating func end(isTime: Bool, at now: MonotonicInstant) {
    transcript.note(isTime ? "nothing more came" : "the device ended the connection", at: now)
    if hasEntered { return finish(.inconclusive(isTime ? "no-answer" : "closed"), at: now) }
    finish(isTime ? .timedOut : .inconclusive("closed-before-login"), at: now)
  }

  mutating func fail(_ reason: String, at now: MonotonicInstant) {
    transcript.note("failed: \(reason)", at: now)
    finish(hasEntered ? .inconclusive(reason) : .unreachable(reason), at: now)
  }

  mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    guard self.outcome == nil else { return }
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
  }
}

/// A login machine that is made of one ``StreamAttempt``.
protocol StreamLogin: LoginMachine {
  var port: UInt16 { get }
  var attempt: StreamAttempt { get set }
  /// Connected; a service that waits for its visitor is told something.
  mutating func opened(at now: MonotonicInstant) -> [ProbeAction]
  /// Looks at ``StreamAttempt/answer``, which has grown.
  mutating func read(at now: MonotonicInstant) -> [ProbeAction]
  /// The connection has ended, or nothing came in time; what is not decided by it is left to the attempt.
  mutating func ended(at now: MonotonicInstant)
}

extension StreamLogin {
  public var wakeAt: MonotonicInstant? { attempt.wakeAt }
  public var report: ProbeReport? { attempt.report }
  public var outcome: LoginOutcome? { attempt.outcome }
  public var latency: Duration? { attempt.latency }
  public var hasEntered: Bool { attempt.hasEntered }
  public var transcript: LoginTranscript { attempt.transcript }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { attempt.begin(port, at: now) }

  mutating func opened(at now: MonotonicInstant) -> [ProbeAction] { [] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .opened:
      guard !attempt.isOpen else { break }
      attempt.open(at: now)
      return opened(at: now)
    case .received(_, let octets): return attempt.take(octets, at: now) ? read(at: now) : []
    case .ended, .timer:
      ended(at: now)
      attempt.end(isTime: event == .timer, at: now)
    case .failed(_, let reason): attempt.fail(reason, at: now)
    case .response: break
    }
    return []
  }
}
