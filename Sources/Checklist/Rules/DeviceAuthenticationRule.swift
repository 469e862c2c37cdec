internal import Declarations
public import Records

/// JSSEC-16.1.a, "device authentication" (checklist.md §2.4): a network that is said to admit only devices that identify
/// themselves, and that admitted a host which did not, fails it. An exchange of 802.1X, or a client certificate, seen in a capture
/// passes it for that device.
public struct DeviceAuthenticationRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-16.1.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    let weighed = site.devices.flatMap { toWeigh($0, in: context) }
    let rows = weighed + admission(site, in: context)
    guard let traffic = site.traffic else { return rows + [noCapture(in: context)] }
    return rows
      + site.eachDevice.map { facts in
        guard traffic.seen.contains(facts.device.id) || traffic.admitted.contains(facts.device.id) else {
          return unseen(facts, traffic, in: context)
        }
        return judge(facts, traffic, in: context)
      }
  }

  /// The auditor's own host was admitted. Whether somebody had let it in before, the network does not show.
  private func admission(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let declarations = site.declarations, declarations.policies.admissionControl == true else { return [] }
    var vantages: [String] = []
    for facts in site.devices where facts.coverage.aliveBefore {
      let place = "\(facts.coverage.vantage.interface) \(facts.coverage.vantage.address)"
      if !vantages.contains(place) { vantages.append(place) }
    }
    guard !vantages.isEmpty else { return [] }
    let evidence = site.declared + (site.devices.first?.evidence ?? [])
    switch site.hostIsAdmitted {
    case false?:
      return [
        siteVerdict(
          .fail, in: context, polarity: .against, evidence: evidence,
          LocalizedText(
            ja: "接続時に機器認証を行うと宣言されています(\(declarations.file))が、認証していない検査用の機器が接続でき、機器と通信できました(\(list(vantages)))。",
            en:
              "It is declared that devices must identify themselves to be admitted (\(declarations.file)), and the auditor's host, which had not, got its link and address and talked with devices (\(list(vantages)))."
          ))
      ]
    case true?: return []
    case nil:
      return [
        siteVerdict(
          .needsReview, in: context, polarity: .against, evidence: evidence,
          LocalizedText(
            ja:
              "接続時に機器認証を行うと宣言されています(\(declarations.file))。検査用の機器は接続でき、機器と通信できました(\(list(vantages)))。この機器が事前に登録・認証されていたかどうかを確認してください。",
            en:
              "It is declared that devices must identify themselves to be admitted (\(declarations.file)). The auditor's host was admitted and talked with devices (\(list(vantages))); find out whether it had been registered or had identified itself."
          ))
      ]
    }
  }

  private func judge(_ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext) -> Verdict {
    let flows = traffic.flows(of: facts.device.id)
    let certified = flows.filter { $0.clientCertificate }
    if traffic.admitted.contains(facts.device.id) || !certified.isEmpty {
      let ways =
        (traffic.admitted.contains(facts.device.id) ? ["802.1X"] : []) + certified.map(\.described)
      return verdict(
        .pass, facts, in: context, polarity: .supports,
        evidence: Array(Set(facts.evidence + certified.flatMap(\.evidence))).sorted(),
        LocalizedText(
          ja: "機器が自らを証明するやり取り(802.1Xまたはクライアント証明書)を観測しました(\(traffic.span.ja)): \(list(ways))。",
          en:
            "The device was seen to identify itself, by 802.1X or with a client certificate (\(traffic.span.en)): \(list(ways))."
        ))
    }
    let hidden = flows.filter { $0.protection == .tls(version: 0x0304) }
    let tail =
      hidden.isEmpty
      ? LocalizedText.nothing
      : LocalizedText(
        ja: "TLS 1.3ではクライアント証明書は見えません(\(list(hidden.map(\.described))))。",
        en: "TLS 1.3 hides client certificates (\(list(hidden.map(\.described)))).")
    return verdict(
      .needsReview, facts, in: context, polarity: .neutral,
      LocalizedText(
        ja: "機器が自らを証明するやり取りは、観測した範囲(\(traffic.span.ja))では見つかりませんでした。",
        en: "The device was not seen to identify itself (\(traffic.span.en)).") + tail)
  }
}
