import Engine
import LabSupport
import Records
import Testing

/// Drives one ``PortScan`` with a fake device that answers after a while.
private struct ScanBench {
  enum Answer { case open, closed, none }

  var scan: PortScan
  var now = ManualClock.start
  var sent: [(port: UInt16, try: Int, at: MonotonicInstant)] = []
  var loss = LossEstimate()
  var drops = 0
  /// When the device was heard of last; nil when nobody watches.
  var heard: MonotonicInstant?
  let space: ProbeSpace
  let policy: TryPolicy
  private var due: [(at: MonotonicInstant, place: Int, cell: CellTable.Cell, try: Int)] = []

  init(priority: [UInt16], rest: [UInt16], tries: Int = 3) {
    self.init(priority: priority, rest: rest, policy: TryPolicy(least: tries, most: tries))
  }

  init(priority: [UInt16], rest: [UInt16], policy: TryPolicy, seed: UInt64 = 9) {
    space = ProbeSpace(priority: priority, rest: rest, seed: ScanSeed(high: 8, low: seed))
    self.policy = policy
    scan = PortScan(space: space)
  }

  var circumstances: PortScan.Circumstances {
    PortScan.Circumstances(policy: policy, loss: loss, receiveDrops: drops, heard: heard)
  }

  mutating func next() -> PortScan.Probe? { scan.next(in: space, circumstances, now: now) }

  /// - Returns: whether it was news.
  mutating func resolve(_ port: UInt16, _ cell: CellTable.Cell, try number: Int) -> Bool {
    scan.resolve(place(port), as: cell, try: number, loss: &loss, at: now).isNew
  }

  func place(_ port: UInt16) -> Int { space.ports.firstIndex(of: port) ?? -1 }
  func cell(_ port: UInt16) -> CellTable.Cell { scan.cells[place(port)] }
  func ports(_ cell: CellTable.Cell) -> [UInt16] { space.ports(cell, in: scan.cells) }

  /// One probe each 10 ms until nothing is left.
  mutating func run(
    roundTrip: Duration = .milliseconds(5), interval: Duration = .milliseconds(10), limit: Int = 1_000_000,
    answer: (UInt16, Int) -> Answer
  ) {
    for _ in 0..<limit where !scan.isFinished {
      while let next = due.first, next.at <= now {
        due.removeFirst()
        _ = scan.resolve(next.place, as: next.cell, try: next.try, loss: &loss, at: now)
      }
      if let probe = next() {
        let port = space.ports[probe.place]
        scan.commit(probe, at: now)
        sent.append((port, probe.try, now))
        switch answer(port, probe.try) {
        case .open: due.append((now + roundTrip, probe.place, .open, probe.try))
        case .closed: due.append((now + roundTrip, probe.place, .closed, probe.try))
        case .none: break
        }
      }
      scan.giveUpOverdue(now: now)
      now = now + interval
    }
  }
}

struct PortScanTests {
  static let priority: [UInt16] = [23, 80, 22]
  static let rest = [UInt16](1000..<1400)

