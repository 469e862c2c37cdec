import Credentials
import LabSupport
import Probes
import Records
import Testing

/// A login to a broker, against what mosquitto's clients send (OASIS MQTT 3.1.1 §3.1, §3.2).
struct MQTTLoginTests {
  /// `mosquitto_pub -i tenken-login -u admin -P public -k 60 -V mqttv311` of mosquitto 2.0.11: its CONNECT.
  private static let connect = octets(
    hex:
      """
      10 27 00 04 4d 51 54 54 04 c2 00 3c 00 0c 74 65 6e 6b 65 6e 2d 6c 6f 67 69 6e
      00 05 61 64 6d 69 6e 00 06 70 75 62 6c 69 63
      """)

  private func play(_ answer: [UInt8]) -> LoginPlay<MQTTLogin> {
    var play = LoginPlay(MQTTLogin(port: 1883))
    play.take(.opened(0))
    play.take(.received(0, answer))
    return play
  }

  @Test func `CONNECT is mosquitto's, octet by octet, and the only entry`() {
    var play = LoginPlay(MQTTLogin(port: 1883))
    #expect(play.actions == [.connect(0, port: 1883)] && !play.login.hasEntered)
    play.take(.opened(0))
    guard case .enter(0, let message)? = play.actions.last else {
      Issue.record("nothing is entered: \(play.actions)")
      return
    }
    let pair = CredentialPair(account: "admin", secret: Secret(Array("public".utf8)))
    #expect(LoginOctets(message, of: pair).octets == Self.connect)
    #expect(play.entries == 1 && play.login.hasEntered)
  }

  @Test func `code 0 is a success, and the session is left at once`() {
    var play = play(octets(hex: "20 02 00 00"))
    #expect(play.actions.last == .send(0, octets(hex: "e0 00")) && play.outcome == nil)
    play.wait()
    #expect(play.outcome == .accepted(passwordAsked: true) && play.entries == 1 && play.actions.count == 3)
    // A broker closes behind DISCONNECT, or resets.
    var closed = self.play(octets(hex: "20 02 00 00"))
    closed.take(.ended(0, .reset))
    #expect(closed.outcome == .accepted(passwordAsked: true))
  }

  /// §3.2.2.3, table 3.1.
  @Test func `the other codes decide, or leave it open`() {
    for code: UInt8 in [4, 5] { #expect(play([0x20, 2, 0, code]).outcome == .refused) }
    let open: [UInt8: String] = [
      1: "version", 2: "identifier-rejected", 3: "server-unavailable", 6: "connack-6", 0x86: "connack-134",
    ]
    for (code, reason) in open { #expect(play([0x20, 2, 0, code]).outcome == .inconclusive(reason)) }
  }

  @Test func `what is no CONNACK decides nothing`() {
    for answer in [
      "d0 00", "90 03 00 01 00", "48 02 54 50", "20 02 02 00", "20 00", "20 03 00 00 00", "20 ff ff ff ff",
    ] {
      #expect(play(octets(hex: answer)).outcome == .inconclusive("other-answer"), "\(answer)")
    }
    var closed = LoginPlay(MQTTLogin(port: 1883))
    closed.take(.opened(0))
    closed.take(.ended(0, .closed))
    #expect(closed.outcome == .inconclusive("closed"))
    var silent = LoginPlay(MQTTLogin(port: 1883))
    silent.take(.opened(0))
    silent.wait()
    #expect(silent.outcome == .inconclusive("no-answer") && silent.login.hasEntered)
    var unreachable = LoginPlay(MQTTLogin(port: 1883))
    unreachable.take(.failed(0, reason: "refused"))
    #expect(unreachable.outcome == .unreachable("refused") && !unreachable.login.hasEntered)
  }

  @Test func `pieces are put together, and endless ones are not`() {
    var play = LoginPlay(MQTTLogin(port: 1883))
    play.take(.opened(0))
    for octet in octets(hex: "20 02 00") { play.take(.received(0, [octet])) }
    #expect(play.outcome == nil)
    play.take(.received(0, [5]))
    #expect(play.outcome == .refused)
    var endless = LoginPlay(MQTTLogin(port: 1883))
    endless.take(.opened(0))
    // A CONNACK of 1000 octets, said to be: nobody waits for all of it.
    endless.take(.received(0, octets(hex: "20 e8 07")))
    for _ in 0..<20 { endless.take(.received(0, [UInt8](repeating: 0, count: 100))) }
    #expect(endless.outcome == .inconclusive("other-answer"))
  }

  @Test func `broken answers neither trap nor enter again`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let answer = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      var login = play(answer)
      login.wait()
      login.wait()
      #expect(login.entries == 1 && login.outcome != nil)
    }
  }
}
