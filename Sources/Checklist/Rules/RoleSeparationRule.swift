internal import Declarations
public import Records

/// JSSEC-15.1.b, administrators' rights kept apart (checklist.md §2.4): a user's account that reaches a page for administrators
/// fails it. Only with a user's account, which somebody must supply, can it be looked at.
public struct RoleSeparationRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-15.1.b"

  /// A page for administrators, asked for with the account of a user.
  static let adminPage = "role.admin-page"
  /// The interface knows one account alone, which may do everything.
  static let singleAccount = "role.single-account"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    var rows: [Verdict] = []
    var untried = 0
    for facts in site.eachDevice {
      let own = judge(facts, of: site, in: context)
      rows += own
      if own.isEmpty { untried += 1 }
    }
    guard untried > 0 else { return rows }
    return rows + [
      siteVerdict(
        .notTested, in: context, reason: .noCredential,
        LocalizedText(
          ja: "\(untried)台では、一般利用者のアカウントが渡されていないため、管理者向けの画面に届くかどうかを確かめていません。試験用の一般利用者のアカウントを用意してください。",
          en:
            "On \(untried) devices no user's account was supplied, so whether one reaches pages for administrators was not looked at. Supply a user's account for testing."
        ))
    ]
  }

  private func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let asked = facts.verdicts(of: [Self.adminPage])
    let reached = asked.filter { $0.verdict.result == .proven }
    if !reached.isEmpty {
      return reached.map {
        verdict(.fail, facts, in: context, polarity: .against, service: $0.service, $0.verdict.basis)
      }
    }
    if let said = site.statements(.singleRole, of: facts.device).first {
      return [
        verdict(
          .notApplicable, facts, in: context,
          LocalizedText(
            ja: "設計上アカウントの権限が1種類だけの機器です。\(said.attribution.ja)。",
            en: "By design the device has one kind of account: \(said.attribution.en)."))
      ]
    }
    if let single = facts.verdicts(of: [Self.singleAccount]).first(where: { $0.verdict.result == .proven }) {
      return [verdict(.needsReview, facts, in: context, polarity: .against, single.verdict.basis)]
    }
    guard !asked.isEmpty else { return [] }
    let webs = facts.openServices.filter { $0.protocolName == .http }.map(\.endpoint)
    let denied = asked.filter { $0.verdict.result == .refuted }
    let left = webs.filter { web in !denied.contains { $0.service == web } }
    guard denied.count == asked.count, left.isEmpty else {
      return [
        verdict(
          .needsReview, facts, in: context, reason: .checkError, polarity: .neutral,
          LocalizedText(
            ja: "一般利用者のアカウントで確かめられなかった画面があります(\(names(asked))、未確認\(list(left)))。",
            en: "Not every page was settled with the user's account (\(names(asked)); not asked: \(list(left))).")
        )
      ]
    }
    return [
      verdict(
        .pass, facts, in: context, polarity: .supports,
        LocalizedText(
          ja: "一般利用者のアカウントは、管理者向けとして挙げられた\(asked.count)か所すべてで拒否されました(\(names(asked)))。",
          en:
            "The user's account was denied at each of the \(asked.count) places listed as an administrator's (\(names(asked)))."
        ))
    ]
  }
}
