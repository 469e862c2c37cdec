import LabSupport
import Testing
import Wire

struct SSHTests {
  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func body(_ packet: [UInt8]) throws -> [UInt8] { try SSHPacket(parsing: packet).body }

  private static func hostKey(_ packet: [UInt8]) throws -> SSHHostKey {
    let blob = try SSHExchangeReply(parsing: try body(packet)).hostKey
    return try SSHHostKey(parsing: blob)
  }

  // MARK: The end of an exchange

  /// RFC 4253 §8, §6.6; RFC 5656 §3.1.2: r and s of ECDSA become the DER of X.509 (RFC 3279 §2.2.3).
  @Test func `a reply has a key, a value and a signature, and less is truncated`() throws {
    let name = Array("ecdsa-sha2-nistp256".utf8)
    let signature: [UInt8] = [0, 0, 0, 19] + name + [0, 0, 0, 11, 0, 0, 0, 2, 0, 0x81, 0, 0, 0, 1, 7]
    let reply: [UInt8] = [0, 0, 0, 2, 9, 9, 0, 0, 0, 1, 5, 0, 0, 0, UInt8(signature.count)] + signature
    let read = try SSHExchangeReply(parsing: reply)
    #expect(read.hostKey == [9, 9] && read.value == [5])
    #expect(read.signature?.algorithm == "ecdsa-sha2-nistp256")
    #expect(read.signature?.octets == [0x30, 7, 2, 2, 0, 0x81, 2, 1, 7])
    for length in 0..<reply.count {
      #expect(throws: WireError.self) { try SSHExchangeReply(parsing: Array(reply.prefix(length))) }
    }
    // Of a signature that cannot be read the key is there all the same.
    let short = try SSHExchangeReply(parsing: [0, 0, 0, 1, 9, 0, 0, 0, 1, 5, 0, 0, 0, 1, 4])
    #expect(short.hostKey == [9] && short.signature == nil)
  }

  /// RFC 8410 §10.1: the example's public key, whose raw octets are an SSH key's.
  @Test func `a host key is a public key of X-509 as well`() throws {
    let raw: [UInt8] = [
      0x19, 0xbf, 0x44, 0x09, 0x69, 0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96, 0xc8, 0x50, 0x86,
      0xaa, 0x30, 0xb6, 0xb6, 0xcb, 0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1,
    ]
    let blob = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + raw
    let key = try SSHHostKey(parsing: blob)
    #expect(key.publicKeyInfo == [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0] + raw)
    let other = [0, 0, 0, 7] + Array("ssh-foo".utf8)
    #expect(try SSHHostKey(parsing: other).publicKeyInfo == nil)
  }

  /// RFC 4252 §5.1.
  @Test func `an answer to none lists methods, opens, or says something else`() throws {
    func answer(_ message: UInt8, _ body: [UInt8]) throws -> SSHAuthenticationAnswer {
      try SSHAuthenticationAnswer(
        parsing: try SSHPacket(parsing: SSHPacket.octets(.init(rawValue: message), body)))
    }
    let list = Array("publickey,password".utf8)
    #expect(try answer(51, [0, 0, 0, UInt8(list.count)] + list + [0]) == .methods(["publickey", "password"]))
    #expect(try answer(51, [0, 0, 0, 0, 0]) == .methods([]))
    #expect(try answer(52, []) == .opened && answer(53, [0, 0, 0, 0]) == .other)
    #expect(throws: WireError.self) { try answer(51, [0, 0, 0, 9, 65]) }
  }

  // MARK: Identification

  /// RFC 4253 §4.2: version, software, and a comment behind a blank.
  @Test func `an identification is taken apart`() throws {
    let found = try SSHIdentification(parsing: ServiceReplies.sshOpenSSH)
    #expect(found.text == "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10")
    #expect(found.protocolVersion == "2.0" && found.software == "OpenSSH_9.2p1" && found.comment == "Debian-2+deb12u10")
    #expect(found.length == 41 && found.speaksVersion2 && !found.speaksVersion1)
  }

  /// §4.2: other lines may come first. §5.1: 1.99 is both. A bare line feed is what old servers send.
  @Test(arguments: [
    ("hello\r\nto all\r\nSSH-2.0-x\r\nmore", 26, true, false), ("SSH-1.99-Cisco-1.25\n", 20, true, true),
    ("SSH-1.5-1.2.27\n", 15, false, true),
  ])
  func `lines before it and old versions are read`(said: String, length: Int, second: Bool, first: Bool) throws {
    let found = try SSHIdentification(parsing: Self.text(said))
    #expect(found.length == length && found.speaksVersion2 == second && found.speaksVersion1 == first)
  }

  @Test(arguments: ["SSH-2.0\r\n", "SSH--x\r\n", "SSH-2.x-y\r\n", "a\0b\r\nSSH-2.0-x\r\n"])
  func `what has no version is none`(said: String) {
    #expect(throws: WireError.self) { try SSHIdentification(parsing: Self.text(said)) }
  }

