internal import Addressing
internal import Records

/// Single IPv6 addresses that are asked for in rounds of their own: each begins when it is added.
///
/// One queue a round. All addresses wait equally long after a round, so that each queue is in the
/// order of time and every step looks at its front only.
struct SolicitationQueue: Sendable {
  private struct Entry {
    let address: IPv6Address
    let mac: MACAddress?
    var isSettled = false
  }

  private struct Turn {
    let entry: Int
    let due: MonotonicInstant
  }

  private let waits: [Duration]
  private var entries: [Entry] = []
  private var positions: [IPv6Address: Int] = [:]
  /// By round, in the order of time; `fronts` is where each begins. The last queue holds those that
  /// were asked for the last time and may still answer.
  private var queues: [[Turn]]
  private var fronts: [Int]
  private var open = 0
  private var budget: ARPBudget
  private var offered: Int?
  private var now = MonotonicInstant(nanoseconds: .min / 2)

  init(waits: [Duration], rate: Int) {
    self.waits = waits
    queues = [[Turn]](repeating: [], count: waits.count + 1)
    fronts = [Int](repeating: 0, count: waits.count + 1)
    budget = ARPBudget(limit: rate)
  }

  var count: Int { entries.count }
  var isFinished: Bool { open == 0 }

  func contains(_ address: IPv6Address) -> Bool { positions[address] != nil }

  mutating func add(_ address: IPv6Address, mac: MACAddress?) {
    guard !waits.isEmpty else { return }
    positions[address] = entries.count
    queues[0].append(Turn(entry: entries.count, due: MonotonicInstant(nanoseconds: .min / 2)))
    entries.append(Entry(address: address, mac: mac))
    open += 1
  }

  /// The address needs no further question.
  mutating func settle(_ address: IPv6Address) {
    guard let position = positions[address], !entries[position].isSettled else { return }
    entries[position].isSettled = true
    open -= 1
  }

  /// When ``next(now:)`` has something to do again; nil when nothing is open.
  var waitingUntil: MonotonicInstant? {
    guard open > 0 else { return nil }
    let due = queues.indices.compactMap { front($0)?.due }.min()
    return due.map { max($0, budget.earliest(now: now)) }
  }

  /// The next solicitation, later rounds first, so that no address waits longer than it must.
  mutating func next(now: MonotonicInstant) -> NeighbourDiscovery.Action? {
    self.now = now
    offered = nil
    for round in queues.indices.reversed() {
      dropSettled(round)
      while round == waits.count, let turn = front(round), turn.due <= now {
        // It stayed silent after its last question.
        settle(entries[turn.entry].address)
        dropSettled(round)
      }
    }
    guard budget.earliest(now: now) <= now else { return nil }
    for round in waits.indices.reversed() {
      guard let turn = front(round), turn.due <= now else { continue }
      offered = round
      return .solicitation(entries[turn.entry].address, to: entries[turn.entry].mac)
    }
    return nil
  }

  mutating func commit(at moment: MonotonicInstant) {
    guard let round = offered, let turn = front(round) else { return }
    offered = nil
    budget.charge(at: moment)
    fronts[round] += 1
    queues[round + 1].append(Turn(entry: turn.entry, due: moment + waits[round]))
  }

  private func front(_ round: Int) -> Turn? {
    fronts[round] < queues[round].count ? queues[round][fronts[round]] : nil
  }

  private mutating func dropSettled(_ round: Int) {
    while let turn = front(round), entries[turn.entry].isSettled { fronts[round] += 1 }
    if fronts[round] == queues[round].count {
      queues[round].removeAll(keepingCapacity: true)
      fronts[round] = 0
    }
  }
}
