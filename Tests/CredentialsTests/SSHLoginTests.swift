import Credentials
import Probes
import Records
import Testing

/// A login by SSH from what its library reports (RFC 4252, RFC 4256).
struct SSHLoginTests {
  private static let host = ShellHost(
    identification: Array("SSH-2.0-dropbear_0.52".utf8), keyType: "ssh-rsa", fingerprint: "SHA256:abc")

  private func play(_ events: ShellEvent...) -> LoginPlay<SSHLogin> {
    var play = LoginPlay(SSHLogin(port: 22))
    for event in events { play.take(event) }
    return play
  }

  private func entered(_ ending: ShellEnding, said: String = "", by method: ShellMethod = .password) -> LoginPlay<
    SSHLogin
  > {
    play(
      .opened, .agreed(Self.host), .asked([method, .publicKey]), .entered(method),
      .ended(ending, said: Array(said.utf8)))
  }

  @Test func `it asks for one shell login, and shows the host key but no password`() {
    let play = entered(.accepted(passwordAsked: true))
    #expect(play.actions == [.enterShell(0, port: 22)] && play.entries == 1)
    #expect(play.outcome == .accepted(passwordAsked: true) && play.login.report != nil)
    #expect(play.transcript.contains("host key: ssh-rsa SHA256:abc\n"))
    #expect(
      play.transcript.contains("|SSH-2.0-dropbear_0.52|") && play.transcript.contains("asked for: password, publickey"))
    #expect(play.login.latency == .milliseconds(40) && play.login.hasEntered)
  }

  @Test(arguments: [
    (ShellEnding.refused, LoginOutcome.refused), (.partial, .inconclusive("partial")),
    (.otherQuestion, .inconclusive("other-question")), (.failed("Connection reset"), .inconclusive("Connection reset")),
    (.misunderstood("bad packet"), .inconclusive("protocol-error")),
    // Hanging up without a word, and with one for this connection, is a refusal; a word of locking is none.
    (.closed(""), .refused), (.closed("2:Too many authentication failures"), .refused),
    (.closed("2:Account locked"), .lockedOut), (.closed("11:Too many logins from your address"), .lockedOut),
  ])
  func `what the device answers to the password decides`(_ ending: ShellEnding, _ outcome: LoginOutcome) {
    let play = entered(ending)
    #expect(play.outcome == outcome && play.login.hasEntered && play.login.wakeAt == nil)
  }

  @Test func `words of locking beside a refusal lock`() {
    let words = "The account is locked due to 3 failed logins.\n"
    #expect(entered(.refused, said: words, by: .keyboardInteractive).outcome == .lockedOut)
    #expect(entered(.refused, said: "Password: ", by: .keyboardInteractive).outcome == .refused)
  }

  @Test func `a name that opens the session needs no password, and was entered`() {
    let play = play(.opened, .agreed(Self.host), .ended(.accepted(passwordAsked: false), said: []))
    #expect(play.outcome == .accepted(passwordAsked: false) && play.login.hasEntered)
  }

  /// RFC 4252 §5.2: the answer to the name alone is no failure, so that the device owes the budget nothing.
  @Test func `where no password is asked for none counts as entered`() {
    for methods in [Set([ShellMethod.publicKey]), [.publicKey, .hostBased, .other], []] {
      let play = play(.opened, .agreed(Self.host), .asked(methods))
      #expect(play.outcome == .inconclusive("no-password-method") && !play.login.hasEntered)
    }
    #expect(ShellMethod.choice(of: [.keyboardInteractive, .password]) == .password)
    #expect(ShellMethod.choice(of: [.keyboardInteractive, .publicKey]) == .keyboardInteractive)
  }

  @Test func `a device that hangs up or stays silent before the password is not refused by`() {
    #expect(play(.opened, .ended(.closed(""), said: [])).outcome == .inconclusive("closed-before-login"))
    let match = "kex error : no match for method server host key algo: server [ssh-dss], client [ssh-rsa]"
    #expect(play(.opened, .ended(.misunderstood(match), said: [])).outcome == .inconclusive("no-common-algorithm"))
    #expect(play(.ended(.failed("Connection refused"), said: [])).outcome == .unreachable("Connection refused"))
    var silent = play(.opened)
    silent.wait()
    #expect(silent.outcome == .timedOut && !silent.login.hasEntered)
    silent = play(.opened, .agreed(Self.host), .asked([.password]), .entered(.password))
    silent.wait()
    #expect(silent.outcome == .inconclusive("no-answer") && silent.login.hasEntered)
  }

  @Test func `the time it takes at most is within its sheet`() {
    var slow = LoginPlay(SSHLogin(port: 22))
    let start = slow.now
    slow.take(.opened, after: .seconds(4))
    for event in [ShellEvent.agreed(Self.host), .asked([.password])] {
      slow.take(event, after: (slow.login.wakeAt ?? slow.now) - slow.now)
    }
    slow.take(.entered(.password))
    slow.wait()
    #expect(slow.outcome != nil && slow.now - start < SSHLogin.sheet.duration)
  }

  @Test func `what the device says after the password is searched for it`() {
    let play = entered(.refused, said: "no hunter2 here\nGo away\n", by: .keyboardInteractive)
    #expect(!play.transcript.contains("hunter2") && play.transcript.contains("|Go away|"), "\(play.transcript)")
    let goodbye = entered(.closed("2:bad password hunter2"))
    #expect(!goodbye.transcript.contains("hunter2") && goodbye.outcome == .refused)
  }
}
