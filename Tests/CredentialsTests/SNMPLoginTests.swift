import Credentials
import LabSupport
import Probes
import Records
import Testing

/// A read with a community, against what net-snmp sends and answers.
struct SNMPLoginTests {
  /// `snmpget -v2c -c private HOST 1.3.6.1.2.1.1.2.0` of net-snmp 5.9.3, its request number taken out.
  private static let before = octets(hex: "30 2a 02 01 01 04 07 70 72 69 76 61 74 65 a0 1c 02 04")
  private static let behind = octets(hex: "02 01 00 02 01 00 30 0e 30 0c 06 08 2b 06 01 02 01 01 02 00 05 00")

  private static func question(_ community: String) -> [UInt8] {
    guard case .enterDatagram(_, _, let message)? = LoginPlay(SNMPLogin(port: 161)).actions.first else { return [] }
    return LoginOctets(message, of: CredentialPair(account: "", secret: Secret(Array(community.utf8)))).octets
  }

  /// A response to it: `status`, and the value of sysObjectID with its tag and length.
  private static func response(_ value: String, status: UInt8 = 0) -> [UInt8] {
    let row = octets(hex: "06 08 2b 06 01 02 01 01 02 00") + octets(hex: value)
    let rows = [0x30, UInt8(row.count)] + row
    let unit =
      Array(question("private")[16..<22]) + [0x02, 0x01, status, 0x02, 0x01, 0x00, 0x30, UInt8(rows.count)] + rows
    let body = octets(hex: "02 01 01 04 07 70 72 69 76 61 74 65") + [0xa2, UInt8(unit.count)] + unit
    return [0x30, UInt8(body.count)] + body
  }

  private static let object = "06 0a 2b 06 01 04 01 bf 08 03 02 0a"

  private func play(_ answer: [UInt8]) -> LoginPlay<SNMPLogin> {
    var play = LoginPlay(SNMPLogin(port: 161))
    play.take(.received(0, answer))
    return play
  }

  @Test func `the question is net-snmp's, octet by octet`() {
    let sent = Self.question("private")
    #expect(sent.prefix(18).elementsEqual(Self.before) && sent.dropFirst(22).elementsEqual(Self.behind))
    // Its length follows the community's.
    #expect(Self.question("a-word-of-the-lab").prefix(7) == octets(hex: "30 34 02 01 01 04 11")[...])
  }

  /// `snmpget -v1 -c old-word`, and its answer; 2c's answer is none to it.
  @Test func `version 1 has the same question under its own number`() {
    var play = LoginPlay(SNMPLogin(port: 161, version: .v1))
    guard case .enterDatagram(_, _, let message)? = play.actions.first else { return }
    let pair = CredentialPair(account: "", secret: Secret(Array("old-word".utf8)))
    let sent = octets(
      hex: """
        30 2b 02 01 00 04 08 6f 6c 64 2d 77 6f 72 64 a0 1c 02 04 74 6e 6b 01
        02 01 00 02 01 00 30 0e 30 0c 06 08 2b 06 01 02 01 01 02 00 05 00
        """)
    #expect(LoginOctets(message, of: pair).octets == sent)
    play.take(.received(0, Self.response(Self.object)))
    #expect(play.outcome == nil)
    var answer = Self.response(Self.object)
    answer[4] = 0
    play.take(.received(0, answer))
    #expect(play.outcome == .accepted(passwordAsked: true) && play.entries == 1)
  }

  @Test func `a value is a success, read with one entry`() {
    let play = play(Self.response(Self.object))
    #expect(play.outcome == .accepted(passwordAsked: true) && play.entries == 1 && play.actions.count == 1)
    #expect(play.transcript.contains("sysObjectID 1.3.6.1.4.1.8072.3.2.10"), "\(play.transcript)")
    #expect(play.login.latency == .milliseconds(20))
  }

  /// RFC 3416 §3: 16 authorizationError, 6 noAccess, 2 noSuchName, 5 genErr; the exceptions noSuchObject and endOfMibView.
  @Test func `errors and missing values are no success`() {
    for status: UInt8 in [6, 16] { #expect(play(Self.response("05 00", status: status)).outcome == .refused) }
    for status: UInt8 in [2, 5] {
      #expect(play(Self.response("05 00", status: status)).outcome == .inconclusive("no-value"))
    }
    for value in ["80 00", "82 00", "05 00", "04 02 68 69"] {
      #expect(play(Self.response(value)).outcome == .inconclusive("no-value"), "\(value)")
    }
  }

  @Test func `silence is a refusal only where the agent still answers`() {
    var login = LoginPlay(SNMPLogin(port: 161))
    login.wait()
    guard case .datagram(_, let control)? = login.actions.last else {
      Issue.record("no control: \(login.actions)")
      return
    }
    // The report repeats the question's number (RFC 3412 §6.2), which has four octets here and two there.
    let known = ServiceReplies.snmpReport
    let number = control.payload[9..<13]
    let report = [0x30, known[1] + 2] + known[2..<6] + [known[6] + 2, 0x02, 0x04] + number + known[11...]
    login.take(.received(0, report))
    #expect(login.outcome == .refused && login.entries == 1 && login.login.hasEntered, "\(login.transcript)")

    var silent = LoginPlay(SNMPLogin(port: 161))
    silent.wait()
    silent.wait()
    #expect(silent.outcome == .inconclusive("no-answer") && silent.entries == 1)
    let used = silent.now - LoginPlay(SNMPLogin(port: 161)).now
    #expect(used < SNMPLogin.sheet.duration && silent.actions.count == SNMPLogin.sheet.datagrams)
  }

  @Test func `where nothing has answered before the discovery is not repeated, and silence is no refusal`() {
    var silent = LoginPlay(SNMPLogin(port: 161, isSilent: true))
    silent.wait()
    #expect(silent.outcome == .inconclusive("no-answer") && silent.entries == 1 && silent.actions.count == 1)
    var answered = LoginPlay(SNMPLogin(port: 161, isSilent: true))
    answered.take(.received(0, Self.response(Self.object)))
    #expect(answered.outcome == .accepted(passwordAsked: true))
  }

  @Test func `answers to other questions are none`() {
    var other = Self.response(Self.object)
    other[21] ^= 1
    #expect(play(other).outcome == nil)
    // The report of somebody's discovery, before its own.
    #expect(play(ServiceReplies.snmpReport).outcome == nil)
    var closed = LoginPlay(SNMPLogin(port: 161))
    closed.take(.failed(0, reason: "port-unreachable"))
    #expect(closed.outcome == .inconclusive("port-unreachable") && closed.login.hasEntered)
    var refused = LoginPlay(SNMPLogin(port: 161))
    refused.take(.failed(0, reason: "not-permitted"))
    #expect(refused.outcome == .unreachable("not-permitted") && !refused.login.hasEntered)
  }

  @Test func `broken answers neither trap nor succeed`() {
    let whole = Self.response(Self.object)
    for count in 0..<whole.count {
      #expect(play(Array(whole.prefix(count))).outcome != .accepted(passwordAsked: true), "\(count)")
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var octets = whole
      octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      let login = play(octets)
      #expect(login.entries == 1)
    }
  }
}
