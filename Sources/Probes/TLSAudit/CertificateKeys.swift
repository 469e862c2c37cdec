internal import Certificates
internal import Records

/// The check `tls.cert-weak-key`: keys below 112 bits of strength (NIST SP 800-57 part 1, table 2: RSA 2048, elliptic curves
/// 224), and keys that can be broken whatever their length.
enum CertificateKeys {
  private enum Outcome {
    case weak(LocalizedText)
    /// A remark stands behind it.
    case sound(LocalizedText)
    case unknown(String)
  }

  static func verdict(_ chain: [CertificateFacts]) -> ProbeVerdict {
    let outcomes = chain.map { (certificate: $0, outcome: judge($0.publicKey)) }
    func verdict(_ result: ProbeVerdict.Result, _ basis: LocalizedText) -> ProbeVerdict {
      ProbeVerdict(CertificateJudgement.weakKey, result, basis: basis)
    }
    for (certificate, outcome) in outcomes {
      guard case .weak(let why) = outcome else { continue }
      return verdict(
        .proven,
        LocalizedText(
          ja: "証明書(\(certificate.title))の鍵: \(why.ja)",
          en: "The key of the certificate (\(certificate.title)): \(why.en)"))
    }
    let own = chain[0]
    switch outcomes[0].outcome {
    case .unknown(let reason):
      let what = own.publicKey.map { "\($0.algorithm.shown) \($0.curve ?? "")" } ?? "?"
      return verdict(
        .inconclusive(reason: reason),
        LocalizedText(
          ja: "証明書(\(own.title))の鍵(\(what))の強度は判断できません。",
          en: "How strong the key of the certificate (\(own.title)) is (\(what)) cannot be said."))
    case .sound(let text), .weak(let text):
      return verdict(
        .refuted,
        LocalizedText(
          ja: "証明書(\(own.title))の鍵: \(text.ja)", en: "The key of the certificate (\(own.title)): \(text.en)"))
    }
  }

  private static func judge(_ key: CertificateFacts.PublicKey?) -> Outcome {
    guard let key else { return .unknown("unreadable-key") }
    let size = "\(key.algorithm) \(key.bits) bit"
    let sizes = LocalizedText(ja: "\(size)です。", en: "\(size).")
    switch key.algorithm {
    case "rsa", "rsa-pss":
      if let weakness = weakness(ofRSA: key) { return .weak(weakness) }
      guard key.exponent == "3" else { return .sound(sizes) }
      return .sound(
        sizes
          + LocalizedText(
            ja: "公開指数は3です。署名の検証が正しく実装されていないクライアントでは、偽造につながります。",
            en: " Its public exponent is 3, which leads to forgeries with clients that verify carelessly."))
    case "dsa", "dh": return key.bits < 2048 ? .weak(short(size)) : .sound(sizes)
    case "ec":
      if key.bits < 224 { return .weak(short("\(size) (\(key.curve ?? "?"))")) }
      // Over a curve of the device's own the length says nothing.
      return key.curve == "explicit" || key.curve == nil
        ? .unknown("unknown-curve")
        : .sound(LocalizedText(ja: "\(size)(\(key.curve ?? ""))です。", en: "\(size) (\(key.curve ?? ""))."))
    case "ed25519", "ed448": return .sound(sizes)
    default: return .unknown("unknown-algorithm")
    }
  }

  private static func short(_ what: String) -> LocalizedText {
    LocalizedText(
      ja: "\(what)で、現在必要とされる長さ(RSA 2048 bit、楕円曲線224 bit)に達していません。",
      en: "\(what), below what is asked for today (RSA 2048, elliptic curves 224 bits).")
  }

