public import Records

/// What a document, or this program's own baseline, asks of a TLS service: a file of `tls/guidelines`. It is held against what a
/// service showed; nothing is sent for it.
public struct TLSGuideline: Hashable, Sendable {
  /// Suites that have something in common.
  public enum Family: String, Hashable, Sendable, CaseIterable {
    /// RFC 5246 §6.2.3.1, and RFC 9150 for TLS 1.3.
    case noEncryption = "no-encryption"
    case anonymous
    /// Keys of 40 or 56 bits, or key exchange with 512 or 1024.
    case export
    /// Single DES with 56 bits, and RC2.
    case desRC2 = "des-rc2"
    /// RFC 7465.
    case rc4
    /// Triple DES and IDEA (CVE-2016-2183).
    case block64 = "64-bit-block"
    /// The server's long-term key is the key exchange.
    case noForwardSecrecy = "no-forward-secrecy"
    /// No authenticated encryption (RFC 5116): CBC or a stream cipher beside a MAC.
    case noAEAD = "no-aead"
  }

  /// Hash functions of signatures (RFC 5246 §7.4.1.4.1).
  public enum Hash: String, Hashable, Sendable, CaseIterable {
    case md2, md4, md5, sha1, sha224, sha256, sha384, sha512
  }

  /// Kinds of public keys, as ``CertificateFacts/PublicKey/algorithm`` has them.
  public enum KeyType: String, Hashable, Sendable, CaseIterable { case rsa, ec, dsa, dh, ed25519, ed448 }

  /// What a ServerHello of TLS 1.2 and below shows.
  public enum Feature: String, Hashable, Sendable, CaseIterable {
    /// RFC 3749.
    case compression
    /// RFC 5746.
    case renegotiationInfo
    /// RFC 7627.
    case extendedMasterSecret
    /// RFC 7507.
    case fallbackSCSV
  }

  /// What is asked. Versions are the handshake's numbers (`0x0303` is TLS 1.2), suites and groups IANA's.
  public enum Rule: Hashable, Sendable {
    /// Each of them is spoken.
    case versionsRequired([UInt16])
    /// At least one of them is.
    case versionsOneOf([UInt16])
    /// None but these are.
    case versionsAllowed([UInt16])
    case versionsForbidden([UInt16])
    /// In these versions no suite is accepted but these.
    case suitesAllowed(Set<UInt32>, in: [UInt16])
    case familiesForbidden(Set<Family>, in: [UInt16])
    /// What a client that offers everything, forward secrecy first, is given has none of these.
    case pickForbidden(Set<Family>)
    /// The prime of finite-field key exchange.
    case leastDHBits(Int)
    /// The curves of ECDHE.
    case leastCurveBits(Int)
    case groupsAllowed(Set<UInt16>)
    /// The service's own certificate has a key of one of these kinds, each with its least bits; 0 for a kind of one size.
    case keys([KeyType: Int])
    /// An EC key's curve, by OpenSSL's short name.
    case keyCurves(Set<String>)
    case hashesForbidden(Set<Hash>)
    /// By OpenSSL's long name: `sha256WithRSAEncryption`.
    case signaturesAllowed(Set<String>)
    /// From notBefore to notAfter.
    case longestDays(Int)
    /// `true`: it has to be there; `false`: it must not.
    case feature(Feature, Bool)
  }

  public struct Row: Hashable, Sendable {
    public let id: String
    public let rule: Rule
    /// In our words.
    public let title: LocalizedText
    /// In the document's own word: `shall`.
    public let term: String
    /// Where it is said.
    public let source: String
    /// Somebody has read it there. What follows from another row is an open question.
    public let isVerified: Bool
    /// The reason of a row of our own.
    public let why: LocalizedText?
  }

  public let id: String
  public let title: LocalizedText
  public let source: Check.Source
  /// Which version of the document: `5.7`.
  public let edition: String
  /// What the document asks besides, and this comparison does not look at; nil where it is all here.
  public let notCompared: LocalizedText?
  /// In file order.
  public let rows: [Row]
}
