internal import CTLS

/// What the modulus of an RSA key says of the primes behind it. Moduli are hexadecimal, as in `CertificateFacts.PublicKey`.
public enum ModulusTest {
  /// The moduli that have a prime in common with another of the list: both can be factored by anybody who sees the two
  /// (N. Heninger and others, "Mining Your Ps and Qs", 2012). A modulus that stands there twice counts once.
  public static func commonFactors(among moduli: some Sequence<String>) -> Set<String> {
    let all = Set(moduli).filter(isUsable).sorted()
    guard all.count > 1 else { return [] }
    var texts: [UInt8] = []
    for modulus in all { texts += Array(modulus.utf8) + [0] }
    var found = [UInt8](repeating: 0, count: all.count)
    guard unsafe CTLS_common_factors(texts, Int32(texts.count), Int32(all.count), &found) else { return [] }
    return Set(zip(all, found).filter { $0.1 == 1 }.map(\.0))
  }

  /// The primes lie so close together that Fermat's method finds them in a hundred rounds (CVE-2022-26320). Those of
  /// proper keys are 2^100 times further apart.
  public static func hasClosePrimes(_ modulus: String) -> Bool {
    guard isUsable(modulus) else { return false }
    let text = Array(modulus.utf8) + [0]
    return unsafe CTLS_has_close_primes(text, Int32(text.count), 100)
  }

  /// The fingerprint of keys that Infineon's library made (CVE-2017-15361, "ROCA"): such a modulus is a power of 65537 modulo
  /// each small prime, since its primes are (M. Nemec and others, "The Return of Coppersmith's Attack", 2017, §2.2). Of other
  /// keys one in a hundred million is.
  public static func hasROCAFingerprint(_ modulus: String) -> Bool {
    guard isUsable(modulus), modulus.utf8.count >= 128 else { return false }
    return smallPrimes.allSatisfy { prime in
      var rest = 0
      for digit in modulus.utf8 { rest = (rest * 16 + value(digit)) % prime }
      var power = 1
      repeat {
        if power == rest { return true }
        power = power * (65_537 % prime) % prime
      } while power != 1
      return false
    }
  }

  /// 3 … 167: those of the product that keys of 512 bits are made with.
  private static let smallPrimes = (3...167).filter { number in !(2..<number).contains { number % $0 == 0 } }

  /// Odd, above 1, and no longer than OpenSSL computes with.
  private static func isUsable(_ modulus: String) -> Bool {
    let digits = modulus.utf8
    guard (1...4096).contains(digits.count), let last = digits.last, modulus != "1" else { return false }
    return digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } && value(last) % 2 == 1
  }

  private static func value(_ digit: UInt8) -> Int { digit < 0x61 ? Int(digit) - 0x30 : Int(digit) - 0x57 }
}
