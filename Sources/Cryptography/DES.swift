internal import CCrypto

/// The Data Encryption Standard (FIPS 46-3), which VNC's authentication uses (RFC 6143 §7.2.2).
public enum DES {
  /// Octets of a key and of a block.
  public static let blockOctets = 8

  /// Encrypts whole blocks, each by itself.
  ///
  /// OpenSSL 3 keeps DES with the outdated ciphers that are not always there; encrypting, decrypting and encrypting
  /// with one key (triple DES, keying option 3) is the same function.
  /// - Parameters:
  ///   - blocks: a multiple of 8 octets.
  ///   - key: 8 octets; the lowest bit of each is not used.
  /// - Returns: nil when a length is wrong.
  public static func encrypt(blocks: [UInt8], key: [UInt8]) -> [UInt8]? {
    guard key.count == blockOctets, blocks.count.isMultiple(of: blockOctets) else { return nil }
    guard let context = unsafe EVP_CIPHER_CTX_new() else { fatalError("OpenSSL has no memory") }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    var result = [UInt8](repeating: 0, count: blocks.count + blockOctets)
    var count: Int32 = 0
    let done = unsafe EVP_EncryptInit_ex(context, EVP_des_ede3_ecb(), nil, key + key + key, nil) == 1
    unsafe EVP_CIPHER_CTX_set_padding(context, 0)
    guard done, unsafe EVP_EncryptUpdate(context, &result, &count, blocks, Int32(blocks.count)) == 1 else {
      fatalError("OpenSSL has no triple DES")
    }
    return Array(result.prefix(Int(count)))
  }
}
