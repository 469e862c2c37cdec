internal import CSeal
internal import Cryptography
internal import Foundation

/// The public half of an Ed25519 key (RFC 8032): by it a signature is checked.
public struct VerificationKey: Hashable, Sendable {
  public static let octets = 32
  public static let signatureOctets = 64

  /// The 32 octets of RFC 8032 §5.1.5.
  public let raw: [UInt8]

  init(raw: [UInt8]) { self.raw = raw }

  /// Reads SubjectPublicKeyInfo in PEM (RFC 8410 §4), or a line of OpenSSH such as `ssh-ed25519 AAAA… name`.
  public init(parsing octets: [UInt8]) throws(KeyError) {
    guard let text = String(validating: octets, as: UTF8.self) else {
      throw KeyError(.unreadable, "the public key is no text", "Name a .pub file or a PEM file.")
    }
    let words = text.split(whereSeparator: \.isWhitespace)
    if let first = words.first, first.hasPrefix("ssh-") || first.hasPrefix("ecdsa-") || first.hasPrefix("sk-") {
      guard first == "ssh-ed25519" else {
        throw KeyError(.otherKind, "\(first) is not ssh-ed25519", "Only Ed25519 keys sign packs.")
      }
      guard words.count > 1, let blob = Data(base64Encoded: String(words[1])) else {
        throw KeyError(.unreadable, "the OpenSSH key is cut off", "Copy the whole line of the .pub file.")
      }
      self.raw = try OpenSSHKey.publicKey(of: Array(blob))
      return
    }
    guard !text.contains("PRIVATE KEY-----") else {
      throw KeyError(.otherHalf, "this is a private key", "Name its public half (tenken key show writes it).")
    }
    var raw = [UInt8](repeating: 0, count: Self.octets)
    switch unsafe CSeal_read_public(octets, octets.count, &raw) {
    case CInt(CSEAL_READ): self.raw = raw
    case CInt(CSEAL_OTHER_KIND): throw KeyError(.otherKind, "it is no Ed25519 key", "Only Ed25519 keys sign packs.")
    default:
      throw KeyError(.unreadable, "it is no public key", "Give PEM (BEGIN PUBLIC KEY) or an OpenSSH .pub file.")
    }
  }

  /// SubjectPublicKeyInfo in PEM, as `openssl pkey -pubin` reads it.
  public var pem: [UInt8] {
    var pem = [UInt8](repeating: 0, count: 512)
    let length = unsafe CSeal_write_public(raw, &pem, pem.count)
    precondition(length > 0, "OpenSSL cannot write an Ed25519 key")
    return Array(pem.prefix(Int(length)))
  }

  /// The form that OpenSSH's `ssh-keygen -l` prints: `SHA256:` and the unpadded base64 of the digest of its wire form.
  public var fingerprint: String {
    let digest = DigestAlgorithm.sha256.digest(of: OpenSSHKey.wireForm(of: raw))
    return "SHA256:" + Data(digest).base64EncodedString().replacing("=", with: "")
  }

  /// Whether the signature is by this key's owner (RFC 8032 §5.1.7).
  public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == Self.signatureOctets else { return false }
    return unsafe CSeal_verify(raw, message, message.count, signature) == 1
  }
}
