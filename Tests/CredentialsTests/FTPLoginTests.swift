import Credentials
import Probes
import Testing

struct FTPLoginTests {
  private static let account = LoginMessage.line(.text("USER "), .account)
  private static let password = LoginMessage.line(.text("PASS "), .password)

  /// - Parameters: what is said to the name, and to the password.
  private func service(
    _ password: [FakeService.Says], name: [FakeService.Says] = [.text("331 password?\r\n")],
    greeting: String = "220-Welcome\r\n220 ready\r\n"
  ) -> FakeService {
    FakeService { came in
      switch came {
      case .connection: [.text(greeting)]
      case .entered(Self.account): name
      case .entered(Self.password): password
      case .octets(Array("QUIT\r\n".utf8)): [.text("221 bye\r\n"), .end(.closed)]
      case .entered, .octets: []
      }
    }
  }

  /// RFC 959 §5.4, the sequences of USER and PASS.
  @Test(arguments: [
    ("230 in\r\n", LoginOutcome.accepted(passwordAsked: true)), ("202 superfluous\r\n", .accepted(passwordAsked: true)),
    ("230-Many\r\n lines, 530 among them\r\n230 in\r\n", .accepted(passwordAsked: true)),
    ("530 Login incorrect.\r\n", .refused), ("430 no\r\n", .refused),
    ("530 Account locked, try again later.\r\n", .lockedOut), ("421 Too many failures.\r\n", .lockedOut),
    ("421 shutting down\r\n", .inconclusive("status-421")), ("332 account?\r\n", .inconclusive("status-332")),
    ("500 what?\r\n", .inconclusive("status-500")), ("hello\r\n", .inconclusive("other-answer")),
  ])
  func `the answer to the password decides`(_ answer: String, _ outcome: LoginOutcome) {
    let course = service([.text(answer)]).play(FTPLogin(port: 21))
    #expect(course.outcome == outcome)
    #expect(course.entered == [Self.account, Self.password] && course.connections == 1)
    // Whoever is in says goodbye; nobody else is sent anything, and nothing is asked.
    let isIn = outcome == .accepted(passwordAsked: true)
    #expect(course.sent == (isIn ? [Array("QUIT\r\n".utf8)] : []))
  }

  @Test func `a name that needs no password is told apart, and one that is refused is asked for none`() {
    let open = service([], name: [.text("230 in\r\n")]).play(FTPLogin(port: 21))
    #expect(open.outcome == .accepted(passwordAsked: false) && open.entered == [Self.account])
    let refused = service([], name: [.text("530 nobody\r\n")]).play(FTPLogin(port: 21))
    #expect(refused.outcome == .refused && refused.entered == [Self.account])
  }

  @Test func `nothing is entered where nobody is greeted`() {
    #expect(service([], greeting: "421 busy\r\n").play(FTPLogin(port: 21)).entered.isEmpty)
    let silent = service([], greeting: "").play(FTPLogin(port: 21))
    #expect(silent.outcome == .timedOut && silent.elapsed <= .seconds(13))
    var unreachable = service([])
    unreachable.isReachable = false
    #expect(unreachable.play(FTPLogin(port: 21)).outcome == .unreachable("refused"))
  }

  @Test func `a connection that ends after the password decides nothing, a slow one is waited for`() {
    #expect(service([.end(.reset)]).play(FTPLogin(port: 21)).outcome == .inconclusive("closed"))
    #expect(service([]).play(FTPLogin(port: 21)).outcome == .inconclusive("no-answer"))
    var slow = service([.text("230 in\r\n")])
    slow.delay = .seconds(5)
    #expect(slow.play(FTPLogin(port: 21)).outcome == .accepted(passwordAsked: true))
  }

  @Test func `the transcript says what was done, and hides what was entered`() {
    let course = service([.text("530 k2q9 is wrong\r\n")]).play(FTPLogin(port: 21))
    #expect(course.transcript.contains("entered: USER with the account name"))
    #expect(course.transcript.contains("answer: 530") && !course.transcript.contains("k2q9"))
  }

  @Test func `noise neither stops it nor makes it enter anything twice`() {
    let said = Array("220 ready\r\n331 password?\r\n230 in\r\n".utf8)
    for octets in Noise.variants(of: said) {
      let course = FakeService { _ in [.octets(octets)] }.play(FTPLogin(port: 21))
      #expect(course.outcome != nil && course.connections == 1 && course.elapsed < FTPLogin.sheet.duration)
      #expect(course.entered.count { $0 == Self.account } <= 1 && course.entered.count { $0 == Self.password } <= 1)
    }
  }
}
