import Engine
import LabSupport
import Records
import Testing

struct DeviceBudgetTests {
  /// Sends as a loop would: probes as soon as they may leave, plus frames of the kernel while room is
  /// left, with pauses and late timers.
  private func run(limit: Int, reserve: Int, seconds: Int64, seed: UInt64) -> (sent: [MonotonicInstant], DeviceBudget) {
    var random = SeededRandom(seed: seed)
    var budget = DeviceBudget(limit: limit)
    var now = ManualClock.start
    let end = now + .seconds(seconds)
    var sent: [MonotonicInstant] = []
    while now < end {
      let earliest = budget.earliestProbe(now: now, reserve: reserve)
      if earliest <= now {
        budget.chargeProbe(at: now)
        sent.append(now)
      }
      if random.next() % 8 == 0, budget.headroom(now: now) > 0 {
        budget.charge(at: now)
        sent.append(now)
      }
      let roll = random.next()
      if roll % UInt64(8 * limit + 64) == 0 {
        now = now + .milliseconds(Int64(random.next() % 2500))  // a pause
      } else if roll >> 60 < 4 {
        now = now + .microseconds(Int64(random.next() % UInt64(2_000_000 / limit)))  // a late timer
      } else {
        now = max(now + .microseconds(Int64(random.next() % 300)), min(earliest, now + .milliseconds(5)))
      }
    }
    return (sent, budget)
  }

  @Test(arguments: [1, 2, 5, 20, 50, 100, 200, 1000])
  func `no window of one second holds more than the limit`(limit: Int) {
    for seed: UInt64 in 1...4 {
      let (sent, budget) = run(limit: limit, reserve: min(4, limit / 2), seconds: 12, seed: seed)
      let peak = mostWithinOneSecond(sent)
      #expect(peak <= limit)
      #expect(budget.peak >= peak, "the figure of the report hides frames")
      #expect(budget.peak <= limit)
      #expect(budget.total == sent.count)
      #expect(sent.count > limit * 3, "the budget is hardly used")
    }
  }

  @Test func `the peak counts what others sent beyond the limit`() {
    var budget = DeviceBudget(limit: 10)
    for _ in 0..<25 { budget.charge(at: ManualClock.start) }
    #expect(budget.peak == 25)
    #expect(budget.headroom(now: ManualClock.start) == -15)
    #expect(budget.earliestProbe(now: ManualClock.start, reserve: 0) > ManualClock.start)
  }

  @Test func `a window that straddles a slot's end is seen whole`() {
    // Frames just before and just after a boundary of 10 ms, one second apart.
    var budget = DeviceBudget(limit: 2)
    let first = MonotonicInstant(nanoseconds: 5_009_999_999)
    budget.charge(at: first)
    budget.charge(at: first + .seconds(1))
    #expect(budget.peak == 2)
    #expect(budget.headroom(now: first + .seconds(1)) == 0)
  }

  @Test func `probes are spread evenly`() {
    var budget = DeviceBudget(limit: 100)
    var now = ManualClock.start
    var sent: [MonotonicInstant] = []
    while now < ManualClock.start + .seconds(5) {
      if budget.earliestProbe(now: now, reserve: 4) <= now {
        budget.chargeProbe(at: now)
        sent.append(now)
      }
      now = now + .microseconds(500)
    }
    // 96 a second and the window is 1.01 s long.
    #expect((470...500).contains(sent.count))
    for window in 0..<100 {
      let from = ManualClock.start + .milliseconds(Int64(window) * 50)
      #expect(sent.count { $0 >= from && $0 < from + .milliseconds(50) } <= 7)
    }
  }

  @Test func `a pause is not made up for`() {
    var budget = DeviceBudget(limit: 100)
    var now = ManualClock.start
    budget.chargeProbe(at: now)
    now = now + .seconds(30)
    var burst = 0
    while burst < 100, budget.earliestProbe(now: now, reserve: 4) <= now {
      budget.chargeProbe(at: now)
      burst += 1
    }
    #expect(burst <= 2)
  }

  @Test func `a high rate may follow a late timer with a few frames, not with a second's worth`() {
    var budget = DeviceBudget(limit: 5000)
    budget.chargeProbe(at: ManualClock.start)
    let now = ManualClock.start + .seconds(3)
    var burst = 0
    while burst < 100, budget.earliestProbe(now: now, reserve: 4) <= now {
      budget.chargeProbe(at: now)
      burst += 1
    }
    #expect((1...9).contains(burst))
  }

  @Test func `the reserve keeps its frames free`() {
    var budget = DeviceBudget(limit: 50)
    var now = ManualClock.start
    for _ in 0..<4000 {
      if budget.earliestProbe(now: now, reserve: 14) <= now { budget.chargeProbe(at: now) }
      #expect(budget.headroom(now: now) >= 14)
      now = now + .milliseconds(1)
    }
  }
}

struct RoundTripTimeTests {
  private static let millisecond: Int64 = 1_000_000

  @Test func `before any answer the first wait is the initial one, doubled for each try`() {
    let time = RoundTripTime()
    #expect((0..<4).map { time.timeout(try: $0) } == [300, 600, 1200, 2400].map { $0 * Self.millisecond })
    #expect(time.timeout(try: 4) == 3000 * Self.millisecond)
    #expect(time.timeout(try: 40) == 3000 * Self.millisecond)
    #expect(time.smoothedNanoseconds == nil)
  }

  @Test func `a fast device keeps the floor`() {
    var time = RoundTripTime()
    for _ in 0..<50 { time.measured(200_000) }
    #expect(time.timeout(try: 0) == RoundTripTime.floor)
    #expect(time.timeout(try: 1) == RoundTripTime.floor * 2)
  }

  @Test func `the first measurement waits for three times its length`() {
    var time = RoundTripTime()
    // RFC 6298 §2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 × RTTVAR.
    time.measured(100 * Self.millisecond)
    #expect(time.timeout(try: 0) == 300 * Self.millisecond)
    #expect(time.smoothedNanoseconds == 100 * Self.millisecond)
  }

  @Test func `a second measurement is smoothed as in RFC 6298`() {
    var time = RoundTripTime()
    time.measured(100 * Self.millisecond)
    time.measured(200 * Self.millisecond)
    // RTTVAR = 3/4 × 50 + 1/4 × |100 − 200| = 62.5; SRTT = 7/8 × 100 + 1/8 × 200 = 112.5; 362.5 ms.
    #expect(abs(time.timeout(try: 0) - 362_500_000) < 10)
  }

  @Test func `a slow device meets the ceiling`() {
    var time = RoundTripTime()
    time.measured(20_000 * Self.millisecond)
    #expect(time.timeout(try: 0) == RoundTripTime.ceiling)
    time.measured(-1)
    #expect(time.timeout(try: 3) <= RoundTripTime.ceiling)
  }
}
