import Testing

@testable import LabSite

struct PeakCounterTests {
  private let second = PeakCounter.windowNanoseconds

  @Test func `nothing counted is no peak`() {
    let counter = PeakCounter()
    #expect(counter.total == 0)
    #expect(counter.peak == 0)
  }

  @Test func `events exactly a second apart never share a window`() {
    var counter = PeakCounter()
    for step in 0..<10 { counter.record(at: Int64(step) * second) }
    #expect(counter.total == 10)
    #expect(counter.peak == 1)
  }

  @Test func `events a nanosecond closer than a second share one`() {
    var counter = PeakCounter()
    counter.record(at: 0)
    #expect(counter.record(at: second - 1) == 2)
    #expect(counter.peak == 2)
  }

  /// Counting by the clock's seconds would see 150 and 150, and miss what the device went through.
  @Test func `a burst across the turn of a second counts whole`() {
    var counter = PeakCounter()
    for step in 0..<300 { counter.record(at: second - 150_000 + Int64(step) * 1000) }
    #expect(counter.peak == 300)
  }

  @Test func `a steady rate is its own peak, however long it lasts`() {
    var counter = PeakCounter()
    for step in 0..<50_000 { counter.record(at: Int64(step) * second / 200) }
    #expect(counter.total == 50_000)
    #expect(counter.peak == 200)
  }

  @Test func `the peak stays when the burst is over`() {
    var counter = PeakCounter()
    for _ in 0..<7 { counter.record(at: 5) }
    #expect(counter.record(at: 10 * second) == 1)
    #expect(counter.peak == 7)
  }

  @Test func `a time that steps back counts at its predecessor's`() {
    var counter = PeakCounter()
    counter.record(at: 2 * second)
    #expect(counter.record(at: 2 * second - 10) == 2)
    #expect(counter.record(at: 3 * second) == 1)
  }
}
