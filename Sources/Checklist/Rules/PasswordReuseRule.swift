public import Records

/// JSSEC-15.1.c, passwords not used on other systems (checklist.md §2.4): a secret or a community that two devices accept fails
/// it, a host key or TLS key that two devices show is to be weighed. It never passes: of passwords that nobody published
/// nothing is known.
public struct PasswordReuseRule: SiteDeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.1.c"
  private static let keys: Set<String> = ["ssh.shared-hostkey", "tls.shared-key"]

  public init() {}

  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failuresByService(facts, in: context)
    if !failed.isEmpty { return failed }
    let weighed = toWeigh(facts, in: context)
    if !weighed.isEmpty { return weighed }
    if site.omitted.isEmpty, Set(site.devices.map(\.device.id)).count == 1 {
      return [
        verdict(
          .notApplicable, facts, in: context,
          LocalizedText(
            ja: "対象の範囲で応答した機器はこの1台だけで、比べる相手がありません。",
            en: "This is the only device of the scope that answered, so there is nothing to compare it with."))
      ]
    }
    let compared = facts.verdicts(of: Self.keys).filter { $0.verdict.result == .refuted }
    let keys =
      compared.isEmpty
      ? LocalizedText.nothing
      : LocalizedText(
        ja: "鍵(\(names(compared)))は、他の機器と同じではありませんでした。",
        en: "Its keys (\(names(compared))) were not those of another device.")
    guard !facts.verdicts(of: [DefaultCredentialRule.question]).isEmpty else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noAuthorisation,
          LocalizedText(
            ja: "ログインを試していないため、パスワードの使い回しは確認していません。",
            en: "No login was tried, so that nothing can be said of passwords that are used twice.") + keys)
      ]
    }
    return [
      verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "この機器と他の機器の両方で受け付けられた公開パスワードはありませんでした。公開されていないパスワードの使い回しは確認できません。",
          en:
            "No published password was accepted both here and elsewhere. Passwords that nobody published cannot be compared."
        ) + keys)
    ]
  }
}
