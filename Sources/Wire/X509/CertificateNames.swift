/// Whom a certificate names, and who issued it (RFC 5280 §4.1), each as one line (RFC 4514). Nothing is verified here.
public struct CertificateNames: Hashable, Sendable {
  /// `CN=axis-accc8e000001,O=Axis Communications AB`; empty for an empty name.
  public let subject: String
  public let issuer: String

  /// X.690 §8.14: the version is an element of its own kind in front.
  private static let versionTag: UInt8 = 0xa0

  /// Reads the octets of a certificate in DER up to the subject; later ones are not looked at.
  /// - Throws: `truncated` or `malformed` when it is not whole up to there.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    var certificate = try reader.element(tagged: BER.sequence)
    var body = try certificate.element(tagged: BER.sequence)
    if try body.peek() == Self.versionTag { _ = try body.element() }
    _ = try body.element(tagged: BER.integer)  // serial number
    _ = try body.element(tagged: BER.sequence)  // algorithm
    issuer = try DistinguishedName(try body.element(tagged: BER.sequence)).line
    _ = try body.element(tagged: BER.sequence)  // validity
    subject = try DistinguishedName(try body.element(tagged: BER.sequence)).line
  }
}
