/// What one X.509 certificate says (RFC 5280 §4.1), and what follows from its octets alone. Nothing here says that the device
/// has the private key, or whom the certificate may be trusted by.
public struct CertificateFacts: Hashable, Sendable, Codable {
  /// A name of the extension subjectAltName (RFC 5280 §4.2.1.6).
  public enum Name: Hashable, Sendable, Codable {
    case dns(String)
    /// As text, `192.0.2.1` or `2001:db8::1`.
    case address(String)
    /// Another kind, such as an e-mail address or a URI.
    case other(String)
  }

  public struct PublicKey: Hashable, Sendable, Codable {
    /// `rsa`, `rsa-pss`, `ec`, `dsa`, `dh`, `ed25519`, `ed448`, or what OpenSSL calls it.
    public let algorithm: String
    public let bits: Int
    /// The curve of an EC key, by OpenSSL's short name: `prime256v1`. Where the key has the curve's parameters written out,
    /// `explicit:prime256v1`, or `explicit` for a curve without a name.
    public let curve: String?
    /// The public exponent of an RSA key, hexadecimal.
    public let exponent: String?
    /// The modulus of an RSA key, hexadecimal, without leading zeros.
    public let modulus: String?
    /// SHA-256 of the DER of SubjectPublicKeyInfo, 64 hexadecimal digits.
    public let sha256: String

    public init(
      algorithm: String, bits: Int, curve: String? = nil, exponent: String? = nil, modulus: String? = nil,
      sha256: String
    ) {
      self.algorithm = algorithm
      self.bits = bits
      self.curve = curve
      self.exponent = exponent
      self.modulus = modulus
      self.sha256 = sha256
    }
  }

  /// SHA-256 of the DER, 64 hexadecimal digits.
  public var sha256: String
  /// 1 to 3, or what a malformed one says; 0 for nothing sensible.
  public var version: Int
  /// Hexadecimal; a minus sign in front where the integer is negative.
  public var serial: String
  /// As one line (RFC 4514); empty for an empty name.
  public var subject: String
  public var issuer: String
  /// The subject's last commonName, decoded.
  public var commonName: String?
  /// nil where the octets name no moment. What lies beyond the years of a ``Timestamp``, as the year 9999 of certificates that
  /// never end (RFC 5280 §4.1.2.5), is its last second, 2261-12-31T23:59:59Z.
  public var notBefore: Timestamp?
  public var notAfter: Timestamp?
  /// By OpenSSL's long name: `sha256WithRSAEncryption`; for RSASSA-PSS with the hash function behind it: `rsassaPss-sha256`.
  public var signatureAlgorithm: String
  /// nil where OpenSSL cannot read the key.
  public var publicKey: PublicKey?
  public var names: [Name]
  /// basicConstraints (RFC 5280 §4.2.1.9); nil without the extension.
  public var isAuthority: Bool?
  /// extendedKeyUsage (§4.2.1.12) as OIDs or OpenSSL's short names; nil without the extension.
  public var extendedKeyUsage: [String]?
  /// Subject and issuer are one name, and the signature verifies with the certificate's own key. nil where the signature's
  /// algorithm cannot be computed here.
  public var isSelfSigned: Bool?

  public init(
    sha256: String, version: Int, serial: String, subject: String, issuer: String, commonName: String? = nil,
    notBefore: Timestamp?, notAfter: Timestamp?, signatureAlgorithm: String, publicKey: PublicKey?,
    names: [Name] = [], isAuthority: Bool? = nil, extendedKeyUsage: [String]? = nil, isSelfSigned: Bool?
  ) {
    self.sha256 = sha256
    self.version = version
    self.serial = serial
    self.subject = subject
    self.issuer = issuer
    self.commonName = commonName
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.signatureAlgorithm = signatureAlgorithm
    self.publicKey = publicKey
    self.names = names
    self.isAuthority = isAuthority
    self.extendedKeyUsage = extendedKeyUsage
    self.isSelfSigned = isSelfSigned
  }
}
