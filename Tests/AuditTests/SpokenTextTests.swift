import Fingerprints
import LabSupport
import Probes
import Records
import Testing
import Wire

@testable import Audit

/// Which octets of a conversation are handed to fingerprints and device profiles.
struct SpokenTextTests {
  private func spoken(_ text: String, _ name: ProtocolName) -> Spoken {
    Spoken(Array(text.utf8), speaking: name, at: "tcp/1")
  }

  private func texts(_ spoken: Spoken) -> [String] {
    spoken.texts.map { "\($0.kind.rawValue)=\(String(decoding: $0.octets, as: UTF8.self))" }
  }

  @Test func `every kind is one that fingerprints are written for`() {
    let known = Set(FingerprintKind.known.map(\.rawValue))
    for kind in SpokenText.Kind.allCases { #expect(known.contains(kind.rawValue)) }
  }

  /// RFC 4253 §4.2: other lines may come first; SP and comments belong to the identification string.
  @Test(arguments: [
    ("SSH-2.0-dropbear_2022.83\r\n", "dropbear_2022.83"),
    ("Authorised use only\r\nSSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\u{0}", "OpenSSH_9.2p1 Debian-2"),
    ("SSH-1.99-Cisco-1.25\n", "Cisco-1.25"),
  ])
  func `what follows the version is the banner`(greeting: String, banner: String) {
    #expect(texts(spoken(greeting, .ssh)) == ["ssh.banner=\(banner)"])
  }

  /// The lines of a reply (RFC 959 §4.2).
  @Test func `a greeting loses its codes`() {
    #expect(
      texts(spoken("220 NASFTPD Turbo station 1.3.5a Server\r\n", .ftp)) == [
        "ftp.banner=NASFTPD Turbo station 1.3.5a Server"
      ])
    #expect(texts(spoken("220-Welcome\r\n220 pick one\r\n", .ftp)) == ["ftp.banner=Welcome\npick one"])
    #expect(texts(spoken("421 too many\r\n", .ftp)).isEmpty, "no greeting")
  }

  @Test func `a terminal loses its options and the space around its text`() {
    let spoken = Spoken(Site.telnetGreeting, speaking: .telnet, at: "tcp/23")
    #expect(texts(spoken) == ["telnet.banner=IPCAM login:"])
  }

