import LabSupport
import Records
import Testing

@testable import Engine

struct DeviceQueueTests {
  private static let start = ManualClock.start

  @Test func `devices that can send take turns in their order`() {
    var queue = DeviceQueue()
    for device in 0..<5 { queue.schedule(device, at: Self.start, now: Self.start) }
    var order: [Int] = []
    for _ in 0..<15 {
      guard let device = queue.next(now: Self.start) else { break }
      order.append(device)
      queue.schedule(device, at: Self.start, now: Self.start)
    }
    #expect(order == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
  }

  @Test func `sleepers wake in time, not before, and can be moved forward only`() {
    var queue = DeviceQueue()
    queue.schedule(1, at: Self.start + .milliseconds(5), now: Self.start)
    queue.schedule(2, at: Self.start + .milliseconds(3), now: Self.start)
    queue.schedule(3, at: Self.start + .milliseconds(4), now: Self.start)
    queue.schedule(3, at: Self.start + .milliseconds(9), now: Self.start)
    queue.schedule(1, at: Self.start + .milliseconds(1), now: Self.start)
    #expect(queue.next(now: Self.start) == nil)
    #expect(queue.earliest(now: Self.start) == Self.start + .milliseconds(1))
    #expect(queue.next(now: Self.start + .milliseconds(1)) == 1)
    #expect(queue.next(now: Self.start + .milliseconds(2)) == nil)
    #expect(queue.next(now: Self.start + .milliseconds(10)) == 2)
    #expect(queue.next(now: Self.start + .milliseconds(10)) == 3)
    #expect(queue.next(now: Self.start + .milliseconds(10)) == nil)
    #expect(queue.earliest(now: Self.start + .milliseconds(10)) == nil)
  }

  @Test func `random operations agree with a list that is searched`() {
    var random = SeededRandom(seed: 12)
    var queue = DeviceQueue()
    var wakes: [Int: MonotonicInstant] = [:]
    var now = Self.start
    var wrong = 0
    for _ in 0..<20_000 {
      now = now + .microseconds(Int64(random.next() % 40))
      if random.next() % 3 > 0 {
        let device = Int(random.next() % 50)
        let moment = now + .microseconds(Int64(random.next() % 2000) - 200)
        queue.schedule(device, at: moment, now: now)
        wakes[device] = min(wakes[device] ?? moment, moment)
      } else {
        let next = queue.next(now: now)
        let due = wakes.filter { $0.value <= now }
        if let next {
          if due[next] == nil { wrong += 1 }
          wakes[next] = nil
        } else if !due.isEmpty {
          wrong += 1
        }
      }
      let earliest = wakes.values.min()
      if let earliest, earliest > now, queue.earliest(now: now) != earliest { wrong += 1 }
      if (earliest == nil) != (queue.earliest(now: now) == nil) { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  @Test func `a line calls in the order of arrival`() {
    var line = WaitingLine()
    #expect(line.isEmpty && line.callFirst() == nil)
    var expected: [Int] = []
    var called: [Int] = []
    var random = SeededRandom(seed: 2)
    for device in 0..<8000 {
      line.join(device)
      expected.append(device)
      if random.next() % 3 == 0 { while random.next() % 4 != 0, let next = line.callFirst() { called.append(next) } }
    }
    while let next = line.callFirst() { called.append(next) }
    #expect(called == expected)
    #expect(line.isEmpty)
  }
}
