public import Records

/// A row that other rows answer: it sees their proposals, never the facts.
public protocol DerivedRule: Sendable {
  var item: String { get }
  func judge(_ verdicts: [Verdict], _ site: SiteFacts, in context: ChecklistContext) -> [Verdict]
}

/// JSSEC-7.1.a, ordinary practice taken over (checklist.md §2.4): no needless link to the Internet (14.1.b), initial settings changed (15.1), firewall
/// (15.4.a). One that fails fails it; none that fails supports it, where all three were tested.
public struct OrdinaryPracticeRule: DerivedRule {
  public let item = "jssec-iot-v1/JSSEC-7.1.a"
  private static let sources = ["14.1.b", "15.1", "15.4.a"]

  public init() {}

  public func judge(_ verdicts: [Verdict], _ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let wanted = Set(Self.sources.map { "jssec-iot-v1/JSSEC-\($0)" })
    let rows = Dictionary(grouping: verdicts.filter { wanted.contains($0.item) }, by: \.item)
    return site.eachDevice.map { judge($0, rows, in: context) }
  }

  private func judge(
    _ facts: DeviceFacts, _ rows: [String: [Verdict]], in context: ChecklistContext
  ) -> Verdict {
    let answers = Self.sources.map { source -> (source: String, rows: [Verdict]) in
      let all = rows["jssec-iot-v1/JSSEC-\(source)"] ?? []
      let own = all.filter { $0.device == facts.device.id }
      // A row of the site speaks for every device that has none of its own.
      return (source, own.isEmpty ? all.filter { $0.device == nil && $0.bounds.addresses == nil } : own)
    }
    let failed = answers.filter { $0.rows.contains { $0.status == .fail } }
    if !failed.isEmpty {
      let names = failed.map(\.source).joined(separator: ", ")
      let evidence = failed.flatMap { $0.rows.filter { $0.status == .fail }.flatMap(\.evidence) }
      return make(
        .fail, facts, in: context, polarity: .against, evidence: evidence,
        LocalizedText(
          ja: "通常のICTの対策に当たる項目(\(names))で、不適合の証拠があります。",
          en: "Rows of ordinary practice have evidence against them: \(names)."
        ))
    }
    let open = answers.filter { answer in
      answer.rows.isEmpty || answer.rows.contains { $0.status == .notTested }
    }
    if !open.isEmpty {
      let reason = open.flatMap(\.rows).first { $0.status == .notTested }?.reason ?? .unsupported
      let names = open.map(\.source).joined(separator: ", ")
      return make(
        .notTested, facts, in: context, reason: reason,
        LocalizedText(
          ja: "もとになる項目(14.1.b、15.1、15.4.a)のうち\(names)が未検査です。先にその項目を検査してください。",
          en: "Of the rows that it rests on (14.1.b, 15.1, 15.4.a), \(names) was not tested. Test that first."))
    }
    return make(
      .needsReview, facts, in: context, polarity: .supports,
      evidence: answers.flatMap { $0.rows.flatMap(\.evidence) },
      LocalizedText(
        ja: "もとになる項目(14.1.b、15.1、15.4.a)はいずれも検査され、不適合の証拠はありませんでした。対策を検討したかどうかは担当者に確認してください。",
        en:
          "The rows that it rests on (14.1.b, 15.1, 15.4.a) were all tested and none has evidence against it. Whether the practice was considered is for a person to say."
      ))
  }

  private func make(
    _ status: VerdictStatus, _ facts: DeviceFacts, in context: ChecklistContext, reason: NotTestedReason? = nil,
    polarity: Polarity? = nil, evidence: [String] = [], _ explanation: LocalizedText
  ) -> Verdict {
    Verdict(
      item: item, device: facts.device.id, service: nil, status: status, reason: reason, polarity: polarity,
      bounds: Bounds(
        coverage: facts.coverage, unidentified: facts.unidentified, cannotConclude: context.cannotConclude[item]),
      explanation: explanation, evidence: facts.evidence(with: evidence))
  }
}
