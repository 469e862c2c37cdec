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

  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
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
