import Credentials
import LabSupport
import Probes
import Testing

struct TelnetLoginTests {
  /// BusyBox as it is: echo, 3 s before a refusal.
  private static func busybox(_ afterPassword: String, delay: Duration = .milliseconds(20)) -> FakeConsole {
    FakeConsole(
      opened: [
        (.milliseconds(10), .octets([0xff, 0xfd, 0x01, 0xff, 0xfb, 0x03])),
        (.milliseconds(40), .text("\r\ncam login: ")),
      ],
      account: .text("root\r\nPassword: "), password: [(delay, .text(afterPassword))], emptyLine: .text("\r\n~ # "),
      line: [(.milliseconds(20), .end(.closed))])
  }

  @Test func `a session is proven by its prompt, which comes back twice, and is logged out of`() {
    let course = Self.busybox("\r\n\r\nBusyBox v1.36\r\n~ # ").play()
    #expect(course.outcome == .accepted(passwordAsked: true))
    #expect(course.entered == [.account, .password])
    // DONT and WONT, two empty lines, the logout; no command.
    #expect(course.sent.filter { $0 == [0x0d, 0x0a] }.count == 2)
    #expect(course.lines == ["exit\r\n"])
    #expect(course.connections == 1)
  }

  @Test func `a refusal is one, after 3 s as at once`() {
    for delay in [Duration.milliseconds(20), .seconds(3)] {
      let course = Self.busybox("\r\nLogin incorrect\r\ncam login: ", delay: delay).play()
      #expect(course.outcome == .refused)
      #expect(course.entered == [.account, .password] && course.lines.isEmpty)
    }
  }

  @Test func `a message of the day with # and $ is neither a prompt nor a session`() {
    var console = Self.busybox("\r\nWrong $ or # #\r\nlogin: ")
    console.opened = [(.milliseconds(20), .text("### $ Keep out # $\r\n# ")), (.seconds(3), .text("\r\nlogin: "))]
    #expect(console.play().outcome == .refused)
    // Where the refusal itself ends so, who is to tell?
    console.password = .text("\r\nWrong $ or # #")
    #expect(console.play().outcome == .inconclusive("signs-disagree"))
    // It ends in # and says nothing of a refusal: an empty line brings no prompt of that kind.
    console.password = .text("\r\nToday: 5 $ off # ")
    console.emptyLine = .text("\r\nlogin: ")
    #expect(console.play().outcome == .refused)
    console.emptyLine = []
    #expect(console.play().outcome == .inconclusive("no-proof"))
    console.emptyLine = .text("\r\nsomething else # ")
    #expect(console.play().outcome == .inconclusive("signs-disagree"))
  }

  @Test func `signs that disagree decide nothing, and nothing is sent then`() {
    let course = Self.busybox("\r\nAuthentication failed\r\n~ # ").play()
    #expect(course.outcome == .inconclusive("signs-disagree"))
    #expect(course.lines.isEmpty, "a logout might be taken for a name")
    let menu = TelnetRecipe(success: ["main menu"])
    #expect(Self.busybox("\r\nMain Menu\r\nlogin: ").play(menu).outcome == .inconclusive("signs-disagree"))
  }

  @Test func `who is in may be told of failures of the past`() {
    let course = Self.busybox("\r\nLast failed login: Mon Nov 2 from 10.0.0.1\r\n~ # ").play()
    #expect(course.outcome == .accepted(passwordAsked: true))
  }

  @Test func `a menu is proven by the profile's text alone`() {
    let text = "\r\n  MAIN MENU\r\n 1) Status\r\nSelect an option"
    #expect(Self.busybox(text).play().outcome == .inconclusive("no-proof"))
    let course = Self.busybox(text).play(TelnetRecipe(logout: "q", success: ["Main Menu"]))
    #expect(course.outcome == .accepted(passwordAsked: true) && course.lines == ["q\r\n"])
  }

  @Test func `a password alone, a name alone, and a name that is not taken`() {
    var console = Self.busybox("\r\n~ # ")
    console.opened = .text("\r\nPassword: ")
    let alone = console.play()
    #expect(alone.outcome == .accepted(passwordAsked: true) && alone.entered == [.password])

    console = Self.busybox("")
    console.account = .text("root\r\n~ # ")
    let named = console.play()
    #expect(named.outcome == .accepted(passwordAsked: false) && named.entered == [.account])

    console.account = .text("root\r\nUnknown\r\nlogin: ")
    #expect(console.play().outcome == .refused)
  }

  @Test(arguments: ["Account locked", "Too many failures, try again later", "アカウントがロックされました"])
  func `a lock that is told is seen, after the password as after the name`(text: String) {
    #expect(Self.busybox("\r\n\(text)\r\n").play().outcome == .lockedOut)
    var console = Self.busybox("")
    console.account = .text("root\r\n\(text)\r\n")
    let course = console.play()
    #expect(course.outcome == .lockedOut && course.entered == [.account])
    console = Self.busybox("")
    console.password = [(.milliseconds(20), .text("\(text)\r\n")), (.zero, .end(.closed))]
    #expect(console.play().outcome == .lockedOut)
  }

