public import Records

/// JSSEC-16.1.c, "system and cloud service authentication" (checklist.md §2.4): a row for each service outside that the device was
/// seen to talk with.
///
/// In the clear, or going on although the certificate is none that could be believed, fails. A valid certificate passes the
/// server's side alone: whether the device looks at it, nobody sees without standing in between, which is not done.
/// What the device itself shows as a server is for a person to weigh: who connects to it cannot tell it from another.
public struct PeerAuthenticationRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-16.1.c"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    let weighed = site.devices.flatMap { toWeigh($0, in: context) }
    guard let traffic = site.traffic else { return weighed + [noCapture(in: context)] }
    return weighed
      + site.eachDevice.flatMap { facts -> [Verdict] in
        guard traffic.seen.contains(facts.device.id) else { return [unseen(facts, traffic, in: context)] }
        let flows = traffic.flows(of: facts.device.id).filter { flow in
          flow.peer.isGlobal && !flow.isIncoming && flow.carriedData && !flow.isUpkeep
        }
        guard !flows.isEmpty else { return [noPeer(facts, traffic, in: context)] }
        return flows.map { judge($0, facts, traffic, in: context) }
      }
  }

  private func noPeer(_ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext) -> Verdict {
    verdict(
      .notTested, facts, in: context, reason: .noCapture,
      LocalizedText(
        ja: "観測した範囲(\(traffic.span.ja))では、この機器は外部のサービスと通信していません。通信する時間帯に記録し直してください。",
        en:
          "In the capture (\(traffic.span.en)) the device talked with no service outside. Capture again while it does."
      ))
  }

  private func judge(
    _ flow: TrafficFacts.Flow, _ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext
  ) -> Verdict {
    func row(_ status: VerdictStatus, _ polarity: Polarity, _ ja: String, _ en: String) -> Verdict {
      verdict(
        status, facts, in: context, polarity: polarity, evidence: flow.evidence.isEmpty ? nil : flow.evidence,
        LocalizedText(
          ja: "\(flow.described)(\(traffic.span.ja)): \(ja)", en: "\(flow.described) (\(traffic.span.en)): \(en)"))
    }
    switch flow.protection {
    case .none: return row(.fail, .against, "暗号化されていません。", "in the clear.")
    case .opaque:
      return row(
        .needsReview, .neutral, "保護の方式が分からず、相手を確かめているかどうかも分かりません。",
        "how it is protected is not known, nor whether the other side is checked.")
    case .tls(let version):
      return judge(flow.certificate, TrafficFacts.Flow.shown(version), row)
    }
  }

  private func judge(
    _ certificate: TrafficFacts.PeerCertificate?, _ version: String,
    _ row: (VerdictStatus, Polarity, String, String) -> Verdict
  ) -> Verdict {
    switch certificate {
    case .expired:
      row(
        .fail, .against, "サーバー証明書の期限が切れていますが、\(version)でデータを送受信しています。",
        "the server's certificate has expired, and data follows in \(version) all the same.")
    case .wrongName:
      row(
        .fail, .against, "サーバー証明書の名前が接続先と異なりますが、\(version)でデータを送受信しています。",
        "the server's certificate is for another name, and data follows in \(version) all the same.")
    case .selfSigned:
      row(
        .fail, .against, "サーバー証明書は自己署名ですが、\(version)でデータを送受信しています。",
        "the server's certificate is signed by itself, and data follows in \(version) all the same.")
    case .valid:
      row(
        .pass, .supports, "サーバーは、接続先の名前について有効な証明書の連鎖を提示しています(\(version)、サーバー側のみ)。",
        "the server presents a valid chain for the name asked for (\(version); the server's side only).")
    case .privateAuthority:
      row(
        .needsReview, .neutral, "サーバー証明書は一般に知られていない認証局によるものです(\(version))。その認証局を機器が知っているかを製造元に確認してください。",
        "the server's certificate is by an authority that is not generally known (\(version)). Ask the maker whether the device knows it."
      )
    case .hidden:
      row(
        .needsReview, .neutral, "\(version)ではサーバー証明書は見えません。", "\(version) hides the server's certificate.")
    case nil:
      row(
        .needsReview, .neutral, "サーバー証明書を観測していません(\(version))。", "the server's certificate was not seen (\(version)).")
    }
  }
}
