import Addressing
import Records
import Testing

@testable import Engine

struct DiscoveryStormTests {
  static func mac(_ number: Int) -> MACAddress { MACAddress(rawValue: 0x0011_2200_0000 + UInt64(number)) }

  @Test func `a sender beyond its limit is turned away and named once`() {
    var filter = StormGuard(limit: 50)
    var admitted = [0, 0]
    for step in 0..<10_000 {
      // 1000 replies a second from one sender, 40 from another.
      let now = MonotonicInstant(nanoseconds: Int64(step) * 1_000_000)
      if filter.admit(Self.mac(0), at: now) { admitted[0] += 1 }
      if step % 25 == 0, filter.admit(Self.mac(1), at: now) { admitted[1] += 1 }
    }
    #expect(admitted == [500, 400])
    #expect(filter.dropped == 9500)
    let storms = filter.takeStorms()
    #expect(storms == [StormGuard.Storm(mac: Self.mac(0), at: MonotonicInstant(nanoseconds: 50_000_000))])
    #expect(filter.takeStorms().isEmpty)
  }

  @Test func `a relay that answers two hundred questions a second twice is no storm, and is one afterwards`() {
    var filter = StormGuard(limit: 50)
    var admitted = 0
    for step in 0..<1000 {
      // 200 questions a second for two seconds, each answered twice; then the answers go on for three more.
      let now = MonotonicInstant(nanoseconds: Int64(step) * 5_000_000)
      if step < 400 { filter.noteQuestion(at: now) }
      for _ in 0..<2 where filter.admit(Self.mac(0), at: now) { admitted += 1 }
      #expect(step >= 400 || admitted == 2 * (step + 1))
    }
    // 800 while questions were asked; in the second after them 400, for those of the second before; then 50 a second.
    #expect(admitted == 800 + 400 + 2 * 50)
    #expect(filter.takeStorms().map(\.mac) == [Self.mac(0)])
  }

  @Test func `more senders than can be told apart are one storm without a name`() {
    var filter = StormGuard(limit: 50, capacity: 100)
    let now = MonotonicInstant(nanoseconds: 0)
    let admitted = (0..<1000).filter { filter.admit(Self.mac($0), at: now) }
    #expect(admitted == Array(0..<100))
    // Whoever was there before is still heard.
    let known = filter.admit(Self.mac(5), at: now)
    #expect(known)
    #expect(filter.takeStorms() == [StormGuard.Storm(mac: nil, at: now)])
    #expect(storedValues(filter) < 1000)
    let later = filter.admit(Self.mac(900), at: now + .seconds(1))
    #expect(later)
  }
}