  private static func weakness(ofRSA key: CertificateFacts.PublicKey) -> LocalizedText? {
    if let exponent = key.exponent, exponent == "1" || exponent.last.map({ "02468ace".contains($0) }) == true {
      return LocalizedText(
        ja: "RSAの公開指数が\(exponent.shown)(16進)で、鍵として機能しません。",
        en: "its public exponent is \(exponent.shown) (hexadecimal), with which RSA protects nothing.")
    }
    if key.bits < 2048 { return short("\(key.algorithm) \(key.bits) bit") }
    guard let modulus = key.modulus else { return nil }
    if ModulusTest.hasClosePrimes(modulus) {
      return LocalizedText(
        ja: "2つの素数が近すぎるため、秘密鍵を公開鍵から直ちに計算できます(CVE-2022-26320と同種)。",
        en:
          "its two primes lie so close together that the private key follows from the public one at once (as in CVE-2022-26320)."
      )
    }
    if ModulusTest.hasROCAFingerprint(modulus) {
      return LocalizedText(
        ja: "Infineon製ライブラリの欠陥(CVE-2017-15361、ROCA)の特徴を持ち、秘密鍵を公開鍵から計算できるおそれがあります。",
        en:
          "it has the fingerprint of Infineon's flawed library (CVE-2017-15361, ROCA): its private key may be computed from the public one."
      )
    }
    return nil
  }
}

/// The check `tls.cert-weak-signature`: MD2, MD4, MD5 and SHA-1, with which certificates were forged (A. Sotirov and others 2008;
/// M. Stevens and others, "The first collision for full SHA-1", 2017).
///
/// Roots are left out: clients know them by their octets. A service's own certificate that is self-signed is not: guidelines forbid
/// SHA-1 in it without exception, and clients refuse it; what a collision is worth to a forger there is another matter.
enum CertificateSignatures {
  private static let weak = ["md2", "md4", "md5", "sha1"]
  private static let sound = ["sha224", "sha256", "sha384", "sha512", "sha3-", "ed25519", "ed448"]

  static func verdict(_ chain: [CertificateFacts]) -> ProbeVerdict {
    func verdict(_ result: ProbeVerdict.Result, _ ja: String, _ en: String) -> ProbeVerdict {
      ProbeVerdict(CertificateJudgement.weakSignature, result, basis: LocalizedText(ja: ja, en: en))
    }
    for certificate in CertificateJudgement.verified(chain) where isWeak(certificate.signatureAlgorithm) {
      let algorithm = certificate.signatureAlgorithm.shown
      let isOwn = certificate.isSelfSigned == true
      return verdict(
        .proven,
        "証明書(\(certificate.title))の署名は\(algorithm)です。このハッシュ関数では、同じ署名を持つ別の証明書を作られるおそれがあります。"
          + (isOwn ? "自己署名のため偽造の手段としての意味は限られますが、現在のクライアントには拒否されます。" : ""),
        "The certificate (\(certificate.title)) is signed with \(algorithm), whose hash function no longer keeps others from making a certificate with the same signature."
          + (isOwn ? " As it is self-signed that gains a forger little; clients of today refuse it." : ""))
    }
    let own = chain[0]
    let algorithm = own.signatureAlgorithm.shown
    let name = own.signatureAlgorithm.lowercased()
    guard sound.contains(where: { name.contains($0) }) else {
      return verdict(
        .inconclusive(reason: "unknown-algorithm"), "証明書(\(own.title))の署名方式(\(algorithm))は判断の対象外です。",
        "The algorithm of the signature of the certificate (\(own.title)), \(algorithm), is not known here.")
    }
    return verdict(
      .refuted, "証明書(\(own.title))の署名は\(algorithm)です。", "The certificate (\(own.title)) is signed with \(algorithm).")
  }

  private static func isWeak(_ algorithm: String) -> Bool {
    let name = algorithm.lowercased()
    // OpenSSL calls SHA-1 with DSA `dsaWithSHA1` or `dsaWithSHA`, and with RSA also `sha1WithRSA`.
    return weak.contains { name.contains($0) } || name.hasSuffix("withsha")
  }
}
