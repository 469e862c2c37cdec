internal import Declarations
public import Records

/// JSSEC-15.3.a, "updated to the latest version" (checklist.md §2.4), as far as the device says its version and a document
/// names one to compare it with.
///
/// It passes where the version that the device says itself is the one that a document calls the latest; that document's title
/// and date are part of the row. A version that is merely not older than a document's says nothing of the latest.
public struct FirmwareRule: SiteDeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.3.a"

  static let outdated = "firmware.outdated"
  /// Proven where the version is the one that the document names as the latest.
  static let latest = "firmware.latest"

  public init() {}

  /// What holds now, with what the record of the day of introduction says, where the owner keeps one. That record answers the row
  /// where the device says nothing now; it takes nothing from what is seen now, and adds no pass to it.
  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let rows = current(facts, of: site, in: context)
    guard let commissioning = site.commissioning else { return rows }
    guard let state = commissioning.states[facts.device.id] else {
      return rows.map {
        $0.adding(
          LocalizedText(ja: "導入時の記録に、この機器はありません。", en: "The record of the introduction does not have the device."),
          evidence: [])
      }
    }
    let polarity: Polarity? =
      switch state.status {
      case .pass: .supports
      case .fail: .against
      case .needsReview: .neutral
      case .notTested, .notApplicable, nil: nil
      }
    return rows.map { row in
      guard row.status == .notTested, let polarity else { return row.adding(state.told, evidence: state.evidence) }
      return verdict(
        .needsReview, facts, in: context, polarity: polarity, evidence: row.evidence, row.explanation
      ).adding(state.told, evidence: state.evidence)
    }
  }

  private func current(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    if let said = site.statements(.notUpdatable, of: facts.device).first {
      return [
        verdict(
          .notApplicable, facts, in: context,
          LocalizedText(
            ja: "製造元が更新できないとしている機器です。\(said.attribution.ja)。",
            en: "Its maker says that it cannot be updated: \(said.attribution.en)."))
      ]
    }
    guard let said = facts.verdicts(of: [Self.outdated]).first?.verdict else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noReferenceData,
          LocalizedText(
            ja: "ファームウェアの版を示す応答が得られなかったため、判断していません。",
            en: "Nothing the device said shows the version of its firmware, so this item was not answered."))
      ]
    }
    switch said.result {
    case .proven: return [verdict(.needsReview, facts, in: context, polarity: .against, said.basis)]
    case .refuted:
      if let latest = facts.verdicts(of: [Self.latest]).first(where: { $0.verdict.result == .proven }) {
        return [verdict(.pass, facts, in: context, polarity: .supports, latest.verdict.basis)]
      }
      return [verdict(.needsReview, facts, in: context, polarity: .supports, said.basis)]
    case .inconclusive:
      return [verdict(.needsReview, facts, in: context, reason: .noReferenceData, polarity: .neutral, said.basis)]
    }
  }
}

extension CommissioningFacts.State {
  fileprivate var told: LocalizedText {
    let when = ([run, at.rfc3339(offsetMinutes: Timestamp.jst)] + [by].compactMap(\.self)).joined(separator: ", ")
    let word: LocalizedText =
      switch status {
      case .pass: LocalizedText(ja: "最新版と一致", en: "it was the latest")
      case .fail: LocalizedText(ja: "最新版より古い", en: "it was older than the latest")
      case .needsReview: LocalizedText(ja: "確認が必要", en: "it was for a person to judge")
      case .notApplicable: LocalizedText(ja: "対象外", en: "the row did not apply")
      case .notTested, nil: LocalizedText(ja: "未検査", en: "it was not tested")
      }
    return LocalizedText(
      ja: "導入時の記録(\(when)): 版\(firmware ?? "不明")、\(word.ja)。",
      en: "Record of the introduction (\(when)): version \(firmware ?? "not known"), \(word.en).")
  }
}
