internal import CTLS

/// The public operation of RSA alone (RFC 8017 §5.1.1): what is padded, rightly or not, is the caller's.
public enum PublicKeyOperation {
  /// - Parameters:
  ///   - block: as many octets as the modulus has, big-endian.
  ///   - modulus: hexadecimal, as in `CertificateFacts.PublicKey`; so is `exponent`.
  /// - Returns: nil when these are no numbers of a key.
  public static func apply(to block: [UInt8], modulus: String, exponent: String) -> [UInt8]? {
    let (modulus, exponent) = (Array(modulus.utf8) + [0], Array(exponent.utf8) + [0])
    var result = [UInt8](repeating: 0, count: block.count)
    let isDone = unsafe CTLS_power(
      modulus, Int32(clamping: modulus.count), exponent, Int32(clamping: exponent.count), block,
      Int32(clamping: block.count), &result)
    return isDone ? result : nil
  }
}
