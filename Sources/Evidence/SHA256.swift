internal import CCrypto

/// SHA-256 (FIPS 180-4) over octets that come in parts, computed by OpenSSL.
@safe
public struct SHA256: ~Copyable {
  /// The length of a digest in octets.
  public static let octets = 32

  private let context: OpaquePointer

  /// Begins an empty message.
  public init() {
    // OpenSSL fails here only when memory is at its end, where Swift's own allocations stop the
    // program as well.
    guard let made = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(made, EVP_sha256(), nil) == 1 else {
      fatalError("OpenSSL has no SHA-256")
    }
    unsafe context = made
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Adds octets to the end of the message.
  public mutating func update(_ octets: some Collection<UInt8>) {
    // A whole array is shared here, not copied.
    let done = unsafe Array(octets).withUnsafeBytes { buffer in
      unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }
    guard done == 1 else { fatalError("OpenSSL's SHA-256 failed") }
  }

  /// Ends the message.
  /// - Returns: the 32 octets of the digest.
  public consuming func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.octets)
    let done = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
    }
    guard done == 1 else { fatalError("OpenSSL's SHA-256 failed") }
    return digest
  }

  /// The 32-octet digest of a message that is at hand as a whole.
  public static func digest(of octets: some Collection<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(octets)
    return hash.finish()
  }

  /// The 32-octet digest of a file, read in pieces of 64 KiB. A symbolic link is not followed.
  /// - Throws: ``PackError`` when the file cannot be opened or read.
  public static func digest(ofFile path: String) throws(PackError) -> [UInt8] {
    try measure(file: path).digest
  }

  /// The digest of a file and how many octets went into it.
  static func measure(file path: String) throws(PackError) -> (digest: [UInt8], octets: Int) {
    let file = try OpenFile(reading: path)
    var hash = SHA256()
    var length = 0
    while let piece = try file.read(atMost: 65_536) {
      hash.update(piece)
      length += piece.count
    }
    return (hash.finish(), length)
  }

  /// Lower-case hexadecimal, two digits an octet.
  public static func hex(_ octets: some Collection<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
