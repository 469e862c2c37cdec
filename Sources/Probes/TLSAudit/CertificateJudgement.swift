public import Records

/// What the certificates of a TLS service show of the checks `tls.cert-…`. Pure: the moment and the names come from the caller.
///
/// The service's own certificate decides, and those that it sends with it where they matter as much: one that is expired, a weak
/// key or a weak signature anywhere in the chain breaks what hangs below. A self-signed certificate behind the first
/// is a root, which clients have in their own store or not at all: its dates and its signature are left aside.
public enum CertificateJudgement {
  public static let expired = "tls.cert-expired"
  public static let notYetValid = "tls.cert-not-yet-valid"
  public static let selfSigned = "tls.cert-self-signed"
  public static let weakKey = "tls.cert-weak-key"
  public static let weakSignature = "tls.cert-weak-signature"
  public static let name = "tls.cert-name"
  /// In the order of the verdicts.
  public static let questions = [expired, notYetValid, selfSigned, weakKey, weakSignature, name]

  /// More than this many certificates of a chain are not looked at.
  private static let mostCertificates = 16

  /// - Parameters:
  ///   - chain: as the service sent it, its own first.
  ///   - names: addresses and host names under which the device is known.
  ///   - moment: when the chain was seen, by our clock.
  ///   - serverTime: `TLSCapture.serverTime`.
  ///   - authority: `TLSCapture.authority`.
  /// - Returns: one verdict for each of ``questions``; all are `inconclusive(no-certificate)` for an empty chain.
  public static func verdicts(
    chain: [CertificateFacts], names: [String], moment: Timestamp, serverTime: UInt32?,
    authority: TLSCapture.Authority? = nil
  ) -> [ProbeVerdict] {
    guard let own = chain.first else {
      return questions.map {
        ProbeVerdict(
          $0, .inconclusive(reason: "no-certificate"),
          basis: LocalizedText(ja: "サービスの証明書を見ることができませんでした。", en: "No certificate of the service was seen."))
      }
    }
    let chain = Array(chain.prefix(mostCertificates))
    let clock = CertificateClock(moment: moment, serverTime: serverTime)
    return [
      expiry(chain, clock), beginning(own, clock), selfSignature(chain, authority), CertificateKeys.verdict(chain),
      CertificateSignatures.verdict(chain), CertificateNaming(own, names: names).verdict,
    ]
  }

  /// Those whose dates and signatures clients look at.
  static func verified(_ chain: [CertificateFacts]) -> [CertificateFacts] {
    chain.enumerated().filter { $0.offset == 0 || $0.element.isSelfSigned != true }.map(\.element)
  }

  private static func expiry(_ chain: [CertificateFacts], _ clock: CertificateClock) -> ProbeVerdict {
    let own = chain[0]
    if let old = verified(chain).first(where: { $0.notAfter.map { $0 < clock.moment } == true }), let end = old.notAfter
    {
      return ProbeVerdict(
        expired, .proven,
        basis: LocalizedText(
          ja: "証明書(\(old.title))の有効期限は\(end.second)で、検査時刻(\(clock.moment.second))には切れていました。",
          en: "The certificate (\(old.title)) was valid until \(end.second); it was seen at \(clock.moment.second).")
          + clock.explanation(own))
    }
    guard let end = own.notAfter else { return undated(expired, own) }
    return ProbeVerdict(
      expired, .refuted,
      basis: LocalizedText(
        ja: "証明書(\(own.title))は\(end.second)まで有効です。", en: "The certificate (\(own.title)) is valid until \(end.second)."
      ))
  }

  private static func beginning(_ own: CertificateFacts, _ clock: CertificateClock) -> ProbeVerdict {
    guard let begin = own.notBefore else { return undated(notYetValid, own) }
    guard begin > clock.moment else {
      return ProbeVerdict(
        notYetValid, .refuted,
        basis: LocalizedText(
          ja: "証明書(\(own.title))は\(begin.second)から有効です。",
          en: "The certificate (\(own.title)) is valid since \(begin.second)."))
    }
    return ProbeVerdict(
      notYetValid, .proven,
      basis: LocalizedText(
        ja: "証明書(\(own.title))は\(begin.second)から有効で、検査時刻(\(clock.moment.second))にはまだ有効になっていませんでした。",
        en: "The certificate (\(own.title)) is valid from \(begin.second) on; it was seen at \(clock.moment.second).")
        + clock.explanation(own))
  }

  private static func undated(_ question: String, _ own: CertificateFacts) -> ProbeVerdict {
    ProbeVerdict(
      question, .inconclusive(reason: "unreadable-date"),
      basis: LocalizedText(
        ja: "証明書(\(own.title))の日付を読み取れませんでした。", en: "The date in the certificate (\(own.title)) cannot be read."))
  }

