import LabSupport
import Testing
import Wire

struct TLSServerFlightTests {
  /// ServerHello, Certificate, ServerKeyExchange and ServerHelloDone of TLS 1.2 in one record, field by field by RFC 5246 §7.4.
  private static let flight: [UInt8] = {
    // With extended_master_secret, which is empty (RFC 7627 §5.1).
    let hello: [UInt8] =
      [2, 0, 0, 44, 3, 3] + [UInt8](repeating: 0x77, count: 32) + [0, 0, 0x33, 0, 0, 4] + [0, 23, 0, 0]
    let certificate: [UInt8] = [11, 0, 0, 11, 0, 0, 8, 0, 0, 2, 0x30, 0, 0, 0, 0]
    let exchange: [UInt8] = [12, 0, 0, 13, 0, 3, 0, 0xff, 0xfb, 0, 1, 2, 0, 2, 9, 8, 0]
    let body = hello + certificate + exchange + [14, 0, 0, 0]
    return [22, 3, 3, 0, UInt8(body.count)] + body
  }()

  @Test func `a flight in one record is read to its end`() throws {
    var flight = TLSServerFlight()
    flight.take(Self.flight)
    #expect(flight.state == .complete)
    let hello = try #require(flight.hello)
    #expect(hello.version == .tls12 && hello.suite == CipherSuite(0x0033) && hello.extensions == [23])
    #expect(hello.random == [UInt8](repeating: 0x77, count: 32) && hello.compression == 0)
    #expect(flight.certificates == [[0x30, 0], []])
    #expect(
      try TLSKeyExchange(parsing: #require(flight.keyExchange), suite: hello.suite)
        == .finiteField(prime: [0xff, 0xfb], generator: [2], value: [9, 8]))
    for count in Self.flight.indices {
      var part = TLSServerFlight()
      part.take(Self.flight.prefix(count))
      #expect(part.state == .open, "\(count)")
    }
  }

  /// RFC 8446 §4.1.3, §4.1.4: the version stands in an extension, and a request for another share is an answer too.
  @Test func `a hello of TLS 1_3 ends the readable part`() throws {
    let extensions: [UInt8] = [0, 43, 0, 2, 3, 4]
    let body: [UInt8] = [3, 3] + [UInt8](repeating: 1, count: 32) + [0, 0x13, 0x02, 0, 0, 6] + extensions
    let record: [UInt8] = [22, 3, 3, 0, UInt8(body.count + 4), 2, 0, 0, UInt8(body.count)] + body
    var flight = TLSServerFlight()
    flight.take(record + [20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 2, 7, 7])
    #expect(flight.state == .complete && flight.hello?.version == .tls13)
    #expect(flight.hello?.suite == CipherSuite(0x1302) && flight.hello?.isRetryRequest == false)
  }

  @Test func `a warning is passed over, and a fatal alert is a refusal`() {
    var flight = TLSServerFlight()
    flight.take([21, 3, 1, 0, 2, 1, 112])
    #expect(flight.state == .open && flight.warnings == [112])
    flight.take([21, 3, 1, 0, 2, 2, 70])
    #expect(flight.state == .refused(alert: 70))
    var closed = TLSServerFlight()
    closed.take([21, 3, 1, 0, 2, 1, 0])
    #expect(closed.state == .refused(alert: 0))
  }

