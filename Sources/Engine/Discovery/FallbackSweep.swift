public import Addressing
public import Records

/// Decides which SYNs ask the addresses behind a gateway that ignored echo whether they are there.
///
/// Ports one after the other, so that a device gets one SYN at a time and no second when it answered the first.
/// To the other side: up to `ports` × `tries` SYNs; the caller sends, resets and validates them.
public struct FallbackSweep: Sendable {
  public struct Question: Hashable, Sendable {
    public let address: IPAddress
    public let port: UInt16
    /// From 0, for the probe's cookie.
    public let `try`: Int
  }

  /// HTTP, HTTPS, Telnet: what devices answer most, be it with a reset (engine.md §6.2).
  public static let usualPorts: [UInt16] = [80, 443, 23]

  private let addresses: [IPAddress]
  private let ports: [UInt16]
  private var rounds: QuestionRounds

  /// - Parameters:
  ///   - addresses: the silent ones; repetitions count once.
  ///   - waits: the waiting time after each port of a try; as many tries as elements.
  public init(addresses: [IPAddress], ports: [UInt16] = usualPorts, waits: [Duration]) {
    self.addresses = addresses.sortedWithoutRepetition()
    self.ports = ports
    rounds = QuestionRounds(
      count: self.addresses.count, waits: waits.flatMap { [Duration](repeating: $0, count: ports.count) })
  }

  public var count: Int { addresses.count }
  public var answeredCount: Int { rounds.answeredCount }
  public var isFinished: Bool { rounds.isFinished }

  /// How often at most an address that has not answered before this moment was asked.
  public var questionsToEach: Int { min(rounds.round + 1, rounds.waits.count) }

  /// When the current answers are due; nil while questions are left.
  public var waitingUntil: MonotonicInstant? { rounds.waitingUntil }

  /// The addresses without an answer, in order.
  public var silent: [IPAddress] { addresses.indices.filter { !rounds.hasAnswered($0) }.map { addresses[$0] } }

  /// The next question; nil when none is due now.
  public mutating func next(now: MonotonicInstant) -> Question? {
    guard let member = rounds.next(now: now) else { return nil }
    return Question(
      address: addresses[member], port: ports[rounds.round % ports.count], try: rounds.round / ports.count)
  }

  /// Counts the question that ``next(now:)`` gave as asked.
  public mutating func commit() { rounds.commit() }

  /// Takes any answer of an address that the caller has validated: SYN-ACK, reset, or an error of its own.
  /// - Returns: whether this is the first.
  public mutating func answer(from address: IPAddress) -> Bool {
    guard let member = addresses.firstIndex(ofSorted: address) else { return false }
    return rounds.answer(from: member)
  }
}
