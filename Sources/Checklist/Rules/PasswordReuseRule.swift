public import Records

/// JSSEC-15.1.c, passwords not used on other systems (checklist.md §2.4): a secret that two devices accept fails it. It never
/// passes: of passwords that nobody published nothing is known.
public struct PasswordReuseRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.1.c"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    guard !facts.verdicts(of: ["cred.default"]).isEmpty else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noAuthorisation,
          LocalizedText(
            ja: "ログインを試していないため、パスワードの使い回しは確認していません。",
            en: "No login was tried, so that nothing can be said of passwords that are used twice."))
      ]
    }
    return [
      verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "この機器と他の機器の両方で受け付けられた公開パスワードはありませんでした。公開されていないパスワードの使い回しは確認できません。",
          en:
            "No published password was accepted both here and elsewhere. Passwords that nobody published cannot be compared."
        ))
    ]
  }
}