  @Test func `a page is read for its fields and its title, each said where`() {
    let answer =
      "HTTP/1.1 401 Unauthorized\r\nserver: Boa/0.94.14rc21\r\nWWW-Authenticate: Digest qop=\"auth\", Realm=\"AXIS \\\"P1\\\"\"\r\n\r\n"
      + "<html><TITLE lang=ja>\n A &amp; B&#x21; </TITLE>"
    let spoken = spoken(answer, .http)
    #expect(
      texts(spoken).prefix(3) == [
        "http.server=Boa/0.94.14rc21", "http.www-authenticate=Digest qop=\"auth\", Realm=\"AXIS \\\"P1\\\"\"",
        "http.title=A & B!",
      ])
    #expect(
      spoken.signs == [
        Claim(.server, "Boa/0.94.14rc21", source: "tcp/1 http Server", confidence: .high),
        Claim(.realm, "AXIS \"P1\"", source: "tcp/1 http realm", confidence: .high),
        Claim(.title, "A & B!", source: "tcp/1 http title", confidence: .high),
      ])
    let exchange = HTTPExchange(headers: [.init("Server", "Boa/0.94.14rc21")], body: Array("<title>x</title>".utf8))
    #expect(texts(Spoken(exchange, at: "tcp/1")).prefix(2) == ["http.server=Boa/0.94.14rc21", "http.title=x"])
  }

  @Test(arguments: [
    ("<titlebar>x</titlebar>", nil), ("<title></title>", nil), ("<title>no end", nil),
    ("<title>&#0;&bogus;</title>", "&#0;&bogus;"),
    ("<titles/><title>a</title>", "a"), ("<title", nil), ("<title>&copy; 2020 &lt;X&gt;</title>", "\u{a9} 2020 <X>"),
    ("<title>&#xD800;&#99999999999;</title>", "&#xD800;&#99999999999;"),
  ])
  func `titles are read as browsers read them`(page: String, title: String?) {
    #expect(PageTitle.read(Array(page.utf8)).map { String(decoding: $0, as: UTF8.self) } == title)
  }

  @Test(arguments: [
    ("Basic realm=\"a, b\"", "a, b"), ("Basic realm=plain, x=1", "plain"), ("Basic REALM = \"x\"", "x"),
    ("Negotiate", nil), ("Basic realm", nil), ("Basic realm=\"open", "open"),
  ])
  func `a realm is a quoted string or a word`(challenge: String, realm: String?) {
    #expect(Spoken.realm(challenge) == realm)
  }

  /// RFC 3416 §3 in BER, by hand: sysDescr.0 "RTX810 Rev.11" and sysObjectID.0 1.3.6.1.4.1.1182.
  private static let agent = octets(
    hex: """
      30 48 02 01 01                          // message of 72 octets, version 2c
      04 06 70 75 62 6c 69 63                 // "public"
      a2 3b 02 01 01 02 01 00 02 01 00        // response, request 1, no error
      30 30                                   // two bindings
      30 19 06 08 2b 06 01 02 01 01 01 00     // 1.3.6.1.2.1.1.1.0
      04 0d 52 54 58 38 31 30 20 52 65 76 2e 31 31
      30 13 06 08 2b 06 01 02 01 01 02 00     // 1.3.6.1.2.1.1.2.0
      06 07 2b 06 01 04 01 89 1e              // 1182 is 9 * 128 + 30
      """)

  @Test func `an agent is read for what it is`() {
    let spoken = Spoken(Self.agent, speaking: ProtocolName(rawValue: "snmp"), at: "udp/161")
    #expect(texts(spoken) == ["snmp.sysdescr=RTX810 Rev.11"])
    #expect(spoken.signs.map(\.kind.rawValue) == ["sysDescr", "sysObjectID"])
    #expect(spoken.signs.map(\.value) == ["RTX810 Rev.11", "1.3.6.1.4.1.1182"])
    #expect(spoken.signs.first?.source == "udp/161 snmp sysDescr")
  }

  /// RFC 2326 §12.44: the field is HTTP's.
  @Test func `a stream's challenge is read, with its realm`() {
    let spoken = spoken(
      "RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm=\"IP Camera\", nonce=\"1\"\r\n\r\n", .rtsp
    )
    #expect(texts(spoken) == ["rtsp.www-authenticate=Digest realm=\"IP Camera\", nonce=\"1\""])
    #expect(spoken.signs == [Claim(.realm, "IP Camera", source: "tcp/1 rtsp realm", confidence: .high)])
  }

  @Test func `a challenge in a later answer of the stream counts, and a server's name once`() {
    let first = "RTSP/1.0 200 OK\r\nServer: a\r\nPublic: OPTIONS, RTSP/1.0\r\n\r\n"
    let second = "RTSP/1.0 401 Unauthorized\r\nServer: a\r\nWWW-Authenticate: Basic realm=\"b\"\r\n\r\n"
    #expect(texts(spoken(first + second, .rtsp)) == ["rtsp.server=a", "rtsp.www-authenticate=Basic realm=\"b\""])
    // Endless answers: no more than eight are looked at.
    let many = (0..<100).map { "RTSP/1.0 200 OK\r\nServer: \($0)\r\n\r\n" }.joined()
    #expect(texts(spoken(many, .rtsp)).count == 8)
  }

  /// RFC 5321 §4.2: as an FTP server's greeting; another code is none.
  @Test func `a mail server's greeting loses its codes`() {
    #expect(texts(spoken("220 mail.example ESMTP Postfix\r\n", .smtp)) == ["smtp.banner=mail.example ESMTP Postfix"])
    #expect(texts(spoken("554 go away\r\n", .smtp)).isEmpty)
  }

  /// The list of avahi-daemon 0.8 with one service, captured.
  private static let announced = octets(
    hex: """
      123484000001000100000000095f7365727669636573075f646e732d7364045f756470056c6f63616c00000c8001
      c00c000c00010000000a000c045f697070045f746370c023
      """)

  @Test func `the announced types are signs of a family`() {
    let spoken = Spoken(Self.announced, speaking: ProtocolName(rawValue: "mdns"), at: "udp/5353")
    #expect(spoken.signs == [Claim(.mdnsService, "_ipp._tcp", source: "udp/5353 mdns", confidence: .high)])
    #expect(spoken.texts.isEmpty)
  }

  @Test func `fields that a probe has read are texts for fingerprints`() {
    let claims = [
      Claim(.upnpManufacturer, "Buffalo Inc.", source: "x", confidence: .high),
      Claim(.upnpModel, "WHR", source: "x", confidence: .high), Claim(.model, "WHR", source: "x", confidence: .high),
    ]
    #expect(texts(Spoken(claims)) == ["upnp.manufacturer=Buffalo Inc.", "upnp.model=WHR"])
    #expect(Spoken(claims).signs.isEmpty, "they are signs already")
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag, UInt8(content.count)] + content }

  /// A certificate up to its subject (RFC 5280 §4.1), by hand: CN=ca and CN=cam.
  private static func certificate() -> [UInt8] {
    func name(_ text: String) -> [UInt8] {
      let type: [UInt8] = [6, 3, 0x55, 4, 3]
      let pair = element(0x30, type + element(0x0c, Array(text.utf8)))
      return element(0x30, element(0x31, pair))
    }
    var body: [UInt8] = [2, 1, 1]
    body += element(0x30, [])
    body += name("ca")
    body += element(0x30, [])
    body += name("cam")
    return element(0x30, element(0x30, body))
  }

  @Test func `a server's own certificate is read for whom it names`() {
    let exchange = HTTPExchange(certificateChain: [Self.certificate(), [1, 2, 3]])
    #expect(texts(Spoken(exchange, at: "tcp/443")) == ["x509.subject=CN=cam", "x509.issuer=CN=ca"])
    for chain in [[], [[]], [Array(Self.certificate().dropLast())], [[1, 2, 3], Self.certificate()]] as [[[UInt8]]] {
      #expect(Spoken(HTTPExchange(certificateChain: chain), at: "tcp/443").texts.isEmpty)
    }
  }

  private static let samples: [(ProtocolName, [UInt8])] = [
    (.smtp, Array("220 mail ESMTP\r\n".utf8)),
    (.ssh, Array("x\nSSH-2.0-a-b\r\n".utf8)), (.ftp, Array("220-a\r\n b\r\n220 c\r\n".utf8)),
    (.telnet, Site.telnetGreeting),
    (
      .http,
      Array(
        "HTTP/1.0 200 OK\r\nServer: a\r\n b\r\nWWW-Authenticate: Basic realm=\"\\\"\"\r\n\r\n<title>&#65;</title>".utf8)
    ),
    (.rtsp, Array("RTSP/1.0 200 OK\r\nServer: b\r\n\r\n".utf8)),
    (ProtocolName(rawValue: "ssdp"), Array("HTTP/1.1 200 OK\r\nSERVER: c UPnP/1.0\r\n\r\n".utf8)),
    (ProtocolName(rawValue: "snmp"), agent),
  ]

  @Test func `every prefix and mutation is read without a fault, and no text is empty`() {
    var random = SeededRandom(seed: 5)
    for (name, sample) in Self.samples {
      #expect(!Spoken(sample, speaking: name, at: "tcp/1").texts.isEmpty, "\(name)")
      for count in 0..<sample.count {
        let prefix = Spoken(Array(sample.prefix(count)), speaking: name, at: "tcp/1")
        #expect(prefix.texts.allSatisfy { !$0.octets.isEmpty })
      }
      for _ in 0..<2000 {
        var mutated = sample
        for _ in 0...Int(random.next() % 4) {
          mutated[Int(random.next() % UInt64(mutated.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        #expect(Spoken(mutated, speaking: name, at: "tcp/1").texts.allSatisfy { !$0.octets.isEmpty })
      }
    }
  }

  @Test func `half a field is no field`() {
    #expect(spoken("HTTP/1.1 200 OK\r\nServer: Boa/0.9", .http).texts.isEmpty)
  }
}
