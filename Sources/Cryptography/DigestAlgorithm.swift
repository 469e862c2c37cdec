internal import CCrypto

/// A hash function that protocols ask for, computed by OpenSSL. MD5 and SHA-1 are here because devices demand them.
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
  /// RFC 1321: 16 octets.
  case md5
  /// FIPS 180-4: 20 octets.
  case sha1
  /// FIPS 180-4: 32 octets.
  case sha256
  /// FIPS 180-4: 48 octets.
  case sha384
  /// FIPS 180-4: 64 octets.
  case sha512

  /// The digest of a message that is at hand as a whole.
  public func digest(of message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 64)
    var count: UInt32 = 0
    let done = unsafe message.withUnsafeBytes { message in
      unsafe digest.withUnsafeMutableBufferPointer { digest in
        unsafe EVP_Digest(message.baseAddress, message.count, digest.baseAddress, &count, function, nil)
      }
    }
    // OpenSSL fails here only when memory is at its end.
    guard done == 1 else { fatalError("OpenSSL has no \(rawValue)") }
    return Array(digest.prefix(Int(count)))
  }

  /// The HMAC of a message (RFC 2104), as long as a digest.
  public func authenticator(of message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 64)
    var count: UInt32 = 0
    // A key that is absent would be one of before (HMAC(3)).
    let key = key.isEmpty ? [0] : key
    let done = unsafe HMAC(function, key, Int32(key.count), message, message.count, &code, &count) != nil
    guard done else { fatalError("OpenSSL has no HMAC of \(rawValue)") }
    return Array(code.prefix(Int(count)))
  }

  private var function: OpaquePointer? {
    switch self {
    case .md5: unsafe EVP_md5()
    case .sha1: unsafe EVP_sha1()
    case .sha256: unsafe EVP_sha256()
    case .sha384: unsafe EVP_sha384()
    case .sha512: unsafe EVP_sha512()
    }
  }
}
