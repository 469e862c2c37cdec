import LabSupport
import Testing
import Wire

/// Remote desktops and file servers.
struct DesktopAndFileTests {
  /// MS-RDPBCGR 4.1.1's layout without cookie.
  @Test func `a desktop is asked for TLS and CredSSP`() {
    #expect(
      RDPNegotiation.request([.tls, .credSSP])
        == octets(hex: "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00"))
  }

  @Test func `a desktop's choices are read`() throws {
    typealias Code = RDPNegotiation.FailureCode
    #expect(
      try RDPNegotiation.answer(parsing: ServiceReplies.rdpStandard) == .selected(.standard, flags: 1))
    #expect(try RDPNegotiation.answer(parsing: ServiceReplies.rdpTLS) == .selected(.tls, flags: 1))
    #expect(
      try RDPNegotiation.answer(parsing: ServiceReplies.rdpWantsCredSSP) == .refused(Code.credSSPRequired))
    // X.224 §13.4, the confirmation alone; §13.5, a disconnection.
    let old = octets(hex: "03 00 00 0b 06 d0 00 00 12 34 00")
    #expect(try RDPNegotiation.answer(parsing: old) == .withoutNegotiation)
    let end = octets(hex: "03 00 00 0b 06 80 00 00 12 34 02")
    #expect(try RDPNegotiation.answer(parsing: end) == .disconnected(reason: 2))
  }

  @Test func `contradicting lengths are malformed`() {
    for hex in ["03 00 00 13 0d d0 00 00 12 34 00 02 01 08 00 00 00 00 00", "03 00 00 04", "03 00 ff ff", "16 03 01"] {
      #expect(throws: WireError.self) { try RDPNegotiation.answer(parsing: octets(hex: hex)) }
    }
  }

  /// MS-CIFS 2.2.3.1 and 2.2.4.52.1.
  @Test func `SMB 1 is offered alone`() {
    #expect(
      SMBNegotiateRequest.smb1
        == octets(
          hex: """
            00 00 00 2f ff 53 4d 42 72 00 00 00 00 18 01 c0 00 00 00 00 00 00 00 00 00 00 00 00
            ff ff 01 00 00 00 00 00                            // tree, process, user, multiplex
            00 0c 00 02 4e 54 20 4c 4d 20 30 2e 31 32 00       // no words, 12 octets, "NT LM 0.12"
            """))
  }

  /// MS-SMB2 2.2.1.2 and 2.2.3: 64 octets of header, 36 of request, four dialects.
  @Test func `SMB 2 is offered in four dialects`() {
    let request = SMBNegotiateRequest.smb2(clientID: (0x0102_0304_0506_0708, 0x090a_0b0c_0d0e_0f10))
    #expect(request.count == 4 + 64 + 36 + 8)
    #expect(request[..<8] == [0, 0, 0, 108, 0xfe, 0x53, 0x4d, 0x42])
    #expect(Array(request[68..<80]) == octets(hex: "24 00 04 00 01 00 00 00 00 00 00 00"))
    #expect(Array(request[80..<96]) == Array(1...16))
    #expect(Array(request[104...]) == octets(hex: "02 02 10 02 00 03 02 03"))
  }

  @Test func `samba's answers are read`() throws {
    func answer(_ octets: [UInt8]) throws -> SMBNegotiateAnswer { try SMBNegotiateAnswer(parsing: octets) }
    #expect(try answer(ServiceReplies.smb1On) == .smb1(signing: .disabled))
    #expect(try answer(ServiceReplies.smb1Off) == .smb1Refused(status: 0))
    guard case .smb2(0x0302, .enabled, let server) = try answer(ServiceReplies.smb2Enabled),
      case .smb2(0x0302, .required, _) = try answer(ServiceReplies.smb2Required)
    else {
      Issue.record("not SMB 3.0.2")
      return
    }
    #expect(Array(server.prefix(2)) == Array("vm".utf8))
  }

  @Test func `a server that repeats the question has not answered it`() {
    for request in [SMBNegotiateRequest.smb1, SMBNegotiateRequest.smb2(clientID: (1, 2))] {
      #expect(throws: WireError.self) { try SMBNegotiateAnswer(parsing: request) }
    }
    // RFC 1002 §4.3.4: a negative session response.
    #expect(throws: WireError.unsupported) { try SMBNegotiateAnswer(parsing: octets(hex: "83 00 00 01 8f")) }
  }

  @Test func `TFTP is asked to read, and to stop`() throws {
    #expect(TFTPPacket.readRequest(file: "x") == octets(hex: "00 01 78 00 6f 63 74 65 74 00"))
    #expect(TFTPPacket.readRequest(file: "") == nil && TFTPPacket.readRequest(file: "a\0b") == nil)
    #expect(TFTPPacket.stop == octets(hex: "00 05 00 00 64 6f 6e 65 00"))
    #expect(
      try TFTPPacket(parsing: ServiceReplies.tftpMissing) == .error(.fileNotFound, message: "File not found"))
    #expect(try TFTPPacket(parsing: ServiceReplies.tftpData) == .data(block: 1, Array("hello\n".utf8)))
    #expect(try TFTPPacket(parsing: octets(hex: "00 04 00 01")) == .other(opcode: 4))
    #expect(throws: WireError.self) { try TFTPPacket(parsing: octets(hex: "00 07 00 00")) }
  }

  @Test func `Redis answers a stranger, or not`() throws {
    #expect(RESP.ping == Array("*1\r\n$4\r\nPING\r\n".utf8))
    #expect(try RESP.reply(parsing: ServiceReplies.redisPong) == .simple("PONG"))
    #expect(try RESP.reply(parsing: ServiceReplies.redisNoAuth) == .error("NOAUTH Authentication required."))
    #expect(try RESP.reply(parsing: Array(":-7\r\n".utf8)) == .integer(-7))
    #expect(try RESP.reply(parsing: Array("$-1\r\n".utf8)) == .bulk(nil))
    for text in ["$99999\r\n", "$x\r\n", "$2\r\nabcd", "HTTP/1.1 400\r\n", "+" + String(repeating: "a", count: 8192)] {
      #expect(throws: WireError.self, "\(text.prefix(12))") { try RESP.reply(parsing: Array(text.utf8)) }
    }
  }

  @Test func `ADB greets with a checksum and no key`() {
    #expect(
      ADBMessage.connect
        == octets(
          hex: """
            43 4e 58 4e 00 00 00 01 00 10 00 00  // CNXN, version 0x01000000, 4096 octets
            07 00 00 00 32 02 00 00              // 7 octets; their sum 0x232
            bc b1 a7 b1 68 6f 73 74 3a 3a 00     // magic; "host::"
            """))
  }

  @Test func `an Android device lets in, or asks for a key`() throws {
    let open = try ADBMessage(parsing: ServiceReplies.adbConnected)
    #expect(open.command == .connect)
    #expect(open.properties.map(\.name) == ["ro.product.name", "ro.product.model"])
    #expect(open.properties.map(\.value) == ["sdk", "Lab TV"])
    let closed = try ADBMessage(parsing: ServiceReplies.adbAuthenticate)
    #expect(closed.command == .authenticate && closed.first == 1 && closed.data.count == 20)
    #expect(closed.properties.isEmpty)
    var other = ServiceReplies.adbConnected
    other[20] ^= 1
    #expect(throws: WireError.malformed(offset: 20)) { try ADBMessage(parsing: other) }
  }
}
