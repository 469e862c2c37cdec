internal import Records

/// Finds out whether a device limits how many answers it gives in a second.
///
/// nmap waits a second before each retry in case there is a limit. This measures instead: when part
/// of the probes stays unanswered, half as many are sent for a while. A limiter then answers as
/// many as before, and a filter half as many (engine.md §6.5).
struct AnswerCeiling: Sendable {
  private enum Phase: Sendable { case observing, testing, explained }

  private var phase = Phase.observing
  private var windowEnds = MonotonicInstant(nanoseconds: .min)
  private var windows = 0
  private var sent = 0
  private var answered = 0
  /// Sent and answered in the observed windows.
  private var before = (sent: 0, answered: 0)
  /// Answers a second that the device does not exceed, once found.
  private(set) var limit: Int?

  private static let window: Int64 = 500_000_000
  /// Two windows are judged together; the first after a change of pace settles and is left out.
  private static let judged = 2
  private static let fewest = 20

  /// The share of the pace at which probes are to go now: 1, or 2 while half of it is tested.
  var divisor: Int { phase == .testing ? 2 : 1 }

  mutating func sentProbe(at now: MonotonicInstant) {
    roll(now)
    sent += 1
  }

  mutating func gotAnswer(at now: MonotonicInstant) {
    roll(now)
    answered += 1
  }

  /// What was learnt holds no longer: other ports, another pass.
  mutating func observeAgain() {
    if phase == .explained, limit == nil { reset(to: .observing) }
  }

  private mutating func roll(_ now: MonotonicInstant) {
    guard now.nanoseconds >= windowEnds.nanoseconds else { return }
    let isLate = now.nanoseconds >= windowEnds.nanoseconds &+ Self.window
    windowEnds = MonotonicInstant(nanoseconds: now.nanoseconds + Self.window)
    guard phase != .explained else { return }
    // After a pause the counts tell nothing.
    if isLate { return reset(to: .observing) }
    windows += 1
    if windows == 1 {  // settling
      sent = 0
      answered = 0
    } else if windows > Self.judged {
      judge()
    }
  }

  private mutating func judge() {
    let seen = (sent: sent, answered: answered)
    switch phase {
    case .observing:
      guard seen.sent >= Self.fewest, seen.answered > 0, seen.answered * 4 < seen.sent * 3 else {
        return reset(to: .observing)
      }
      before = seen
      reset(to: .testing)
    case .testing:
      // As many answers from half as many probes: within a quarter, for counts of this size.
      let ratioRose = seen.answered * before.sent * 2 >= before.answered * seen.sent * 3
      if seen.answered > 0, ratioRose {
        limit = max(1, before.answered * Int(1_000_000_000 / Self.window) / Self.judged)
      }
      reset(to: .explained)
    case .explained:
      break
    }
  }

  private mutating func reset(to phase: Phase) {
    self.phase = phase
    windows = 0
    sent = 0
    answered = 0
  }
}
