public import Records

/// Watches one device while it is probed: asks it regularly whether it is there, and says stop as
/// soon as it is not (engine.md §6.7).
///
/// It decides; the heartbeat itself (a unicast ARP question, a neighbour solicitation, an echo
/// request) is made elsewhere.
public struct HealthGuard: Sendable {
  public struct Timing: Hashable, Sendable {
    /// Between two heartbeats of a device that is well.
    public var interval: Duration {
      get { .milliseconds(intervalMilliseconds) }
      set { intervalMilliseconds = Self.milliseconds(newValue) }
    }
    /// How long a heartbeat's answer is waited for.
    public var timeout: Duration {
      get { .milliseconds(timeoutMilliseconds) }
      set { timeoutMilliseconds = Self.milliseconds(newValue) }
    }
    /// How long a device that fell silent is waited for before it is given up.
    public var recovery: Duration {
      get { .milliseconds(recoveryMilliseconds) }
      set { recoveryMilliseconds = Self.milliseconds(newValue) }
    }

    // Every device keeps a copy: 12 octets instead of 48.
    private var intervalMilliseconds: Int32 = 0
    private var timeoutMilliseconds: Int32 = 0
    var timeoutNanoseconds: Int64 { Int64(timeoutMilliseconds) * 1_000_000 }
    private var recoveryMilliseconds: Int32 = 0

    private static func milliseconds(_ duration: Duration) -> Int32 {
      Int32(clamping: duration.nanoseconds / 1_000_000)
    }

    public init(
      interval: Duration = .seconds(1), timeout: Duration = .milliseconds(300), recovery: Duration = .seconds(60)
    ) {
      self.interval = interval
      self.timeout = timeout
      self.recovery = recovery
    }
  }

  /// How a device that was in distress came out of it.
  public enum Outcome: Hashable, Sendable {
    /// It answers again, and nothing says that it restarted.
    case recovered
    /// It answers again after signs of a restart.
    case rebooted
    /// It does not answer any more.
    case lost
    /// It kept answering, far more slowly than before it was probed.
    case slow
  }

  public enum Event: Hashable, Sendable {
    /// Nothing more may be sent but heartbeats.
    case froze(lastAnswer: MonotonicInstant)
    case ended(Outcome)
    /// It never answered a heartbeat: it is probed unwatched.
    case unwatchable
  }

  private enum Phase: Hashable, Sendable {
    case baseline, watching
    case frozen(since: MonotonicInstant, slow: Bool)
    case over
  }

  public let timing: Timing
  /// How often the device fell into distress.
  public private(set) var distresses = 0
  public private(set) var lastAnswer: MonotonicInstant?
  private var phase = Phase.baseline
  private var baseline: Int64?
  private var askedAt: MonotonicInstant?
  /// When the first question since the last answer left.
  private(set) var waitingSince: MonotonicInstant?
  private var nextAt: MonotonicInstant
  /// Heartbeats in a row without an answer.
  private(set) var misses = 0
  private var slowAnswers = 0
  private var quickAnswers = 0
  /// Questions that were given up since the last answer that came in time: their answers may still come.
  private var unanswered = 0
  /// Something was sent to it since the last heartbeat. A device that is left alone is not asked.
  private var wasProbed = false
  private var sawReboot = false
  private(set) var isWatched: Bool

  /// Unanswered heartbeats that make a distress where no frames are lost. From the first one on,
  /// nothing else is sent.
  public static let leastPatience = 3
  /// Questions asked to find a baseline, and slow answers that make a distress.
  private static let baselineTries = 3
  private static let slowAnswersToFreeze = 2
  private static let quickAnswersToRecover = 2
  /// An answer counts as slow beyond so many times the baseline, and never below 100 ms.
  private static let slowFactor: Int64 = 5
  private static let slowFloor: Int64 = 100_000_000
  /// A device that answers again is left alone for so long before probing goes on.
  private static let settling = Duration.seconds(2)

  /// - Parameter isWatched: false where nothing can ask the device whether it is there: it is probed unwatched.
  public init(timing: Timing, isWatched: Bool = true, now: MonotonicInstant) {
    self.timing = timing
    self.isWatched = isWatched
    nextAt = now
    if !isWatched { phase = .over }
  }

  /// The distresses of an earlier run count too: a device is not brought down a third time.
  mutating func restore(distresses: Int) { self.distresses += distresses }

  /// Probes may be sent.
  public var allowsProbes: Bool {
    switch phase {
    case .watching: misses == 0
    case .over: true
    case .baseline, .frozen: false
    }
  }

  public var isFrozen: Bool {
    if case .frozen = phase { return true }
    return false
  }

  /// When it wants to be asked again.
  public var wakeAt: MonotonicInstant {
    if let askedAt { return MonotonicInstant(nanoseconds: askedAt.nanoseconds + timeout) }
    return needsHeartbeat ? nextAt : MonotonicInstant(nanoseconds: .max)
  }

  private var needsHeartbeat: Bool {
    switch phase {
    case .baseline, .frozen: true
    case .watching: wasProbed || misses > 0 || slowAnswers > 0
    case .over: false
    }
  }

  /// Longer for a device that is known to be slow.
  private var timeout: Int64 {
    // In whole nanoseconds, because it is asked for each probe.
    let least = timing.timeoutNanoseconds
    if case .frozen(_, slow: true) = phase { return least * 10 }
    return max(least, min(3 * (baseline ?? 0), least * 10))
  }

