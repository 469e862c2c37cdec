internal import Wire

/// Names in guidelines of TLS, and what they stand for.
enum TLSNames {
  /// A group of IANA's registry "TLS Supported Groups", with the size of its field in bits.
  struct Group: Hashable, Sendable {
    let number: UInt16
    let name: String
    let bits: Int

    init(_ number: UInt16, _ name: String, _ bits: Int) {
      self.number = number
      self.name = name
      self.bits = bits
    }
  }

  /// Curve25519 counts as the 256 bits of P-256, whose strength it has (RFC 7748 §7).
  static let groups: [Group] = [
    Group(1, "sect163k1", 163), Group(2, "sect163r1", 163), Group(3, "sect163r2", 163), Group(4, "sect193r1", 193),
    Group(5, "sect193r2", 193), Group(6, "sect233k1", 233), Group(7, "sect233r1", 233), Group(8, "sect239k1", 239),
    Group(9, "sect283k1", 283), Group(10, "sect283r1", 283), Group(11, "sect409k1", 409), Group(12, "sect409r1", 409),
    Group(13, "sect571k1", 571), Group(14, "sect571r1", 571), Group(15, "secp160k1", 160), Group(16, "secp160r1", 160),
    Group(17, "secp160r2", 160), Group(18, "secp192k1", 192), Group(19, "secp192r1", 192), Group(20, "secp224k1", 224),
    Group(21, "secp224r1", 224), Group(22, "secp256k1", 256), Group(23, "secp256r1", 256), Group(24, "secp384r1", 384),
    Group(25, "secp521r1", 521), Group(26, "brainpoolP256r1", 256), Group(27, "brainpoolP384r1", 384),
    Group(28, "brainpoolP512r1", 512), Group(29, "x25519", 256), Group(30, "x448", 448),
  ]

  static func group(_ number: UInt16) -> Group? { groups.first { $0.number == number } }

  static func shown(group number: UInt16) -> String { group(number)?.name ?? "\(number)" }

  /// OpenSSL's short names of curves that certificates have.
  static let keyCurves: Set<String> = [
    "secp224r1", "prime256v1", "secp384r1", "secp521r1", "secp256k1", "brainpoolP256r1", "brainpoolP384r1",
    "brainpoolP512r1",
  ]

  /// OpenSSL's long names of signatures that certificates have.
  static let signatures: Set<String> = [
    "sha224WithRSAEncryption", "sha256WithRSAEncryption", "sha384WithRSAEncryption", "sha512WithRSAEncryption",
    "rsassaPss-sha256", "rsassaPss-sha384", "rsassaPss-sha512", "ecdsa-with-SHA224", "ecdsa-with-SHA256",
    "ecdsa-with-SHA384", "ecdsa-with-SHA512", "ED25519", "ED448",
  ]

  static func version(_ name: String) -> UInt16? { TLSVersion.all.first { "\($0)" == name }?.rawValue }

  static func shown(version number: UInt16) -> String { "\(TLSVersion(rawValue: number))" }
}

extension TLSGuideline.Family {
  /// The weakness that an audit offers on purpose; nil for a family that only a full list of suites tells of.
  var weakness: CipherSuite.Weakness? {
    switch self {
    case .noEncryption: .null
    case .anonymous: .anonymous
    case .export: .export
    case .desRC2: .des
    case .rc4: .rc4
    case .block64: .tripleDES
    case .noForwardSecrecy, .noAEAD: nil
    }
  }

  /// A suite without a name in the registry belongs to none: nothing is known of it.
  func holds(_ suite: CipherSuite) -> Bool {
    guard suite.name != nil else { return false }
    switch self {
    case .noForwardSecrecy: return !suite.hasForwardSecrecy
    case .noAEAD: return !suite.isAEAD
    default: return weakness.map(suite.weaknesses.contains) == true
    }
  }
}
