public import Addressing
public import Records

/// Asks every address of a list who has it, in rounds, until it answered or the rounds are used up.
///
/// Each round asks only the addresses that have not answered; the rounds are apart in time, so that
/// a radio that sleeps through one hears another (engine.md §6.2).
public struct ARPSweep: Sendable {
  /// Waiting time after each round.
  public static let rounds: [Duration] = [.milliseconds(400), .seconds(1), .milliseconds(1500)]

  public private(set) var answered: Set<IPv4Address> = []
  public let addresses: [IPv4Address]
  private let asked: Set<IPv4Address>
  private var round = 0
  private var position = 0
  private var roundEnds: MonotonicInstant?

  public init(addresses: [IPv4Address]) {
    self.addresses = addresses
    asked = Set(addresses)
  }

  public var isFinished: Bool { round >= Self.rounds.count || answered.count >= addresses.count }

  /// How often an address that has not answered before this moment was asked.
  public var questionsToEach: Int { min(round + 1, Self.rounds.count) }

  /// The next address to ask; nil when nothing is due now.
  public mutating func next(now: MonotonicInstant) -> IPv4Address? {
    while !isFinished {
      while position < addresses.count, answered.contains(addresses[position]) { position += 1 }
      if position < addresses.count { return addresses[position] }
      let ends = roundEnds ?? now + Self.rounds[round]
      roundEnds = ends
      guard now >= ends else { return nil }
      roundEnds = nil
      round += 1
      position = 0
    }
    return nil
  }

  /// Counts the address that ``next(now:)`` gave as asked.
  public mutating func commit() { position += 1 }

  /// When the current round's answers are due.
  public var waitingUntil: MonotonicInstant? { roundEnds }

  /// - Returns: whether this is the first answer of an address that was asked for.
  public mutating func answer(from address: IPv4Address) -> Bool {
    guard asked.contains(address) else { return false }
    return answered.insert(address).inserted
  }
}
