import Addressing
import Authority
import LabSupport
import Records
import Testing

struct LoginBudgetTests {
  private static let start = ManualClock.startOfDay
  private static let telnet = ServiceEndpoint(transport: .tcp, port: 23)
  private static let other = ServiceEndpoint(transport: .tcp, port: 2323)

  private func budget(
    _ attempts: [(minute: Int, service: ServiceEndpoint, account: String, result: LoginResult?)]
  ) -> LoginBudget {
    var budget = LoginBudget()
    for (number, attempt) in attempts.enumerated() {
      budget.take(
        .attempt(
          number, at: Self.start + .seconds(60 * attempt.minute), service: attempt.service, account: attempt.account))
      if let result = attempt.result { budget.take(.result(number, result)) }
    }
    return budget
  }

  private func refusal(
    _ budget: LoginBudget, _ account: String, _ service: ServiceEndpoint = telnet,
    _ threshold: LoginThreshold = .unknown, minute: Int
  ) -> LoginRefusal? {
    budget.refusal(of: account, on: service, threshold: threshold, at: Self.start + .seconds(60 * minute))
  }

  @Test func `where nothing is known, two failures on a service are all`() {
    let once = budget([(0, Self.telnet, "root", .refused)])
    #expect(refusal(once, "admin", minute: 1) == nil)
    let twice = budget([(0, Self.telnet, "root", .refused), (1, Self.telnet, "admin", .refused)])
    #expect(refusal(twice, "guest", minute: 2) == .budgetSpent(failures: 2, limit: 2))
    #expect(refusal(twice, "guest", Self.other, minute: 2) == nil, "another service, another account")
  }

  @Test func `an account counts on whatever service`() {
    let spread = budget([(0, Self.telnet, "root", .refused), (1, Self.other, "root", .refused)])
    #expect(refusal(spread, "root", ServiceEndpoint(transport: .tcp, port: 80), minute: 2) != nil)
    #expect(refusal(spread, "admin", Self.telnet, minute: 2) == nil)
  }

  @Test func `after 30 minutes a failure counts no more, and one that lies ahead does`() {
    let twice = budget([(0, Self.telnet, "root", .refused), (1, Self.telnet, "root", .refused)])
    #expect(refusal(twice, "root", minute: 29) != nil)
    #expect(refusal(twice, "root", minute: 30) == nil)
    let ahead = budget([(90, Self.telnet, "root", .refused), (91, Self.telnet, "root", .refused)])
    #expect(refusal(ahead, "root", minute: 0) != nil, "a clock that was set back gives nothing")
  }

  @Test func `no result, and one that nobody understood, are failures; a success and nothing entered are none`() {
    for result in LoginResult.allCases + [nil] {
      let twice = budget([(0, Self.telnet, "root", result), (1, Self.telnet, "root", result)])
      let isFailure = result != .accepted && result != .notEntered
      #expect((refusal(twice, "root", minute: 2) != nil) == isFailure, "\(String(describing: result))")
    }
  }

  @Test func `a success gives nothing back, so that the random pair after it is always affordable`() {
    // One failure, a success, then the control: the second failure, and no third.
    let found = budget([(0, Self.telnet, "root", .refused), (1, Self.telnet, "admin", .accepted)])
    #expect(refusal(found, "admin", minute: 2) == nil)
    let controlled = budget([
      (0, Self.telnet, "root", .refused), (1, Self.telnet, "admin", .accepted), (2, Self.telnet, "admin", .refused),
    ])
    #expect(refusal(controlled, "admin", minute: 3) != nil)
  }

  @Test(arguments: [(5, 4), (1, 0), (3, 2), (10, 9)])
  func `a known threshold allows one failure fewer`(threshold: Int, failures: Int) {
    for count in 0...10 {
      let borne = budget((0..<count).map { (0, Self.telnet, "root\($0)", .refused) })
      #expect((refusal(borne, "x", Self.telnet, .failures(threshold), minute: 1) == nil) == (count < failures))
    }
  }

  @Test func `a device that never locks has no limit, until it does`() {
    let many = budget((0..<50).map { _ in (0, Self.telnet, "root", .refused) })
    #expect(refusal(many, "root", Self.telnet, .never, minute: 1) == nil)
    let locked = budget([(0, Self.telnet, "root", .lockedOut)])
    #expect(refusal(locked, "admin", Self.other, .never, minute: 29) == .lockedOut, "the whole device is left alone")
    #expect(refusal(locked, "admin", Self.other, .never, minute: 30) == nil)
  }

  private func listRefusal(_ budget: LoginBudget, _ threshold: LoginThreshold = .unknown, minute: Int) -> LoginRefusal?
  {
    budget.refusal(
      of: "root", on: Self.telnet, threshold: threshold, technique: .credentialList,
      at: Self.start + .seconds(60 * minute))
  }

  @Test func `a list goes on where nothing is known to lock, and ends with its own length`() {
    let many = budget((0..<600).map { _ in (0, Self.telnet, "root", .refused) })
    #expect(listRefusal(many, minute: 1) == nil && listRefusal(many, .never, minute: 1) == nil)
    let whole = budget((0..<601).map { _ in (0, Self.telnet, "root", .refused) })
    #expect(listRefusal(whole, minute: 29) == .budgetSpent(failures: 601, limit: 601))
    #expect(listRefusal(whole, minute: 30) == nil)
    // What a list spent counts for the few likely pairs.
    #expect(refusal(many, "root", minute: 1) == .budgetSpent(failures: 600, limit: 2))
  }

  @Test func `no list for a device whose threshold is known, or was ever seen`() {
    #expect(listRefusal(budget([]), .failures(100), minute: 0) == .thresholdKnown)
    let locked = budget([(0, Self.other, "admin", .lockedOut)])
    #expect(listRefusal(locked, minute: 10_000) == .lockedOut, "also years later")
  }
}
