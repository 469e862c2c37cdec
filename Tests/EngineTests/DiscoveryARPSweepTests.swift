import Addressing
import Engine
import LabSupport
import Records
import Testing

struct DiscoveryARPSweepTests {
  /// The waiting times of Profiles/scans/standard.yaml.
  static let wired = ARPSweep.Rounds(
    broadcast: [.milliseconds(400), .seconds(1), .milliseconds(1500)], unicast: [.milliseconds(300), .seconds(1)])
  static let wifi = ARPSweep.Rounds(
    broadcast: [.milliseconds(200), .seconds(1), .seconds(2), .seconds(1), .seconds(1)], unicast: [])

  @Test func `without loss every address is found by one question`() {
    let hosts = addresses(254)
    var sweep = ARPSweep(addresses: hosts, rounds: Self.wired)
    var link = DiscoveryLink(seed: 1)
    link.run(&sweep, limit: 500, devices: Set(hosts))
    #expect(sweep.answeredCount == 254)
    #expect(sweep.silent.isEmpty)
    #expect(link.sent.map(\.question.address) == hosts)
    #expect(link.sent.allSatisfy { $0.question.mac == nil })
    // G1: 100 % in 1.5 s. 254 questions at 500 a second are 0.51 s.
    #expect(link.elapsed < .milliseconds(600))
  }

  @Test func `with two in a hundred lost each way 99.9 percent are found within 3 s`() {
    let hosts = addresses(254)
    var found = 0
    var slowest = Duration.zero
    for seed in 0..<40 {
      var sweep = ARPSweep(addresses: hosts, rounds: Self.wired)
      var link = DiscoveryLink(seed: UInt64(seed))
      link.broadcastLoss = 20
      link.unicastLoss = 20
      link.run(&sweep, limit: 500, devices: Set(hosts))
      found += link.found.count
      slowest = max(slowest, link.found.values.max().map { $0 - link.began } ?? .zero)
      // The loss is there: some were asked again.
      #expect(link.sent.count > 254)
    }
    // Three tries miss 0.0396³ = 6 in 100,000.
    #expect(Double(found) >= 0.999 * 40 * 254)
    #expect(slowest <= .seconds(3))
  }

  @Test func `a radio that loses three broadcasts in ten is heard out within 15 s at 150 a second`() {
    let list = addresses(254)
    var found = 0
    for seed in 0..<100 {
      var random = SeededRandom(seed: UInt64(seed))
      let devices = Set(list.shuffled(using: &random).prefix(50))
      var sweep = ARPSweep(addresses: list, rounds: Self.wifi)
      var link = DiscoveryLink(seed: UInt64(1000 + seed))
      link.broadcastLoss = 300
      link.roundTrip = .milliseconds(200)
      link.run(&sweep, limit: 120, devices: devices)
      found += link.found.count
      #expect(link.elapsed <= .seconds(15))
      #expect(mostInAnySecond(link.sendingTimes) <= 150)
    }
    // Five rounds miss 0.3⁵ = 0.24 %.
    #expect(Double(found) >= 0.995 * 100 * 50)
  }