  @Test func `endless lines are given up`() {
    let many = Self.text(String(repeating: "x\r\n", count: 64))
    #expect(throws: WireError.malformed(offset: 189)) { try SSHIdentification(parsing: many) }
    let long = Self.text("SSH-2.0-" + String(repeating: "x", count: 1024))
    #expect(throws: WireError.malformed(offset: 0)) { try SSHIdentification(parsing: long) }
  }

  // MARK: Packets

  /// RFC 4253 §6, by hand: length 12 without itself, 10 octets of padding, SSH_MSG_NEWKEYS; 16 octets are two blocks.
  @Test func `a packet has its lengths and is a multiple of eight`() throws {
    #expect(
      SSHPacket.octets(.newKeys, []) == octets(hex: "00 00 00 0c 0a 15 00 00 00 00 00 00 00 00 00 00"))
    for count in 0..<64 {
      let packet = SSHPacket.octets(.ignore, [UInt8](repeating: 7, count: count))
      let read = try SSHPacket(parsing: packet)
      #expect(packet.count % 8 == 0 && packet[4] >= 4 && read.length == packet.count)
      #expect(read.message == .ignore && read.body.count == count)
    }
  }

  @Test(arguments: ["00 00 00 01 00", "00 01 00 00 04", "00 00 00 04 03 14 00 00", "ff ff ff ff 00"])
  func `lengths that contradict each other are refused`(hex: String) {
    #expect(throws: WireError.self) { try SSHPacket(parsing: octets(hex: hex)) }
  }

  /// RFC 4253 §11.1: reason 11, by application; then text.
  @Test func `a disconnection says why`() throws {
    let packet = SSHPacket.octets(.disconnect, octets(hex: "00 00 00 0b 00 00 00 00 00 00 00 00"))
    #expect(try SSHPacket(parsing: packet).disconnection == 11)
    #expect(try SSHPacket(parsing: ServiceReplies.sshNewKeys).disconnection == nil)
  }

  // MARK: Lists

  /// As the same daemons' lists were printed by a program of a few lines in another language.
  @Test func `the lists of Dropbear and OpenSSH are read in their order`() throws {
    let dropbear = try SSHKeyExchangeInit(parsing: try Self.body(ServiceReplies.sshDropbearLists))
    #expect(
      dropbear.keyExchange == [
        "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp521", "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1",
        "kexguess2@matt.ucc.asn.au", "kex-strict-s-v00@openssh.com",
      ])
    #expect(dropbear.hostKey == ["ssh-ed25519", "rsa-sha2-256", "ssh-rsa"])
    #expect(dropbear.encryptionClientToServer == ["chacha20-poly1305@openssh.com", "aes128-ctr", "aes256-ctr"])
    #expect(dropbear.macServerToClient == ["hmac-sha1", "hmac-sha2-256"])
    #expect(dropbear.compressionClientToServer == ["zlib@openssh.com", "none"] && !dropbear.guesses)
    let legacy = try SSHKeyExchangeInit(parsing: try Self.body(ServiceReplies.sshLegacyLists))
    #expect(legacy.encryptionServerToClient == ["3des-cbc", "aes128-cbc", "aes128-ctr"])
    #expect(legacy.macClientToServer == ["hmac-md5", "hmac-sha1-96", "hmac-sha1"])
    // What was read is written as it stood.
    #expect(legacy.body == (try Self.body(ServiceReplies.sshLegacyLists)))
  }

  /// RFC 4253 §7.1: ten lists, one octet, four that are reserved.
  @Test func `a list that is longer than its message is refused`() {
    let message = [UInt8](repeating: 0, count: 16) + octets(hex: "00 00 00 05 61 62")
    #expect(throws: WireError.self) { try SSHKeyExchangeInit(parsing: message) }
  }

  // MARK: Host keys

  /// Sizes and the modulus as ssh-keygen and OpenSSL print them of the same keys.
  @Test func `host keys are read with their sizes`() throws {
    let ed25519 = try Self.hostKey(ServiceReplies.sshEd25519Reply)
    #expect(ed25519.type == "ssh-ed25519" && ed25519.bits == 256 && ed25519.modulus == nil)
    let rsa = try Self.hostKey(ServiceReplies.sshRSAReply)
    #expect(rsa.type == "ssh-rsa" && rsa.bits == 1024)
    #expect(rsa.modulus?.prefix(16) == octets(hex: "be f1 0f c5 f8 76 be 91 c5 5d 88 73 29 c6 07 af")[...])
    let dss = try Self.hostKey(ServiceReplies.sshDSSReply)
    #expect(dss.type == "ssh-dss" && dss.bits == 1024)
  }

  /// RFC 5656 §3.1 and RFC 8709 §4: lengths of points and keys; an unknown type is kept by its name.
  @Test func `keys of the wrong length are none, and unknown types are kept`() throws {
    func blob(_ parts: [[UInt8]]) -> [UInt8] {
      parts.flatMap { [0, 0, UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
    }
    let point = [4] + [UInt8](repeating: 1, count: 64)
    let curve = blob([Self.text("ecdsa-sha2-nistp256"), Self.text("nistp256"), point])
    #expect(try SSHHostKey(parsing: curve).bits == 256)
    let short = blob([Self.text("ecdsa-sha2-nistp384"), Self.text("nistp384"), point])
    #expect(throws: WireError.self) { try SSHHostKey(parsing: short) }
    let ed448 = blob([Self.text("ssh-ed448"), [UInt8](repeating: 1, count: 57)])
    #expect(try SSHHostKey(parsing: ed448).bits == 448)
    #expect(throws: WireError.self) { try SSHHostKey(parsing: blob([Self.text("ssh-ed25519"), [1]])) }
    let other = try SSHHostKey(parsing: blob([Self.text("x509v3-ssh-rsa"), [1]]))
    #expect(other.type == "x509v3-ssh-rsa" && other.bits == nil)
    // OpenSSH PROTOCOL.certkeys: a nonce, then exponent and modulus.
    let certificate = blob([Self.text("ssh-rsa-cert-v01@openssh.com"), [9, 9], [1, 0, 1], [0, 0xff, 0xff], [0]])
    #expect(try SSHHostKey(parsing: certificate).bits == 16)
  }

  /// RFC 8332 §3: one key signs in three ways.
  @Test func `three algorithms are of one type`() {
    #expect(Set(["ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"].map(SSHHostKey.type)) == ["ssh-rsa"])
    #expect(SSHHostKey.type(of: "ssh-ed25519") == "ssh-ed25519")
  }

  /// The prime of /etc/ssh/moduli that OpenSSH chose has 2048 bits, its smallest.
  @Test func `a group has the size of its prime`() throws {
    #expect(try SSHKeyExchange.groupBits(parsing: try Self.body(ServiceReplies.sshGroup)) == 2048)
  }

  // MARK: Openings

  /// RFC 4419 §5: message 34, least and preferred size 1024, largest 8192.
  @Test func `a group is asked for from the smallest`() {
    #expect(
      SSHKeyExchange.groupExchange.opening(random: [1])
        == octets(hex: "00 00 00 14 06 22 00 00 04 00 00 00 04 00 00 00 20 00 00 00 00 00 00 00"))
  }

  /// RFC 8731 §3: a string of 32 octets; RFC 4251 §5: an mpint has a zero in front of a set high bit; RFC 5656 §4: 65 octets
  /// that begin with 4. ML-KEM-768's key has 1184 octets (FIPS 203 §8), sntrup761's 1158.
  @Test func `each opening has the length of its public value`() throws {
    let random = [0x80] + [UInt8](repeating: 1, count: 31)
    let lengths: [(SSHKeyExchange, String)] = [
      (.curve25519, "00 00 00 20 80"), (.fixedGroup, "00 00 00 21 00 80"), (.nistP256, "00 00 00 41 04 6b"),
      (.nistP384, "00 00 00 61 04 aa"), (.nistP521, "00 00 00 85 04 00 c6"), (.mlkem768, "00 00 04 c0 00"),
      (.sntrup761, "00 00 04 a6 00"),
    ]
    for (kind, front) in lengths {
      let packet = try SSHPacket(parsing: kind.opening(random: random))
      #expect(packet.message == .exchangeInit && packet.body.starts(with: octets(hex: front)), "\(kind)")
      let count = packet.body.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      #expect(packet.body.count == 4 + count, "\(kind)")
    }
  }

  @Test func `methods are known by name`() {
    #expect(SSHKeyExchange("curve25519-sha256@libssh.org") == .curve25519)
    #expect(SSHKeyExchange("diffie-hellman-group1-sha1") == .fixedGroup)
    #expect(SSHKeyExchange("diffie-hellman-group-exchange-sha1") == .groupExchange)
    #expect(SSHKeyExchange("kex-strict-s-v00@openssh.com") == nil && SSHKeyExchange("ecmqv-sha2") == nil)
  }

  // MARK: Version 1

  @Test func `the key of version 1 has its size`() throws {
    let key = try SSH1PublicKey(parsing: ServiceReplies.sshVersion1Key)
    #expect(key.bits == 1024 && key.octets.count == 128 + 1)
    #expect(throws: WireError.self) { try SSH1PublicKey(parsing: ServiceReplies.sshDropbearLists) }
  }

  // MARK: Damage

  @Test func `every prefix asks for more`() {
    for reply in ServiceReplies.ssh {
      for count in 0..<reply.golden.count {
        #expect(throws: WireError.self, "\(reply.name) \(count)") { try reply.parse(Array(reply.golden.prefix(count))) }
      }
    }
  }

  @Test func `changed octets never trap`() {
    var random = SeededRandom(seed: 4253)
    var read = 0
    for turn in 0..<40_000 {
      let reply = ServiceReplies.ssh[turn % ServiceReplies.ssh.count]
      let octets = MutationTests.mutate(reply.golden, &random)
      if let used = try? reply.parse(octets) {
        read += 1
        #expect(used <= octets.count)
      }
    }
    #expect(read > 1000)
  }
}
