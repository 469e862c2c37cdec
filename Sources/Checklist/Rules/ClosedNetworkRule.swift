internal import Declarations
public import Records

/// JSSEC-14.1.a, "is Internet needed, or a closed network" (checklist.md §2.4): traffic with public addresses contradicts a declared
/// closed network. It is a decision of the company's, which nothing seen can pass.
public struct ClosedNetworkRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-14.1.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    guard let traffic = site.traffic else { return [noCapture(in: context)] }
    return site.eachDevice.map { facts in
      guard traffic.seen.contains(facts.device.id) else { return unseen(facts, traffic, in: context) }
      return judge(facts, traffic, site.declarations, in: context)
    }
  }

  private func judge(
    _ facts: DeviceFacts, _ traffic: TrafficFacts, _ declarations: Declarations?, in context: ChecklistContext
  ) -> Verdict {
    let outward = traffic.flows(of: facts.device.id).filter(\.peer.isGlobal)
    let places = list(outward.map(\.described))
    let evidence = outward.isEmpty ? facts.evidence : Array(Set(outward.flatMap(\.evidence) + facts.evidence)).sorted()
    let seen =
      outward.isEmpty
      ? LocalizedText(
        ja: "公開アドレスとの通信は、観測した範囲(\(traffic.span.ja))ではありませんでした。",
        en: "No traffic with public addresses was seen (\(traffic.span.en)).")
      : LocalizedText(
        ja: "公開アドレスとの通信がありました(\(traffic.span.ja)): \(places)。",
        en: "There was traffic with public addresses (\(traffic.span.en)): \(places).")
    switch declarations?.isClosedNetwork {
    case true? where !outward.isEmpty:
      return verdict(
        .fail, facts, in: context, polarity: .against, evidence: evidence,
        LocalizedText(
          ja: "閉域網と宣言されています(\(declarations?.file ?? ""))が、",
          en: "The network is declared closed (\(declarations?.file ?? ""))."
        ) + seen)
    case true?:
      return verdict(
        .needsReview, facts, in: context, polarity: .supports, evidence: evidence,
        LocalizedText(
          ja: "閉域網と宣言されています(\(declarations?.file ?? ""))。",
          en: "The network is declared closed (\(declarations?.file ?? ""))."
        ) + seen)
    case false?:
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral, evidence: evidence,
        LocalizedText(
          ja: "閉域網ではないと宣言されています(\(declarations?.file ?? ""))。通信先が想定どおりかを確認してください。",
          en:
            "The network is declared not to be closed (\(declarations?.file ?? "")). See whether the places are those that were expected."
        ) + seen)
    case nil:
      return verdict(
        .needsReview, facts, in: context, reason: .noReferenceData, polarity: .neutral, evidence: evidence,
        LocalizedText(
          ja: "閉域網かどうかが宣言されていません(closedNetwork)。",
          en: "Nobody has declared whether the network is closed (closedNetwork).")
          + seen)
    }
  }
}
