internal import CSeal

/// An Ed25519 key (RFC 8032) that signs packs. Its octets are in memory only while the value is.
public struct SigningKey: Sendable {
  private let seed: [UInt8]
  public let publicKey: VerificationKey

  private init(seed: [UInt8]) throws(KeyError) {
    var key = [UInt8](repeating: 0, count: VerificationKey.octets)
    guard seed.count == Int(CSEAL_SEED), unsafe CSeal_public(seed, &key) == 1 else {
      throw KeyError(.failed, "OpenSSL cannot use this Ed25519 key")
    }
    self.seed = seed
    publicKey = VerificationKey(raw: key)
  }

  /// A key that nobody had before.
  public static func generate() throws(KeyError) -> SigningKey {
    var seed = [UInt8](repeating: 0, count: Int(CSEAL_SEED))
    guard unsafe CSeal_generate(&seed) == 1 else { throw KeyError(.failed, "the system gives no random octets") }
    return try SigningKey(seed: seed)
  }

  /// The key of a seed (RFC 8032 §5.1.5), 32 octets.
  public init(rawSeed: [UInt8]) throws(KeyError) { try self.init(seed: rawSeed) }

  /// Reads a private key: PKCS #8 in PEM, with or without a passphrase, or OpenSSH's own form without one.
  public init(parsing octets: [UInt8], passphrase: String? = nil) throws(KeyError) {
    let text = String(decoding: octets, as: UTF8.self)
    if text.contains("BEGIN OPENSSH PRIVATE KEY") {
      try self.init(seed: try OpenSSHKey.seed(ofPrivate: text))
      return
    }
    if text.hasPrefix("ssh-ed25519 ") || text.contains("BEGIN PUBLIC KEY") {
      throw KeyError(.otherHalf, "this is a public key", "Name the private one that belongs to it.")
    }
    var seed = [UInt8](repeating: 0, count: Int(CSEAL_SEED))
    switch unsafe CSeal_read_private(octets, octets.count, passphrase, &seed) {
    case CInt(CSEAL_READ): try self.init(seed: seed)
    case CInt(CSEAL_OTHER_KIND):
      throw KeyError(.otherKind, "it is no Ed25519 key", "Make one with tenken key generate.")
    case CInt(CSEAL_PASSPHRASE):
      throw KeyError(
        .passphrase, passphrase == nil ? "it is encrypted" : "the passphrase is not the key's",
        "Give its passphrase with --passphrase-file.")
    default:
      throw KeyError(.unreadable, "it is no private key", "Give PKCS #8 in PEM or an OpenSSH ed25519 key.")
    }
  }

  /// PKCS #8 in PEM (RFC 5958), as `openssl pkey` reads it; encrypted when there is a passphrase.
  public func pem(passphrase: String? = nil) throws(KeyError) -> [UInt8] {
    var pem = [UInt8](repeating: 0, count: 2_048)
    let length = unsafe CSeal_write_private(seed, passphrase, &pem, pem.count)
    guard length > 0 else { throw KeyError(.failed, "OpenSSL cannot write the key") }
    return Array(pem.prefix(Int(length)))
  }

  /// The 64 octets of RFC 8032 §5.1.6. The same message has the same signature every time.
  public func signature(of message: [UInt8]) throws(KeyError) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: VerificationKey.signatureOctets)
    guard unsafe CSeal_sign(seed, message, message.count, &signature) == 1 else {
      throw KeyError(.failed, "OpenSSL cannot sign with this key")
    }
    return signature
  }
}
