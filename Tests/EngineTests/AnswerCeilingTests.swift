import LabSupport
import Records
import Testing

@testable import Engine

struct AnswerCeilingTests {
  /// Probes at `rate`, or the ceiling's pace when that is lower, and asks `answers` about each.
  private func run(
    rate: Int, seconds: Int64, jitter: SeededRandom, answers: (MonotonicInstant) -> Bool
  ) -> AnswerCeiling {
    var random = jitter
    var ceiling = AnswerCeiling()
    var now = ManualClock.start
    while now < ManualClock.start + .seconds(seconds) {
      ceiling.sentProbe(at: now)
      if answers(now) { ceiling.gotAnswer(at: now + .microseconds(300)) }
      let pace = ceiling.pace > 0 ? min(rate, ceiling.pace) : rate
      now = now + .nanoseconds(1_000_000_000 / Int64(pace) + Int64(random.next() % 100_000))
    }
    return ceiling
  }

  /// A token bucket, written down here once more.
  private struct Bucket {
    var tokens: Double
    var last = ManualClock.start
    let rate: Double
    mutating func take(_ now: MonotonicInstant) -> Bool {
      tokens = min(10, tokens + rate * Double(now.nanoseconds - last.nanoseconds) / 1e9)
      last = now
      guard tokens >= 1 else { return false }
      tokens -= 1
      return true
    }
  }

  @Test(arguments: [(1000, 100), (1000, 250), (1000, 50), (300, 100), (100, 50)])
  func `a limit is found and the pace stays below it`(rate: Int, limit: Int) {
    for seed in 0..<10 as Range<UInt64> {
      var bucket = Bucket(tokens: 10, rate: Double(limit))
      let ceiling = run(rate: rate, seconds: 20, jitter: SeededRandom(seed: seed)) { bucket.take($0) }
      let found = ceiling.limit ?? 0
      #expect(abs(found - limit) <= limit / 10 + 2, "\(found)")
      #expect(ceiling.pace > 0 && ceiling.pace <= limit)
    }
  }

  @Test func `a limit that is counted by the second is found too`() {
    for seed in 0..<10 as Range<UInt64> {
      var (second, count) = (Int64.min, 0)
      let ceiling = run(rate: 1000, seconds: 20, jitter: SeededRandom(seed: seed)) { now in
        if now.nanoseconds / 1_000_000_000 != second { (second, count) = (now.nanoseconds / 1_000_000_000, 0) }
        count += 1
        return count <= 200
      }
      #expect((150...300).contains(ceiling.limit ?? 0), "\(String(describing: ceiling.limit))")
    }
  }

  @Test(arguments: [100, 1000])
  func `a filter is not taken for a limit`(rate: Int) {
    var wrong = 0
    for seed in 0..<200 as Range<UInt64> {
      let percent = [10, 30, 50, 70][Int(seed % 4)] as UInt64
      var random = SeededRandom(seed: seed &* 1000 &+ percent)
      let ceiling = run(rate: rate, seconds: 12, jitter: SeededRandom(seed: seed)) { _ in random.next() % 100 < percent
      }
      if ceiling.limit != nil { wrong += 1 }
    }
    // Three standard deviations are 1.4 of 1000.
    #expect(wrong <= 2, "\(wrong)")
  }

  @Test func `a device that answers everything is never tested`() {
    let ceiling = run(rate: 500, seconds: 10, jitter: SeededRandom(seed: 1)) { _ in true }
    #expect(ceiling.limit == nil && ceiling.pace == 0)
    let deaf = run(rate: 500, seconds: 10, jitter: SeededRandom(seed: 1)) { _ in false }
    #expect(deaf.limit == nil && deaf.pace == 0)
  }
}
