internal import Records

/// Finds out whether a device limits how many answers it gives in a second.
///
/// nmap waits a second before each retry in case there is a limit. This measures instead: when part
/// of the probes stays unanswered, half as many are sent for a while. A limiter then answers as
/// many as before, and a filter half as many (engine.md §6.5).
struct AnswerCeiling: Sendable {
  private enum Phase: Sendable { case observing, testing, explained }

  /// What was seen at one pace.
  private struct Count: Sendable {
    var since = MonotonicInstant(nanoseconds: .min)
    var sent: Int32 = 0
    var answered: Int32 = 0

    func seconds(_ now: MonotonicInstant) -> Double { Double(now.nanoseconds - since.nanoseconds) / 1e9 }
  }

  private var phase = Phase.observing
  private var isSettling = true
  private var count = Count()
  private var last = MonotonicInstant(nanoseconds: .min)
  /// Probes and answers a second, and answers, while nothing was tested.
  private var before = (sent: 0.0, answered: 0.0, answers: Int32(0), probes: Int32(0))
  /// Answers a second that the device does not exceed, once found.
  private(set) var limit: Int?
  /// Probes a second that may be sent now; 0 while the ceiling has nothing to say.
  private(set) var pace = 0

  /// After a change of pace this much is left out: answers to earlier probes still come.
  private static let settling = 0.3
  /// A count is judged after a second when it has enough answers, at the latest after five. Whole
  /// seconds matter: some stacks count per second of their clock.
  private static let shortest = 1.0
  private static let longest = 5.0
  private static let enoughAnswers: Int32 = 100
  private static let fewestProbes: Int32 = 40

  mutating func sentProbe(at now: MonotonicInstant) {
    guard phase != .explained else { return }
    roll(now)
    count.sent += 1
  }

  mutating func gotAnswer(at now: MonotonicInstant) {
    guard phase != .explained else { return }
    roll(now)
    count.answered += 1
  }

  private mutating func roll(_ now: MonotonicInstant) {
    // After a pause the counts tell nothing.
    let paused = last.nanoseconds == .min || now.nanoseconds - last.nanoseconds > 500_000_000
    last = now
    if paused { return begin(.observing, now) }
    if isSettling {
      if count.seconds(now) >= Self.settling { restart(now) }
      return
    }
    let seconds = count.seconds(now)
    guard seconds >= Self.longest || (seconds >= Self.shortest && count.answered >= Self.enoughAnswers) else { return }
    judge(seconds, now)
  }

  private mutating func judge(_ seconds: Double, _ now: MonotonicInstant) {
    switch phase {
    case .observing:
      guard count.sent >= Self.fewestProbes, count.answered > 0, count.answered < count.sent / 4 * 3 else {
        return restart(now)
      }
      before = (Double(count.sent) / seconds, Double(count.answered) / seconds, count.answered, count.sent)
      begin(.testing, now)
    case .testing:
      if isLimiter { limit = max(1, Int(before.answered + 0.5)) }
      begin(.explained, now)
    case .explained:
      break
    }
  }

  /// More answers for each probe than chance allows if a filter let a fixed share through: the
  /// answers of both counts together would divide as the probes do (binomial, three standard deviations).
  private var isLimiter: Bool {
    let share = Double(count.sent) / Double(count.sent + before.probes)
    let all = Double(count.answered + before.answers)
    return Double(count.answered) > all * share + 3 * (all * share * (1 - share)).squareRoot()
  }

  private mutating func begin(_ phase: Phase, _ now: MonotonicInstant) {
    self.phase = phase
    isSettling = true
    restart(now, settled: false)
    switch phase {
    case .observing: pace = 0
    case .testing: pace = max(1, Int(before.sent / 2))
    // A little below, so that each probe finds its token.
    case .explained: pace = limit.map { max(1, $0 * 9 / 10) } ?? 0
    }
  }

  private mutating func restart(_ now: MonotonicInstant, settled: Bool = true) {
    if settled { isSettling = false }
    count = Count()
    count.since = now
  }
}
