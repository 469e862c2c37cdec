internal import Cryptography
internal import Wire

/// A connection whose keys are agreed on, as far as the question how the server would let somebody in (RFC 4253, RFC 4252 §5.2).
///
/// The secret is made of the probe's seed: what it protects is a name that nobody has. Servers that take no cipher of
/// these (ChaCha20 and GCM are missing) show at least that they hold their key.
struct SSHSession: Sendable {
  /// One direction once it is encrypted (RFC 4253 §6.3, §6.4).
  private struct Direction: Sendable {
    let cipher: BlockCipher
    let digest: DigestAlgorithm
    let key: [UInt8]
    var vector: [UInt8]
    let integrityKey: [UInt8]
    /// Packets that went before, encrypted or not.
    var sequence: UInt32

    /// With the packet's number in front.
    func code(of packet: [UInt8]) -> [UInt8] {
      var octets = (0..<4).reversed().map { UInt8(truncatingIfNeeded: sequence >> ($0 * 8)) }
      octets += packet
      return digest.authenticator(of: octets, key: integrityKey)
    }
  }

  /// A name that no device gives an account, and an administrator finds in a log.
  static let name = "tenken"
  private static let agreements: [String: (KeyAgreement, DigestAlgorithm)] = [
    "curve25519-sha256": (.curve25519, .sha256), "curve25519-sha256@libssh.org": (.curve25519, .sha256),
    "diffie-hellman-group1-sha1": (.group1, .sha1), "diffie-hellman-group14-sha1": (.group14, .sha1),
    "diffie-hellman-group14-sha256": (.group14, .sha256), "diffie-hellman-group16-sha512": (.group16, .sha512),
  ]
  private static let ciphers: [(name: String, cipher: BlockCipher)] = [
    ("aes128-ctr", .aes128Counter), ("aes256-ctr", .aes256Counter), ("aes192-ctr", .aes192Counter),
    ("aes128-cbc", .aes128Chaining), ("aes256-cbc", .aes256Chaining), ("aes192-cbc", .aes192Chaining),
    ("3des-cbc", .tripleDESChaining),
  ]
  private static let codes: [(name: String, digest: DigestAlgorithm)] = [
    ("hmac-sha2-256", .sha256), ("hmac-sha1", .sha1), ("hmac-sha2-512", .sha512), ("hmac-md5", .md5),
  ]

  private struct Protection: Sendable {
    let cipher: (name: String, cipher: BlockCipher)
    let code: (name: String, digest: DigestAlgorithm)
  }

  /// Our lists: one of each.
  let own: SSHKeyExchangeInit
  private let theirs: [UInt8]
  private let identification: [UInt8]
  private let agreement: KeyAgreement
  private let digest: DigestAlgorithm
  private let protection: Protection?
  private let secret: [UInt8]
  private let value: [UInt8]
  private var sending: Direction?
  private var receiving: Direction?
  /// What was decrypted of a packet that is not whole yet.
  private var head: [UInt8] = []

  /// - Parameters:
  ///   - own: our lists as they would be without a session.
  ///   - packet: the server's lists as they came.
  ///   - random: 32 octets.
  /// - Returns: nil where no key exchange is common.
  init?(
    _ own: SSHKeyExchangeInit, _ theirs: SSHKeyExchangeInit, _ packet: SSHPacket, identification: [UInt8],
    random: [UInt8]
  ) {
    guard let method = SSHOffer.methods.first(where: { Self.agreements[$0] != nil && theirs.keyExchange.contains($0) }),
      let (agreement, digest) = Self.agreements[method]
    else { return nil }
    // Another 32 octets than the cookie, which everybody sees.
    let secret = DigestAlgorithm.sha256.digest(of: random + Array("exchange".utf8))
    guard let value = agreement.publicValue(of: secret) else { return nil }
    var lists = own
    lists.keyExchange = [method]
    protection = Self.protection(theirs)
    if let protection {
      (lists.encryptionClientToServer, lists.encryptionServerToClient) = (
        [protection.cipher.name], [protection.cipher.name]
      )
      (lists.macClientToServer, lists.macServerToClient) = ([protection.code.name], [protection.code.name])
      (lists.compressionClientToServer, lists.compressionServerToClient) = (["none"], ["none"])
    }
    self.own = lists
    self.theirs = [packet.message.rawValue] + packet.body
    self.identification = identification
    (self.agreement, self.digest) = (agreement, digest)
    (self.secret, self.value) = (secret, value)
  }

  /// nil where the server takes none of ours.
  private static func protection(_ theirs: SSHKeyExchangeInit) -> Protection? {
    guard
      let cipher = ciphers.first(where: {
        theirs.encryptionClientToServer.contains($0.name) && theirs.encryptionServerToClient.contains($0.name)
      }),
      let code = codes.first(where: {
        theirs.macClientToServer.contains($0.name) && theirs.macServerToClient.contains($0.name)
      }), theirs.compressionClientToServer.contains("none"), theirs.compressionServerToClient.contains("none")
    else { return nil }
    return Protection(cipher: cipher, code: code)
  }

  /// The connection can go on once it is encrypted.
  var isProtected: Bool { sending != nil }

  /// The first packet of the exchange.
  var opening: [UInt8] {
    var body: [UInt8] = []
    if agreement == .curve25519 { body.appendSSHString(value) } else { body.appendSSHInteger(value) }
    return SSHPacket.octets(.exchangeInit, body)
  }

