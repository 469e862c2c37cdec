internal import Records
internal import Wire

// Key exchange and certificate.
extension TLSRowJudge {
  private static func text(_ both: String) -> LocalizedText { LocalizedText(ja: both, en: both) }

  private static func because(_ answer: TLSCapture.Answer) -> LocalizedText {
    let reason =
      switch answer {
      case .inconclusive(let reason): reason.withoutControls
      case .accepted, .declined, .notAsked: "not-asked"
      }
    return LocalizedText(ja: "未確定(\(reason))", en: "not settled (\(reason))")
  }

  // MARK: Key exchange

  /// All groups of TLS 1.3 have at least so many bits (RFC 8446 §4.2.7).
  private static let leastOfTLS13 = (finiteField: 2048, curve: 256)

  private var acceptedSuites: [CipherSuite] { capture.suites.flatMap(\.accepted).map(CipherSuite.init(rawValue:)) }

  func finiteField(_ least: Int) -> Outcome {
    if let group = capture.dhGroup, group.bits < least {
      return .deviates(Self.text("DHE \(group.bits) bit" + (group.known.map { ", \($0.withoutControls)" } ?? "")))
    }
    // RFC 2246 §A.5 has 512 bits for them, the drafts after it 1024.
    if least > 1024, let export = acceptedSuites.first(where: { $0.isDHE && $0.weaknesses.contains(.export) }) {
      return .deviates(Self.text(export.shown))
    }
    if speaksOnlyTLS13, capture.finiteField == .notAsked, least <= Self.leastOfTLS13.finiteField {
      return .meets(Self.tls13Groups)
    }
    switch capture.finiteField {
    case .accepted:
      guard let group = capture.dhGroup else { return .notDetermined(Self.because(.notAsked)) }
      return .meets(Self.text("DHE \(group.bits) bit"))
    case .declined:
      if acceptedSuites.contains(where: \.isDHE) { return .notDetermined(Self.because(.notAsked)) }
      if let reason = olderVersions() { return .notDetermined(reason) }
      return .meets(LocalizedText(ja: "DHEを受け付けない", en: "takes no DHE"))
    case .inconclusive, .notAsked: return .notDetermined(Self.because(capture.finiteField))
    }
  }

  private static let tls13Groups = LocalizedText(
    ja: "TLS 1.3だけを受け付け、その群はこれより小さくない", en: "takes TLS 1.3 only, whose groups are not smaller")

  /// What was declined was asked in the best version up to TLS 1.2 alone; nil where there is no other one, or none can be.
  private func olderVersions() -> LocalizedText? {
    if let reason = open(among: TLSVersion.all.filter { $0 >= .ssl3 && $0 <= .tls12 }.map(\.rawValue)) { return reason }
    let spoken = classicSpoken
    guard let best = spoken.last, spoken.count > 1 else { return nil }
    let name = TLSNames.shown(version: best)
    return LocalizedText(ja: "\(name)でだけ確認", en: "asked in \(name) only")
  }

  func curves(_ least: Int) -> Outcome {
    let used = capture.curves.compactMap(TLSNames.group)
    let small = used.filter { $0.bits < least }
    if !small.isEmpty { return .deviates(Self.text(small.map(\.name).joined(separator: ", "))) }
    if capture.weakCurves == .accepted, least >= 224 {
      return .deviates(LocalizedText(ja: "224ビット未満の曲線", en: "a curve of fewer than 224 bits"))
    }
    if speaksOnlyTLS13, capture.weakCurves == .notAsked, least <= Self.leastOfTLS13.curve {
      return .meets(Self.tls13Groups)
    }
    guard case .declined = capture.weakCurves else { return .notDetermined(Self.because(capture.weakCurves)) }
    // Curves of fewer than 224 bits were offered alone; those between were not.
    guard least <= 224 else {
      return .notDetermined(
        LocalizedText(ja: "224ビット未満の曲線だけを確認", en: "only curves below 224 bits were asked for"))
    }
    if let unknown = capture.curves.first(where: { TLSNames.group($0) == nil }) {
      return .notDetermined(LocalizedText(ja: "未知の群: \(unknown)", en: "a group that is not known: \(unknown)"))
    }
    if let reason = olderVersions() { return .notDetermined(reason) }
    return .meets(LocalizedText(ja: "224ビット未満の曲線を受け付けない", en: "takes no curve below 224 bits"))
  }

