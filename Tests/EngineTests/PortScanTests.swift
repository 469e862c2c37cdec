import Addressing
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
  private var due: [(at: MonotonicInstant, port: UInt16, cell: PortStateTable.Cell, try: Int)] = []

  init(priority: [UInt16], rest: [UInt16], tries: Int = 3) {
    scan = PortScan(
      order: ProbeOrder(priority: priority, rest: rest, seed: ScanSeed(high: 8, low: 9), tweak: 3), tries: tries)
  }

  /// One probe each 10 ms until nothing is left.
  mutating func run(
    roundTrip: Duration = .milliseconds(5), limit: Int = 100_000, answer: (UInt16, Int) -> Answer
  ) {
    for _ in 0..<limit where !scan.isFinished {
      while let next = due.first, next.at <= now {
        due.removeFirst()
        _ = scan.resolve(next.port, as: next.cell, try: next.try, at: now)
      }
      if let probe = scan.next(now: now) {
        scan.commit(probe, at: now)
        sent.append((probe.port, probe.try, now))
        switch answer(probe.port, probe.try) {
        case .open: due.append((now + roundTrip, probe.port, .open, probe.try))
        case .closed: due.append((now + roundTrip, probe.port, .closed, probe.try))
        case .none: break
        }
      }
      now = now + .milliseconds(10)
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
    #expect(bench.scan.table.ports(.open) == [23])
    #expect(bench.scan.table.count(of: .closed) == 402)
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
      if bench.scan.table[port] == .silent { #expect(probes.count == tries) }
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
        #expect(later.at - earlier.at >= RoundTripTime.floor * (1 << earlier.try))
      }
    }
    #expect(Set(bench.scan.table.ports(.silent)) == deaf)
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
    #expect(bench.scan.table.count(of: .silent) == 3)
    #expect(bench.scan.answers == 0)
  }

  @Test func `a late answer upgrades a silent port and then stands`() {
    var bench = ScanBench(priority: [5], rest: [])
    bench.run { _, _ in .none }
    #expect(bench.scan.table[5] == .silent)
    let first = bench.scan.resolve(5, as: .open, try: 1, at: bench.now)
    #expect(first)
    #expect(bench.scan.table[5] == .open)
    let second = bench.scan.resolve(5, as: .closed, try: 2, at: bench.now)
    #expect(!second)
    #expect(bench.scan.table[5] == .open)
    #expect(bench.scan.unresolved == 0)
  }

  @Test func `repeated answers settle nothing twice`() throws {
    var bench = ScanBench(priority: [5, 6], rest: [])
    let next = bench.scan.next(now: bench.now)
    let probe = try #require(next)
    bench.scan.commit(probe, at: bench.now)
    let first = bench.scan.resolve(5, as: .closed, try: 0, at: bench.now)
    #expect(first)
    let second = bench.scan.resolve(5, as: .closed, try: 0, at: bench.now)
    #expect(!second)
    #expect(bench.scan.unresolved == 1)
    #expect(!bench.scan.isFinished)
    #expect(bench.scan.next(now: bench.now)?.port == 6)
  }

  @Test func `a filter's repeated refusal is no news`() throws {
    var bench = ScanBench(priority: [5, 6], rest: [])
    let next = bench.scan.next(now: bench.now)
    let probe = try #require(next)
    bench.scan.commit(probe, at: bench.now)
    let first = bench.scan.resolve(5, as: .silent, try: 0, at: bench.now)
    #expect(first)
    let second = bench.scan.resolve(5, as: .silent, try: 0, at: bench.now)
    #expect(!second)
    // The port's own answer still is.
    let third = bench.scan.resolve(5, as: .closed, try: 0, at: bench.now)
    #expect(third)
  }

  @Test func `an abandoned scan leaves unknown what is unknown`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    bench.run(limit: 50) { _, _ in .closed }
    bench.scan.abandon()
    #expect(bench.scan.isFinished)
    #expect(bench.scan.next(now: bench.now) == nil)
    #expect(bench.scan.table.count(of: .silent) == 0)
    #expect(bench.scan.unresolved > 300)
    #expect(bench.scan.probesLeft == 0)
  }

  @Test func `an empty scan is finished`() {
    var bench = ScanBench(priority: [], rest: [])
    #expect(bench.scan.isFinished)
    #expect(bench.scan.next(now: bench.now) == nil)
    #expect(bench.scan.probesLeft == 0)
  }

  @Test func `the figure of probes left is about right when everything answers`() {
    var bench = ScanBench(priority: Self.priority, rest: Self.rest)
    var figures: [Int] = []
    for _ in 0..<20_000 where !bench.scan.isFinished {
      figures.append(bench.scan.probesLeft)
      bench.run(limit: 1) { _, _ in .closed }
    }
    #expect(bench.sent.count == 403)
    #expect(figures.first == 403)
    // One answer is always on its way, which the estimate takes for a possible retry.
    let farOff = figures.enumerated().count { index, figure in index > 40 && abs(figure - (403 - index)) > 40 }
    #expect(farOff == 0)
    #expect(bench.scan.probesLeft == 0)
  }
}