  @Test func `devices that were seen before and stay silent are polled, others are not`() throws {
    let list = addresses(200)
    let deaf = Set(list[20..<40])
    var sweep = ARPSweep(addresses: list, rounds: Self.wired)
    // Seen before: ten that hear broadcasts, twenty that do not, ten that are gone.
    for index in 10..<50 { sweep.know(list[index], as: MACAddress(rawValue: 0x0200_0000_0000 + UInt64(index))) }
    sweep.know(try #require(IPv4Address("10.9.9.9")), as: MACAddress(rawValue: 0x0200_0000_9999))
    sweep.know(list[60], as: .broadcast)
    var link = DiscoveryLink(seed: 3)
    link.run(&sweep, limit: 500, devices: Set(list[0..<40])) { !deaf.contains($0) }
    #expect(Set(link.found.keys) == Set(list[0..<40]))
    let polls = link.sent.filter { $0.question.mac != nil }
    // Twenty once, and the ten that are gone in both rounds.
    #expect(polls.count == 20 + 2 * 10)
    for poll in polls {
      let index = UInt64(poll.question.address.rawValue - 0x0a00_0000)
      #expect(poll.question.mac == MACAddress(rawValue: 0x0200_0000_0000 + index))
    }
    #expect(sweep.silent == Array(list[40...]))
    #expect(sweep.questionsToEach == 5)
  }

  @Test func `a silent network of 65,536 is asked exactly twice, in time and steps that grow with it`() {
    for count in [4096, 65_536] {
      let list = addresses(count)
      let devices = Set(addresses(count / 128, every: 128))
      var sweep = ARPSweep(
        addresses: list, rounds: ARPSweep.Rounds(broadcast: [.milliseconds(400), .seconds(1)], unicast: []))
      var link = DiscoveryLink(seed: 4)
      link.run(&sweep, limit: 2000, devices: devices)
      let silent = count - devices.count
      #expect(link.found.count == devices.count)
      #expect(link.sent.count == count + silent)
      #expect(Set(link.sent.suffix(silent).map(\.question.address)).isDisjoint(with: devices))
      // One step a question and one for each word of 64, twice.
      #expect(sweep.examined <= link.sent.count + 2 * (count / 64 + 1))
      // A turn of the loop is a question, an answer or a wait for the pace.
      #expect(link.turns <= 3 * link.sent.count)
      // G3: two passes over a /16 at 2000 a second in 75 s.
      if count == 65_536 { #expect(link.elapsed <= .seconds(75)) }
    }
  }

  @Test func `each round asks those that have not answered, after the wait of the round before`() {
    var sweep = ARPSweep(addresses: addresses(20), rounds: Self.wired)
    var now = MonotonicInstant(nanoseconds: 0)
    var remaining = addresses(20)
    for (round, wait) in Self.wired.broadcast.enumerated() {
      var asked: [IPv4Address] = []
      while let question = sweep.next(now: now) {
        asked.append(question.address)
        sweep.commit()
      }
      #expect(asked == remaining)
      #expect(sweep.questionsToEach == round + 1)
      #expect(sweep.waitingUntil == now + wait)
      #expect(sweep.next(now: now + wait + .nanoseconds(-1)) == nil)
      #expect(!sweep.isFinished)
      // Two devices answer in each round.
      for _ in 0..<2 { _ = sweep.answer(from: remaining.removeFirst()) }
      now = now + wait
    }
    #expect(sweep.next(now: now) == nil)
    #expect(sweep.isFinished)
    #expect(sweep.answeredCount == 6)
    #expect(sweep.silent == remaining)
  }

  @Test func `a sweep keeps a bit an address, not the addresses`() {
    var sweep = ARPSweep(addresses: addresses(65_536), rounds: Self.wired)
    for address in addresses(512, every: 128) { _ = sweep.answer(from: address) }
    // 1024 words of answers, one run of addresses, and a handful of counters.
    #expect(storedValues(sweep) < 1100)
    #expect(storedValues(addresses(65_536)) >= 65_536)  // the count does count
  }

  @Test func `a question is repeated until it is committed, and waiting times are kept`() {
    let start = MonotonicInstant(nanoseconds: 0)
    var sweep = ARPSweep(
      addresses: addresses(2), rounds: ARPSweep.Rounds(broadcast: [.seconds(1), .seconds(2)], unicast: []))
    #expect(sweep.next(now: start)?.address == IPv4Address("10.0.0.0"))
    #expect(sweep.next(now: start)?.address == IPv4Address("10.0.0.0"))
    sweep.commit()
    #expect(sweep.next(now: start)?.address == IPv4Address("10.0.0.1"))
    sweep.commit()
    #expect(sweep.questionsToEach == 1)
    #expect(sweep.next(now: start + .milliseconds(100)) == nil)
    #expect(sweep.waitingUntil == start + .milliseconds(1100))
    #expect(sweep.next(now: start + .milliseconds(1099)) == nil)
    #expect(sweep.next(now: start + .milliseconds(1100))?.address == IPv4Address("10.0.0.0"))
    #expect(sweep.waitingUntil == nil)
    #expect(sweep.questionsToEach == 2)
  }

  @Test func `answers count once, and only from addresses that are asked for`() throws {
    let list = try ["10.0.0.5", "10.0.0.1", "10.0.0.5", "192.168.1.1"].map { try #require(IPv4Address($0)) }
    var sweep = ARPSweep(addresses: list, rounds: Self.wired)
    #expect(sweep.count == 3)
    let others = try ["10.0.0.0", "10.0.0.2", "10.0.0.6", "255.255.255.255", "0.0.0.0"].map {
      try #require(IPv4Address($0))
    }
    #expect(others.map { sweep.answer(from: $0) } == [false, false, false, false, false])
    #expect([list[0], list[0]].map { sweep.answer(from: $0) } == [true, false])
    #expect(sweep.hasAnswered(list[0]))
    #expect(!sweep.hasAnswered(list[1]))
    #expect(sweep.silent == [list[1], list[3]])
    #expect(!sweep.isFinished)
    #expect([list[1], list[3]].map { sweep.answer(from: $0) } == [true, true])
    #expect(sweep.isFinished)
    #expect(sweep.next(now: MonotonicInstant(nanoseconds: 0)) == nil)
  }

  @Test func `nothing to ask is finished`() {
    #expect(ARPSweep(addresses: [], rounds: Self.wired).isFinished)
    let last = IPv4Address(rawValue: .max)
    var sweep = ARPSweep(addresses: [last], rounds: Self.wired)
    #expect(sweep.next(now: MonotonicInstant(nanoseconds: 0))?.address == last)
    #expect([last, last].map { sweep.answer(from: $0) } == [true, false])
  }
}

struct DiscoveryARPBudgetTests {
  @Test(arguments: [1, 5, 10])
  func `no second ever holds more than the limit, whoever sends and however late timers are`(limit: Int) {
    var random = SeededRandom(seed: UInt64(limit))
    var budget = ARPBudget(limit: limit)
    var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var times: [Int64] = []
    var asked: [Int64] = []
    while times.count < 3000 {
      // Timers fire up to 50 ms late, sometimes after a long pause.
      let late = random.next() % 100 == 0 ? 3_000_000_000 : random.next() % 50_000_000
      now = budget.earliest(now: now) + .nanoseconds(Int64(late))
      // Sweep, poll or heartbeat: all ask the budget.
      while budget.earliest(now: now) <= now {
        budget.charge(at: now)
        times.append(now.nanoseconds)
        asked.append(now.nanoseconds)
      }
    }
    #expect(mostInAnySecond(times) <= limit)
    #expect(budget.total == times.count)
  }

  @Test func `frames of the kernel push ours back`() {
    var random = SeededRandom(seed: 9)
    var budget = ARPBudget(limit: 10)
    var now = MonotonicInstant(nanoseconds: 0)
    var times: [Int64] = []
    var tooEarly = 0
    for _ in 0..<2000 {
      if random.next() % 8 == 0 {
        // The kernel asks nobody, three times in a row.
        for _ in 0..<3 {
          now = now + .milliseconds(1)
          budget.observe(at: now)
          times.append(now.nanoseconds)
        }
      }
      now = budget.earliest(now: now)
      budget.charge(at: now)
      budget.observe(at: now)
      times.append(now.nanoseconds)
      // Whenever one of ours leaves, the second that ends with it holds ten at most.
      if times.suffix(20).filter({ now.nanoseconds - $0 <= 1_000_000_000 }).count > 10 { tooEarly += 1 }
    }
    #expect(tooEarly == 0)
    #expect(mostInAnySecond(times) > 10)  // the kernel did go beyond
  }

  @Test func `frames seen leaving are the kernel's when they are more than ours`() {
    var budget = ARPBudget(limit: 10)
    let now = MonotonicInstant(nanoseconds: 0)
    // Three of ours, seen a moment later, and two that nobody charged.
    for _ in 0..<3 { budget.charge(at: now) }
    for _ in 0..<5 { budget.observe(at: now + .milliseconds(1)) }
    #expect(budget.total == 5)
    // Frames of ours that the capture lost are not held against the kernel's for ever.
    for second in 1...30 { budget.charge(at: now + .seconds(second)) }
    #expect(budget.total == 35)
    for _ in 0..<12 { budget.observe(at: now + .seconds(31)) }
    #expect(budget.total == 37)
  }

  @Test(arguments: [10, 120, 500, 2000])
  func `the pace is the limit within 3 percent, each tenth of a second and in all`(limit: Int) {
    var budget = ARPBudget(limit: limit)
    var now = MonotonicInstant(nanoseconds: 0)
    var times: [Int64] = []
    while now.nanoseconds < 10_000_000_000 {
      now = budget.earliest(now: now)
      budget.charge(at: now)
      times.append(now.nanoseconds)
    }
    #expect(abs(Double(times.count) - 10 * Double(limit)) <= 0.03 * 10 * Double(limit))
    let expected = Double(limit) / 10
    for tenth in 0..<99 {
      let count = times.filter { $0 / 100_000_000 == Int64(tenth) }.count
      #expect(abs(Double(count) - expected) <= max(1, 0.03 * expected))
    }
  }

  @Test func `no ceiling is none`() {
    var budget = ARPBudget(limit: 0)
    let now = MonotonicInstant(nanoseconds: 77)
    for _ in 0..<1000 {
      #expect(budget.earliest(now: now) == now)
      budget.charge(at: now)
    }
    #expect(budget.total == 1000)
  }
}
