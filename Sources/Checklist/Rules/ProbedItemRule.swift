internal import Profiles
public import Records

/// An item that probes answer as far as a network can: a proof fails it or asks a person to weigh it; a refusal
/// supports it. It never passes, because what was not found, or not understood, was not asked.
public struct ProbedItemRule: DeviceRule {
  public let item: String

  public init(item: String) { self.item = item }

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    let questions = Set(context.probeChecks.values.filter { $0.feeds.contains { $0.item == item } }.map(\.id))
    let weighed = toWeigh(facts, in: context)
    if !weighed.isEmpty { return weighed }
    if let unknown = brokenDown(facts, in: context) ?? hidden(facts, in: context) { return [unknown] }
    return [outcome(facts.verdicts(of: questions), facts, in: context)]
  }

  /// A row for each finding that the item's owner must weigh.
  private func toWeigh(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    facts.findings.filter { finding in
      context.probeChecks[finding.check]?.feeds.contains { $0.item == item && $0.status == .needsReview } == true
    }.map { finding in
      Verdict(
        item: item, device: facts.device.id, service: finding.service, status: .needsReview, polarity: .against,
        bounds: Bounds(
          coverage: facts.coverage, unidentified: facts.unidentified, cannotConclude: context.cannotConclude[item]),
        explanation: finding.detail, evidence: finding.evidence)
    }
  }

  private func outcome(
    _ asked: [(service: ServiceEndpoint?, verdict: ProbeVerdict)], _ facts: DeviceFacts, in context: ChecklistContext
  ) -> Verdict {
    let unclear = asked.filter { if case .inconclusive = $0.verdict.result { true } else { false } }
    if !unclear.isEmpty {
      return verdict(
        .notTested, facts, in: context, reason: .checkError,
        LocalizedText(
          ja: "問い合わせの結果からは判断できませんでした(\(names(unclear)))。",
          en: "What came back decides nothing (\(names(unclear)))."))
    }
    if !asked.isEmpty {
      return verdict(
        .needsReview, facts, in: context, polarity: .supports,
        LocalizedText(
          ja: "次の問い合わせでは、問題とする応答は得られませんでした(\(names(asked)))。問い合わせていないサービスについては分かりません。",
          en:
            "These questions did not bring the answer that would have spoken against it (\(names(asked))). Services that were not asked are not covered."
        ))
    }
    guard context.serviceQuestionsAllowed else {
      return verdict(
        .notTested, facts, in: context, reason: .noAuthorisation,
        LocalizedText(
          ja: "サービスへの問い合わせ(service-questions)が許可範囲に含まれていません。",
          en: "The scope does not allow questions to services (service-questions)."))
    }
    return verdict(
      .notTested, facts, in: context, reason: .unsupported,
      LocalizedText(
        ja: "見つかったサービスの中に、この項目について問い合わせる方法のあるものはありませんでした。",
        en: "None of the services that were found is one that can be asked about this item."))
  }

  /// `redis.no-auth tcp/6379`, shortened beyond eight.
  private func names(_ asked: [(service: ServiceEndpoint?, verdict: ProbeVerdict)]) -> String {
    let names = asked.map { [$0.verdict.question, $0.service?.description].compactMap(\.self).joined(separator: " ") }
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown), … (\(names.count))" : shown
  }
}
