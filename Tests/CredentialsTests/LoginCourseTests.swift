import Authority
import Credentials
import Documents
import Foundation
import Profiles
import Records
import Testing

/// The rule set of the repository.
enum Rules {
  static let store: Result<ProfileStore, DocumentError> = Result { () throws(DocumentError) -> ProfileStore in
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Profiles").path
    return try ProfileStore(directory: folder, readingCases: false)
  }

  static func credentials() throws -> CredentialProfiles { try CredentialProfiles(store.get()) }
}

struct LoginCourseTests {
  private static let telnet = ServiceEndpoint(transport: .tcp, port: 23)

  private func course() throws -> LoginCourse {
    // Three pairs.
    LoginCourse(
      profile: try #require(try Rules.credentials().profile("dahua/camera")),
      service: Service(endpoint: Self.telnet, state: .open, protocolName: .telnet), transport: .telnet,
      machine: TelnetLogin(port: 23, recipe: TelnetRecipe()))
  }

  private func play(_ outcomes: [LoginOutcome], latency: [Duration] = []) throws -> (LoginCourse, [LoginCourse.Step]) {
    var course = try course()
    var steps: [LoginCourse.Step] = []
    for (number, outcome) in outcomes.enumerated() {
      guard let step = course.next else { break }
      steps.append(step)
      course.note(outcome, latency: number < latency.count ? latency[number] : .milliseconds(100))
    }
    return (course, steps)
  }

  /// Three communities to a port that has answered nothing.
  private func silent(_ outcomes: [LoginOutcome]) throws -> (LoginCourse, [LoginCourse.Step]) {
    let known = try #require(try Rules.credentials().profile("dahua/camera"))
    var course = LoginCourse(
      profile: known, service: .silentAgent, transport: .snmp, machine: SNMPLogin(port: 161, isSilent: true))
    var steps: [LoginCourse.Step] = []
    for outcome in outcomes {
      guard let step = course.next else { break }
      steps.append(step)
      course.note(outcome, latency: nil)
    }
    return (course, steps)
  }

  @Test func `silence where nothing has answered goes on to the next, and is never a refusal`() throws {
    let silence = LoginOutcome.inconclusive("no-answer")
    let (none, all) = try silent([silence, silence, silence, silence])
    #expect(all == [.pair(0), .pair(1), .pair(2)] && none.tried == 3)
    #expect(none.conclusion == .inconclusive("no-answer"))
    // One that an agent refused in words does not make the others refused.
    #expect(try silent([.refused, silence, .refused]).0.conclusion == .inconclusive("no-answer"))
    #expect(try silent([.refused, .refused, .refused]).0.conclusion == .refused)
    // Whoever has answered drops the random one.
    let (found, steps) = try silent([silence, .accepted(passwordAsked: true), silence])
    #expect(steps == [.pair(0), .pair(1), .control(after: 1)])
    #expect(found.conclusion == .accepted(1, passwordAsked: true) && found.tried == 2)
    #expect(
      try silent([.accepted(passwordAsked: true), .accepted(passwordAsked: true)]).0.conclusion
        == .inconclusive("accepts-everything"))
    // Anything else ends it, and where something is known to be there silence does.
    #expect(try silent([.inconclusive("port-unreachable")]).0.conclusion == .inconclusive("port-unreachable"))
    #expect(try play([silence]).0.conclusion == .inconclusive("no-answer"))
    #expect(
      try play([.accepted(passwordAsked: true), silence]).0.conclusion == .inconclusive("control-no-answer"))
  }

  @Test func `the control comes after a supposed success, and only then`() throws {
    let (found, steps) = try play([.refused, .accepted(passwordAsked: true), .refused, .refused])
    #expect(steps == [.pair(0), .pair(1), .control(after: 1)])
    #expect(found.conclusion == .accepted(1, passwordAsked: true) && found.tried == 2 && found.next == nil)
    let (none, all) = try play([.refused, .refused, .refused, .refused])
    #expect(all == [.pair(0), .pair(1), .pair(2)])
    #expect(none.conclusion == .refused && none.tried == 3)
  }

  @Test func `a service that accepts the random pair too shows nothing`() throws {
    let (course, _) = try play([.accepted(passwordAsked: true), .accepted(passwordAsked: true)])
    #expect(course.conclusion == .inconclusive("accepts-everything"))
    for outcome in [LoginOutcome.inconclusive("no-proof"), .lockedOut] {
      guard case .inconclusive = try play([.accepted(passwordAsked: true), outcome]).0.conclusion else {
        return #expect(Bool(false), "\(outcome)")
      }
    }
  }

  @Test func `it stops at a lock, at signs that decide nothing, and at the second time-out`() throws {
    #expect(try play([.lockedOut, .refused]).1 == [.pair(0)])
    #expect(try play([.inconclusive("no-proof"), .refused]).1 == [.pair(0)])
    let (late, steps) = try play([.timedOut, .refused, .unreachable("x"), .refused])
    // The first is asked again, since nothing was entered.
    #expect(steps == [.pair(0), .pair(0), .pair(1)] && late.conclusion == .inconclusive("time-out"))
  }

  @Test func `it stops where the prompt takes four times as long as at first, but not for jitter`() throws {
    let (slow, steps) = try play(
      [.refused, .refused, .refused], latency: [.milliseconds(500), .milliseconds(2001), .milliseconds(500)])
    #expect(slow.conclusion == .inconclusive("slow") && steps.count == 2)
    #expect(try play([.refused, .refused], latency: [.milliseconds(500), .milliseconds(2000)]).0.conclusion == nil)
    #expect(try play([.refused, .refused], latency: [.milliseconds(5), .milliseconds(900)]).0.conclusion == nil)
  }

  @Test func `distress ends it, and what is over stays as it is`() throws {
    var course = try course()
    course.stop("distress")
    #expect(course.next == nil && course.conclusion == .inconclusive("distress"))
    course.note(.accepted(passwordAsked: true), latency: nil)
    course.stop("other")
    #expect(course.conclusion == .inconclusive("distress"))
  }
}
