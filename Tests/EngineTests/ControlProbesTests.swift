import LabSupport
import Records
import Testing

@testable import Engine

struct ControlProbesTests {
  private func probes(_ seed: UInt64 = 1) -> ControlProbes {
    ControlProbes(seed: ScanSeed(high: seed, low: 2), tweak: 3)
  }

  /// Asks what is due at a moment.
  private func ask(_ control: inout ControlProbes, _ now: MonotonicInstant) -> [UInt16] {
    var ports: [UInt16] = []
    while let next = control.next(now: now) {
      ports.append(next.port)
      control.asked(next.port, at: now)
    }
    return ports
  }

  @Test func `three different ports beside anything known are asked, the same for the same seed`() {
    for seed in 0..<200 as Range<UInt64> {
      var control = probes(seed)
      let ports = ask(&control, ManualClock.start)
      #expect(Set(ports).count == 3)
      #expect(ports.allSatisfy { (21_000..<32_000).contains($0) })
      var again = probes(seed)
      #expect(ask(&again, ManualClock.start) == ports)
    }
    var (first, second) = (probes(1), probes(2))
    #expect(ask(&first, ManualClock.start) != ask(&second, ManualClock.start))
  }

  @Test func `unanswered ones are asked once more after the initial time-out, then it is over`() {
    var control = probes()
    let ports = ask(&control, ManualClock.start)
    #expect(control.wakeAt == ManualClock.start + .milliseconds(300))
    #expect(ask(&control, ManualClock.start + .milliseconds(299)).isEmpty)
    control.answered(ports[1], open: true)
    #expect(ask(&control, ManualClock.start + .milliseconds(300)) == [ports[0], ports[2]])
    #expect(!control.isOver(now: ManualClock.start + .milliseconds(599)))
    #expect(control.isOver(now: ManualClock.start + .milliseconds(600)))
    #expect(!control.allOpen)
  }

  @Test func `it is over with the third answer, and all of them have to be open`() {
    for closed in 0...3 {
      var control = probes()
      for (index, port) in ask(&control, ManualClock.start).enumerated() {
        #expect(!control.isOver(now: ManualClock.start))
        control.answered(port, open: index != closed)
      }
      control.answered(9, open: true)
      #expect(control.isOver(now: ManualClock.start))
      #expect(control.allOpen == (closed == 3))
    }
  }
}
