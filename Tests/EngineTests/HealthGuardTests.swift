import LabSupport
import Records
import Testing

@testable import Engine

/// A guard with a device that answers heartbeats after a delay, or not at all.
private struct GuardBench {
  var health: HealthGuard
  var now = ManualClock.start
  var events: [(at: Duration, event: HealthGuard.Event)] = []
  var asked: [Duration] = []
  private var due: [MonotonicInstant] = []

  init(_ timing: HealthGuard.Timing = HealthGuard.Timing()) { health = HealthGuard(timing: timing, now: now) }

  /// Turns of 10 ms in which something is sent to the device whenever that is allowed.
  mutating func run(for duration: Duration, probing: Bool = true, delay: (Duration) -> Duration?) {
    let end = now + duration
    while now < end {
      while let first = due.first, first <= now {
        due.removeFirst()
        note(health.answered(at: now))
      }
      note(health.check(now: now))
      if probing, health.allowsProbes { health.probed() }
      if health.wantsHeartbeat(now: now) {
        health.asked(at: now)
        asked.append(now - ManualClock.start)
        if let wait = delay(now - ManualClock.start) { due.append(now + wait) }
      }
      now = now + .milliseconds(10)
    }
  }

  private mutating func note(_ event: HealthGuard.Event?) {
    if let event { events.append((now - ManualClock.start, event)) }
  }

  var outcomes: [HealthGuard.Outcome] {
    events.compactMap { if case .ended(let outcome) = $0.event { outcome } else { nil } }
  }

  var freezes: [Duration] { events.compactMap { if case .froze = $0.event { $0.at } else { nil } } }
}

struct HealthGuardTests {
  @Test func `nothing is probed before the device has answered once`() {
    var bench = GuardBench()
    #expect(!bench.health.allowsProbes)
    bench.run(for: .milliseconds(50)) { _ in .milliseconds(200) }
    #expect(!bench.health.allowsProbes)
    bench.run(for: .milliseconds(300)) { _ in .milliseconds(200) }
    #expect(bench.health.allowsProbes)
  }

  @Test func `a device that is well is asked once a second and not more`() {
    var bench = GuardBench()
    bench.run(for: .seconds(30)) { _ in .milliseconds(2) }
    #expect(bench.events.isEmpty)
    #expect((29...31).contains(bench.asked.count))
  }

  @Test func `a device that is left alone is left alone`() {
    var bench = GuardBench()
    bench.run(for: .seconds(30), probing: false) { _ in .milliseconds(2) }
    #expect(bench.asked.count == 1)
    #expect(bench.health.wakeAt.nanoseconds == .max)
    bench.health.hurry(now: bench.now)
    #expect(bench.health.wantsHeartbeat(now: bench.now))
  }

  @Test func `silence pauses at the first miss, freezes at the third and is lost after the recovery time`() {
    var bench = GuardBench(HealthGuard.Timing(recovery: .seconds(20)))
    bench.run(for: .milliseconds(1500)) { _ in .milliseconds(2) }
    let death = bench.now - ManualClock.start
    bench.run(for: .milliseconds(1000)) { _ in nil }
    #expect(!bench.health.allowsProbes)
    bench.run(for: .seconds(30)) { _ in nil }
    #expect(bench.freezes.count == 1)
    // At most the interval and three time-outs.
    #expect(bench.freezes.allSatisfy { $0 - death <= .milliseconds(1930) })
    #expect(bench.outcomes == [.lost])
    let lostAt = bench.events.last?.at ?? .zero
    #expect(lostAt - bench.freezes[0] >= .seconds(20) && lostAt - bench.freezes[0] < .seconds(22))
    let before = bench.asked.count
    bench.run(for: .seconds(30)) { _ in nil }
    #expect(bench.asked.count == before, "a lost device is asked no more")
  }

  @Test func `one lost heartbeat, or two, mean nothing`() {
    var bench = GuardBench()
    var turn = 0
    bench.run(for: .seconds(120)) { _ in
      turn += 1
      return turn % 5 >= 3 ? nil : .milliseconds(2)
    }
    #expect(bench.events.isEmpty)
    #expect(turn > 100)
  }

  @Test func `other answers keep a device alive whose heartbeats are lost`() {
    var bench = GuardBench()
    bench.run(for: .seconds(2)) { _ in .milliseconds(2) }
    for _ in 0..<100 {
      bench.health.heard(at: bench.now)
      bench.run(for: .milliseconds(100)) { _ in nil }
    }
    #expect(bench.events.isEmpty)
    bench.run(for: .seconds(3)) { _ in nil }
    #expect(bench.freezes.count == 1)
    // An answer that was on its way does not end the distress.
    bench.health.heard(at: bench.now)
    #expect(bench.health.isFrozen)
  }

  @Test(arguments: [false, true])
  func `a restart needs a sign, else the device recovered`(sign: Bool) {
    var bench = GuardBench()
    bench.health.rebootSign()  // before any distress it means nothing
    bench.run(for: .seconds(2)) { _ in .milliseconds(2) }
    bench.run(for: .seconds(5)) { _ in nil }
    #expect(bench.health.isFrozen && !bench.health.allowsProbes)
    if sign { bench.health.rebootSign() }
    bench.run(for: .seconds(5)) { _ in .milliseconds(2) }
    #expect(bench.outcomes == [sign ? .rebooted : .recovered])
    #expect(bench.health.allowsProbes && bench.health.distresses == 1)
    bench.run(for: .seconds(5)) { _ in nil }
    bench.run(for: .seconds(5)) { _ in .milliseconds(2) }
    #expect(bench.outcomes.last == .recovered)
    #expect(bench.health.distresses == 2)
  }

  /// 250 … 2900 ms lie around every boundary: the time-out, two and three of them, the interval.
  @Test(arguments: [120, 250, 310, 390, 450, 590, 610, 880, 920, 1010, 1500, 2100, 2900] as [Int64])
  func `a device that became slow is slow at any delay, once, and may be probed again`(milliseconds: Int64) {
    var bench = GuardBench()
    bench.run(for: .seconds(3)) { _ in .milliseconds(1) }
    bench.run(for: .seconds(60)) { _ in .milliseconds(milliseconds) }
    #expect(bench.outcomes == [.slow])
    #expect(bench.freezes.count == 1)
    #expect(bench.freezes.allSatisfy { $0 < .seconds(3) + .milliseconds(max(2600, 2 * milliseconds + 1300)) })
    // It is the usual pace now.
    #expect(bench.health.distresses == 1)
  }

  @Test(arguments: [5, 60, 99] as [Int64])
  func `a delay below 100 ms is not slow, nor is one that the device always had`(milliseconds: Int64) {
    var bench = GuardBench()
    bench.run(for: .seconds(3)) { _ in .milliseconds(1) }
    bench.run(for: .seconds(60)) { _ in .milliseconds(milliseconds - 10) }
    #expect(bench.events.isEmpty)
    var always = GuardBench()
    always.run(for: .seconds(60)) { _ in .milliseconds(2 * milliseconds) }
    #expect(always.events.isEmpty)
  }

  @Test func `who never answers is probed unwatched`() {
    var bench = GuardBench()
    bench.run(for: .seconds(10)) { _ in nil }
    #expect(bench.events.map(\.event) == [.unwatchable])
    #expect(bench.asked.count == 3)
    #expect(bench.health.allowsProbes && !bench.health.isWatched)
    #expect(bench.health.heardSince == nil)
  }
}
