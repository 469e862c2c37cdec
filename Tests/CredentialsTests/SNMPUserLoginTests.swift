import Credentials
import LabSupport
import Probes
import Records
import Testing

/// A read as a user of SNMP version 3, against what net-snmp sends and answers.
struct SNMPUserLoginTests {
  private func octets(_ message: LoginMessage, _ account: String, _ password: String) -> [UInt8] {
    LoginOctets(message, of: CredentialPair(account: account, secret: Secret(Array(password.utf8)))).octets
  }

  /// RFC 3414 A.3.1, A.3.2.
  @Test(arguments: [
    (LoginMessage.Hash.md5, "526f5eed9fcce26f8964c2930787d82b"),
    (.sha1, "6695febc9288e36282235fc7151f128497b38f3f"),
  ])
  func `a key is that of the standard's example`(_ hash: LoginMessage.Hash, _ key: String) {
    let message = LoginMessage.snmpKey(hash, engine: [UInt8](repeating: 0, count: 11) + [2])
    #expect(octets(message, "", "maplesyrup") == LabSupport.octets(hex: key))
    #expect(octets(message, "", "maplesyruq") != LabSupport.octets(hex: key))
    #expect(octets(message, "", "") == [] && message.holdsPassword)
    // RFC 2104's digest of a message without a key is one too.
    let alone = LoginMessage.hmac(hash, key: message, over: .account, octets: 12)
    #expect(octets(alone, "a", "").count == 12 && alone.holdsPassword)
    #expect(!LoginMessage.hmac(hash, key: .account, over: .account, octets: 12).holdsPassword)
  }

  /// `snmpget -v3 -l authNoPriv -a SHA -A maplesyrup` of net-snmp 5.9.3, and what it says as a user with MD5.
  @Test(arguments: [
    (
      LoginMessage.Hash.sha1, "6f", "74 83 4c 05", "2b 30 29", "07 61 75 64 69 74 6f 72",
      "f8 f1 45 04 83 14 1f eb ce 7c 28 5f", "2b 90 70 9c"
    ),
    (
      .md5, "6e", "5a 5f 42 3f", "2a 30 28", "06 73 65 63 6f 6e 64", "3c 89 21 b1 78 e5 0c 3b 37 53 1e d8",
      "1f 2b b0 b8"
    ),
  ])
  func `a digest is net-snmp's`(
    _ hash: LoginMessage.Hash, _ length: String, _ number: String, _ lengths: String, _ user: String, _ digest: String,
    _ request: String
  ) {
    let engine = "80 00 1f 88 04 6c 61 62"
    let message = LabSupport.octets(
      hex: """
        30 \(length) 02 01 03 30 11 02 04 \(number) 02 03 00 ff e3 04 01 05 02 01 03
        04 \(lengths) 04 08 \(engine) 02 01 01 02 01 02 04 \(user) 04 0c 00 00 00 00 00 00 00 00 00 00 00 00 04 00
        30 2a 04 08 \(engine) 04 00 a0 1c 02 04 \(request) 02 01 00 02 01 00
        30 0e 30 0c 06 08 2b 06 01 02 01 01 02 00 05 00
        """)
    let made = LoginMessage.hmac(
      hash, key: .snmpKey(hash, engine: LabSupport.octets(hex: engine)), over: .octets(message), octets: 12)
    #expect(octets(made, "", "maplesyrup") == LabSupport.octets(hex: digest))
  }

  private static let discovery: [UInt8] = [0x74, 0x6e, 0x6b, 0x03]
  private static let question: [UInt8] = [0x74, 0x6e, 0x6b, 0x04]

  /// Discovered, and entered.
  private func entered(_ authentication: SNMPRecipe.Authentication = .sha) -> LoginPlay<SNMPUserLogin> {
    var play = LoginPlay(SNMPUserLogin(port: 161, authentication: authentication))
    play.take(.received(0, ServiceReplies.snmp(ServiceReplies.snmpUserReport, answering: Self.discovery)))
    return play
  }

