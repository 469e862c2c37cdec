internal import CTLS

/// Certificates of authorities that clients know, as an operating system keeps them, and whether a service's certificate leads to one of them.
///
/// Only names and signatures are followed (RFC 5280 §6.1.3 a.1 and a.4): dates, constraints and revocation are not looked at, so that a certificate
/// that leads to an authority need not be one that clients take.
public struct PublicAuthorities: Hashable, Sendable {
  /// Where they were read: a path.
  public let source: String
  /// How many there are.
  public let count: Int
  /// DER by subject, as one line (RFC 4514).
  private let bySubject: [String: [[UInt8]]]

  /// No chain is longer.
  private static let longestPath = 8

  /// - Parameter certificates: DER; what OpenSSL cannot read is left out.
  public init(source: String, certificates: [[UInt8]]) {
    var bySubject: [String: [[UInt8]]] = [:]
    for der in certificates {
      guard let entry = Entry(certificate: der) else { continue }
      bySubject[CertificateReader.subject(entry), default: []].append(der)
    }
    self.source = source
    self.bySubject = bySubject
    count = bySubject.values.reduce(0) { $0 + $1.count }
  }

  /// The authority to which the signatures lead from the first certificate on.
  /// - Parameter chain: DER as the service sent it, its own first and the others in any order.
  /// - Returns: its subject, or nil when they lead to none.
  public func authority(above chain: [[UInt8]]) -> String? {
    guard var current = chain.first else { return nil }
    var rest = Array(chain.dropFirst().prefix(Self.longestPath))
    for _ in 0...Self.longestPath {
      guard let entry = Entry(certificate: current) else { return nil }
      if bySubject[CertificateReader.subject(entry)]?.contains(current) == true {
        return CertificateReader.subject(entry)
      }
      let issuer = CertificateReader.issuer(entry)
      if bySubject[issuer]?.contains(where: { Self.isSigned(current, by: $0) }) == true { return issuer }
      guard let next = rest.firstIndex(where: { Self.isSigned(current, by: $0) }) else { return nil }
      current = rest.remove(at: next)
    }
    return nil
  }

  private static func isSigned(_ certificate: [UInt8], by issuer: [UInt8]) -> Bool {
    unsafe CTLS_is_signed_by(
      certificate, Int32(clamping: certificate.count), issuer, Int32(clamping: issuer.count))
  }
}
