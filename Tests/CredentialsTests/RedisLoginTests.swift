import Credentials
import Probes
import Testing

struct RedisLoginTests {
  private static let quit = Array("*1\r\n$4\r\nQUIT\r\n".utf8)

  private func play(_ answer: [FakeService.Says], hasName: Bool = false) -> FakeService.Course {
    FakeService { came in
      switch came {
      case .connection: []
      case .entered: answer
      case .octets: [.text("+OK\r\n"), .end(.closed)]
      }
    }.play(RedisLogin(port: 6379, hasName: hasName))
  }

  /// Redis 7 and 5 (src/acl.c, src/server.c): the texts of their refusals.
  @Test(arguments: [
    ("+OK\r\n", LoginOutcome.accepted(passwordAsked: true)),
    ("-WRONGPASS invalid username-password pair or user is disabled.\r\n", .refused),
    ("-ERR invalid password\r\n", .refused),
    (
      "-ERR AUTH <password> called without any password configured for the default user. Are you sure?\r\n",
      .inconclusive("no-password-set")
    ),
    ("-ERR Client sent AUTH, but no password is set\r\n", .inconclusive("no-password-set")),
    ("-ERR unknown command\r\n", .inconclusive("other-answer")), ("$2\r\nhi\r\n", .inconclusive("other-answer")),
  ])
  func `the answer to AUTH decides`(_ answer: String, _ outcome: LoginOutcome) {
    let course = play([.text(answer)])
    #expect(course.outcome == outcome && course.entered.count == 1)
    #expect(course.sent == (outcome == .accepted(passwordAsked: true) ? [Self.quit] : []))
  }

  /// The protocol specification's array of bulk strings.
  @Test func `AUTH is an array of bulk strings`() throws {
    let pair = CredentialPair(account: "app", secret: Secret(Array("s3cret".utf8)))
    let texts = try [false, true].map { hasName in
      String(
        decoding: LoginOctets(try #require(play([], hasName: hasName).entered.first), of: pair).octets, as: UTF8.self)
    }
    #expect(texts == ["*2\r\n$4\r\nAUTH\r\n$6\r\ns3cret\r\n", "*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$6\r\ns3cret\r\n"])
  }

  /// Found by the fuzz target `logins`: the device's word stood in the transcript, whatever it was.
  @Test(arguments: ["-k2q9 is wrong\r\n", "-\u{1b}[2J\r\n"])
  func `no word of the device's own is kept`(_ answer: String) {
    let course = play([.text(answer)])
    #expect(course.transcript.contains("answer: error of another kind"))
    #expect(!course.transcript.contains("k2q9") && !course.transcript.contains("\u{1b}"))
  }

  @Test func `noise neither stops it nor makes it enter anything twice`() {
    for octets in Noise.variants(of: Array("+OK\r\n-ERR no\r\n".utf8)) {
      let course = FakeService { _ in [.octets(octets)] }.play(RedisLogin(port: 6379, hasName: false))
      #expect(course.outcome != nil && course.entered.count == 1 && course.elapsed < RedisLogin.sheet.duration)
    }
  }
}
