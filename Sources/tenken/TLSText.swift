internal import Foundation
internal import Records
internal import Reports
internal import Wire

/// What a TLS service showed, in rows of a table for people.
struct TLSText {
  private let capture: TLSCapture
  private let language: Language

  init(_ capture: TLSCapture, _ language: Language) {
    self.capture = capture
    self.language = language
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  var rows: [(String, String)] {
    var rows = capture.versions.map { ("\(TLSVersion(rawValue: $0.number))", answer($0.answer)) }
    if let preferred = capture.preferred {
      let order = capture.hasOwnOrder.map {
        $0 ? say("サーバーの順序", "the service's order") : say("クライアントの順序", "the client's order")
      }
      rows.append(
        (
          say("選択", "picks"),
          "\(CipherSuite(preferred.suite).shown), \(TLSVersion(rawValue: preferred.version))"
            + (order.map { " (\($0))" } ?? "")
        ))
    }
    for suites in capture.suites { rows += list(suites) }
    if let group = capture.dhGroup {
      let reuse = group.isValueReused == true ? say(", 公開値を再利用", ", public value reused") : ""
      rows.append(("DHE", "\(group.bits) bit" + (group.known.map { ", \($0)" } ?? "") + reuse))
    }
    rows += flags
    for (place, certificate) in capture.certificates.enumerated() { rows += describe(certificate, place) }
    rows += authority
    let unit = capture.transport == nil ? say("接続数", "connections") : say("試行数", "handshakes begun")
    rows.append((unit, "\(capture.connections)"))
    return rows
  }

  private func answer(_ answer: TLSCapture.Answer) -> String {
    switch answer {
    case .accepted: say("受け付ける", "yes")
    case .declined(let how): say("受け付けない", "no") + " (\(how))"
    case .inconclusive(let reason): say("未確定", "not settled") + " (\(reason))"
    case .notAsked: "-"
    }
  }

  private func list(_ suites: TLSCapture.Suites) -> [(String, String)] {
    let version = "\(TLSVersion(rawValue: suites.version))"
    let title = suites.offered == "all" ? version : say("\(version) 弱い暗号", "\(version), weak ones")
    var rows = suites.accepted.map { (title, CipherSuite(rawValue: $0).shown) }
    if rows.isEmpty { rows = [(title, say("選択されたものはない", "none picked"))] }
    if case .inconclusive(let reason) = suites.end {
      rows.append((title, say("一覧は完全ではない", "the list is not complete") + " (\(reason))"))
    }
    return rows
  }

  private var flags: [(String, String)] {
    let all: [(String, String, Bool?)] = [
      ("RFC 5746", say("再ネゴシエーションの保護", "secure renegotiation"), capture.announcesSecureRenegotiation),
      ("RFC 7627", say("拡張マスターシークレット", "extended master secret"), capture.hasExtendedMasterSecret),
      ("RFC 7507", say("フォールバックの拒否", "refuses marked fallbacks"), capture.honoursFallbackSCSV),
      ("RFC 3749", say("圧縮", "compression"), capture.compresses),
    ]
    return all.compactMap { source, name, fact in
      fact.map { (source, "\(name): \($0 ? say("あり", "yes") : say("なし", "no"))") }
    }
  }

  /// Where the certificates lead, unless they are nobody's but the service's own.
  private var authority: [(String, String)] {
    guard let authority = capture.authority, capture.certificates.first?.isSelfSigned != true else { return [] }
    let none = say(
      "公開認証局(\(authority.count))のいずれにも至らない", "leads to none of \(authority.count) public authorities")
    return [("", authority.subject.map { say("公開認証局 ", "public authority ") + inert($0) } ?? none)]
  }

  private func describe(_ certificate: CertificateFacts, _ place: Int) -> [(String, String)] {
    let title = place == 0 ? say("証明書", "certificate") : say("上位の証明書 \(place)", "chain \(place)")
    let key = certificate.publicKey.map { "\($0.algorithm) \($0.bits)" + ($0.curve.map { " \($0)" } ?? "") } ?? "?"
    func day(_ moment: Timestamp?) -> String { moment.map { String($0.rfc3339().prefix(10)) } ?? "?" }
    return [
      (title, inert(certificate.subject.isEmpty ? "-" : certificate.subject)),
      ("", say("発行者 ", "issued by ") + inert(certificate.issuer.isEmpty ? "-" : certificate.issuer)),
      ("", "\(day(certificate.notBefore)) – \(day(certificate.notAfter)), \(key), \(certificate.signatureAlgorithm)"),
      ("", "SHA-256 \(certificate.sha256)"),
    ]
  }
}
