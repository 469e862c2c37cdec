internal import Records

/// Doubts that every rule about ports shares.
extension ChecklistRule {
  func brokenDown(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard let breakdown = facts.breakdown else { return nil }
    let text =
      breakdown.kind == .lost
      ? LocalizedText(
        ja: "検査中に機器が応答しなくなり、戻りませんでした。以後は何も送信していないため、この項目は判断していません。",
        en:
          "The device stopped answering during the probes and did not come back. Nothing more was sent to it, and this item was not answered."
      )
      : LocalizedText(
        ja: "検査中に機器が再起動しました。再起動の前後で状態が異なる可能性があるため、この項目は判断していません。",
        en: "The device restarted during the probes. It may differ before and after, so this item was not answered.")
    return verdict(.notTested, facts, in: context, reason: .fragile, text)
  }

  func hidden(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard facts.coverage.answersEverything else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .opaque,
      LocalizedText(
        ja: "使われていないはずのポートも含めて、すべてのポートが「開」と応答しました。途中の装置が代わりに応答しているとみられ、機器自身の状態は分かりません。",
        en:
          "Every port answered as open, even ones that nobody uses. Something else seems to answer in the device's place, so the state of the device itself is not known."
      ))
  }

  func industrialPortsLeft(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let left = facts.coverage.tcp.notPermitted
    guard left > 0 else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .noAuthorisation,
      LocalizedText(
        ja: "制御系プロトコルのポート\(left)個は、許可範囲に ot-identify が含まれていないため調べていません。",
        en:
          "\(left) ports of industrial control protocols were not asked, because the scope does not allow ot-identify.")
    )
  }
}
