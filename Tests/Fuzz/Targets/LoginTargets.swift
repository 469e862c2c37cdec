internal import Addressing
internal import Credentials
internal import LabSupport
internal import Probes
internal import Records

extension FuzzTarget {
  /// Each kind of login, against a device whose every word stands in the input. The first octet chooses it.
  static let logins = FuzzTarget(
    "logins", LoginTransport.allCases.map(\.rawValue), longest: 20_480, seeds: LoginSeeds.all
  ) { octets in
    var input = Decisions(octets)
    let transport = LoginCase.transports[input.number(below: LoginCase.transports.count)]
    guard let machine = try LoginCase.machine(transport, &input) else { return }
    var drive = ProbeDrive(machine, input)
    _ = try drive.report()
    guard let login = drive.login else { throw BrokenPromise(description: "\(transport) is no login any more") }
    try LoginCase.check(login, of: transport)
  }
}

private enum LoginCase {
  /// By SSH a library reads the device's octets.
  static let transports = LoginTransport.allCases.filter { $0 != .ssh }

  /// An owner's own list is a profile without a file; by SNMP another octet of the input chooses the version.
  static func machine(_ transport: LoginTransport, _ input: inout Decisions) throws -> (any LoginMachine)? {
    if transport == .snmp {
      let machines: [any LoginMachine] = [
        SNMPLogin(port: 161), SNMPLogin(port: 161, version: .v1), SNMPUserLogin(port: 161, authentication: .sha),
        SNMPUserLogin(port: 161, authentication: .md5),
      ]
      return machines[input.number(below: machines.count)]
    }
    let list = try CredentialList(lines: Array("admin:\n".utf8), file: "list")
    let endpoint = ServiceEndpoint(transport: transport == .snmp ? .udp : .tcp, port: 8080)
    let service = Service(endpoint: endpoint, state: .open)
    return transport.machine(service, list.profile(like: nil), at: ProbeCase.address, seed: ProbeCase.seed)
  }

  private static let longestTranscript = 512 * 1024

  static func check(_ login: any LoginMachine, of transport: LoginTransport) throws {
    if let outcome = login.outcome {
      let word = outcome.word
      try promise(word.utf8.count <= 96 && word.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(transport): \(word)")
      if case .accepted = outcome { try promise(login.hasEntered, "\(transport) is accepted with nothing entered") }
      if case .refused = outcome { try promise(login.hasEntered, "\(transport) is refused with nothing entered") }
    }
    let text = login.transcript.text(hiding: ProbeDrive.pair.secret)
    try promise(text.utf8.count <= longestTranscript, "\(transport): a transcript of \(text.utf8.count) octets")
    try promise(!text.contains("q7Zk-lab-5w"), "\(transport): the transcript holds the password")
    try promise(
      text.utf8.allSatisfy { $0 == 0x0a || (0x20...0x7e).contains($0) }, "\(transport): what acts on a terminal")
  }
}

private enum LoginSeeds {
  /// For each kind of login what a device of that kind says.
  static let all: [[UInt8]] = LoginCase.transports.enumerated().flatMap { place, transport -> [[UInt8]] in
    seeds(transport).map { [UInt8(place)] + $0 }
  }

  /// A connection, then each text with the pause after it.
  private static func talk(_ texts: String...) -> [UInt8] {
    [0] + texts.flatMap { ProbeSeeds.received(Array($0.utf8)) + [3] }
  }

  private static func page(_ status: UInt8, _ head: String = "", _ body: String = "") -> [UInt8] {
    ProbeSeeds.page(status, head, Array(body.utf8))
  }

  /// What net-snmp sent, as an answer to the login's own message: the number stands where its own did.
  private static func numbered(_ reply: [UInt8], _ number: UInt8) -> [UInt8] {
    ProbeSeeds.received(ServiceReplies.snmp(reply, answering: [0x74, 0x6e, 0x6b, number]))
  }

