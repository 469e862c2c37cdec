public import Records

/// JSSEC-15.1, initial passwords (checklist.md §2.4): a published default that is accepted fails it. It never passes: that
/// the few published ones are refused says nothing of what was set instead.
public struct DefaultCredentialRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.1"
  private static let question = "cred.default"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context)
    if !failed.isEmpty { return failed }
    let tried = facts.verdicts(of: [Self.question])
    guard !tried.isEmpty else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noAuthorisation,
          LocalizedText(
            ja: "初期パスワードでのログインは試していません(--credentialsの指定、アクセス管理者の同意、対応するサービスのいずれかがありません)。",
            en:
              "No login with a default password was tried: it was not asked for (--credentials), not consented to, or there is no service with a known way to log in."
          ))
      ]
    }
    let isClear = tried.allSatisfy { $0.verdict.result == .refuted }
    return [
      verdict(
        .needsReview, facts, in: context, reason: isClear ? nil : .checkError, polarity: isClear ? .supports : .neutral,
        LocalizedText(ja: told(tried, \.ja), en: told(tried, \.en)))
    ]
  }

  /// `tcp/23: …`, a sentence for each service.
  private func told(
    _ tried: [(service: ServiceEndpoint?, verdict: ProbeVerdict)], _ language: KeyPath<LocalizedText, String>
  ) -> String {
    tried.map { one in
      (one.service.map { "\($0): " } ?? "") + one.verdict.basis[keyPath: language]
    }.joined(separator: " ")
  }
}