  private func answered(_ reply: [UInt8]) -> LoginPlay<SNMPUserLogin> {
    var play = entered()
    play.take(.received(0, ServiceReplies.snmp(reply, answering: Self.question)))
    return play
  }

  /// The same question as net-snmp's but for its numbers and its size, with digests computed by Python's hmac and hashlib.
  @Test(arguments: [
    (
      SNMPRecipe.Authentication.sha, "auditor", "6e", "2b 30 29", "07 61 75 64 69 74 6f 72",
      "76 e4 e7 fb 7b 29 b7 c1 3f 1e 2a 55"
    ),
    (.md5, "second", "6d", "2a 30 28", "06 73 65 63 6f 6e 64", "89 60 63 b3 a2 3d dc cb 95 36 4a 00"),
  ])
  func `the question is encoded field by field, behind the discovery`(
    _ authentication: SNMPRecipe.Authentication, _ account: String, _ length: String, _ lengths: String, _ user: String,
    _ digest: String
  ) {
    let play = entered(authentication)
    guard case .datagram(0, let first)? = play.actions.first,
      case .enterDatagram(0, let request, let message)? = play.actions.last
    else {
      Issue.record("\(play.actions)")
      return
    }
    // That of two-octet numbers has 59 (SNMPTests).
    #expect(first.payload.count == 63 && first.port == 161 && request.port == 161)
    #expect(play.actions.count == 2 && play.entries == 1 && play.login.hasEntered)
    #expect(
      octets(message, account, "maplesyrup")
        == LabSupport.octets(
          hex: """
            30 \(length) 02 01 03                                      // version 3
            30 10 02 04 74 6e 6b 04 02 02 05 c0 04 01 05 02 01 03      // number, 1472, reportable authNoPriv, USM
            04 \(lengths) 04 08 80 00 1f 88 04 6c 61 62 02 01 01 02 01 02  // the engine and its clock
            04 \(user) 04 0c \(digest) 04 00
            30 2a 04 08 80 00 1f 88 04 6c 61 62 04 00                   // context
            a0 1c 02 04 74 6e 6b 04 02 01 00 02 01 00 30 0e 30 0c 06 08 2b 06 01 02 01 01 02 00 05 00
            """))
  }

  @Test func `a context stands where RFC 3412 has it, and is digested`() {
    var play = LoginPlay(SNMPUserLogin(port: 161, authentication: .md5, context: "context_v"))
    play.take(.received(0, ServiceReplies.snmp(ServiceReplies.snmpUserReport, answering: Self.discovery)))
    guard case .enterDatagram(_, _, let message)? = play.actions.last else { return }
    let sent = octets(message, "second", "maplesyrup")
    #expect(
      sent.suffix(55)
        == LabSupport.octets(
          hex: """
            04 00 30 33 04 08 80 00 1f 88 04 6c 61 62 04 09 63 6f 6e 74 65 78 74 5f 76
            a0 1c 02 04 74 6e 6b 04 02 01 00 02 01 00 30 0e 30 0c 06 08 2b 06 01 02 01 01 02 00 05 00
            """)[...])
    #expect(
      sent[sent.count - 67..<sent.count - 55] == LabSupport.octets(hex: "53 8f d6 96 bf ec b3 9d fe ed 38 5f")[...])
  }

  @Test func `a value is a success, read with one entry`() {
    let play = answered(ServiceReplies.snmpUserResponse)
    #expect(play.outcome == .accepted(passwordAsked: true) && play.entries == 1 && play.actions.count == 2)
    #expect(play.transcript.contains("sysObjectID 1.3.6.1.4.1.8072.3.2.10"), "\(play.transcript)")
    #expect(play.login.latency == .milliseconds(20) && SNMPUserLogin.sheet.datagrams == 2)
  }

  @Test func `what the agent says of user, digest, clock and rights decides`() {
    #expect(answered(ServiceReplies.snmpWrongDigest).outcome == .refused)
    #expect(answered(ServiceReplies.snmpUnknownUser).outcome == .refused)
    #expect(answered(ServiceReplies.snmpNotInTime).outcome == .inconclusive("time-window"))
    #expect(answered(ServiceReplies.snmpNoAccess).outcome == .inconclusive("no-access"))
    // RFC 3413 §4.1.2: 1.3.6.1.6.3.12.1.5.
    var elsewhere = ServiceReplies.snmpWrongDigest
    elsewhere.replaceSubrange(elsewhere.count - 8..<elsewhere.count - 3, with: [12, 1, 5, 0, 0])
    #expect(answered(elsewhere).outcome == .inconclusive("context"))
    // RFC 3414 §5: 1 unsupported level, 4 unknown engine, 6 decryption; 9 is none.
    for (counter, reason) in [(1, "security-level"), (4, "engine"), (6, "report"), (9, "report")] as [(UInt8, String)] {
      var report = ServiceReplies.snmpWrongDigest
      report[report.count - 5] = counter
      #expect(answered(report).outcome == .inconclusive(reason))
    }
  }

  @Test func `silence and answers to others are no refusal`() {
    var silent = LoginPlay(SNMPUserLogin(port: 161, authentication: .sha))
    silent.wait()
    #expect(silent.outcome == .timedOut && silent.entries == 0 && !silent.login.hasEntered)
    var half = entered()
    half.wait()
    #expect(half.outcome == .inconclusive("no-answer") && half.login.hasEntered)
    #expect(half.now - LoginPlay(SNMPUserLogin(port: 161, authentication: .sha)).now < SNMPUserLogin.sheet.duration)

    var other = entered()
    other.take(.received(0, ServiceReplies.snmpUserResponse))
    other.take(.received(0, ServiceReplies.snmpWrongDigest))
    other.take(.received(0, ServiceReplies.snmp(ServiceReplies.snmpUserReport, answering: Self.discovery)))
    #expect(other.outcome == nil && other.entries == 1)

    var refused = entered()
    refused.take(.failed(0, reason: "not-permitted"))
    #expect(refused.outcome == .unreachable("not-permitted") && !refused.login.hasEntered)
    var closed = entered()
    closed.take(.failed(0, reason: "port-unreachable"))
    #expect(closed.outcome == .inconclusive("port-unreachable") && closed.login.hasEntered)
  }

  @Test func `nothing is entered for an engine that is none`() {
    // RFC 3411 §5: five octets at least; the probe's report has no engine at all.
    var play = LoginPlay(SNMPUserLogin(port: 161, authentication: .sha))
    let short = LabSupport.octets(
      hex: """
        30 3e 02 01 03 30 10 02 04 74 6e 6b 03 02 02 05 c0 04 01 00 02 01 03
        04 14 30 12 04 04 80 00 1f 88 02 01 01 02 01 02 04 00 04 00 04 00
        30 11 04 00 04 00 a8 0b 02 01 00 02 01 00 02 01 00 30 00
        """)
    play.take(.received(0, short))
    #expect(play.outcome == .inconclusive("no-engine") && play.entries == 0 && !play.login.hasEntered)
  }

  @Test func `broken answers neither trap nor succeed`() {
    let whole = ServiceReplies.snmpUserResponse
    for count in 0..<whole.count where count > 100 {
      #expect(answered(Array(whole.prefix(count))).outcome != .accepted(passwordAsked: true), "\(count)")
    }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var octets = ServiceReplies.snmp(ServiceReplies.snmpUserReport, answering: Self.discovery)
      octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      var play = LoginPlay(SNMPUserLogin(port: 161, authentication: .md5))
      play.take(.received(0, octets))
      #expect(play.entries <= 1 && play.outcome != .refused)
    }
  }
}
