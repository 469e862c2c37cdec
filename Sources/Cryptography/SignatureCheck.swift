internal import CTLS

/// Whether a signature is by the private half of a public key; computed by OpenSSL.
public enum SignatureCheck {
  /// - Parameters:
  ///   - key: SubjectPublicKeyInfo (RFC 5280 §4.1), DER.
  ///   - digest: nil for algorithms that have their own, such as Ed25519.
  ///   - signature: as X.509 writes it: DER of r and s for ECDSA.
  /// - Returns: nil when OpenSSL cannot read the key, or has no such digest for it.
  public static func isValid(
    _ signature: [UInt8], of message: [UInt8], by key: [UInt8], digest: DigestAlgorithm?
  ) -> Bool? {
    let number =
      switch digest {
      case nil: 0
      case .sha1: 1
      case .sha256: 256
      case .sha384: 384
      case .sha512: 512
      case .md5: -1
      }
    let result = unsafe CTLS_verify(
      key, CInt(clamping: key.count), CInt(number), signature, CInt(clamping: signature.count), message,
      CInt(clamping: message.count))
    return result < 0 ? nil : result == 1
  }
}
