import LabSupport
import Profiles
import Records
import Testing

@testable import Probes

struct GreetingRecogniserTests {
  private let recogniser: GreetingRecogniser

  init() throws { recogniser = try Fixtures.recogniser() }

  /// What Telnet servers are known to send first, as hexadecimal octets and text behind them.
  @Test(arguments: [
    ("fffd01 fffd1f fffb01 fffb03", ""),  // BusyBox telnetd
    ("fffd01 fffd1f fffb01 fffb03", "\r\nOpenWrt login: "),
    ("fffb25 fffb26 fffd18 fffd20 fffd23 fffd27", ""),  // GNU inetutils
    ("fffd25 fffb01 fffb03 fffd27 fffd1f fffd00 fffb00", "Welcome to Microsoft Telnet Service \r\n\n\rlogin: "),
    ("fffb01 fffb03 fffd18 fffd1f", "\r\n\r\nUser Access Verification\r\n\r\nUsername: "),  // Cisco IOS
    ("fffb03", ""), ("fffd03 fffb01", "Password:"),
    ("fffa18 01 fff0 fffb01", ""),  // a subnegotiation first
    ("fffb01", "\u{1b}[2J\u{1b}[HMenu\r\n1. Status\r\n"),
    ("fffc01", ""), ("fff1 fffb01", "x"), ("fffb2e", ""),
  ])
  func `option negotiation is Telnet`(hex: String, text: String) {
    let identification = recogniser.identify(Fixtures.octets(hex, text))
    #expect(identification?.protocolName == .telnet)
    #expect(identification?.basis.en.contains("RFC 855") == true)
  }

  @Test(arguments: [
    ("Welcome\r\n", "fffb01 fffb03", "login: "), ("switch console\r\n", "fffd18", ""), ("\r\n", "fffd01", "ユーザー名："),
  ])
  func `negotiation may follow a banner`(before: String, hex: String, after: String) {
    #expect(recogniser.name(Array(before.utf8) + Fixtures.octets(hex, after)) == .telnet)
  }

  @Test func `negotiation may surround text of Japanese encodings`() {
    let shiftJIS = Fixtures.octets("8386 815b 8355 815b 96bc 3a")  // ユーザー名:
    let eucJP = Fixtures.octets("a5e6 a1bc a5b6 a1bc ccbe 3a")
    for text in [shiftJIS, eucJP] {
      #expect(recogniser.name(Fixtures.octets("fffb01 fffb03") + text) == .telnet)
      #expect(recogniser.name(text + Fixtures.octets("fffb01 fffb03 fffd18")) == .telnet)
    }
  }

  @Test(arguments: [
    "login: ", "(none) login: ", "Username:", "User Name:", "Login as: ", "Password:", "\r\nPassword: ", "ユーザー名：",
    "ログイン:",
    "\r\nログイン: ", "Welcome to the camera\r\n\r\nlogin: ", "Welcome\r\r\nBanner\r\r\nLogin:",
    "\u{1b}[0m\u{1b}[2J\r\nlogin: ",
    "\u{1b}[1;31mUsername:\u{1b}[0m ", "\u{1b}[33mユーザー名\u{1b}[0m：", "NPort 5110A\r\n\r\nPlease keyin your username:",
    "Username>",
    "\r\0\n\r\0\nPlease keyin your password:", "LOGIN:", "  login  :  ", "Welcome!\n\rlogin:\t", "192.0.0.64 login:",
    "Last login: Mon Jan 1 00:00:00 on ttyS0\r\nlogin: ", "パスワード：", "mot de passe : ",
  ])
  func `an open prompt for a name or a password is Telnet`(text: String) {
    let identification = recogniser.identify(Array(text.utf8))
    #expect(identification?.protocolName == .telnet)
    #expect(identification?.basis.en.contains("\u{1b}") == false)
  }

