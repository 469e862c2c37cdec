public import Records

/// JSSEC-14.2.c, "Telnet off, SSH where possible" (checklist.md §2.4).
///
/// Silence proves nothing here: a pass needs an answer from every one of the 65,535 ports, an
/// ordinary connection to each open one, and the device alive before and after.
public struct TelnetOffRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-14.2.c"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    return [unprovable(facts, in: context) ?? doubtful(facts, in: context) ?? pass(facts, in: context)]
  }

  /// What was not looked at decides nothing.
  private func unprovable(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let coverage = facts.coverage
    if let broken = brokenDown(facts, in: context) { return broken }
    if let hidden = hidden(facts, in: context) { return hidden }
    if coverage.stopped != nil {
      return verdict(
        .notTested, facts, in: context, reason: .checkError,
        LocalizedText(
          ja: "検査の途中で機器の応答が途絶えたか、検査が中断されたため、この項目は判断していません。",
          en: "The device stopped answering or the run was interrupted before this item could be answered."))
    }
    if let review = likelyButUnidentified(facts, in: context) { return review }
    if let left = industrialPortsLeft(facts, in: context) { return left }
    if !coverage.tcp.complete {
      return verdict(
        .notTested, facts, in: context, reason: .incomplete,
        LocalizedText(
          ja:
            "調べたTCPポートは\(coverage.tcp.requestedCount)個(\(coverage.tcp.requested))です。全65,535ポートを調べていないため、他のポートでTelnetが動作している可能性が残ります。",
          en:
            "\(coverage.tcp.requestedCount) TCP ports (\(coverage.tcp.requested)) were probed, not all 65,535: Telnet may run on one of the others."
        ))
    }
    if !facts.openTCPServices.isEmpty, !context.serviceQuestionsAllowed {
      return verdict(
        .notTested, facts, in: context, reason: .noAuthorisation,
        LocalizedText(
          ja: "開いているポートへの接続(service-questions)が許可範囲に含まれていません。",
          en: "The scope does not allow connections to open ports (service-questions)."))
    }
    if !coverage.aliveBefore || coverage.aliveAfter != true {
      return verdict(
        .notTested, facts, in: context, reason: .checkError,
        LocalizedText(
          ja: "検査の前後に機器が動作していることを確認できませんでした。",
          en: "The device was not seen alive both before and after the probes."))
    }
    if coverage.receiveDrops > 0 {
      return verdict(
        .notTested, facts, in: context, reason: .checkError,
        LocalizedText(
          ja: "受信側で\(coverage.receiveDrops)個のフレームを取りこぼし、再確認できなかったため、この項目は判断していません。",
          en:
            "\(coverage.receiveDrops) frames were dropped before they were read and not asked for again, so this item was not answered."
        ))
    }
    return nil
  }

  private func likelyButUnidentified(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let likely = facts.unidentified.filter { context.telnetLikelyPorts.contains($0.port) }
    guard !likely.isEmpty else { return nil }
    return verdict(
      .needsReview, facts, in: context, polarity: .against,
      LocalizedText(
        ja: "Telnetでよく使われるポート(\(list(likely)))が開いていますが、何のサービスかは特定されていません。",
        en: "Ports often used for Telnet (\(list(likely))) are open, and which service runs there was not identified."))
  }

  /// Facts that a person must weigh.
  private func doubtful(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let silent = facts.coverage.tcp.silent
    if silent > 0 {
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "\(silent)個のTCPポートが応答しませんでした。この場所からは、その先でTelnetが動作していないとは言えません。",
          en: "\(silent) TCP ports gave no answer. From this vantage nothing can be said about Telnet behind them."))
    }
    if let missed = mayHaveBeenMissed(facts, in: context) { return missed }
    let unheard = facts.unheard
    if !unheard.isEmpty {
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "開いているポート(\(list(unheard)))に接続して確かめることができませんでした。",
          en: "Open ports (\(list(unheard))) could not be connected to, so what runs there is not known."))
    }
    return nil
  }

  private func pass(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    let open = facts.openTCPServices.count
    let silentServices = facts.unidentified
    let tail =
      silentServices.isEmpty
      ? LocalizedText(ja: "", en: "")
      : LocalizedText(
        ja: " うち\(list(silentServices))は接続しても自ら名乗りませんでした。",
        en: " Of these, \(list(silentServices)) said nothing that identifies them.")
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      LocalizedText(
        ja: "全65,535個のTCPポートが応答し(開\(open)、閉\(facts.coverage.tcp.closed))、Telnetと特定されるサービスはありませんでした。\(tail.ja)",
        en:
          "All 65,535 TCP ports answered (\(open) open, \(facts.coverage.tcp.closed) closed) and none was identified as Telnet.\(tail.en)"
      ))
  }
}
