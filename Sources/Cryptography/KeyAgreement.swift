internal import CTLS

/// A secret that two sides come to by public values; computed by OpenSSL. What it protects here is nothing: it lets a device go on to where it
/// says more of itself.
public enum KeyAgreement: Hashable, Sendable {
  /// RFC 7748 §6.1: 32 octets for everything.
  case curve25519
  /// Finite-field Diffie-Hellman (RFC 4253 §8) with the generator 2 and the prime of RFC 2409 §6.2.
  case group1
  /// The same with that of RFC 3526 §3, and of §5.
  case group14, group16

  /// The value that the other side is sent; of a group without leading zeros.
  /// - Parameter secret: 32 octets.
  public func publicValue(of secret: [UInt8]) -> [UInt8]? { agree(secret, nil) }

  /// What both sides have then; of a group without leading zeros.
  /// - Parameter secret: 32 octets.
  /// - Returns: nil for a value that cannot be one: of another length, or one that gives the secret away (RFC 7748 §6.1, RFC 4253 §8).
  public func shared(secret: [UInt8], with value: [UInt8]) -> [UInt8]? { agree(secret, value) }

  private func agree(_ secret: [UInt8], _ value: [UInt8]?) -> [UInt8]? {
    guard secret.count == 32 else { return nil }
    var result = [UInt8](repeating: 0, count: CTLS_LARGEST_VALUE)
    let count = unsafe CTLS_agree(
      CInt(number), secret, value, CInt(clamping: value?.count ?? 0), &result, CInt(clamping: result.count))
    return count < 0 ? nil : Array(result.prefix(Int(count)))
  }

  private var number: Int {
    switch self {
    case .curve25519: CTLS_CURVE_25519
    case .group1: CTLS_GROUP_1
    case .group14: CTLS_GROUP_14
    case .group16: CTLS_GROUP_16
    }
  }
}
