internal import Records

/// Before more than twenty open ports are believed, three ports that hardly anything uses are asked.
/// A device that opens those too answers for everything: a middlebox, a tar pit (engine.md §6.10).
struct ControlProbes: Sendable {
  static let openPortsBeforeCheck = 20

  private struct Question: Sendable {
    let port: UInt16
    var tries = 0
    var askedAt: MonotonicInstant?
    var isOpen: Bool?
  }

  private var questions: [Question]

  /// Nanoseconds for which an answer is waited for.
  private let timeout: Int64

  /// - Parameters:
  ///   - seed: the run's, so that the three ports can be told again.
  ///   - timeout: nanoseconds; never less than the initial one.
  init(seed: ScanSeed, tweak: UInt64, timeout: Int64 = RoundTripTime.initial) {
    self.timeout = max(timeout, RoundTripTime.initial)
    // 21000–31999 lie outside the well-known ports, below the usual ephemeral ones, and beside the
    // ports of industrial control (20000, 20547).
    let order = Permutation(count: 11_000, seed: seed, tweak: tweak ^ 0x636f_6e74_726f_6c)
    questions = (0..<3).map { Question(port: UInt16(21_000 + order[$0])) }
  }

  /// The port to ask now, with the try.
  func next(now: MonotonicInstant) -> (port: UInt16, try: Int)? {
    for question in questions where question.isOpen == nil && question.tries < 2 {
      if let asked = question.askedAt, now.nanoseconds - asked.nanoseconds < timeout { continue }
      return (question.port, question.tries)
    }
    return nil
  }

  mutating func asked(_ port: UInt16, at now: MonotonicInstant) {
    guard let index = questions.firstIndex(where: { $0.port == port }) else { return }
    questions[index].tries += 1
    questions[index].askedAt = now
  }

  mutating func answered(_ port: UInt16, open: Bool) {
    guard let index = questions.firstIndex(where: { $0.port == port }) else { return }
    questions[index].isOpen = open
  }

  /// Questions that may still be answered.
  func outstanding(now: MonotonicInstant) -> Int {
    questions.count { question in
      question.isOpen == nil
        && question.askedAt.map { now.nanoseconds - $0.nanoseconds < timeout } == true
    }
  }

  /// All three were found open.
  var allOpen: Bool { questions.allSatisfy { $0.isOpen == true } }

  /// Nothing is left to ask or to wait for.
  func isOver(now: MonotonicInstant) -> Bool {
    questions.allSatisfy { question in
      question.isOpen != nil
        || (question.tries >= 2
          && question.askedAt.map { now.nanoseconds - $0.nanoseconds >= timeout } == true)
    }
  }

  /// When an unanswered question may be asked again.
  var wakeAt: MonotonicInstant? {
    questions.filter { $0.isOpen == nil }.compactMap(\.askedAt).min().map {
      MonotonicInstant(nanoseconds: $0.nanoseconds + timeout)
    }
  }
}
