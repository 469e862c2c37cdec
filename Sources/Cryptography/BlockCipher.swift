internal import CTLS

/// A block cipher in a mode of operation, as protocols name it; computed by OpenSSL. CBC and triple DES are here because devices demand
/// them.
public enum BlockCipher: Hashable, Sendable, CaseIterable {
  /// AES (FIPS 197) in counter mode (NIST SP 800-38A §6.5), the whole block counting.
  case aes128Counter, aes192Counter, aes256Counter
  /// AES in cipher block chaining (NIST SP 800-38A §6.2).
  case aes128Chaining, aes192Chaining, aes256Chaining
  /// Triple DES with three keys (FIPS 46-3) in cipher block chaining.
  case tripleDESChaining

  public var keyOctets: Int {
    switch self {
    case .aes128Counter, .aes128Chaining: 16
    case .aes192Counter, .aes192Chaining, .tripleDESChaining: 24
    case .aes256Counter, .aes256Chaining: 32
    }
  }

  public var blockOctets: Int { self == .tripleDESChaining ? 8 : 16 }

  private var number: (of: Int, counts: Bool) {
    switch self {
    case .aes128Counter: (CTLS_AES_128_CTR, true)
    case .aes192Counter: (CTLS_AES_192_CTR, true)
    case .aes256Counter: (CTLS_AES_256_CTR, true)
    case .aes128Chaining: (CTLS_AES_128_CBC, false)
    case .aes192Chaining: (CTLS_AES_192_CBC, false)
    case .aes256Chaining: (CTLS_AES_256_CBC, false)
    case .tripleDESChaining: (CTLS_3DES_CBC, false)
    }
  }

  /// Encrypts or decrypts whole blocks and goes on with the vector, so that the next call continues.
  /// - Parameters:
  ///   - blocks: a multiple of ``blockOctets``.
  ///   - key: ``keyOctets`` octets.
  ///   - vector: ``blockOctets`` octets: the counter, or the last block of what is encrypted.
  /// - Returns: nil when a length is wrong.
  public func apply(
    to blocks: [UInt8], key: [UInt8], vector: inout [UInt8], encrypting: Bool
  ) -> [UInt8]? {
    var result = [UInt8](repeating: 0, count: blocks.count)
    let (number, counts) = number
    let done = unsafe CTLS_cipher(
      CInt(number), encrypting, key, CInt(clamping: key.count), vector, CInt(clamping: vector.count), blocks,
      CInt(clamping: blocks.count), &result)
    guard done else { return nil }
    if counts {
      Self.advance(&vector, by: blocks.count / blockOctets)
    } else if !blocks.isEmpty {
      vector = Array((encrypting ? result : blocks).suffix(blockOctets))
    }
    return result
  }

  /// The counter is one number, its highest octet first.
  private static func advance(_ counter: inout [UInt8], by steps: Int) {
    var carry = steps
    for place in counter.indices.reversed() where carry > 0 {
      carry += Int(counter[place])
      counter[place] = UInt8(truncatingIfNeeded: carry)
      carry >>= 8
    }
  }
}
