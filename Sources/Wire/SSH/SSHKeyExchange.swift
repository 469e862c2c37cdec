/// What a client says so that the server shows its host key, for each kind of key exchange. Nothing is computed: what is sent is
/// a public value whose secret nobody has, and the exchange is left at the server's answer.
public enum SSHKeyExchange: Hashable, Sendable {
  /// Any 32 octets are a public key (RFC 8731 §3, RFC 7748 §5).
  case curve25519
  /// A point of the curve, whose own generator is one (RFC 5656 §4, SEC 2 §2).
  case nistP256, nistP384, nistP521
  /// A number between 1 and p-1 of a group that both know (RFC 4253 §8).
  case fixedGroup
  /// The server chooses the group (RFC 4419).
  case groupExchange
  /// Streamlined NTRU Prime: any octets of its length, before those of Curve25519.
  case sntrup761
  /// ML-KEM: coefficients below 3329, which zeros are (FIPS 203 §7.2), before those of Curve25519.
  case mlkem768

  /// nil for a method that this version does not speak.
  public init?(_ name: String) {
    switch name {
    case "curve25519-sha256", "curve25519-sha256@libssh.org": self = .curve25519
    case "ecdh-sha2-nistp256": self = .nistP256
    case "ecdh-sha2-nistp384": self = .nistP384
    case "ecdh-sha2-nistp521": self = .nistP521
    case "diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1": self = .groupExchange
    case "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com": self = .sntrup761
    case "mlkem768x25519-sha256": self = .mlkem768
    case _ where name.wholeMatch(of: /diffie-hellman-group(1|14|15|16|17|18)-sha(1|256|384|512)/) != nil:
      self = .fixedGroup
    default: return nil
    }
  }

  /// The first packet of the exchange.
  /// - Parameter random: 32 octets, not all zero.
  public func opening(random: [UInt8]) -> [UInt8] {
    var body: [UInt8] = []
    switch self {
    case .groupExchange: return Self.groupRequest()
    // A number of 256 bits is above 1 and below every prime that is in use.
    case .fixedGroup: body.appendSSHInteger(random)
    case .curve25519: body.appendSSHString(random)
    case .nistP256: body.appendSSHString(Self.generatorP256)
    case .nistP384: body.appendSSHString(Self.generatorP384)
    case .nistP521: body.appendSSHString(Self.generatorP521)
    case .sntrup761: body.appendSSHString([UInt8](repeating: 0, count: 1158) + random)
    case .mlkem768: body.appendSSHString([UInt8](repeating: 0, count: 1184) + random)
    }
    return SSHPacket.octets(.exchangeInit, body)
  }

  /// Asks for the smallest group: RFC 4419 §3 has a client say the least, the preferred and the largest size.
  public static let groupAsked = 1024

  static func groupRequest() -> [UInt8] {
    var body: [UInt8] = []
    body.appendBigEndian32(UInt32(groupAsked))
    body.appendBigEndian32(UInt32(groupAsked))
    body.appendBigEndian32(8192)
    return SSHPacket.octets(.groupRequest, body)
  }

  /// Goes on with the group that came.
  public static func groupInit(random: [UInt8]) -> [UInt8] {
    var body: [UInt8] = []
    body.appendSSHInteger(random)
    return SSHPacket.octets(.groupInit, body)
  }

  /// The size of the prime in SSH_MSG_KEX_DH_GEX_GROUP (RFC 4419 §3).
  public static func groupBits(parsing body: Span<UInt8>) throws(WireError) -> Int {
    var reader = OctetReader(body)
    let prime = try reader.sshInteger()
    _ = try reader.sshInteger()
    return prime.significantBits
  }

  // SEC 2 §2.4.2, §2.5.1, §2.6.1 (= FIPS 186-4 §D.1.2), uncompressed.
  static let generatorP256: [UInt8] = point(
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
  static let generatorP384: [UInt8] = point(
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f")
  static let generatorP521: [UInt8] = point(
    "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650"
  )

  private static func point(_ x: String, _ y: String) -> [UInt8] {
    let digits = (x + y).compactMap { $0.hexDigitValue.map(UInt8.init) }
    return [4] + stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
