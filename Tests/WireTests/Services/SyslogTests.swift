import LabSupport
import Testing
import Wire

struct SyslogTests {
  private func read(_ text: String) throws(WireError) -> SyslogMessage {
    try SyslogMessage(parsing: Array(text.utf8).span)
  }

  /// RFC 5424 §6.5, examples 1 and 2; RFC 3164 §5.4, example 1.
  @Test func `records of the standards`() throws {
    let first = try read(
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed for lonvick on /dev/pts/8")
    #expect(first.facility == 4 && first.severity == 2 && first.isVersioned && first.text.hasSuffix("/dev/pts/8"))
    let second = try read("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time")
    #expect(second.facility == 20 && second.severity == 5)
    let old = try read("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8")
    #expect(old.facility == 4 && old.severity == 2 && !old.isVersioned)
    #expect(try read("<0>").severity == 0 && read("<191>").facility == 23)
  }

  @Test func `what has no priority is no record`() {
    for text in ["", "<", "<1", "x", "<>", "<00>x", "<01>x", "<192>x", "<1234>x", "<-1>x", "34>x"] {
      #expect(throws: WireError.self, "\(text)") { _ = try read(text) }
    }
  }

  @Test func `a stream without counts or line ends is no syslog`() {
    for text in ["x", "0 <1>a", "99999999 <1>a", "12x<1>a"] {
      var stream = SyslogStream()
      #expect(stream.take(Array(text.utf8)).isEmpty && stream.isMalformed, "\(text)")
    }
    var endless = SyslogStream()
    #expect(endless.take(Array("<1>".utf8) + [UInt8](repeating: 0x61, count: 20_000)).isEmpty && endless.isMalformed)
  }

  @Test func `what a client offers is read back from what was written`() throws {
    for (version, name) in [(TLSVersion.tls13, "cloud.example.com"), (.tls12, nil), (.tls10, "a")]
      as [(TLSVersion, String?)]
    {
      var hello = TLSClientHello(version, suites: [CipherSuite(0x002f)])
      hello.serverName = name
      // Behind the heads of record and message.
      let body = Array(hello.record(random: Array(0..<96)).dropFirst(9))
      let offer = try TLSOffer(parsing: body)
      #expect(offer.version == version && offer.serverName == name)
      // One that ends where extensions would begin is a whole one of old.
      let whole = (0..<body.count).filter { (try? TLSOffer(parsing: Array(body.prefix($0)))) != nil }
      #expect(whole.count <= 1, "\(whole)")
    }
  }

  /// RFC 8701: a client offers versions that there are not.
  @Test func `versions that are chance do not count, and names that act on terminals are none`() throws {
    let body = octets(
      hex: """
        0303 \(String(repeating: "00", count: 32)) 00  // version, random, no session
        0002 1301 01 00                                // one suite, no compression
        0020                                           // extensions
        002b 0007 06 7a7a 0304 0303                    // supported_versions: GREASE, 1.3, 1.2
        0000 0011 000f 00 000c 1b5b33316d 2e6578616d70 2e // ESC [31m .examp.
        """)
    #expect(body.count == 2 + 32 + 1 + 4 + 2 + 2 + 11 + 21)
    let offer = try TLSOffer(parsing: body)
    #expect(offer.version == .tls13 && offer.serverName == nil)
  }

  @Test func `frames of 802_1X say how an exchange ended`() throws {
    func code(_ frame: [UInt8]) throws(WireError) -> EAPOLFrame { try EAPOLFrame(parsing: frame.span) }
    #expect(try code([2, 0, 0, 4, 3, 1, 0, 4]).code == .success)
    #expect(try code([2, 0, 0, 5, 2, 1, 0, 5, 1]).code == .response)
    #expect(try code([2, 1, 0, 0]).code == nil && code([2, 1, 0, 0]).type == 1)
    for frame in [[], [2], [2, 0, 0], [2, 0, 0, 0], [2, 0, 0, 9, 3]] as [[UInt8]] {
      #expect(throws: WireError.self) { _ = try code(frame) }
    }
  }
}
