internal import Certificates
internal import Foundation

/// The authorities that programs on this computer trust, as Debian's package ca-certificates keeps them.
enum AuthoritiesFile {
  static let path = "/etc/ssl/certs/ca-certificates.crt"

  /// - Returns: nil without the file, or when no certificate is in it: then it is said of no service whether clients know its issuer.
  static func read(_ path: String = path) -> PublicAuthorities? {
    guard let text = FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }) else {
      return nil
    }
    // RFC 7468 §5.
    let parts = text.components(separatedBy: "-----BEGIN CERTIFICATE-----").dropFirst()
    let certificates = parts.compactMap { part -> [UInt8]? in
      let base64 = part.components(separatedBy: "-----END CERTIFICATE-----")[0]
      return Data(base64Encoded: base64, options: .ignoreUnknownCharacters).map(Array.init)
    }
    let authorities = PublicAuthorities(source: path, certificates: certificates)
    return authorities.count == 0 ? nil : authorities
  }
}
