internal import Records

/// Asks the members 0 ..< `count` of a list in rounds, each round only those without an answer, until
/// all have answered or the rounds are used up. No clock, no I/O.
///
/// The rounds are apart in time, so that a radio that sleeps through one hears another
/// (engine.md §6.2). One bit a member; a round costs one step for 64 members and one a question.
///
/// An answer to a later question proves the earlier ones lost. Where so much is lost that a member is likely to be
/// missed, further rounds follow; where nothing was lost, none do.
struct QuestionRounds: Sendable {
  let count: Int
  /// The waiting time after each round; the last one also after the further rounds.
  let waits: [Duration]
  /// Rounds that may follow where answers show loss.
  let further: Int
  /// How many rounds there will be as far as is known now.
  private(set) var planned: Int
  /// What answers tell of the questions before them.
  private(set) var loss = LossEstimate()
  private(set) var answeredCount = 0
  /// The round under way, from 0.
  private(set) var round = 0
  /// Words of 64 members looked at so far: what the rounds cost beside their questions.
  private(set) var examined = 0

  private var answered: [UInt64]
  private var position = 0
  private var roundEnds: MonotonicInstant?

  /// Members expected to be missed, at most, among those that are there. One in a hundred searches then ends a
  /// member short.
  private static let bearableMisses = 0.01

  /// - Parameter further: rounds that may follow those of `waits` where answers show loss.
  init(count: Int, waits: [Duration], further: Int = 0) {
    self.count = count
    self.waits = waits
    self.further = further
    planned = waits.count
    answered = [UInt64](repeating: 0, count: (count + 63) / 64)
  }

  var isFinished: Bool { round >= planned || answeredCount >= count }

  /// When the current round's answers are due; nil while questions of it are left.
  var waitingUntil: MonotonicInstant? { roundEnds }

  /// The next member to ask; nil when none is due now.
  mutating func next(now: MonotonicInstant) -> Int? {
    while !isFinished {
      if let member = nextSilent() { return member }
      let ends = roundEnds ?? now + waits[min(round, waits.count - 1)]
      roundEnds = ends
      guard now >= ends else { return nil }
      roundEnds = nil
      round += 1
      position = 0
      if round == planned, planned < waits.count + further, missesTooMany { planned += 1 }
    }
    return nil
  }

  /// Those that answered stand for those that are there: each was missed with the probability that all its
  /// questions were lost.
  private var missesTooMany: Bool {
    loss.lost > 0 && Double(answeredCount) * loss.missBound(tries: round) > Self.bearableMisses
  }

  /// Counts the member that ``next(now:)`` gave as asked.
  mutating func commit() { position += 1 }

  func hasAnswered(_ member: Int) -> Bool { answered[member >> 6] >> UInt64(member & 63) & 1 != 0 }

  /// - Returns: whether this is the member's first answer.
  mutating func answer(from member: Int) -> Bool {
    guard !hasAnswered(member) else { return false }
    answered[member >> 6] |= 1 << UInt64(member & 63)
    answeredCount += 1
    // In this round those before `position` were asked, the others not yet.
    let asked = member < position ? round + 1 : round
    if asked > 0 { loss.answered(atTry: asked - 1) }
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