  /// Proven only when issuer and subject are one name and the signature verifies with the certificate's own key.
  private static func selfSignature(_ chain: [CertificateFacts], _ authority: TLSCapture.Authority?) -> ProbeVerdict {
    let own = chain[0]
    let remarks = CertificateRemarks.all(chain)
    func verdict(_ result: ProbeVerdict.Result, _ text: LocalizedText) -> ProbeVerdict {
      ProbeVerdict(selfSigned, result, basis: remarks.reduce(text, +))
    }
    switch own.isSelfSigned {
    case true?:
      return verdict(
        .proven,
        LocalizedText(
          ja: "証明書(\(own.title))の署名は、証明書自身の鍵によるものです(自己署名)。クライアントは、この証明書だけでは相手が本物か確認できません。",
          en:
            "The certificate (\(own.title)) is signed with its own key: clients cannot tell by it whether the service is the one it says."
        ))
    case nil:
      return verdict(
        .inconclusive(reason: "not-computable"),
        LocalizedText(
          ja: "証明書(\(own.title))の署名(\(own.signatureAlgorithm.shown))は、この環境では計算できません。",
          en:
            "The signature of the certificate (\(own.title), \(own.signatureAlgorithm.shown)) cannot be computed here.")
      )
    case false?:
      let isOneName = own.subject == own.issuer
      return verdict(
        .refuted,
        LocalizedText(
          ja: isOneName
            ? "証明書(\(own.title))の発行者と主体者は同じ名前ですが、署名は別の鍵によるものです。"
            : "証明書(\(own.title))には、別の名前の発行者(\(own.issuer.shown))が記されています。",
          en: isOneName
            ? "Issuer and subject of the certificate (\(own.title)) are one name, but another key signed it."
            : "The certificate (\(own.title)) names another issuer (\(own.issuer.shown))."
        ) + origin(authority))
    }
  }
}

extension CertificateJudgement {
  /// Whose certificate it is at last: that of an authority that clients know, or of one of the owner's or the maker's own.
  private static func origin(_ authority: TLSCapture.Authority?) -> LocalizedText {
    guard let authority else {
      return LocalizedText(ja: "その発行者が信頼されているかは判断していません。", en: " Whether anybody trusts that one was not judged.")
    }
    guard let subject = authority.subject else {
      return LocalizedText(
        ja: "署名をたどりましたが、検査に用いたコンピューターの一覧にある\(authority.count)の公開認証局(\(authority.source))のいずれにも至りません。",
        en:
          " Its signatures lead to none of the \(authority.count) public authorities that the auditing computer lists (\(authority.source))."
      )
    }
    return LocalizedText(
      ja: "署名をたどると、公開認証局(\(subject.shown))に至ります。有効期間、用途の制限、失効は、この判定では見ていません。",
      en:
        " Its signatures lead to the public authority \(subject.shown). Dates, constraints and revocation were not looked at for that."
    )
  }
}

/// Our clock beside the device's.
struct CertificateClock {
  let moment: Timestamp
  /// Four octets of the ServerHello that old versions fill with the time and others with chance (RFC 5246 §7.4.1.2).
  let serverTime: UInt32?

  private static let near = Duration.seconds(86_400)

  /// Whether the device's own clock explains it; nothing when its time says nothing.
  func explanation(_ own: CertificateFacts) -> LocalizedText {
    guard let serverTime else { return LocalizedText(ja: "", en: "") }
    let theirs = Timestamp(nanoseconds: Int64(serverTime) * 1_000_000_000)
    let apart = theirs < moment ? moment - theirs : theirs - moment
    if apart <= Self.near {
      return LocalizedText(
        ja: "機器の応答に含まれる時刻(\(theirs.second))も、検査時刻とほぼ同じです。",
        en: " The time in the device's answer (\(theirs.second)) agrees with ours.")
    }
    guard let begin = own.notBefore, let end = own.notAfter, begin <= theirs, theirs <= end else {
      return LocalizedText(ja: "", en: "")
    }
    return LocalizedText(
      ja: "機器の応答に含まれる時刻(\(theirs.second))では有効期間内であり、機器の時計がずれている可能性があります(この値が時刻ではなく乱数の機器もあります)。",
      en:
        " By the time in the device's answer (\(theirs.second)) it would be valid: the device's clock may be wrong, unless those octets are chance."
    )
  }
}

extension LocalizedText {
  static func + (left: Self, right: Self) -> Self { Self(ja: left.ja + right.ja, en: left.en + right.en) }
}

extension Timestamp {
  /// `2026-11-29T12:00:00Z`
  var second: String {
    let text = rfc3339()
    return String(text.prefix(19)) + "Z"
  }
}

extension String {
  /// Octets of the device's cut to a bound.
  var shown: String { String(String.UnicodeScalarView(unicodeScalars.prefix(120))) }
}

extension CertificateFacts {
  /// What people call it.
  var title: String { subject.isEmpty ? "serial \(serial.shown)" : subject.shown }
}
