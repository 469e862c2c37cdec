public import Records

/// JSSEC-15.1, initial passwords (checklist.md §2.4): a default that is accepted, or management that asks for none, fails it.
///
/// That defaults are refused passes it only where every service with a login was tried with the whole of its list, and nothing
/// is left of which nobody knows whether it has one: what was not consented to, what locks or cannot be tried is said instead.
/// Even then the few published passwords are all that was tried, which the row prints.
public struct DefaultCredentialRule: DeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.1"
  static let question = "cred.default"
  /// Passwords that stand on the device's label and could not be tried.
  static let label = "cred.label"

  public init() {}

  public func judge(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failuresByService(facts, in: context)
    if !failed.isEmpty { return failed }
    let weighed = toWeigh(facts, in: context)
    if !weighed.isEmpty { return weighed }
    let tried = facts.verdicts(of: [Self.question])
    guard !tried.isEmpty else { return [nothingTried(facts, in: context)] }
    let told = LocalizedText(ja: told(tried, \.ja), en: told(tried, \.en))
    guard tried.allSatisfy({ $0.verdict.result == .refuted }) else {
      return [verdict(.needsReview, facts, in: context, reason: .checkError, polarity: .neutral, told)]
    }
    return [left(facts, tried, told, in: context) ?? pass(facts, tried, told, in: context)]
  }

  /// A login that nobody tried is not tested; that there is none at all needs the whole range.
  private func nothingTried(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    guard facts.withLogin.isEmpty else {
      return verdict(
        .notTested, facts, in: context, reason: .noAuthorisation,
        LocalizedText(
          ja:
            "ログインのあるサービス(\(list(facts.withLogin)))で、初期パスワードを試していません(--credentialsの指定、アクセス管理者の同意、対応する方法のいずれかがありません)。",
          en:
            "No login with a default password was tried on the services that have one (\(list(facts.withLogin))): it was not asked for (--credentials), not consented to, or there is no known way to log in."
        ))
    }
    if let doubt = notWhole(facts, in: context) ?? doubtful(facts, in: context) ?? udpLeft(facts, in: context) {
      return verdict(
        .notTested, facts, in: context, reason: doubt.reason ?? .incomplete,
        LocalizedText(ja: "ログインのあるサービスは見つかっていません。", en: "No service with a login was found.") + doubt.explanation)
    }
    return verdict(
      .notApplicable, facts, in: context,
      LocalizedText(ja: "ログインのあるサービスはありませんでした。", en: "There was no service with a login.") + extent(facts))
  }

  /// Why refusals are not all there is to say.
  private func left(
    _ facts: DeviceFacts, _ tried: [(service: ServiceEndpoint?, verdict: ProbeVerdict)], _ told: LocalizedText,
    in context: ChecklistContext
  ) -> Verdict? {
    let untried = facts.withLogin.filter { endpoint in !tried.contains { $0.service == endpoint } }
    let labels = facts.verdicts(of: [Self.label])
    if !untried.isEmpty || !labels.isEmpty {
      var text = told
      if !untried.isEmpty {
        text =
          text
          + LocalizedText(
            ja: "ログインのある次のサービスでは試していません: \(list(untried))。",
            en: "Not tried, though they have a login: \(list(untried)).")
      }
      for one in labels { text = text + one.verdict.basis }
      return verdict(.needsReview, facts, in: context, polarity: .supports, text)
    }
    return (notWhole(facts, in: context) ?? doubtful(facts, in: context) ?? udpLeft(facts, in: context)).map {
      soFar(told, $0, facts, in: context)
    }
  }

  private func pass(
    _ facts: DeviceFacts, _ tried: [(service: ServiceEndpoint?, verdict: ProbeVerdict)], _ told: LocalizedText,
    in context: ChecklistContext
  ) -> Verdict {
    let services = Set(tried.compactMap(\.service)).count
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      LocalizedText(
        ja: "ログインのある\(services)個のサービスすべてで、公開されている初期パスワードは1つも受け付けられませんでした。",
        en: "None of the published default passwords was accepted by any of the \(services) services that have a login."
      )
        + told
        + LocalizedText(
          ja: "パスワードが変更されたことは、所有者が述べる必要があります。",
          en: "That the passwords were changed is for the owner to state."))
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

/// JSSEC-R2, "initial settings: set ID and password", of the rules for everybody: as JSSEC-15.1.
public struct InitialSettingRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-R2"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    DefaultCredentialRule().judge(site, in: context).map { verdict in
      var bounds = verdict.bounds
      bounds.cannotConclude = context.cannotConclude[item]
      return Verdict(
        item: item, device: verdict.device, service: verdict.service, status: verdict.status, reason: verdict.reason,
        polarity: verdict.polarity, bounds: bounds, explanation: verdict.explanation, evidence: verdict.evidence)
    }
  }
}