  @Test(arguments: [
    "", " ", ":", "\r\n", "220 please login:", "220-x\r\n220 login:", "220-Welcome\r\n220-\r\n220 user:",
    "220 host ESMTP login:",
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<p>login:",
    "HTTP/1.0 401 Unauthorized\r\n\r\nUsername:",
    "+OK POP3 ready, login:", "-ERR login:", "* OK IMAP4rev1 login:", "* BYE password:", "RFB 003.008\n",
    "RTSP/1.0 400 Bad Request\r\n\r\nlogin:",
    "421 Too many users, password:", "530 login:", "login: \r\n", "Password:\r\n", "login", "please log in",
    "Username: root",
    "login: root\r\n# ", "# ", "$ ", "> ", "router#", "router>", "Last login: Mon Jan 1 10:00:00 on:",
    "last login password:",
    "Connection refused", "%connection closed by remote host!", "Password required, but none set", "Hostname:",
    "Power Supply S/N:",
    "Please login after 416 seconds!", "@RSYNCD: 31.0\n", "Asterisk Call Manager/5.0.1\r\n", "{\"login\":1}",
    "200 NNTP password:",
    "logins: ", "login: :: x", "500 5.5.1 login:",
  ])
  func `what merely looks like a prompt is not Telnet`(text: String) {
    let other: Set<ProtocolName> = [.smtp, .http, .pop3, .imap, .rfb, .rtsp, ProtocolName(rawValue: "rsync")]
    if let name = recogniser.name(text) { #expect(other.contains(name), "\(name)") }
  }

  @Test(arguments: [
    "SSH-2.0-dropbear\r\n", "SSH-2.0-OpenSSH_9.2p1 login:", "SSH-1.99-Cisco-1.25\n", "SSH-2.0-x\r\nlogin: ",
  ])
  func `an identification string is SSH`(text: String) { #expect(recogniser.name(text) == .ssh) }

  @Test func `an SSH string behind other lines is neither`() {
    #expect(recogniser.identify(Array("hello\r\nSSH-2.0-x\r\nlogin:".utf8)) == nil)
  }

  @Test(arguments: [
    // MySQL 5.7 and 8.0, protocol 10: capability flags are all ones.
    "4a0000000a 352e372e3430 00 0b000000 7a5e 3f23 4b21 5a6d 00 ffff 08 0200 ffc1 15 00000000000000000000 1a2b3c 00",
    "4a0000000a 382e302e3334 00 08000000 0102030405060708 00 ffff ff 0200 ffdf 15 0000000000000000000000",
    "15030300020228", "1503010002 0246",  // TLS alerts
    "ff", "fffb", "fffd", "ffff", "ffffffffffffffff", "fffffb01", "ff00ff01", "fffa18",  // IAC, but no negotiation
    "fffbff", "fffd7f", "fffbc8", "fffb32",  // options that nobody assigned
    "fffb01 0102030405", "fffb01 ff00",  // no text, a violation
    "0300000b06d00000123400", "05ff", "0000000dffffffff", "534d4272 fffb01 ffee",
    "ffd8ffe000104a46494600010100000100010000",  // JPEG
    "fffe6c006f00670069006e003a00",  // UTF-16 with its mark: IAC DONT 0x6c
  ])
  func `binary greetings are not Telnet`(hex: String) {
    let name = recogniser.name(Fixtures.octets(hex))
    #expect(name == (hex.hasPrefix("4a0000000a") ? .mysql : nil), "\(hex)")
  }

  /// A hundred thousand in all; the bigger the share of 255, the more looks like commands.
  @Test(arguments: [2, 4, 8, 64, 256])
  func `random octets are never taken for negotiation`(oneIn: Int) {
    var random = SeededRandom(seed: UInt64(oneIn))
    var identified = 0
    for _ in 0..<20_000 {
      let octets = (0..<Int.random(in: 17...80, using: &random)).map { _ in
        Int.random(in: 0..<oneIn, using: &random) == 0 ? 255 : UInt8.random(in: 0...255, using: &random)
      }
      if recogniser.identify(octets) != nil { identified += 1 }
    }
    #expect(identified == 0)
  }

  @Test func `random octets behind a first IAC are hardly ever taken for negotiation`() {
    var random = SeededRandom(seed: 855)
    var identified = 0
    for _ in 0..<50_000 {
      let octets =
        [255] + (0..<Int.random(in: 16...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if recogniser.identify(octets) != nil { identified += 1 }
    }
    #expect(identified <= 1)
  }

  @Test func `every division of a greeting gives the same answer at its end, and none traps`() {
    let greeting = Fixtures.octets("fffd01 fffd1f fffa18 00 41 fff0 fffb01 fffb03", "\r\n(none) login: ")
    for count in 0...greeting.count { _ = recogniser.identify(Array(greeting.prefix(count))) }
    #expect(recogniser.name(greeting) == .telnet)
  }

  @Test func `a line too long for a prompt is none`() {
    #expect(recogniser.name(String(repeating: "x", count: 150) + " login: ") == .telnet)
    #expect(recogniser.name(String(repeating: "x", count: 250) + " login: ") == nil)
  }

  @Test func `without stems no prompt is known`() {
    let bare = GreetingRecogniser(promptStems: [])
    #expect(bare.name("login: ") == nil)
    #expect(bare.name(Fixtures.octets("fffb01")) == .telnet)
  }

  @Test func `the examples of the rule set are seen and its counterexamples are not Telnet`() throws {
    let prompts = try Fixtures.profiles().telnetPrompts
    #expect(!prompts.isEmpty)
    for prompt in prompts {
      for example in prompt.examples { #expect(recogniser.name(example) == .telnet, "\(prompt.id): \(example)") }
      for text in prompt.counterexamples { #expect(recogniser.name(text) != .telnet, "\(prompt.id): \(text)") }
      for stem in prompt.stems {
        for text in ["\(stem):", "\r\n\(stem) : ", "device \(stem)：", "\(stem.uppercased())>"] {
          #expect(recogniser.name(text) == .telnet, "\(text)")
        }
        #expect(recogniser.name("220 \(stem):") == nil)
        #expect(recogniser.name("\(stem):\r\n") == nil)
      }
    }
  }
}
