import Engine
import LabSupport
import Records
import Testing

struct PacerTests {
  /// Sends all that is allowed whenever it wakes; wakes when told, up to a millisecond late.
  private func run(rate: Int, seconds: Int64, seed: UInt64, pauseAt: Int64? = nil) -> [MonotonicInstant] {
    var random = SeededRandom(seed: seed)
    var pacer = Pacer(rate: rate)
    var now = ManualClock.start
    var sent: [MonotonicInstant] = []
    var paused = false
    while now < ManualClock.start + .seconds(seconds) {
      let allowance = min(64, pacer.allowance(now: now))
      if allowance > 0 {
        pacer.charge(at: now, frames: allowance)
        for _ in 0..<allowance { sent.append(now) }
      }
      let wake = max(now + .microseconds(1), pacer.earliest(now: now))
      now = wake + .nanoseconds(Int64(random.next() % 1_000_000))
      if let pauseAt, !paused, now - ManualClock.start > .seconds(pauseAt) {
        paused = true
        now = now + .seconds(5)
      }
    }
    return sent
  }

  @Test(arguments: [10, 50, 250, 1000, 5000, 20_000, 50_000])
  func `the rate is kept within 3 per cent, in each tenth of a second too`(rate: Int) {
    let sent = run(rate: rate, seconds: 10, seed: UInt64(rate))
    #expect(abs(sent.count - rate * 10) <= max(1, rate * 3 / 10), "\(sent.count)")
    var tenths = [Int](repeating: 0, count: 101)
    for moment in sent { tenths[Int((moment - ManualClock.start).nanoseconds / 100_000_000)] += 1 }
    // Whole frames, and a wake-up that is a millisecond late at either end of the tenth.
    let tolerance = Double(rate) / 10 * 0.03 + 1 + Double(rate) / 1000
    for tenth in 1..<100 {
      #expect(abs(Double(tenths[tenth]) - Double(rate) / 10) <= tolerance, "tenth \(tenth): \(tenths[tenth])")
    }
    // Over half a second the ends no longer matter.
    for start in stride(from: 0, to: 100, by: 5) {
      let half = tenths[start..<start + 5].reduce(0, +)
      #expect(abs(Double(half) - Double(rate) / 2) <= Double(rate) / 2 * 0.03 + 1, "\(half)")
    }
  }

  @Test(arguments: [10, 1000, 50_000])
  func `a pause of five seconds is not made up for`(rate: Int) {
    let sent = run(rate: rate, seconds: 10, seed: 5, pauseAt: 2)
    // Any stretch of 20 ms holds its share, two milliseconds of slack and one of lateness.
    let most = Double(rate) * 0.023 + 2
    var first = 0
    for (index, moment) in sent.enumerated() {
      while moment - sent[first] > .milliseconds(20) { first += 1 }
      #expect(Double(index - first + 1) <= most)
    }
    #expect(abs(sent.count - rate * 5) <= max(2, rate / 20))
  }

  @Test func `no rate is no ceiling, and a new rate holds from now on`() {
    var pacer = Pacer(rate: 0)
    let now = ManualClock.start
    #expect(pacer.allowance(now: now) == .max)
    pacer.charge(at: now, frames: 1000)
    #expect(pacer.earliest(now: now) == now)
    pacer.setRate(100)
    pacer.charge(at: now)
    #expect(pacer.allowance(now: now + .milliseconds(7)) == 0)
    #expect(pacer.allowance(now: now + .milliseconds(10)) == 1)
  }
}
