public import Records

/// JSSEC-15.2.b, "unneeded ports closed" (checklist.md §2.4).
///
/// Which service is needed is the owner's decision. Without a declaration of allowed services the
/// rule can only fail what is never needed, or hand the owner a list to answer.
public struct PortsClosedRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.2.b"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
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
    if !open.isEmpty {
      return [
        verdict(
          .needsReview, facts, in: context, polarity: .supports,
          LocalizedText(
            ja: "\(found(open).ja)\(udp(facts).ja)", en: "\(found(open).en) \(udp(facts).en)"))
      ]
    }
    let nothing = LocalizedText(
      ja: "開いているポートは見つかりませんでした(TCP 無応答\(facts.coverage.tcp.silent))。\(udp(facts).ja)",
      en: "No open port was found (\(facts.coverage.tcp.silent) TCP ports silent). \(udp(facts).en)")
    guard facts.coverage.udp != nil else {
      return [verdict(.notTested, facts, in: context, reason: .incomplete, nothing)]
    }
    return [verdict(.needsReview, facts, in: context, polarity: .neutral, nothing)]
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
    facts.verdicts(of: ["port.unnecessary"]).filter { $0.verdict.result == .refuted }.compactMap(\.service).sorted()
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
        ja: "\(lead.ja)開いているポート(\(list(undecided)))がそれぞれ必要かどうかを、機器の所有者が回答してください(要・不要)。\(udp(facts).ja)",
        en:
          "\(lead.en) The owner must say for each open port (\(list(undecided))) whether it is needed: yes or no. \(udp(facts).en)"
      ))
  }

  /// How far UDP was looked at. Silence of a UDP port says nothing, so it never completes the item.
  private func udp(_ facts: DeviceFacts) -> LocalizedText {
    guard let udp = facts.coverage.udp else {
      return LocalizedText(ja: "UDPは調べていません。", en: "UDP was not looked at.")
    }
    return LocalizedText(
      ja:
        "UDPは\(udp.requestedCount)個のポートに問い合わせ、応答あり\(udp.open)、閉\(udp.closed)、応答なし\(udp.openOrFiltered)、未確定\(udp.unresolved)でした。応答のないUDPポートの状態は分かりません。",
      en:
        "Of UDP, \(udp.requestedCount) ports were asked: \(udp.open) answered, \(udp.closed) closed, \(udp.openOrFiltered) silent, \(udp.unresolved) unresolved. What is behind a silent UDP port is not known."
    )
  }
}