  /// Groups are seen where they are used; nobody lists them.
  func only(_ groups: Set<UInt16>) -> Outcome {
    let others = capture.curves.filter { !groups.contains($0) }
    if !others.isEmpty { return .deviates(Self.text(others.map(TLSNames.shown(group:)).joined(separator: ", "))) }
    let used = capture.curves.map(TLSNames.shown(group:)).joined(separator: ", ")
    let seen = used.isEmpty ? "-" : used
    return .notDetermined(
      LocalizedText(ja: "群の一覧は確認していない(使用: \(seen))", en: "groups are not enumerated (used: \(seen))"))
  }

  // MARK: Certificate

  private static let noCertificate = LocalizedText(
    ja: "証明書を確認できなかった(no-certificate)", en: "no certificate was seen (no-certificate)")

  private static func unread(_ what: LocalizedText) -> Outcome {
    .notDetermined(LocalizedText(ja: "証明書の\(what.ja)を読み取れない", en: "the certificate's \(what.en) cannot be read"))
  }

  private func shown(_ key: CertificateFacts.PublicKey) -> String {
    ("\(key.algorithm) \(key.bits)" + (key.curve.map { " \($0)" } ?? "")).withoutControls
  }

  func key(_ allowed: [TLSGuideline.KeyType: Int]) -> Outcome {
    guard let certificate = capture.certificates.first else { return .notDetermined(Self.noCertificate) }
    guard let key = certificate.publicKey else { return Self.unread(LocalizedText(ja: "公開鍵", en: "key")) }
    let name = key.algorithm == "rsa-pss" ? "rsa" : key.algorithm
    let least = TLSGuideline.KeyType(rawValue: name).flatMap { allowed[$0] }
    return least.map { key.bits >= $0 } == true ? .meets(Self.text(shown(key))) : .deviates(Self.text(shown(key)))
  }

  func keyCurve(_ curves: Set<String>) -> Outcome {
    guard let certificate = capture.certificates.first else { return .notDetermined(Self.noCertificate) }
    guard let key = certificate.publicKey else { return Self.unread(LocalizedText(ja: "公開鍵", en: "key")) }
    // Another kind of key has no curve that the row could be about.
    guard key.algorithm == "ec" else { return .meets(Self.text(shown(key))) }
    guard let curve = key.curve else { return Self.unread(LocalizedText(ja: "曲線", en: "curve")) }
    return curves.contains(curve) ? .meets(Self.text(shown(key))) : .deviates(Self.text(shown(key)))
  }

  func signature(without hashes: Set<TLSGuideline.Hash>) -> Outcome {
    guard let certificate = capture.certificates.first else { return .notDetermined(Self.noCertificate) }
    let name = certificate.signatureAlgorithm.lowercased()
    let seen = Self.text(certificate.signatureAlgorithm.withoutControls)
    // They sign without a hash function of one's choice (RFC 8032 §5).
    if name == "ed25519" || name == "ed448" { return .meets(seen) }
    // OpenSSL calls SHA-1 with DSA also `dsaWithSHA`.
    let hash = name.hasSuffix("withsha") ? .sha1 : TLSGuideline.Hash.allCases.first { name.contains($0.rawValue) }
    guard let hash else { return Self.unread(LocalizedText(ja: "署名方式", en: "signature algorithm")) }
    return hashes.contains(hash) ? .deviates(seen) : .meets(seen)
  }

  func signature(_ allowed: Set<String>) -> Outcome {
    guard let certificate = capture.certificates.first else { return .notDetermined(Self.noCertificate) }
    let name = certificate.signatureAlgorithm
    return allowed.contains(name) ? .meets(Self.text(name)) : .deviates(Self.text(name.withoutControls))
  }

  func lifetime(_ longest: Int) -> Outcome {
    guard let certificate = capture.certificates.first else { return .notDetermined(Self.noCertificate) }
    guard let from = certificate.notBefore, let until = certificate.notAfter else {
      return Self.unread(LocalizedText(ja: "有効期間", en: "period"))
    }
    let day: Int64 = 86_400
    let seconds = max(0, (until - from).components.seconds)
    // RFC 5280 §4.1.2.5 counts the last second as well, but who makes a certificate for 90 days writes their difference.
    let days = (seconds + day - 1) / day
    let seen = LocalizedText(ja: "\(days)日", en: "\(days) days")
    return days > longest ? .deviates(seen) : .meets(seen)
  }
}
