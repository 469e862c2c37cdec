import LabSupport
import Records
import Testing

@testable import Notices

@Suite struct DeliveryPlanTests {
  @Test func `what fails is tried five times with longer and longer pauses, then kept`() {
    for seed in UInt64(0)..<200 {
      var plan = DeliveryPlan(seed: seed)
      for whole in [1, 2, 4, 8] {
        guard case .again(let pause) = plan.step(after: .failed("x")) else {
          Issue.record("attempt is not repeated")
          continue
        }
        #expect(.milliseconds(whole * 500) <= pause && pause <= .milliseconds(whole * 1000))
      }
      #expect(plan.step(after: .failed("x")) == .keep(.zero))
    }
  }

  @Test func `pauses differ from seed to seed and are the same for one`() {
    func pauses(_ seed: UInt64) -> [DeliveryPlan.Step] {
      var plan = DeliveryPlan(seed: seed)
      return (0..<4).map { _ in plan.step(after: .failed("x")) }
    }
    #expect(pauses(7) == pauses(7) && Set((UInt64(0)..<50).map { pauses($0) }).count == 50)
  }

  @Test func `a receiver's wish to wait is granted within bounds`() {
    var plan = DeliveryPlan(seed: 1)
    #expect(plan.step(after: .failed("x", retryAfter: .seconds(45))) == .again(after: .seconds(45)))
    #expect(plan.step(after: .failed("x", retryAfter: .seconds(3600))) == .keep(.seconds(3600)))
    #expect(plan.step(after: .failed("x", retryAfter: .seconds(10_000_000))) == .keep(.seconds(86_400)))
  }

  @Test(arguments: [
    (200, "done"), (204, "done"), (301, "refuse"), (302, "refuse"), (400, "refuse"), (401, "refuse"), (404, "refuse"),
    (410, "refuse"),
    (408, "again"), (429, "again"), (500, "again"), (502, "again"), (503, "again"), (599, "again"), (101, "refuse"),
    (0, "refuse"),
  ])
  func `an answer's status says whether to come again`(status: Int, expected: String) {
    var plan = DeliveryPlan(seed: 1)
    let step = plan.step(after: DeliveryPlan.Attempt(status: status, retryAfter: -1, by: "127.0.0.1"))
    let word =
      switch step {
      case .done: "done"
      case .again: "again"
      case .keep: "keep"
      case .refuse: "refuse"
      }
    #expect(word == expected)
  }
}

@Suite struct OutboxTests {
  private func item(_ day: Int, _ number: Int = 0) -> OutboxItem {
    let moment = SampleRun.start + .seconds(Int64(day) * 86_400 + Int64(number))
    return OutboxItem(.test(at: moment, offsetMinutes: 540, host: "h"), channel: "a", since: moment)
  }

  @Test func `what is older than two weeks, and the oldest beyond 200, has no place`() {
    let now = SampleRun.start + .seconds(20 * 86_400)
    #expect(OutboxItem.surplus([item(5), item(6), item(7)], now: now) == [item(5)])
    let many = (0..<205).map { item(19, $0) }
    #expect(OutboxItem.surplus(many.shuffled(), now: now) == Array(many.prefix(5)))
    #expect(OutboxItem.surplus(Array(many.prefix(200)), now: now).isEmpty)
  }

  @Test func `a file's name is the notice's and the channel's`() {
    #expect(item(1).fileName == item(1).notice.id + ".a.json")
    #expect(item(1).fileName != item(2).fileName)
  }
}
