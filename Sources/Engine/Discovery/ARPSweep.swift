public import Addressing
public import Records

/// Asks every address of a list who has it, in rounds of broadcasts; then, one by one, the devices that were
/// seen before and stayed silent.
///
/// To the other side: one ARP question each round until the address answers. Every station of the
/// link hears a broadcast; a poll is heard by its device only, and a radio acknowledges and repeats it, which it
/// does not do for broadcasts (RFC 9119 §3). Nothing but an entry in the neighbour table is left behind.
public struct ARPSweep: Sendable {
  /// Waiting times after each round; as many rounds as elements. They depend on the link.
  public struct Rounds: Hashable, Sendable {
    public var broadcast: [Duration]
    /// Broadcast rounds that may follow where answers show that questions or answers are lost.
    public var broadcastAfterLoss: Int
    /// For silent addresses whose MAC address is known (engine.md §6.2).
    public var unicast: [Duration]

    public init(broadcast: [Duration], broadcastAfterLoss: Int = 0, unicast: [Duration]) {
      self.broadcast = broadcast
      self.broadcastAfterLoss = broadcastAfterLoss
      self.unicast = unicast
    }
  }

  public struct Question: Hashable, Sendable {
    public let address: IPv4Address
    /// The device's own MAC address for a poll, nil for a broadcast.
    public let mac: MACAddress?
  }

  private let list: AddressList
  private let unicastWaits: [Duration]
  private var broadcasts: QuestionRounds
  /// MAC addresses by position, learnt elsewhere.
  private var known: [Int: MACAddress] = [:]
  private var knownSilent = 0
  /// The positions that are polled, in order, once the broadcasts are over.
  private var polled: [Int] = []
  private var polls: QuestionRounds?

  /// - Parameter addresses: in any order; repetitions count once.
  public init(addresses: [IPv4Address], rounds: Rounds) {
    list = AddressList(addresses)
    unicastWaits = rounds.unicast
    broadcasts = QuestionRounds(count: list.count, waits: rounds.broadcast, further: rounds.broadcastAfterLoss)
  }

  /// How many addresses are asked for.
  public var count: Int { list.count }
  public var answeredCount: Int { broadcasts.answeredCount }

  public var isFinished: Bool {
    guard broadcasts.isFinished else { return false }
    return knownSilent == 0 || unicastWaits.isEmpty || polls?.isFinished == true
  }

  /// How often at most an address that has not answered before this moment was asked.
  public var questionsToEach: Int {
    min(broadcasts.round + 1, broadcasts.planned) + (polls.map { min($0.round + 1, $0.waits.count) } ?? 0)
  }

  /// Words of 64 addresses looked at so far: what the sweep costs beside its questions.
  public var examined: Int { broadcasts.examined + (polls?.examined ?? 0) }

  public func hasAnswered(_ address: IPv4Address) -> Bool {
    list.position(of: address).map(broadcasts.hasAnswered) ?? false
  }

  /// The addresses without an answer, in order.
  public var silent: [IPv4Address] {
    (0..<list.count).filter { !broadcasts.hasAnswered($0) }.map { list[$0] }
  }

  /// The next question; nil when none is due now.
  public mutating func next(now: MonotonicInstant) -> Question? {
    if let position = broadcasts.next(now: now) { return Question(address: list[position], mac: nil) }
    guard broadcasts.isFinished, !isFinished else { return nil }
    if polls == nil { beginPolls() }
    guard let turn = polls?.next(now: now) else { return nil }
    return Question(address: list[polled[turn]], mac: known[polled[turn]])
  }

  /// Counts the question that ``next(now:)`` gave as asked.
  public mutating func commit() {
    if polls == nil { broadcasts.commit() } else { polls?.commit() }
  }

  /// When the current round's answers are due; nil while questions of it are left.
  public var waitingUntil: MonotonicInstant? { polls == nil ? broadcasts.waitingUntil : polls?.waitingUntil }

  /// Notes whose address this was: from the kernel's neighbour table, or heard passively. What is
  /// learnt after the broadcasts are over comes too late for a poll.
  public mutating func know(_ address: IPv4Address, as mac: MACAddress) {
    guard polls == nil, !mac.isGroup, let position = list.position(of: address) else { return }
    if known.updateValue(mac, forKey: position) == nil, !broadcasts.hasAnswered(position) { knownSilent += 1 }
  }

  /// - Returns: whether this is the first answer of an address that was asked for.
  public mutating func answer(from address: IPv4Address) -> Bool {
    guard let position = list.position(of: address), broadcasts.answer(from: position) else { return false }
    if known[position] != nil { knownSilent -= 1 }
    if let turn = polled.firstIndex(ofSorted: position) { _ = polls?.answer(from: turn) }
    return true
  }

  private mutating func beginPolls() {
    polled = known.keys.filter { !broadcasts.hasAnswered($0) }.sorted()
    polls = QuestionRounds(count: polled.count, waits: unicastWaits)
  }
}
