import Addressing
import Engine
import LabSupport
import Records
import Testing

struct ARPSweepTests {
  static let addresses = (1...20).map { IPv4Address(rawValue: 0x0a00_0000 + $0) }

  /// Everything that is due now.
  private func drain(_ sweep: inout ARPSweep, _ now: MonotonicInstant) -> [IPv4Address] {
    var asked: [IPv4Address] = []
    while let address = sweep.next(now: now) {
      asked.append(address)
      sweep.commit()
    }
    return asked
  }

  @Test func `each round asks those that have not answered, after the wait of the round before`() throws {
    var sweep = ARPSweep(addresses: Self.addresses)
    var now = ManualClock.start
    var remaining = Self.addresses
    for (round, wait) in ARPSweep.rounds.enumerated() {
      #expect(drain(&sweep, now) == remaining)
      #expect(sweep.questionsToEach == round + 1)
      #expect(sweep.waitingUntil == now + wait)
      #expect(drain(&sweep, now + wait + .nanoseconds(-1)).isEmpty)
      #expect(!sweep.isFinished)
      // Two devices answer in each round.
      for _ in 0..<2 {
        let counted = sweep.answer(from: remaining.removeFirst())
        #expect(counted)
      }
      now = now + wait
    }
    #expect(drain(&sweep, now).isEmpty)
    #expect(sweep.isFinished)
    #expect(sweep.answered.count == 6)
  }

  @Test func `answers count once, and only from addresses that were asked`() {
    var sweep = ARPSweep(addresses: Self.addresses)
    let first = sweep.answer(from: Self.addresses[3])
    #expect(first)
    let second = sweep.answer(from: Self.addresses[3])
    #expect(!second)
    let third = sweep.answer(from: IPv4Address(rawValue: 0x0a00_00ff))
    #expect(!third)
    #expect(sweep.answered == [Self.addresses[3]])
    #expect(!drain(&sweep, ManualClock.start).contains(Self.addresses[3]))
  }

  @Test func `it ends at once when everybody answered`() {
    var sweep = ARPSweep(addresses: Self.addresses)
    _ = drain(&sweep, ManualClock.start)
    for address in Self.addresses { _ = sweep.answer(from: address) }
    #expect(sweep.isFinished)
    #expect(sweep.next(now: ManualClock.start) == nil)
    #expect(ARPSweep(addresses: []).isFinished)
  }
}
