/// The server's answer in a key exchange: SSH_MSG_KEXDH_REPLY (RFC 4253 §8), SSH_MSG_KEX_ECDH_REPLY (RFC 5656 §4).
public struct SSHExchangeReply: Hashable, Sendable {
  /// The blob of the host key.
  public let hostKey: [UInt8]
  /// The server's public value as it came: an mpint's octets, or those of a point.
  public let value: [UInt8]
  public let signature: SSHSignature?

  /// Reads the body of a packet with this message.
  /// - Throws: `truncated` when a part is longer than what is there.
  public init(parsing body: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(body)
    hostKey = try reader.sshString()
    value = try reader.sshString()
    let blob = try reader.sshString()
    signature = try? SSHSignature(parsing: blob.span)
  }
}

/// A signature as SSH writes it (RFC 4253 §6.6).
public struct SSHSignature: Hashable, Sendable {
  /// `rsa-sha2-256`, `ssh-ed25519`.
  public let algorithm: String
  /// As X.509 writes it: DER of r and s for ECDSA (RFC 3279 §2.2.3), which SSH writes as two mpints (RFC 5656 §3.1.2).
  public let octets: [UInt8]

  public init(parsing blob: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(blob)
    algorithm = try reader.sshString().text
    let content = try reader.sshString()
    guard algorithm.hasPrefix("ecdsa-sha2-") else {
      octets = content
      return
    }
    var numbers = OctetReader(content)
    let r = try numbers.sshString()
    let s = try numbers.sshString()
    // An mpint is what stands in a DER INTEGER as well: two's complement, highest octet first.
    octets = BER.element(0x30, BER.element(0x02, r) + BER.element(0x02, s))
  }
}

extension SSHHostKey {
  /// The key as SubjectPublicKeyInfo (RFC 5280 §4.1), DER: RSA (RFC 3279 §2.3.1), ECDSA (RFC 5480 §2), Ed25519 (RFC 8410 §4); nil for
  /// other types.
  public var publicKeyInfo: [UInt8]? {
    var reader = OctetReader(blob)
    guard let name = try? reader.sshString().text else { return nil }
    switch name {
    case "ssh-rsa":
      guard let exponent = try? reader.sshString(), let modulus = try? reader.sshString() else { return nil }
      let key = BER.element(0x30, BER.element(0x02, modulus) + BER.element(0x02, exponent))
      return Self.info(Self.rsaEncryption + BER.element(0x05, []), key)
    case "ssh-ed25519":
      guard let key = try? reader.sshString() else { return nil }
      return Self.info(Self.edwards25519, key)
    case _ where Self.curves[name] != nil:
      guard let curve = Self.curves[name], (try? reader.sshString()) != nil, let point = try? reader.sshString() else {
        return nil
      }
      return Self.info(Self.ellipticKey + curve, point)
    default: return nil
    }
  }

  private static func info(_ algorithm: [UInt8], _ key: [UInt8]) -> [UInt8] {
    BER.element(0x30, BER.element(0x30, algorithm) + BER.element(0x03, [0] + key))
  }

  // Object identifiers with tag and length: 1.2.840.113549.1.1.1, 1.3.101.112, 1.2.840.10045.2.1 and the curves'.
  private static let rsaEncryption: [UInt8] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]
  private static let edwards25519: [UInt8] = [6, 3, 0x2b, 0x65, 0x70]
  private static let ellipticKey: [UInt8] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]
  private static let curves: [String: [UInt8]] = [
    "ecdsa-sha2-nistp256": [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
    "ecdsa-sha2-nistp384": [6, 5, 0x2b, 0x81, 4, 0, 0x22],
    "ecdsa-sha2-nistp521": [6, 5, 0x2b, 0x81, 4, 0, 0x23],
  ]
}

/// What the server says to `none` (RFC 4252 §5.2): how it would let somebody in.
public enum SSHAuthenticationAnswer: Hashable, Sendable {
  /// The methods that can go on.
  case methods([String])
  /// The name alone has opened the session.
  case opened
  /// SSH_MSG_USERAUTH_BANNER, SSH_MSG_EXT_INFO and the like, which come before the answer.
  case other

  public init(parsing packet: SSHPacket) throws(WireError) {
    switch packet.message {
    case .authenticationFailure:
      var reader = OctetReader(packet.body)
      self = .methods(try reader.sshString().split(separator: 0x2c).map { Array($0).text })
    case .authenticationSuccess: self = .opened
    default: self = .other
    }
  }

  /// Asks for the service of authentication (RFC 4253 §10).
  public static let serviceRequest: (SSHPacket.Message, [UInt8]) = (.serviceRequest, text("ssh-userauth"))

  /// Asks to be let in by nothing, which servers answer with what they would take.
  public static func none(name: String) -> (SSHPacket.Message, [UInt8]) {
    (.authenticationRequest, text(name) + text("ssh-connection") + text("none"))
  }

  private static func text(_ text: String) -> [UInt8] {
    var octets: [UInt8] = []
    octets.appendSSHString(Array(text.utf8))
    return octets
  }
}
