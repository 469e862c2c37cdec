public import Addressing
public import Records

/// Asks addresses behind a gateway by ICMP echo, in rounds, until they answer. No clock, no I/O.
///
/// To the other side: one echo request each round, 3 or 4 in all; no state is left behind. Addresses of the own
/// link are asked by ARP or neighbour discovery instead, which no host can refuse.
public struct EchoSweep: Sendable {
  public struct Question: Hashable, Sendable {
    public let address: IPAddress
    /// Keyed numbers: an answer proves by them that it answers this question.
    public let identifier: UInt16
    public let sequence: UInt16
  }

  private let addresses: [IPAddress]
  private let cookie: EchoCookie
  private var rounds: QuestionRounds

  /// - Parameters:
  ///   - addresses: of either family, in any order; repetitions count once.
  ///   - waits: the waiting time after each round.
  public init(addresses: [IPAddress], waits: [Duration], seed: ScanSeed) {
    self.addresses = addresses.sortedWithoutRepetition()
    cookie = EchoCookie(seed: seed)
    rounds = QuestionRounds(count: self.addresses.count, waits: waits)
  }

  public var count: Int { addresses.count }
  public var answeredCount: Int { rounds.answeredCount }
  public var isFinished: Bool { rounds.isFinished }

  /// How often at most an address that has not answered before this moment was asked.
  public var questionsToEach: Int { min(rounds.round + 1, rounds.waits.count) }

  /// When the current round's answers are due; nil while questions of it are left.
  public var waitingUntil: MonotonicInstant? { rounds.waitingUntil }

  /// The addresses without an answer, in order.
  public var silent: [IPAddress] { addresses.indices.filter { !rounds.hasAnswered($0) }.map { addresses[$0] } }

  public func hasAnswered(_ address: IPAddress) -> Bool {
    addresses.firstIndex(ofSorted: address).map { rounds.hasAnswered($0) } ?? false
  }

  /// The next question; nil when none is due now.
  public mutating func next(now: MonotonicInstant) -> Question? {
    guard let member = rounds.next(now: now) else { return nil }
    let numbers = cookie.numbers(for: addresses[member], try: rounds.round)
    return Question(address: addresses[member], identifier: numbers.identifier, sequence: numbers.sequence)
  }

  /// Counts the question that ``next(now:)`` gave as asked.
  public mutating func commit() { rounds.commit() }

  /// Takes an echo reply.
  /// - Returns: whether this is the first valid answer of an address that was asked.
  public mutating func answer(from address: IPAddress, identifier: UInt16, sequence: UInt16) -> Bool {
    guard let member = addresses.firstIndex(ofSorted: address),
      cookie.validTry(from: address, identifier: identifier, sequence: sequence) != nil
    else { return false }
    return rounds.answer(from: member)
  }
}

/// The identifier and sequence number of an echo request: a keyed hash of the address, with the number of
/// the try in the low two bits, as ``ProbeCookie`` does for SYNs.
struct EchoCookie: Hashable, Sendable {
  private let hash: SipHash

  init(seed: ScanSeed) {
    // A key of its own: an echo reply must not give a SYN's cookie away.
    hash = SipHash(key0: seed.high ^ 0x6563_686f, key1: seed.low)
  }

  func numbers(for address: IPAddress, try number: Int) -> (identifier: UInt16, sequence: UInt16) {
    let (high, low) = address.words
    let keyed = UInt32(truncatingIfNeeded: hash.hash(high, low)) & ~3 | UInt32(number & 3)
    return (UInt16(truncatingIfNeeded: keyed >> 16), UInt16(truncatingIfNeeded: keyed))
  }

  /// The try that a reply answers (0 … 3), nil when it answers none of ours.
  func validTry(from address: IPAddress, identifier: UInt16, sequence: UInt16) -> Int? {
    let number = Int(sequence & 3)
    return numbers(for: address, try: number) == (identifier, sequence) ? number : nil
  }
}