  private static let digest =
    "WWW-Authenticate: Digest realm=\"a, b\", nonce=\"0f\", qop=\"auth,auth-int\", algorithm=SHA-256, opaque=\"\""
  private static let clock =
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:t=\"http://www.onvif.org/ver10/device/wsdl\"><s:Body>"
    + "<t:GetSystemDateAndTimeResponse><t:UTCDateTime><t:Time><t:Hour>7</t:Hour><t:Minute>5</t:Minute><t:Second>45</t:Second>"
    + "</t:Time><t:Date><t:Year>2005</t:Year><t:Month>2</t:Month><t:Day>28</t:Day></t:Date></t:UTCDateTime>"
    + "</t:GetSystemDateAndTimeResponse></s:Body></s:Envelope>"

  private static func seeds(_ transport: LoginTransport) -> [[UInt8]] {
    switch transport {
    case .telnet:
      [
        talk("\r\nlogin: ", "admin\r\nPassword: ", "\r\n# ", "\r\n# ", "\r\n# "),
        talk("login: ", "Password: ", "Login incorrect\r\nlogin: "), talk("パスワード：", "locked"),
      ]
    case .ftp:
      [talk("220 ready\r\n", "331 name\r\n", "230 in\r\n", "221 bye\r\n"), talk("220 a\r\n", "331\r\n", "530 no\r\n")]
    case .vnc:
      [
        talk("RFB 003.008\n", "\u{1}\u{2}", "0123456789abcdef", "\0\0\0\0"),
        talk("RFB 003.003\n", "\0\0\0\u{2}0123456789abcdef", "\0\0\0\u{1}"),
      ]
    case .redis:
      [talk("-NOAUTH Authentication required.\r\n", "+OK\r\n", "+OK\r\n"), talk("-NOAUTH\r\n", "-WRONGPASS no\r\n")]
    case .rtsp:
      [
        talk("RTSP/1.0 401 Unauthorized\r\n\(digest)\r\n\r\n", "RTSP/1.0 200 OK\r\n\r\n"),
        talk(
          "RTSP/1.0 404 Not Found\r\n\r\n", "RTSP/1.0 401 Who\r\nWWW-Authenticate: Basic realm=x\r\n\r\n",
          "RTSP/1.0 401 x\r\n\r\n"),
      ]
    case .http:
      [
        page(1, digest) + page(0, "", "<h1>Status</h1>"), page(1, "WWW-Authenticate: Basic realm=\"r\"") + page(1),
        ProbeSeeds.page(0, "Set-Cookie: sid=1; Path=/", PageSeeds.login)
          + page(5, "Location: /home\nSet-Cookie: sid=2") + page(0, "", "<a href='/logout'>Log out</a>") + page(0),
        ProbeSeeds.page(0, "Set-Cookie: sid=1", PageSeeds.login) + page(0, "", "<p>ログインに失敗しました</p>"),
        page(5, "Location: /login.html") + ProbeSeeds.page(0, "", PageSeeds.login) + page(10),
      ]
    case .onvif:
      [
        page(0, "", clock) + ProbeSeeds.page(1, "", XMLSeeds.fault) + ProbeSeeds.page(0, "", XMLSeeds.information),
        page(0, "", clock) + page(1, digest) + ProbeSeeds.page(0, "", XMLSeeds.information),
        page(0, "", clock) + ProbeSeeds.page(0, "", XMLSeeds.information) + ProbeSeeds.page(1, "", XMLSeeds.fault)
          + ProbeSeeds.page(1, "", XMLSeeds.fault),
      ]
    case .snmp:
      [[0] + ProbeSeeds.received(ServiceReplies.snmpIdentity)]
        + [
          ServiceReplies.snmpUserResponse, ServiceReplies.snmpWrongDigest, ServiceReplies.snmpUnknownUser,
          ServiceReplies.snmpNotInTime,
        ].flatMap { reply in
          [UInt8(2), 3].map { [$0] + numbered(ServiceReplies.snmpUserReport, 3) + numbered(reply, 4) }
        }
    case .ssh, .mqtt: [talk("SSH-2.0-dropbear\r\n"), talk("\u{20}\u{2}\0\0"), talk("\u{20}\u{2}\0\u{5}")]
    }
  }
}
