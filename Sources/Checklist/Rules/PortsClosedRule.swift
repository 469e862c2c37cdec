public import Records

/// JSSEC-15.2.b, "unneeded ports closed" (checklist.md §2.4).
///
/// Which service is needed is the owner's decision. Without a declaration of allowed services the
/// rule can only fail what is never needed, or hand the owner a list to answer.
public struct PortsClosedRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-15.2.b"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    if let hidden = hidden(facts, in: context) { return [hidden] }
    let open = facts.openServices.map(\.endpoint).sorted()
    if !open.isEmpty {
      return [
        verdict(
          .needsReview, facts, in: context, reason: .noReferenceData, polarity: .neutral,
          LocalizedText(
            ja:
              "許可するサービスの一覧が宣言されていません。開いているポート(\(list(open)))がそれぞれ必要かどうかを、機器の所有者が回答してください。\(udp(facts).ja)",
            en:
              "No list of allowed services was declared. The owner must say for each open port (\(list(open))) whether it is needed. \(udp(facts).en)"
          ))
      ]
    }
    if let unknown = brokenDown(facts, in: context) ?? industrialPortsLeft(facts, in: context) { return [unknown] }
    if !facts.coverage.tcp.complete || facts.coverage.stopped != nil {
      return [
        verdict(
          .notTested, facts, in: context, reason: .incomplete,
          LocalizedText(
            ja:
              "調べたTCPポートは\(facts.coverage.tcp.requestedCount)個(\(facts.coverage.tcp.requested))で、その中に開いているポートはありませんでした。残りは調べていません。",
            en:
              "\(facts.coverage.tcp.requestedCount) TCP ports (\(facts.coverage.tcp.requested)) were probed and none was open. The others were not looked at."
          ))
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
