internal import Records

/// Asks the members 0 ..< `count` of a list in rounds, each round only those without an answer, until
/// all have answered or the rounds are used up. No clock, no I/O.
///
/// The rounds are apart in time, so that a radio that sleeps through one hears another
/// (engine.md §6.2). One bit a member; a round costs one step for 64 members and one a question.
struct QuestionRounds: Sendable {
  let count: Int
  /// The waiting time after each round; as many rounds as elements.
  let waits: [Duration]
  private(set) var answeredCount = 0
  /// The round under way, from 0.
  private(set) var round = 0
  /// Words of 64 members looked at so far: what the rounds cost beside their questions.
  private(set) var examined = 0

  private var answered: [UInt64]
  private var position = 0
  private var roundEnds: MonotonicInstant?

  init(count: Int, waits: [Duration]) {
    self.count = count
    self.waits = waits
    answered = [UInt64](repeating: 0, count: (count + 63) / 64)
  }

  var isFinished: Bool { round >= waits.count || answeredCount >= count }

  /// When the current round's answers are due; nil while questions of it are left.
  var waitingUntil: MonotonicInstant? { roundEnds }

  /// The next member to ask; nil when none is due now.
  mutating func next(now: MonotonicInstant) -> Int? {
    while !isFinished {
      if let member = nextSilent() { return member }
      let ends = roundEnds ?? now + waits[round]
      roundEnds = ends
      guard now >= ends else { return nil }
      roundEnds = nil
      round += 1
      position = 0
    }
    return nil
  }

  /// Counts the member that ``next(now:)`` gave as asked.
  mutating func commit() { position += 1 }

  func hasAnswered(_ member: Int) -> Bool { answered[member >> 6] >> UInt64(member & 63) & 1 != 0 }

  /// - Returns: whether this is the member's first answer.
  mutating func answer(from member: Int) -> Bool {
    guard !hasAnswered(member) else { return false }
    answered[member >> 6] |= 1 << UInt64(member & 63)
    answeredCount += 1
    return true
  }

  /// The first member from `position` on that has not answered; `position` moves there, or to the end.
  private mutating func nextSilent() -> Int? {
    while position < count {
      examined += 1
      let silent = ~answered[position >> 6] >> UInt64(position & 63)
      if silent != 0 {
        position += silent.trailingZeroBitCount
        return position < count ? position : nil
      }
      position = (position >> 6 + 1) << 6
    }
    return nil
  }
}