  /// A heartbeat is to be sent now.
  public func wantsHeartbeat(now: MonotonicInstant) -> Bool { askedAt == nil && nextAt <= now && needsHeartbeat }

  /// When the heartbeat left that is not answered yet.
  var askedSince: MonotonicInstant? { askedAt }

  /// When anything came from it last; nil when it is not watched.
  var heardSince: MonotonicInstant? { isWatched ? lastAnswer : nil }

  public mutating func asked(at now: MonotonicInstant) {
    askedAt = now
    waitingSince = waitingSince ?? now
    wasProbed = false
  }

  /// This host did nothing for so long: an answer may have waited for it, and none is overdue for that.
  public mutating func hostPaused(for pause: Duration) {
    askedAt = askedAt.map { $0 + pause }
    waitingSince = waitingSince.map { $0 + pause }
  }

  /// Something else was sent to the device.
  public mutating func probed() { wasProbed = true }

  /// Probes are bringing nothing although they did before: the next heartbeat is due at once.
  public mutating func hurry(now: MonotonicInstant) {
    guard phase == .watching, askedAt == nil else { return }
    wasProbed = true
    nextAt = min(nextAt, now)
  }

  /// Takes note of a sign that the device restarted.
  public mutating func rebootSign() { if isFrozen { sawReboot = true } }

  /// The device answered something else: it is there. That ends no distress.
  public mutating func heard(at now: MonotonicInstant) {
    guard phase == .watching else { return }
    lastAnswer = now
    misses = 0
  }

  /// The heartbeat was answered.
  public mutating func answered(at now: MonotonicInstant) -> Event? {
    // Questions carry no number. After a miss nobody knows which one was answered, so the time is not
    // taken (Karn's rule, RFC 6298 §3); an answer that no question waits for any more came late.
    let took = misses == 0 ? askedAt.map { now.nanoseconds - $0.nanoseconds } : nil
    let isLate = askedAt == nil && unanswered > 0
    if isLate { unanswered -= 1 } else if took != nil { unanswered = 0 }
    askedAt = nil
    waitingSince = nil
    misses = 0
    lastAnswer = now
    nextAt = now + timing.interval
    switch phase {
    case .baseline:
      baseline = took
      phase = .watching
      return nil
    case .watching:
      return judge(took, isLate: isLate, now: now)
    case .frozen(let since, let slow):
      return judgeFrozen(since: since, slow: slow, took: took, isLate: isLate, now: now)
    case .over:
      return nil
    }
  }

  private mutating func judge(_ took: Int64?, isLate: Bool, now: MonotonicInstant) -> Event? {
    guard isLate || took != nil else { return nil }
    if let took {
      baseline = baseline ?? took
      guard isSlow(took) else {
        slowAnswers = 0
        return nil
      }
    }
    slowAnswers += 1
    nextAt = now
    guard slowAnswers >= Self.slowAnswersToFreeze else { return nil }
    return freeze(slow: true, now: now)
  }

  private func isSlow(_ took: Int64) -> Bool {
    took > max(Self.slowFloor, (baseline ?? took) * Self.slowFactor)
  }

  private mutating func judgeFrozen(
    since: MonotonicInstant, slow: Bool, took: Int64?, isLate: Bool, now: MonotonicInstant
  ) -> Event? {
    if !slow {
      // Not dead but slow: the questions before the freeze are being answered now.
      if isLate || took.map(isSlow) == true {
        phase = .frozen(since: since, slow: true)
        return nil
      }
      // A late answer may look like a quick one to a later question. Two in a row do not.
      quickAnswers += 1
      nextAt = now
      guard quickAnswers >= Self.quickAnswersToRecover else { return nil }
    } else if now - since < Self.settling || took == nil {
      return nil
    }
    phase = .watching
    nextAt = now + timing.interval
    slowAnswers = 0
    // Its new pace is what later answers are compared with.
    if slow { baseline = took }
    defer { sawReboot = false }
    return .ended(slow ? .slow : sawReboot ? .rebooted : .recovered)
  }

  private mutating func freeze(slow: Bool, now: MonotonicInstant) -> Event {
    phase = .frozen(since: now, slow: slow)
    distresses += 1
    misses = 0
    quickAnswers = 0
    nextAt = now + timing.interval
    return .froze(lastAnswer: lastAnswer ?? now)
  }

  /// Judges a heartbeat whose answer is overdue.
  /// - Parameter patience: unanswered heartbeats that make a distress; see ``LossEstimate/patience``.
  public mutating func check(now: MonotonicInstant, patience: Int = leastPatience) -> Event? {
    guard let asked = askedAt, now.nanoseconds - asked.nanoseconds >= timeout else { return nil }
    askedAt = nil
    unanswered += 1
    if phase == .watching, let lastAnswer, lastAnswer > asked {  // other answers came meanwhile
      nextAt = now + timing.interval
      return nil
    }
    misses += 1
    nextAt = now
    switch phase {
    case .baseline:
      guard misses >= Self.baselineTries else { return nil }
      isWatched = false
      phase = .over
      return .unwatchable
    case .watching:
      return misses >= patience ? freeze(slow: false, now: now) : nil
    case .frozen(let since, _):
      misses = 0
      nextAt = now + timing.interval
      guard now - since >= timing.recovery else { return nil }
      phase = .over
      return .ended(.lost)
    case .over:
      return nil
    }
  }
}
