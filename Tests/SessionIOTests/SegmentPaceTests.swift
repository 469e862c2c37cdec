import Records
import Testing

@testable import SessionIO

/// The pace of one connection: the figures follow from "at most so many segments in any second".
struct SegmentPaceTests {
  private static let start = MonotonicInstant(nanoseconds: 1_000_000_000)

  /// Reads whenever it is due, for ten seconds; each read costs what `cost` says.
  private func moments(_ limit: Int, cost: (Int) -> Int) -> [(at: MonotonicInstant, segments: Int)] {
    var pace = SegmentPace(perSecond: limit)
    var seen: [(MonotonicInstant, Int)] = []
    var now = Self.start
    while now < Self.start + .seconds(10) {
      if pace.next <= now {
        let segments = cost(seen.count)
        pace.charge(segments, at: now)
        seen.append((now, segments))
      }
      now = now + .milliseconds(1)
    }
    return seen
  }

  @Test(arguments: [2, 10, 14, 20, 100, 1000], [1, 2, 3])
  func `no second holds more segments than agreed, beyond one read's own`(limit: Int, cost: Int) {
    let moments = moments(limit) { _ in cost }
    for first in moments.indices {
      let window = moments[first...].prefix { $0.at - moments[first].at < .seconds(1) }
      #expect(window.dropLast().reduce(0) { $0 + $1.segments } <= limit, "\(limit), \(cost)")
    }
    // And it is used: half of it at least, where a read does not cost more than a second's share.
    let all = moments.reduce(0) { $0 + $1.segments }
    #expect(all >= limit * 10 / 4)
  }

  @Test func `a costly read is paid for before the next`() {
    let moments = moments(20) { $0 == 0 ? 14 : 1 }
    // 14 of the 14 segments that a second of 20 has for reads, less the two that are let pass.
    #expect(moments[1].at - moments[0].at >= .milliseconds(850))
  }

  /// What a device brings about that sends before it is read from: seen on the wire as acknowledgements at once, a
  /// delayed one, and two that answer the question whether there is room yet. Rate 10 has 5 a second for reads.
  @Test func `a read waits for room in the last second`() {
    var pace = SegmentPace(perSecond: 10)
    for (milliseconds, segments) in [(0, 3), (50, 1), (260, 1), (470, 1)] {
      pace.charge(segments, at: Self.start + .milliseconds(milliseconds))
    }
    // Of six, the first three have to leave the second; the rate alone would let it go 800 ms after the first.
    #expect(pace.next == Self.start + .seconds(1))
  }

  @Test func `a pause is not made up for`() {
    var pace = SegmentPace(perSecond: 16)
    pace.charge(1, at: Self.start)
    let later = Self.start + .seconds(60)
    pace.charge(3, at: later)
    #expect(pace.next == later + .milliseconds(100))
  }

  @Test func `without a ceiling nothing waits`() {
    var pace = SegmentPace(perSecond: 0)
    pace.charge(100_000, at: Self.start)
    #expect(pace.next <= Self.start)
  }

  @Test func `a new rate holds from then on`() {
    var pace = SegmentPace(perSecond: 7)
    pace.set(perSecond: 1006)
    pace.charge(4, at: Self.start)
    #expect(pace.next == Self.start + .milliseconds(2))
  }
}