  @Test func `a device that hangs up on a wrong password refuses it`() {
    for ending in [ConversationEnding.reset, .closed] {
      var console = Self.busybox("")
      console.password = [(.milliseconds(20), .text("\r\n")), (.milliseconds(5), .end(ending))]
      #expect(console.play().outcome == .refused)
    }
    var console = Self.busybox("")
    console.password = [(.milliseconds(20), .text("\r\nWelcome back\r\n")), (.milliseconds(5), .end(.closed))]
    #expect(console.play().outcome == .inconclusive("closed"))
  }

  @Test func `text that never ends is cut, before the login and after it`() {
    let flood = [(Duration, FakeConsole.Says)](
      repeating: (.milliseconds(5), .text(String(repeating: "x#$ ", count: 256))), count: 400)
    var console = Self.busybox("")
    console.opened = flood
    let before = console.play()
    #expect(before.outcome == .inconclusive("octet-limit") && before.entered.isEmpty && !before.login.hasEntered)
    console = Self.busybox("")
    console.password = flood
    #expect(console.play().outcome == .inconclusive("octet-limit"))
  }

  @Test func `a banner before the options, with the prompt behind their answer`() {
    var console = Self.busybox("\r\n~ # ")
    console.opened = [
      (.milliseconds(20), .text("Gateway\r\n")), (.seconds(1), .octets([0xff, 0xfb, 0x01, 0xff, 0xfd, 0x18])),
    ]
    console.answeredOptions = .text("\r\nlogin: ")
    let course = console.play()
    #expect(course.outcome == .accepted(passwordAsked: true))
    // DONT ECHO, WONT TERMINAL-TYPE (RFC 854; 857, 1091).
    #expect(course.sent.first == [0xff, 0xfe, 0x01, 0xff, 0xfc, 0x18])
  }

  @Test func `no prompt is a time-out with nothing entered, and so is no connection`() {
    let silent = FakeConsole().play()
    #expect(silent.outcome == .timedOut && silent.entered.isEmpty && silent.elapsed <= .seconds(15))
    #expect(FakeConsole().play(isReachable: false).outcome == .unreachable("refused"))
    let other = FakeConsole(opened: .text("SSH-2.0-dropbear\r\n")).play()
    #expect(other.outcome == .inconclusive("no-login-prompt") && other.entered.isEmpty)
  }

  @Test func `options and text may come in any pieces`() {
    let whole: [UInt8] = [0xff, 0xfb, 0x01, 0xff, 0xfa, 0x18, 0x01, 0xff, 0xf0] + Array("\r\nlogin: ".utf8)
    for cut in 1..<whole.count {
      var console = Self.busybox("\r\n~ # ")
      console.opened = [
        (.milliseconds(10), .octets(Array(whole[..<cut]))), (.milliseconds(30), .octets(Array(whole[cut...]))),
      ]
      #expect(console.play().outcome == .accepted(passwordAsked: true), "cut at \(cut)")
    }
  }

  @Test func `whatever comes, it ends, enters each once, and stays within its sheet`() {
    var random = SeededRandom(seed: 4)
    let words = ["login: ", "Password: ", "# ", "$ ", "\r\n", "Login incorrect", "locked", "パスワード：", "\u{1b}[2J", "x"]
    for _ in 0..<3000 {
      func script() -> [(Duration, FakeConsole.Says)] {
        (0..<Int.random(in: 0..<5, using: &random)).map { _ in
          let delay = Duration.milliseconds(Int.random(in: 0..<4000, using: &random))
          switch Int.random(in: 0..<12, using: &random) {
          case 0: return (delay, .end(.reset))
          case 1: return (delay, .octets((0..<9).map { _ in UInt8.random(in: 0...255, using: &random) }))
          default:
            return (delay, .text((0..<3).map { _ in words.randomElement(using: &random) ?? "" }.joined()))
          }
        }
      }
      let console = FakeConsole(
        opened: script(), account: script(), password: script(), emptyLine: script(), line: script(),
        answeredOptions: script())
      let course = console.play()
      #expect(course.outcome != nil)
      #expect(course.connections == 1 && course.elapsed < TelnetLogin.sheet.duration)
      #expect(course.entered.count { $0 == .account } <= 1 && course.entered.count { $0 == .password } <= 1)
      #expect(course.sent.filter { $0 == [0x0d, 0x0a] }.count <= 2 && course.lines.count <= 1)
      if case .accepted = course.outcome { #expect(course.sent.contains([0x0d, 0x0a])) }
    }
  }
}
