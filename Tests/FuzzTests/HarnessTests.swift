import Addressing
import Probes
import Records
import Testing

@testable import FuzzTargets

/// The harness notices what it is there for.
@Suite struct HarnessTests {
  @Test func `a broken promise is an error with its words`() {
    #expect(throws: Never.self) { try promise(true, "holds") }
    let error = #expect(throws: BrokenPromise.self) { try promise(1 > 2, "one is more than two") }
    #expect(error?.description == "one is more than two")
  }

  /// A probe that does what the sheet does not say.
  private struct Unruly: Probe {
    enum Vice { case greedy, endless, stuck, repeating }

    static let sheet = ProbeSheet(
      id: "unruly", technique: .serviceQuestions, sends: LocalizedText(ja: "x", en: "x"), leavesBehind: "",
      worstReaction: "", connections: 1, duration: .seconds(10))

    let vice: Vice
    var report: ProbeReport?
    var wakeAt: MonotonicInstant?

    init(_ vice: Vice) { self.vice = vice }

    mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
      switch vice {
      case .greedy: return [.connect(0, port: 1), .connect(1, port: 1)]
      case .repeating: return [.connect(0, port: 1), .close(0), .connect(0, port: 1)]
      case .endless:
        wakeAt = now
        return []
      case .stuck: return []
      }
    }

    mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { [] }
  }

  @Test func `a probe that goes beyond its sheet or never ends is found out`() {
    for vice in [Unruly.Vice.greedy, .endless, .stuck, .repeating] {
      var drive = ProbeDrive(Unruly(vice), Decisions([]))
      #expect(throws: BrokenPromise.self) { _ = try drive.report() }
    }
  }

  @Test func `decisions come from the front of the input and end with it`() {
    var decisions = Decisions([7, 1, 2, 3])
    #expect(decisions.number(below: 4) == 3 && decisions.take(2) == [1, 2] && !decisions.isAtEnd)
    #expect(decisions.take(9) == [3] && decisions.octet() == 0 && decisions.isAtEnd)
  }
}