  @Test func `answered ports are probed once and the scan ends`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    bench.run { port, _ in port == 23 ? .open : .closed }
    #expect(bench.scan.isFinished)
    #expect(bench.sent.map(\.port).sorted() == (Self.priority + Self.rest).sorted())
    #expect(bench.sent.prefix(3).map(\.port) == Self.priority)
    #expect(bench.scan.sent == 403)
    #expect(bench.ports(.open) == [23])
    #expect(bench.scan.cells.count(of: .closed) == 402)
    #expect(bench.scan.unresolved == 0)
    // 403 probes 10 ms apart; nothing was waited for beyond the last answer.
    #expect(bench.now - ManualClock.start < .milliseconds(4200))
  }

  @Test(arguments: 1...4)
  func `a port is tried at least once and at most as often as asked`(tries: Int) {
    var random = SeededRandom(seed: 11)
    var bench = ScanBench(priority: Self.priority, rest: Self.rest, tries: tries)
    bench.run { _, _ in random.next() % 3 == 0 ? .none : .closed }
    let counts = Dictionary(grouping: bench.sent, by: \.port).mapValues(\.count)
    #expect(counts.count == 403)
    #expect(counts.values.allSatisfy { (1...tries).contains($0) })
    for (port, probes) in Dictionary(grouping: bench.sent, by: \.port) {
      #expect(probes.map(\.try) == Array(0..<probes.count))
      // Silent means that every try was spent.
      if bench.cell(port) == .silent { #expect(probes.count == tries) }
    }
    #expect(bench.scan.unresolved == 0)
  }

  @Test func `only ports without an answer are tried again, after the time-out`() {
    let deaf: Set<UInt16> = [80, 1005, 1399]
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    bench.run { port, _ in deaf.contains(port) ? .none : .closed }
    for (port, probes) in Dictionary(grouping: bench.sent, by: \.port) {
      #expect(probes.count == (deaf.contains(port) ? 3 : 1))
      for (earlier, later) in zip(probes, probes.dropFirst()) {
        // At least the floor, doubled with each try.
        #expect(later.at - earlier.at >= .nanoseconds(RoundTripTime.floor << Int64(earlier.try)))
      }
    }
    #expect(Set(bench.ports(.silent)) == deaf)
  }

  @Test func `the telling ports are settled, retries included, before the rest begins`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    bench.run { port, _ in port == 80 ? .none : .closed }
    let firstOfRest = bench.sent.firstIndex { $0.port >= 1000 }
    #expect(firstOfRest == 5)
  }

  @Test func `a silent device costs every try and becomes silent`() {
    var bench = ScanBench(priority: Self.priority, rest: [])
    bench.run { _, _ in .none }
    #expect(bench.sent.count == 9)
    #expect(bench.scan.cells.count(of: .silent) == 3)
    #expect(bench.scan.answers == 0)
  }

  @Test func `a late answer upgrades a silent port and then stands`() {
    var bench = ScanBench(priority: [5], rest: [])
    bench.run { _, _ in .none }
    #expect(bench.cell(5) == .silent)
    let first = bench.resolve(5, .open, try: 1)
    #expect(first)
    #expect(bench.cell(5) == .open)
    let second = bench.resolve(5, .closed, try: 2)
    #expect(!second)
    #expect(bench.cell(5) == .open)
    #expect(bench.scan.unresolved == 0)
  }

  @Test func `repeated answers settle nothing twice`() throws {
    var bench = ScanBench(priority: [5, 6], rest: [])
    let next = bench.next()
    let probe = try #require(next)
    bench.scan.commit(probe, at: bench.now)
    let first = bench.resolve(5, .closed, try: 0)
    #expect(first)
    let second = bench.resolve(5, .closed, try: 0)
    #expect(!second)
    #expect(bench.scan.unresolved == 1)
    #expect(!bench.scan.isFinished)
    #expect(bench.next()?.place == 1)
  }

  @Test func `a filter's repeated refusal is no news`() throws {
    var bench = ScanBench(priority: [5, 6], rest: [])
    let next = bench.next()
    let probe = try #require(next)
    bench.scan.commit(probe, at: bench.now)
    let first = bench.resolve(5, .silent, try: 0)
    #expect(first)
    let second = bench.resolve(5, .silent, try: 0)
    #expect(!second)
    // The port's own answer still is.
    let third = bench.resolve(5, .closed, try: 0)
    #expect(third)
  }

  @Test func `an abandoned scan leaves unknown what is unknown`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    bench.run(limit: 50) { _, _ in .closed }
    bench.scan.abandon()
    #expect(bench.scan.isFinished)
    #expect(bench.next() == nil)
    #expect(bench.scan.cells.count(of: .silent) == 0)
    #expect(bench.scan.unresolved > 300)
    #expect(bench.scan.probesLeft(in: bench.space, tries: 3) == 0)
  }

  @Test func `an empty scan is finished`() {
    var bench = ScanBench(priority: [], rest: [])
    #expect(bench.scan.isFinished)
    #expect(bench.next() == nil)
    #expect(bench.scan.probesLeft(in: bench.space, tries: 3) == 0)
  }

  @Test func `the figure of probes left is about right when everything answers`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    var figures: [Int] = []
    for _ in 0..<20_000 where !bench.scan.isFinished {
      figures.append(bench.scan.probesLeft(in: bench.space, tries: 3))
      bench.run(limit: 1) { _, _ in .closed }
    }
    #expect(bench.sent.count == 403)
    #expect(figures.first == 403)
    // One answer is always on its way, which the estimate takes for a possible retry.
    let farOff = figures.enumerated().count { index, figure in index > 40 && abs(figure - (403 - index)) > 40 }
    #expect(farOff == 0)
    #expect(bench.scan.probesLeft(in: bench.space, tries: 3) == 0)
  }

  @Test func `the order follows from the seed`() {
    func order(_ seed: UInt64) -> [UInt16] {
      var bench = ScanBench(priority: Self.priority, rest: Self.rest, policy: TryPolicy(), seed: seed)
      bench.run { _, _ in .closed }
      return bench.sent.map(\.port)
    }
    #expect(order(1) == order(1))
    #expect(order(1) != order(2))
    #expect(order(1).sorted() == order(2).sorted())
  }

  @Test func `lost probes count as lost when a later try is answered`() {
    var bench = ScanBench(priority: [], rest: Self.rest)
    bench.run { port, number in port % 4 == 0 && number == 0 ? .none : .closed }
    #expect(bench.loss.probes == 500 && bench.loss.lost == 100)
    #expect(bench.scan.retried == 100 && bench.scan.sent == 500)
    #expect(bench.scan.triesOfSilent == nil)
  }

  @Test func `a pass in which this host dropped frames does not count as a try`() {
    let deaf: Set<UInt16> = [80, 1005, 1399]
    for tries in 1...3 {
      var bench = ScanBench(priority: [], rest: Self.rest, tries: tries)
      bench.drops = 5  // before the scan began
      bench.run(limit: 200) { port, _ in deaf.contains(port) ? .none : .closed }
      bench.drops += 1  // in the first pass: that one was for nothing
      bench.run { port, _ in deaf.contains(port) ? .none : .closed }
      for port in [1005, 1399] as [UInt16] { #expect(bench.sent.count { $0.port == port } == tries + 1) }
      #expect(bench.scan.triesOfSilent == tries)
      #expect(bench.scan.sent == 400 + 2 * tries)
    }
  }

  @Test func `drops in no pass cause no frame`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest, tries: 2)
    bench.drops = 7
    bench.run { port, _ in port == 1005 ? .none : .closed }
    #expect(bench.scan.sent == 404)
    bench.drops = 9
    let after = bench.next()
    #expect(after == nil && bench.scan.isFinished)
  }

  @Test func `silence is believed once the device was heard of after the last try`() {
    var bench = ScanBench(priority: [], rest: Self.rest, tries: 2)
    bench.heard = bench.now
    bench.run(limit: 1000) { port, _ in port == 1005 ? .none : .closed }
    #expect(!bench.scan.isFinished && bench.scan.wantsSignOfLife)
    #expect(bench.scan.cells.count(of: .silent) == 0)
    #expect(bench.sent.count == 401, "waiting costs no frame")
    bench.heard = bench.now
    let more = bench.next()
    #expect(more == nil && bench.scan.isFinished)
    #expect(bench.ports(.silent) == [1005])
  }

  @Test func `after a device was away its silent ports are asked once more, in the section of the time`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest, tries: 2)
    bench.run(limit: 100) { port, _ in port == 1005 || port == 80 ? .none : .closed }
    bench.scan.askSilentAgain()
    bench.run { port, _ in port == 1005 ? .none : .closed }
    #expect(bench.sent.count { $0.port == 80 } == 2)
    #expect(bench.sent.count { $0.port == 1005 } == 3)
  }

  @Test func `2 per cent of loss each way leaves 9999 of 10000 open ports found`() {
    var (open, found) = (0, 0)
    for seed in 0..<50 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      var bench = ScanBench(
        priority: [], rest: [UInt16](1...4200), policy: TryPolicy(), seed: seed)
      bench.run(roundTrip: .microseconds(500), interval: .milliseconds(1)) { _, _ in
        random.next() % 1000 < 20 || random.next() % 1000 < 20 ? .none : .open
      }
      open += 4200
      found += bench.scan.cells.count(of: .open)
    }
    #expect(open >= 200_000)
    #expect(Double(found) >= 0.9999 * Double(open), "\(found) of \(open)")
  }
}
