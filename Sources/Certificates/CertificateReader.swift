internal import Addressing
internal import CTLS
public import Records
internal import Wire

/// Reads certificates by OpenSSL, leniently: devices carry malformed ones, and a field that says nothing must not lose the others.
public enum CertificateReader {
  /// - Parameter der: a certificate; octets behind it are not looked at.
  /// - Returns: nil for octets that OpenSSL cannot read as a certificate at all, or more than 128 KiB.
  public static func facts(der: [UInt8]) -> CertificateFacts? {
    guard let entry = Entry(certificate: der) else { return nil }
    let subject = name(der: entry.octets(CTLS_SUBJECT))
    var facts = CertificateFacts(
      sha256: hexadecimal(entry.octets(CTLS_DIGEST)), version: entry.number(CTLS_VERSION),
      serial: entry.text(CTLS_SERIAL), subject: subject.line,
      issuer: name(der: entry.octets(CTLS_ISSUER)).line, commonName: subject.commonName,
      notBefore: CertificateTime.moment(entry.octets(CTLS_NOT_BEFORE)),
      notAfter: CertificateTime.moment(entry.octets(CTLS_NOT_AFTER)), signatureAlgorithm: signature(entry),
      publicKey: publicKey(entry), isSelfSigned: flag(entry.number(CTLS_IS_SELF_SIGNED)))
    facts.names = names(entry.octets(CTLS_NAMES))
    facts.isAuthority = flag(entry.number(CTLS_IS_AUTHORITY))
    if entry.number(CTLS_HAS_USAGE) == 1 {
      facts.extendedKeyUsage = entry.text(CTLS_USAGE).split(separator: "\n").map { String($0) }
    }
    return facts
  }

  static func subject(_ entry: borrowing Entry) -> String { name(der: entry.octets(CTLS_SUBJECT)).line }
  static func issuer(_ entry: borrowing Entry) -> String { name(der: entry.octets(CTLS_ISSUER)).line }

  private static func flag(_ number: Int) -> Bool? { number < 0 ? nil : number == 1 }

  private static func signature(_ entry: borrowing Entry) -> String {
    let name = entry.text(CTLS_SIGNATURE)
    return entry.word(CTLS_SIGNATURE_HASH).map { "\(name)-\($0)" } ?? name
  }

  private static func publicKey(_ entry: borrowing Entry) -> CertificateFacts.PublicKey? {
    guard entry.number(CTLS_HAS_KEY) == 1 else { return nil }
    let curve = entry.word(CTLS_CURVE)
    return CertificateFacts.PublicKey(
      algorithm: entry.text(CTLS_KEY_ALGORITHM), bits: entry.number(CTLS_KEY_BITS),
      curve: entry.number(CTLS_IS_EXPLICIT) == 1 ? "explicit" + (curve.map { ":\($0)" } ?? "") : curve,
      exponent: entry.word(CTLS_EXPONENT), modulus: entry.word(CTLS_MODULUS),
      sha256: hexadecimal(entry.octets(CTLS_KEY_DIGEST)))
  }

  /// What CTLS wrote one after the other: a kind, a length, a name.
  private static func names(_ octets: [UInt8]) -> [CertificateFacts.Name] {
    var rest = octets[...]
    var names: [CertificateFacts.Name] = []
    while rest.count >= 3 {
      let head = Array(rest.prefix(3))
      let length = Int(head[1]) << 8 | Int(head[2])
      rest = rest.dropFirst(3)
      names.append(name(Int(head[0]), Array(rest.prefix(length))))
      rest = rest.dropFirst(length)
    }
    return names
  }

  private static func name(_ kind: Int, _ octets: [UInt8]) -> CertificateFacts.Name {
    switch kind {
    case CTLS_DNS: .dns(String(decoding: octets, as: UTF8.self))
    case CTLS_ADDRESS: address(octets).map { .address("\($0)") } ?? .other(hexadecimal(octets))
    case CTLS_TEXT: .other(String(decoding: octets, as: UTF8.self))
    case CTLS_DIRECTORY: .other(name(der: octets).line)
    default: .other("")
    }
  }

  /// Four or sixteen octets (RFC 5280 §4.2.1.6).
  private static func address(_ octets: [UInt8]) -> IPAddress? {
    switch octets.count {
    case 4: IPAddress("\(octets[0]).\(octets[1]).\(octets[2]).\(octets[3])")
    case 16:
      IPAddress(
        stride(from: 0, to: 16, by: 2).map { String(UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]), radix: 16) }
          .joined(separator: ":"))
    default: nil
    }
  }

  /// A name as far as it can be read; one that cannot is shown as RFC 4514 §2.4 shows values that it does not know.
  private static func name(der: [UInt8]) -> (line: String, commonName: String?) {
    guard let name = try? DistinguishedName(parsing: der.span) else { return ("#" + hexadecimal(der.prefix(64)), nil) }
    return (name.line, name.commonName)
  }
}
