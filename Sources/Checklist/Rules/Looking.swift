internal import Profiles
internal import Records

/// How far a device was looked at, for rules that conclude something from what was not found.
extension ChecklistRule {
  /// Why what was not found may be there all the same: the first reason of its scan. nil where every TCP port was settled, what
  /// was open was connected to, and the device was alive before and after.
  func notWhole(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    brokenDown(facts, in: context) ?? hidden(facts, in: context) ?? stopped(facts, in: context)
      ?? industrialPortsLeft(facts, in: context) ?? partial(facts, in: context)
      ?? questionsForbidden(facts, in: context) ?? notAlive(facts, in: context) ?? framesDropped(facts, in: context)
  }

  /// A person must weigh it: ports that said nothing, a path that loses, services that are not known.
  func doubtful(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let silent = facts.coverage.tcp.silent
    if silent > 0 {
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "\(silent)個のTCPポートが応答しなかったため、その先のサービスについては分かりません。",
          en: "\(silent) TCP ports gave no answer, so nothing is known of services behind them."))
    }
    if let missed = mayHaveBeenMissed(facts, in: context) { return missed }
    let unknown = Set(facts.unheard + facts.unidentified).sorted()
    guard !unknown.isEmpty else { return nil }
    return verdict(
      .needsReview, facts, in: context, polarity: .neutral,
      LocalizedText(
        ja: "開いているポート(\(list(unknown)))が何のサービスか特定できていません。",
        en: "Which services run on the open ports \(list(unknown)) is not known."))
  }

  func stopped(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard facts.coverage.stopped != nil else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .checkError,
      LocalizedText(
        ja: "検査の途中で機器の応答が途絶えたか、検査が中断されたため、この項目は判断していません。",
        en: "The device stopped answering or the run was interrupted before this item could be answered."))
  }

  func partial(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard !facts.coverage.tcp.complete else { return nil }
    let tcp = facts.coverage.tcp
    return verdict(
      .notTested, facts, in: context, reason: .incomplete,
      LocalizedText(
        ja: "調べたTCPポートは\(tcp.requestedCount)個(\(tcp.requested))で、全65,535ポートではありません。",
        en: "\(tcp.requestedCount) TCP ports (\(tcp.requested)) were probed, not all 65,535."))
  }

  func questionsForbidden(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard !facts.openTCPServices.isEmpty, !context.serviceQuestionsAllowed else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .noAuthorisation,
      LocalizedText(
        ja: "開いているポートへの接続(service-questions)が許可範囲に含まれていません。",
        en: "The scope does not allow connections to open ports (service-questions)."))
  }

  func notAlive(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard !facts.coverage.aliveBefore || facts.coverage.aliveAfter != true else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .checkError,
      LocalizedText(
        ja: "検査の前後に機器が動作していることを確認できませんでした。",
        en: "The device was not seen alive both before and after the probes."))
  }

  func framesDropped(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    let drops = facts.coverage.receiveDrops
    guard drops > 0 else { return nil }
    return verdict(
      .notTested, facts, in: context, reason: .checkError,
      LocalizedText(
        ja: "受信側で\(drops)個のフレームを取りこぼし、再確認できなかったため、この項目は判断していません。",
        en: "\(drops) frames were dropped before they were read and not asked for again, so this item was not answered."
      ))
  }

  /// Services with a login speak UDP too, and an SNMP agent whose community nobody guesses is silent.
  func udpLeft(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    if let udp = facts.coverage.udp, udp.openOrFiltered == 0, udp.unresolved == 0 { return nil }
    return verdict(.notTested, facts, in: context, reason: .incomplete, udpExtent(facts))
  }

  /// A port that is asked in vain at every try looks like any silent one.
  func mayHaveBeenMissed(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict? {
    guard let loss = facts.coverage.loss else {
      return verdict(
        .needsReview, facts, in: context, reason: .checkError, polarity: .neutral,
        LocalizedText(
          ja: "通信経路での損失を測定できなかったため、開いているポートを見落とした可能性の程度が分かりません。",
          en: "The loss on the path could not be measured, so how likely an open port was missed is not known."))
    }
    guard loss.missBound > missLimit else { return nil }
    return verdict(
      .needsReview, facts, in: context, reason: .vantage, polarity: .neutral,
      LocalizedText(
        ja: "通信経路での損失(\(loss.probes)個中\(loss.lost)個)が大きく、開いているポートを見落とした可能性が残ります。損失の少ない場所から検査し直してください。",
        en:
          "The path lost \(loss.lost) of \(loss.probes) probes, so an open port may have been missed. Look again from a place that loses less."
      ))
  }

  /// A failing row for each service that has a finding, or for the device: two findings of one service are one row.
  func failuresByService(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    var seen: Set<ServiceEndpoint?> = []
    return failures(facts, in: context).filter { seen.insert($0.service).inserted }
  }

  /// A row for each finding that the item's owner must weigh.
  func toWeigh(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    facts.findings.filter { finding in
      context.probeChecks[finding.check]?.feeds.contains { $0.item == item && $0.status == .needsReview } == true
    }.map { finding in
      verdict(
        .needsReview, facts, in: context, polarity: .against, service: finding.service, evidence: finding.evidence,
        finding.detail)
    }
  }

  /// A row that an unfinished look leaves: what was seen supports the item, and why that is not all.
  func soFar(
    _ seen: LocalizedText, _ doubt: Verdict, _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    verdict(
      .needsReview, facts, in: context, reason: doubt.reason, polarity: .supports, seen + doubt.explanation)
  }

  /// What was done at all, printed with what rests on it.
  func extent(_ facts: DeviceFacts) -> LocalizedText {
    let tcp = facts.coverage.tcp
    return LocalizedText(
      ja: "TCPは\(tcp.requestedCount)個のポート(開\(tcp.open)、閉\(tcp.closed)、応答なし\(tcp.silent))を調べました。\(udpExtent(facts).ja)",
      en:
        "Of TCP, \(tcp.requestedCount) ports were probed (\(tcp.open) open, \(tcp.closed) closed, \(tcp.silent) silent). \(udpExtent(facts).en)"
    )
  }

  /// How far UDP was looked at. Silence of a UDP port says nothing, so it never completes an item.
  func udpExtent(_ facts: DeviceFacts) -> LocalizedText {
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

/// The probability of missing a given open port above which nothing passes: one in ten thousand.
let missLimit = 1e-4

/// `redis.no-auth tcp/6379`, shortened beyond eight.
func names(_ asked: [(service: ServiceEndpoint?, verdict: ProbeVerdict)]) -> String {
  list(asked.map { [$0.verdict.question, $0.service?.description].compactMap(\.self).joined(separator: " ") })
}