  @Test(
    arguments: [
      Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), Array("220 ready\r\n".utf8), [22, 2, 0, 0, 1, 2],
      [22, 3, 3, 0xff, 0xff, 2],
      [23, 3, 3, 0, 1, 0], [22, 3, 3, 0, 4, 14, 0, 0, 0],
    ] as [[UInt8]])
  func `what merely looks alike is no flight`(octets: [UInt8]) {
    var flight = TLSServerFlight()
    flight.take(octets)
    #expect(flight.state == .malformed)
  }

  /// The SSL Protocol (Netscape, 1995), SERVER-HELLO and ERROR.
  @Test func `SSL 2 is read by its own rules`() throws {
    let hello: [UInt8] = [0x80, 19, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 4, 0x30, 7, 0, 0xc0, 1, 2, 3, 4]
    #expect(
      try SSL2.reply(parsing: hello) == .hello(certificate: [0x30], kinds: [CipherSuite(rawValue: 0x0700c0)]))
    #expect(try SSL2.reply(parsing: [0x80, 3, 0, 0, 1]) == .error(1))
    for count in 0..<hello.count {
      #expect(throws: WireError.self) { try SSL2.reply(parsing: Array(hello.prefix(count))) }
    }
  }

  /// RFC 5246 §E.1, RFC 8446 §4.2.1, and SSL 3, which knows no extensions.
  @Test func `each version's hello says its version where that version says it`() {
    func record(_ version: TLSVersion) -> [UInt8] {
      TLSClientHello(version, suites: [CipherSuite(0x002f)]).record(random: [1, 2, 3])
    }
    for (version, layer) in [(TLSVersion.ssl3, UInt8(0)), (.tls10, 1), (.tls11, 1), (.tls12, 1), (.tls13, 1)] {
      let octets = record(version)
      #expect(Array(octets[0..<3]) == [22, 3, layer], "\(version)")
      #expect(octets[9] == 3 && octets[10] == min(UInt8(truncatingIfNeeded: version.rawValue), 3))
    }
    // 5 of the record, 4 of the message, 2 + 32 + 1, one suite, one compression method, and nothing behind.
    #expect(record(.ssl3).count == 5 + 4 + 35 + 4 + 2)
    let newest = record(.tls13)
    #expect(newest.indices.dropLast(6).contains { Array(newest[$0..<$0 + 7]) == [0, 43, 0, 3, 2, 3, 4] })
  }

  /// By the names in IANA's registry: RFC 2246, 4346, 5246, 5288, 6209, 8446.
  @Test(
    arguments: [
      (0x0001, [.null]), (0x0034, [.anonymous]), (0x0003, [.export, .rc4]), (0x0006, [.export, .des]), (0x0009, [.des]),
      (0x000a, [.tripleDES]), (0x0007, [.tripleDES]), (0x0018, [.anonymous, .rc4]),
      (0x0019, [.anonymous, .export, .des]),
      (0x002f, []), (0xc02f, []), (0x1301, []), (0x0041, []),
    ] as [(UInt16, Set<CipherSuite.Weakness>)])
  func `a suite's name tells its weaknesses`(number: UInt16, weaknesses: Set<CipherSuite.Weakness>) {
    #expect(CipherSuite(number).weaknesses == weaknesses)
  }

  @Test func `forward secrecy is what an ephemeral exchange gives`() {
    for number in [0xc02f, 0x0033, 0x1301] as [UInt16] { #expect(CipherSuite(number).hasForwardSecrecy) }
    for number in [0x002f, 0xc004, 0x0010, 0x008c] as [UInt16] { #expect(!CipherSuite(number).hasForwardSecrecy) }
  }

  /// What each protocol says before TLS (RFC 4217 §4, RFC 3207 §4, RFC 2595 §3, §4, RFC 4511 §4.14).
  @Test(arguments: [
    (StartTLS.Dialect.ftp, ["220-a\r\n220 b\r\n", "234 go\r\n"], ["AUTH TLS\r\n"]),
    (
      .smtp, ["220 mail\r\n", "250-mail\r\n250 STARTTLS\r\n", "220 go\r\n"],
      ["EHLO tenken.invalid\r\n", "STARTTLS\r\n"]
    ),
    (.imap, ["* OK ready\r\n", "* CAPABILITY X\r\na1 OK\r\n"], ["a1 STARTTLS\r\n"]),
    (.pop3, ["+OK ready\r\n", "+OK go\r\n"], ["STLS\r\n"]),
  ])
  func `the words of a protocol lead to TLS`(dialect: StartTLS.Dialect, said: [String], answers: [String]) {
    var opening = StartTLS(dialect)
    var sent: [String] = []
    for (place, text) in said.enumerated() {
      // In pieces of one octet; only the last of each answer moves it on.
      for (offset, octet) in text.utf8.enumerated() {
        let step = opening.take([octet])
        guard offset == text.utf8.count - 1 else {
          #expect(step == .more)
          continue
        }
        if case .send(let octets) = step { sent.append(String(decoding: octets, as: UTF8.self)) }
        if place == said.count - 1 { #expect(step == .ready) }
      }
    }
    #expect(sent == answers)
  }

  @Test func `a refusal ends the words`() {
    for (dialect, said) in [
      (StartTLS.Dialect.ftp, "220 a\r\n502 no\r\n"), (.smtp, "554 no\r\n"), (.imap, "* OK\r\na1 NO\r\n"),
      (.pop3, "+OK\r\n-ERR\r\n"),
    ] {
      var opening = StartTLS(dialect)
      let steps = said.split(separator: "\r\n").map { opening.take(Array("\($0)\r\n".utf8)) }
      #expect(steps.last == .declined, "\(dialect)")
    }
    // RFC 4511 §4.14.2: the request in BER, and an answer with resultCode 2 (protocolError).
    var directory = StartTLS(.ldap)
    #expect(directory.first.count == 31 && directory.first.prefix(5) == [0x30, 0x1d, 2, 1, 1])
    #expect(directory.take([0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 2, 4, 0, 4, 0]) == .declined)
    var other = StartTLS(.ldap)
    #expect(other.take([0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0]) == .ready)
  }
}
