import Addressing
import Engine
import LabSupport
import Records

/// A link in virtual time that loses frames by a seeded chance: ARP questions go out as a budget allows,
/// and what answers comes back after a delay.
struct DiscoveryLink {
  /// Chances in a thousand that a frame is lost.
  var broadcastLoss: UInt64 = 0
  var unicastLoss: UInt64 = 0
  var roundTrip: Duration = .milliseconds(2)
  var random: SeededRandom

  var now = MonotonicInstant(nanoseconds: 5_000_000_000)
  private(set) var sent: [(at: MonotonicInstant, question: ARPSweep.Question)] = []
  private(set) var found: [IPv4Address: MonotonicInstant] = [:]
  private(set) var turns = 0
  let began = MonotonicInstant(nanoseconds: 5_000_000_000)

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  var elapsed: Duration { now - began }
  var sendingTimes: [Int64] { sent.map { $0.at.nanoseconds } }

  /// Runs a sweep to its end.
  /// - Parameter hears: which devices hear a broadcast at all; everybody hears a poll.
  mutating func run(
    _ sweep: inout ARPSweep, limit: Int, devices: Set<IPv4Address>, hears: (IPv4Address) -> Bool = { _ in true }
  ) {
    var budget = ARPBudget(limit: limit)
    var arrivals: [(at: MonotonicInstant, from: IPv4Address)] = []
    var front = 0
    while !sweep.isFinished {
      turns += 1
      while front < arrivals.count, arrivals[front].at <= now {
        if sweep.answer(from: arrivals[front].from) { found[arrivals[front].from] = now }
        front += 1
      }
      var wake = now + .milliseconds(250)
      if front < arrivals.count { wake = min(wake, arrivals[front].at) }
      let earliest = budget.earliest(now: now)
      if earliest > now {
        wake = min(wake, earliest)
      } else if let question = sweep.next(now: now) {
        budget.charge(at: now)
        sweep.commit()
        sent.append((now, question))
        let isHeard = question.mac != nil || hears(question.address)
        if devices.contains(question.address), isHeard, !isLost(question.mac == nil ? broadcastLoss : unicastLoss),
          !isLost(unicastLoss)
        {
          arrivals.append((now + roundTrip, question.address))
        }
        continue
      } else if let until = sweep.waitingUntil {
        wake = min(wake, until)
      }
      now = max(wake, now + .nanoseconds(1))
    }
  }

  private mutating func isLost(_ perMille: UInt64) -> Bool { perMille > 0 && random.next() % 1000 < perMille }
}

/// The most moments that lie within any one second, both ends included.
func mostInAnySecond(_ times: [Int64]) -> Int {
  let ordered = times.sorted()
  var most = 0
  var first = 0
  for index in ordered.indices {
    while ordered[index] - ordered[first] > 1_000_000_000 { first += 1 }
    most = max(most, index - first + 1)
  }
  return most
}

/// `count` addresses from 10.0.0.0 on, that many apart.
func addresses(_ count: Int, every step: UInt32 = 1) -> [IPv4Address] {
  (0..<UInt32(count)).map { IPv4Address(rawValue: 0x0a00_0000 + $0 * step) }
}

/// How many values a structure holds, down through everything that it consists of.
func storedValues(_ value: Any) -> Int {
  let children = Mirror(reflecting: value).children
  return children.isEmpty ? 1 : children.reduce(0) { $0 + storedValues($1.value) }
}
