import Records
import Testing

@testable import Probes

struct GreetingConversationTests {
  private let opened = MonotonicInstant(nanoseconds: 1_000_000_000_000)

  private func conversation(wait: Duration = .seconds(6)) throws -> GreetingConversation {
    GreetingConversation(recogniser: try Fixtures.recogniser(), wait: wait, openedAt: opened)
  }

  @Test func `silence is waited out, no longer`() throws {
    let talk = try conversation()
    #expect(talk.deadline == opened + .seconds(6))
    #expect(!talk.isFinished(at: opened))
    #expect(!talk.isFinished(at: opened + .seconds(6) + .nanoseconds(-1)))
    #expect(talk.isFinished(at: opened + .seconds(6)))
    #expect(talk.outcome == .unidentified(ended: "silence"))
    #expect(talk.response.isEmpty)
  }

  @Test func `after octets a pause ends it`() throws {
    var talk = try conversation()
    let arrival = opened + .seconds(1)
    talk.received(Array("login: ".utf8), at: arrival)
    #expect(!talk.isFinished(at: arrival + .milliseconds(699)))
    #expect(talk.isFinished(at: arrival + .milliseconds(700)))
    #expect(
      talk.outcome == .identified(.telnet, basis: LocalizedText(ja: "ログインプロンプト: login:", en: "login prompt: login:")))
  }

  @Test func `octets just before the wait ends are still given their pause`() throws {
    var talk = try conversation()
    let arrival = opened + .milliseconds(5_999)
    talk.received(Array("Welcome\r\n".utf8), at: arrival)
    #expect(talk.deadline == arrival + .milliseconds(700))
    talk.received(Array("login: ".utf8), at: arrival + .milliseconds(600))
    #expect(talk.deadline == arrival + .milliseconds(1_300))
    guard case .identified(.telnet, _) = talk.outcome else {
      Issue.record("\(talk.outcome)")
      return
    }
  }

  @Test func `a service that drips octets is left four seconds after the wait`() throws {
    var talk = try conversation(wait: .seconds(3))
    var now = opened
    while !talk.isFinished(at: now) {
      talk.received([0x2e], at: now)
      now = now + .milliseconds(500)
      #expect(now - opened <= .seconds(8))
    }
    #expect(talk.deadline == opened + .seconds(7))
    #expect(now - opened == .seconds(7))
    #expect(talk.outcome == .unidentified(ended: "silence"))
  }

  @Test func `an endless banner is cut off at 96 KiB`() throws {
    #expect(GreetingConversation.octetLimit == 98_304)
    var talk = try conversation()
    let piece = [UInt8](repeating: 0x61, count: 1_460)
    var pieces = 0
    while !talk.isFinished(at: opened + .milliseconds(pieces)) {
      talk.received(piece, at: opened + .milliseconds(pieces))
      pieces += 1
      #expect(pieces < 100)
    }
    #expect(pieces == 68)  // 68 × 1460 is the first multiple beyond 98304
    #expect(talk.response.count == 98_304)
    talk.received(piece, at: opened + .milliseconds(pieces))
    #expect(talk.response.count == 98_304)
    #expect(talk.outcome == .unidentified(ended: "octet-limit"))
  }

  @Test func `one huge piece is cut as well`() throws {
    var talk = try conversation()
    talk.received([UInt8](repeating: 0xff, count: 1_000_000), at: opened)
    #expect(talk.response.count == 98_304)
    #expect(talk.isFinished(at: opened))
  }

  @Test(arguments: [ConversationEnding.closed, .reset])
  func `an ending is final and is named when nothing was identified`(ending: ConversationEnding) throws {
    var talk = try conversation()
    talk.received(Array("busy\r\n".utf8), at: opened)
    talk.ended(ending, at: opened + .milliseconds(1))
    #expect(talk.isFinished(at: opened + .milliseconds(1)))
    #expect(talk.outcome == .unidentified(ended: ending.rawValue))
  }

  @Test func `a service that greets and closes is identified all the same`() throws {
    var talk = try conversation()
    talk.received(Fixtures.octets("fffd01 fffd"), at: opened)
    talk.received(Fixtures.octets("1f"), at: opened + .milliseconds(5))
    talk.ended(.reset, at: opened + .milliseconds(6))
    guard case .identified(.telnet, _) = talk.outcome else {
      Issue.record("\(talk.outcome)")
      return
    }
  }

  @Test func `the response is kept as it came, in whatever pieces`() throws {
    let greeting = Fixtures.octets("fffd01 fffd1f fffb01 fffb03", "\r\n(none) login: ")
    for size in 1...greeting.count {
      var talk = try conversation()
      for (index, start) in stride(from: 0, to: greeting.count, by: size).enumerated() {
        talk.received(Array(greeting[start..<min(start + size, greeting.count)]), at: opened + .milliseconds(index))
      }
      #expect(talk.response == greeting)
      guard case .identified(.telnet, _) = talk.outcome else {
        Issue.record("\(talk.outcome)")
        return
      }
    }
  }
}

extension GreetingConversation {
  /// ``isOver(at:)`` for use inside an expectation, which cannot call what may mutate.
  fileprivate func isFinished(at now: MonotonicInstant) -> Bool {
    var copy = self
    return copy.isOver(at: now)
  }
}
