import Engine
import LabSupport
import Records
import Testing

struct DatagramScanTests {
  /// Asks and answers until the scan is over; 1 ms a turn.
  private func run(
    _ count: Int, rate: Int = 10, answer: (Int, MonotonicInstant) -> CellTable.Cell?
  ) -> (scan: DatagramScan, asked: [(place: Int, try: Int, at: MonotonicInstant)]) {
    var scan = DatagramScan(count: count, rate: rate)
    var asked: [(place: Int, try: Int, at: MonotonicInstant)] = []
    var now = ManualClock.start
    while !scan.isFinished, now < ManualClock.start + .seconds(600) {
      if let next = scan.next(now: now) {
        scan.commit(next.place, at: now)
        asked.append((next.place, next.try, now))
        if let cell = answer(next.place, now) { _ = scan.resolve(next.place, as: cell, at: now) }
      }
      now = now + .milliseconds(1)
    }
    return (scan, asked)
  }

  @Test func `every answered question is asked once, at the rate`() {
    let (scan, asked) = run(30) { place, _ in place % 3 == 0 ? .open : .closed }
    #expect(asked.map(\.place) == Array(0..<30))
    #expect(scan.cells.count(of: .open) == 10 && scan.cells.count(of: .closed) == 20)
    for (earlier, later) in zip(asked, asked.dropFirst()) { #expect(later.at - earlier.at >= .milliseconds(100)) }
    #expect(scan.icmpLimit == nil && scan.isFinished)
  }

  @Test func `silence is asked three times and is open or filtered, never closed`() {
    let (scan, asked) = run(5) { place, _ in place == 2 ? .closed : nil }
    for place in 0..<5 { #expect(asked.count { $0.place == place } == (place == 2 ? 1 : 3)) }
    #expect(scan.cells.count(of: .silent) == 4 && scan.cells[2] == .closed)
    for round in 1...2 {
      let last = asked.last { $0.try == round - 1 }?.at ?? ManualClock.start
      let first = asked.first { $0.try == round }?.at ?? ManualClock.start
      #expect(first - last >= .seconds(1), "the answers of a round are awaited")
    }
  }

  @Test func `a late answer corrects silence and nothing corrects an answer`() {
    var (scan, _) = run(2) { _, _ in nil }
    let first = scan.resolve(0, as: .open, at: ManualClock.start)
    let second = scan.resolve(0, as: .closed, at: ManualClock.start)
    #expect(first && !second && scan.cells[0] == .open)
  }

  @Test func `a limit of one message a second is measured and kept to`() {
    var tokens = 6.0
    var last = ManualClock.start
    let (scan, asked) = run(40) { _, now in
      tokens = min(6, tokens + Double((now - last).nanoseconds) / 1e9)
      last = now
      guard tokens >= 1 else { return nil }
      tokens -= 1
      return .closed
    }
    #expect(scan.icmpLimit == 1)
    #expect(scan.cells.count(of: .closed) == 40)
    let slow = asked.drop { $0.try == 0 }
    for (earlier, later) in zip(slow, slow.dropFirst()) { #expect(later.at - earlier.at >= .seconds(1)) }
  }

  @Test func `an abandoned scan leaves unknown what is unknown`() {
    var scan = DatagramScan(count: 3, rate: 10)
    scan.abandon()
    #expect(scan.isFinished && scan.next(now: ManualClock.start) == nil && scan.waitingUntil == nil)
    #expect(scan.cells.count(of: .unknown) == 3)
    #expect(DatagramScan(count: 0, rate: 0).isFinished)
  }
}