  /// Takes the server's answer to the opening; the keys are there then.
  /// - Returns: whether the two agree, and whether the server signed the exchange with the key that it shows, nil where that cannot be
  ///   told.
  mutating func agree(_ reply: SSHExchangeReply, key: SSHHostKey) -> (isAgreed: Bool, isHeld: Bool?) {
    guard let shared = agreement.shared(secret: secret, with: reply.value) else { return (false, nil) }
    var text: [UInt8] = []
    text.appendSSHString(Array(SSHIdentification.ours.dropLast(2)))
    text.appendSSHString(identification)
    text.appendSSHString([SSHPacket.Message.keyExchangeInit.rawValue] + own.body)
    text.appendSSHString(theirs)
    text.appendSSHString(reply.hostKey)
    if agreement == .curve25519 { text.appendSSHString(value) } else { text.appendSSHInteger(value) }
    text.appendSSHString(reply.value)
    text.appendSSHInteger(shared)
    let hash = digest.digest(of: text)
    var root: [UInt8] = []
    root.appendSSHInteger(shared)
    root += hash
    func derived(_ letter: Character, _ count: Int) -> [UInt8] {
      var octets = digest.digest(of: root + [letter.asciiValue ?? 0] + hash)
      // RFC 4253 §7.2.
      while octets.count < count { octets += digest.digest(of: root + octets) }
      return Array(octets.prefix(count))
    }
    if let protection {
      func direction(_ vector: Character, _ key: Character, _ code: Character) -> Direction {
        let (cipher, digest) = (protection.cipher.cipher, protection.code.digest)
        return Direction(
          cipher: cipher, digest: digest, key: derived(key, cipher.keyOctets),
          vector: derived(vector, cipher.blockOctets), integrityKey: derived(code, digest.digest(of: []).count),
          sequence: 0)
      }
      (sending, receiving) = (direction("A", "C", "E"), direction("B", "D", "F"))
    }
    return (true, Self.isHeld(key, reply.signature, hash))
  }

  /// The signature is over the exchange hash (RFC 4253 §8).
  private static func isHeld(_ key: SSHHostKey, _ signature: SSHSignature?, _ hash: [UInt8]) -> Bool? {
    guard let signature, let info = key.publicKeyInfo else { return nil }
    guard SSHHostKey.type(of: signature.algorithm) == key.type else { return false }
    let digest: DigestAlgorithm? =
      switch signature.algorithm {
      case "ssh-rsa": .sha1
      case "rsa-sha2-256", "ecdsa-sha2-nistp256": .sha256
      case "ecdsa-sha2-nistp384": .sha384
      case "rsa-sha2-512", "ecdsa-sha2-nistp521": .sha512
      default: nil
      }
    return SignatureCheck.isValid(signature.octets, of: hash, by: info, digest: digest)
  }

  /// From SSH_MSG_NEWKEYS on both ways are encrypted.
  /// - Parameters:
  ///   - sent: how many packets we have sent, SSH_MSG_NEWKEYS among them.
  ///   - received: how many the server has.
  mutating func begin(sent: Int, received: Int) {
    sending?.sequence = UInt32(truncatingIfNeeded: sent)
    receiving?.sequence = UInt32(truncatingIfNeeded: received)
  }

  /// A packet as it is sent (RFC 4253 §6).
  mutating func seal(_ message: SSHPacket.Message, _ body: [UInt8]) -> [UInt8] {
    guard var way = sending else { return [] }
    let packet = SSHPacket.octets(message, body, block: way.cipher.blockOctets)
    let code = way.code(of: packet)
    let sealed = way.cipher.apply(to: packet, key: way.key, vector: &way.vector, encrypting: true) ?? []
    way.sequence &+= 1
    sending = way
    return sealed + code
  }

  /// Takes a packet from the front of what came.
  /// - Returns: nil while octets are missing.
  /// - Throws: `malformed` for a length that cannot be, and for a wrong code.
  mutating func open(_ octets: inout [UInt8]) throws(WireError) -> SSHPacket? {
    guard var way = receiving else { throw .malformed(offset: 0) }
    let block = way.cipher.blockOctets
    if head.isEmpty {
      guard octets.count >= block else { return nil }
      head =
        way.cipher.apply(to: Array(octets.prefix(block)), key: way.key, vector: &way.vector, encrypting: false) ?? []
      octets.removeFirst(block)
      receiving = way
    }
    let length = head.prefix(4).reduce(0) { $0 << 8 | Int($1) } + 4
    guard (block...SSHPacket.octetLimit).contains(length), length.isMultiple(of: block) else {
      throw .malformed(offset: 0)
    }
    let codeOctets = way.digest.digest(of: []).count
    guard octets.count >= length - head.count + codeOctets else { return nil }
    let rest = Array(octets.prefix(length - head.count))
    let packet = head + (way.cipher.apply(to: rest, key: way.key, vector: &way.vector, encrypting: false) ?? [])
    let code = Array(octets[rest.count..<rest.count + codeOctets])
    octets.removeFirst(rest.count + codeOctets)
    guard way.code(of: packet) == code else { throw .malformed(offset: packet.count) }
    way.sequence &+= 1
    receiving = way
    head = []
    return try SSHPacket(parsing: packet.span)
  }
}
