internal import Cryptography
internal import Probes
internal import Records

/// Octets that no other attempt uses, of a seed that belongs to the run and the service, and of the time.
struct LoginNonce: Hashable, Sendable {
  /// 16 of them.
  let octets: [UInt8]

  init(seed: UInt64, at now: MonotonicInstant) {
    let text = "\(seed) \(now.nanoseconds)"
    octets = Array(DigestAlgorithm.sha256.digest(of: Array(text.utf8)).prefix(16))
  }

  var hexadecimal: String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
