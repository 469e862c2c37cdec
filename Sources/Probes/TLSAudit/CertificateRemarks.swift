internal import Records

/// What stands out in a service's own certificate and is no check of its own: it becomes part of the basis of
/// `tls.cert-self-signed`.
enum CertificateRemarks {
  private static let day = 86_400.0
  private static let longest = 10 * 366 * day

  /// Sentences, each with a blank in front in English.
  static func all(_ chain: [CertificateFacts]) -> [LocalizedText] {
    let own = chain[0]
    return [
      lifetime(own), factorySubject(own), serial(own), version(own), authority(own), usage(own), embeddedNUL(own),
      explicitCurve(own), missingIssuer(chain),
    ].compactMap(\.self)
  }

  private static func lifetime(_ own: CertificateFacts) -> LocalizedText? {
    guard let begin = own.notBefore, let end = own.notAfter else { return nil }
    if end < begin {
      return LocalizedText(ja: "有効期間の終わりが始まりより前です。", en: " Its validity ends before it begins.")
    }
    let seconds = (end - begin).seconds
    guard seconds > longest else { return nil }
    let years = Int(seconds / (365.2425 * day))
    return LocalizedText(ja: "有効期間は\(years)年と極端に長く設定されています。", en: " It is valid for \(years) years.")
  }

  /// Subjects that come with software and say that nobody set the certificate up: OpenSSL's example configuration, Debian's
  /// snakeoil, names without a meaning.
  private static func factorySubject(_ own: CertificateFacts) -> LocalizedText? {
    let subject = own.subject.lowercased()
    let common = own.commonName?.lowercased() ?? ""
    let isFactory =
      ["internet widgits pty ltd", "default company ltd", "my company"].contains { subject.contains("o=\($0)") }
      || ["localhost", "localhost.localdomain", "default", "example.com", "www.example.com", "server", "test"].contains(
        common)
    guard isFactory else { return nil }
    return LocalizedText(
      ja: "主体者名はソフトウェア既定の値で、機器ごとに設定されたものではないとみられます。",
      en: " Its subject is one that comes with software: nobody seems to have set it up for the device.")
  }

  private static func serial(_ own: CertificateFacts) -> LocalizedText? {
    guard own.serial.hasPrefix("-") || own.serial == "0" else { return nil }
    return LocalizedText(
      ja: "シリアル番号が\(own.serial.shown)で、正の数ではありません(RFC 5280)。",
      en: " Its serial number is \(own.serial.shown), which is not positive (RFC 5280).")
  }

  private static func version(_ own: CertificateFacts) -> LocalizedText? {
    guard own.version != 3 else { return nil }
    return LocalizedText(ja: "バージョン\(own.version)の証明書です。", en: " It is of version \(own.version).")
  }

  private static func authority(_ own: CertificateFacts) -> LocalizedText? {
    guard own.isAuthority == true else { return nil }
    return LocalizedText(
      ja: "認証局の証明書(CA:TRUE)がそのままサーバーに使われており、この鍵で他の証明書を発行できます。",
      en: " It is an authority's (CA:TRUE), used for a service: its key can issue others.")
  }

  private static func usage(_ own: CertificateFacts) -> LocalizedText? {
    guard let usage = own.extendedKeyUsage, !usage.contains("serverAuth"), !usage.contains("anyExtendedKeyUsage") else {
      return nil
    }
    return LocalizedText(
      ja: "拡張鍵用途にサーバー認証(serverAuth)がありません。", en: " Its extended key usage does not include serverAuth.")
  }

  private static func embeddedNUL(_ own: CertificateFacts) -> LocalizedText? {
    let names = own.names.map { if case .dns(let name) = $0 { name } else { "" } } + [own.commonName ?? ""]
    guard names.contains(where: { $0.unicodeScalars.contains("\0") }) else { return nil }
    return LocalizedText(
      ja: "名前の途中にNUL文字があり、照合を誤らせるために作られたおそれがあります。",
      en: " A name has a NUL inside, as it is made to mislead comparisons.")
  }

  private static func explicitCurve(_ own: CertificateFacts) -> LocalizedText? {
    guard own.publicKey?.curve?.hasPrefix("explicit") == true else { return nil }
    return LocalizedText(
      ja: "楕円曲線の名前ではなくパラメーターが書かれており、RFC 5480に反します。",
      en: " Its curve is written out as explicit parameters instead of a name, against RFC 5480.")
  }

  private static func missingIssuer(_ chain: [CertificateFacts]) -> LocalizedText? {
    guard chain.count == 1, chain[0].isSelfSigned == false else { return nil }
    return LocalizedText(ja: "発行者の証明書は送られていません。", en: " The issuer's certificate was not sent with it.")
  }
}
