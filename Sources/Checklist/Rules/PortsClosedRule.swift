internal import Declarations
public import Records

/// JSSEC-15.2.b, "unneeded ports closed" (checklist.md §2.4).
///
/// Which service is needed is the owner's decision. With a declaration that holds for the device, what is open beyond it fails,
/// and it passes where the whole of TCP and the listed UDP ports answered and nothing else is open. Without one the rule can only
/// fail what is never needed, or hand the owner a list to answer: documents about the model are not the owner's word.
public struct PortsClosedRule: SiteDeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.2.b"
  private static let question = "port.unnecessary"

  public init() {}

  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failuresByService(facts, in: context)
    if !failed.isEmpty { return failed }
    if let hidden = hidden(facts, in: context) { return [hidden] }
    let open = facts.openServices.map(\.endpoint).sorted()
    let named = named(facts)
    let undecided = open.filter { !named.contains($0) }
    if !undecided.isEmpty { return [question(undecided, named.filter(open.contains), facts, in: context)] }
    if let unknown = brokenDown(facts, in: context) ?? industrialPortsLeft(facts, in: context) { return [unknown] }
    if !facts.coverage.tcp.complete || facts.coverage.stopped != nil {
      return [
        verdict(
          .notTested, facts, in: context, reason: .incomplete,
          LocalizedText(
            ja:
              "調べたTCPポートは\(facts.coverage.tcp.requestedCount)個(\(facts.coverage.tcp.requested))で、\(found(open).ja)残りは調べていません。",
            en:
              "\(facts.coverage.tcp.requestedCount) TCP ports (\(facts.coverage.tcp.requested)) were probed. \(found(open).en) The others were not looked at."
          ))
      ]
    }
    if let list = allowList(facts, of: site) { return [held(open, to: list, facts, in: context)] }
    if !open.isEmpty {
      return [verdict(.needsReview, facts, in: context, polarity: .supports, found(open) + udpExtent(facts))]
    }
    let nothing =
      LocalizedText(
        ja: "開いているポートは見つかりませんでした(TCP 無応答\(facts.coverage.tcp.silent))。",
        en: "No open port was found (\(facts.coverage.tcp.silent) TCP ports silent).") + udpExtent(facts)
    guard facts.coverage.udp != nil else {
      return [verdict(.notTested, facts, in: context, reason: .incomplete, nothing)]
    }
    return [verdict(.needsReview, facts, in: context, polarity: .neutral, nothing)]
  }

  /// Where the owner's list for the device stands; nil when there is none.
  private func allowList(_ facts: DeviceFacts, of site: SiteFacts) -> String? {
    guard let declarations = site.declarations else { return nil }
    let macs = facts.device.mac.map { [$0] } ?? []
    let rules = declarations.devices.filter { rule in
      rule.targets.contains { $0.names(macs: macs, addresses: facts.device.addresses) }
    }
    return rules.isEmpty ? nil : rules.map { "\(declarations.file):\($0.line)" }.joined(separator: ", ")
  }

  /// Everything open is on the owner's list: a pass, unless something may be open that nobody saw.
  private func held(
    _ open: [ServiceEndpoint], to source: String, _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let within =
      LocalizedText(
        ja:
          open.isEmpty
          ? "開いているポートは見つからず、所有者の宣言(\(source))の範囲内です。"
          : "開いているポート(\(list(open)))は、すべて所有者の宣言(\(source))に記載があります。",
        en: open.isEmpty
          ? "No open port was found, which is within the owner's declaration (\(source))."
          : "Every open port (\(list(open))) is in the owner's declaration (\(source)).") + extent(facts)
    if let doubt = notAlive(facts, in: context) ?? framesDropped(facts, in: context) {
      return soFar(within, doubt, facts, in: context)
    }
    if facts.coverage.tcp.silent > 0 {
      return verdict(.needsReview, facts, in: context, polarity: .supports, within)
    }
    if let doubt = mayHaveBeenMissed(facts, in: context) { return soFar(within, doubt, facts, in: context) }
    guard let udp = facts.coverage.udp, udp.openOrFiltered == 0, udp.unresolved == 0 else {
      return verdict(.needsReview, facts, in: context, polarity: .supports, within)
    }
    return verdict(.pass, facts, in: context, polarity: .supports, within)
  }

  /// What is to be said of ports of which every one is named.
  private func found(_ open: [ServiceEndpoint]) -> LocalizedText {
    guard !open.isEmpty else {
      return LocalizedText(ja: "その中に開いているポートはありませんでした。", en: "None of them was open.")
    }
    return LocalizedText(
      ja: "見つかった開いているポート(\(list(open)))は、すべて所有者の宣言または機種の資料に記載があります。",
      en:
        "Every open port that was found (\(list(open))) is one that the owner declared or that documents about the model name."
    )
  }

  /// Ports that a declaration or a document names, ascending.
  private func named(_ facts: DeviceFacts) -> [ServiceEndpoint] {
    facts.verdicts(of: [Self.question]).filter { $0.verdict.result == .refuted }.compactMap(\.service).sorted()
  }

  /// The list for the owner to answer.
  private func question(
    _ undecided: [ServiceEndpoint], _ named: [ServiceEndpoint], _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let lead =
      named.isEmpty
      ? LocalizedText(ja: "許可するサービスの一覧が宣言されていません。", en: "No list of allowed services was declared.")
      : LocalizedText(
        ja: "開いているポートのうち\(list(named))は機種の資料に記載がありますが、残りについては宣言も記載もありません。",
        en:
          "Of the open ports, documents about the model name \(list(named)); neither they nor a declaration name the rest."
      )
    return verdict(
      .needsReview, facts, in: context, reason: .noReferenceData, polarity: .neutral,
      LocalizedText(
        ja: "\(lead.ja)開いているポート(\(list(undecided)))がそれぞれ必要かどうかを、機器の所有者が回答してください(要・不要)。\(udpExtent(facts).ja)",
        en:
          "\(lead.en) The owner must say for each open port (\(list(undecided))) whether it is needed: yes or no. \(udpExtent(facts).en)"
      ))
  }
}
