internal import Declarations
public import Records

/// JSSEC-15.5.a, "only administrators can change settings" (checklist.md §2.4): settings that are shown without authentication,
/// or to a mere user, fail it. Nothing is ever written to find out.
public struct SettingsRule: SiteDeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.5.a"

  public init() {}

  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failuresByService(facts, in: context) + toUsers(facts, in: context)
    if !failed.isEmpty { return failed }
    let weighed = toWeigh(facts, in: context) + changes(facts, of: site, in: context)
    if !weighed.isEmpty { return weighed }
    if let unknown = brokenDown(facts, in: context) ?? hidden(facts, in: context) { return [unknown] }
    return [judge(facts.doors(for: .configuration), facts, in: context)]
  }

  private func toUsers(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    facts.verdicts(of: [RoleSeparationRule.adminPage]).filter { $0.verdict.result == .proven }.map {
      verdict(.fail, facts, in: context, polarity: .against, service: $0.service, $0.verdict.basis)
    }
  }

  /// Settings that are others than in an earlier run, and of which nobody says that he changed them.
  private func changes(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let acknowledged = Set(site.statements(.acknowledged, of: facts.device).compactMap(\.value))
    let open = (site.changes?.changes(of: facts.device.id) ?? []).filter {
      $0.kind == .configuration && !acknowledged.contains($0.id)
    }
    return open.map { change in
      let (before, after) = (change.before ?? "–", change.after ?? "–")
      return verdict(
        .needsReview, facts, in: context, polarity: .against, service: change.service,
        evidence: change.evidence.isEmpty ? nil : change.evidence,
        LocalizedText(
          ja: "設定の特徴が前回の検査から変わっていますが、変更の記録がありません(\(before) → \(after))。",
          en:
            "Its settings look other than in the earlier run, and no record of a change was given (\(before) → \(after))."
        ))
    }
  }
}
