internal import Addressing
internal import Declarations
public import Records

/// JSSEC-14.3.a, "via a protected gateway" (checklist.md §2.4): a device that the owner says is reached through a gateway alone must
/// not answer elsewhere.
///
/// Which places should only see the gateway are those of another zone than the device's, and those outside: an auditor's host
/// beside the device behind the gateway sees it rightly.
public struct GatewayRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-14.3.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    if let none = site.statements(.hardToSecure).first(where: { $0.value == "none" }) {
      return [
        siteVerdict(
          .notApplicable, in: context, evidence: site.declared,
          LocalizedText(
            ja: "それ自体では十分に守れない機器はないとされています。\(none.attribution.ja)。",
            en: "There is said to be no device that cannot be protected well by itself: \(none.attribution.en)."))
      ]
    }
    let rows = site.eachDevice.map { judge($0, of: site, in: context) }
    guard rows.contains(where: \.isEmpty) else { return rows.flatMap(\.self) }
    return rows.flatMap(\.self) + [
      siteVerdict(
        .notTested, in: context, reason: .noReferenceData,
        LocalizedText(
          ja: "\(rows.count(where: \.isEmpty))台について、ゲートウェイ経由で使うという申告がありません。該当する機器があれば申告(behind-gateway)してください。",
          en:
            "Of \(rows.count(where: \.isEmpty)) devices nobody says that they are reached through a gateway. Declare those that are (behind-gateway)."
        ))
    ]
  }

  private func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let said = site.statements(.behindGateway, of: facts.device).first else {
      return undeclared(facts, of: site, in: context)
    }
    let own = site.zone(of: facts.device)
    let elsewhere = site.reach(of: facts.device).filter { $0.isOutside || ($0.zone != nil && $0.zone != own) }
    let reached = elsewhere.filter { !$0.open.isEmpty }
    if !reached.isEmpty {
      return reached.map { reach in
        verdict(
          .fail, facts, in: context, polarity: .against, evidence: reach.evidence.isEmpty ? nil : reach.evidence,
          LocalizedText(
            ja:
              "ゲートウェイ(\(said.value ?? "–"))経由とされる機器に、\(reach.shownZone.ja)(\(reach.place))から直接到達できました(\(list(reach.open)))。\(said.attribution.ja)。",
            en:
              "It is said to be reached through the gateway \(said.value ?? "–") alone, and answered \(reach.shownZone.en) (\(reach.place)) directly: \(list(reach.open)). \(said.attribution.en)."
          ))
      }
    }
    return [unreached(said, elsewhere, own, facts, of: site, in: context)]
  }

  private func unreached(
    _ said: Declarations.Statement, _ elsewhere: [ReachFact], _ own: String?, _ facts: DeviceFacts, of site: SiteFacts,
    in context: ChecklistContext
  ) -> Verdict {
    let looked = elsewhere.filter(\.isComplete)
    let zones = (site.declarations?.zones.map(\.id) ?? []).filter { $0 != own }
    let missing = zones.filter { zone in !looked.contains { $0.zone == zone } }
    guard !looked.isEmpty, missing.isEmpty else {
      let side = missing.isEmpty ? ("ゲートウェイの外側", "the other side of the gateway") : (list(missing), list(missing))
      return verdict(
        .notTested, facts, in: context, reason: .vantage,
        LocalizedText(
          ja: "ゲートウェイ経由とされていますが(\(said.attribution.ja))、\(side.0)から全ポートを調べていません。そこに接続して調べてください。",
          en:
            "It is said to be behind a gateway (\(said.attribution.en)), and not all ports were looked at from \(side.1). Look from there."
        ))
    }
    let places = list(looked.map { "\($0.zone ?? "outside") (\($0.place))" })
    let shut = LocalizedText(
      ja: "\(places)から全ポートを調べ、この機器には到達できませんでした。\(said.attribution.ja)。",
      en: "From \(places) all ports were looked at, and the device was not reached. \(said.attribution.en).")
    // A gateway that does not answer either may be a path that is broken.
    let gateway = said.value.flatMap { IPAddress($0) }
    let ways = site.devices.filter { device in gateway.map { device.device.addresses.contains($0) } ?? false }
    let seen = Set(ways.flatMap { site.reach(of: $0.device) }.filter { !$0.open.isEmpty }.map(\.zone))
    guard looked.allSatisfy({ seen.contains($0.zone) }) else {
      return verdict(
        .needsReview, facts, in: context, polarity: .supports,
        shut
          + LocalizedText(
            ja: "ただし、同じ場所からゲートウェイの応答を確認していないため、経路が切れていた可能性があります。",
            en: "The gateway was not seen to answer there, however, so the path may have been broken."))
    }
    if let doubt = brokenDown(facts, in: context) ?? notAlive(facts, in: context) { return doubt }
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      evidence: Array(Set(facts.evidence + looked.flatMap(\.evidence))).sorted(), shut)
  }

  /// A device that cannot be protected well, by its own rows or the owner's word, and that anybody reaches.
  private func undeclared(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let hard = site.statements(.hardToSecure, of: facts.device).first
    let rows = Weakness.rows(facts, of: site, in: context)
    let open = facts.openServices.map(\.endpoint).sorted()
    guard hard != nil || !rows.isEmpty, !open.isEmpty else { return [] }
    let why =
      hard.map { LocalizedText(ja: "(\($0.attribution.ja))", en: " (\($0.attribution.en))") }
      ?? LocalizedText(ja: "(\(list(rows.map(\.shortItem))))", en: " (\(list(rows.map(\.shortItem))))")
    return [
      verdict(
        .needsReview, facts, in: context, polarity: .against,
        LocalizedText(
          ja: "守りの弱い機器\(why.ja)に直接到達できます(\(list(open)))。ゲートウェイ経由で使うという申告もありません。",
          en:
            "A weakly protected device\(why.en) is reached directly (\(list(open))), and nobody says that it is used through a gateway."
        ))
    ]
  }
}

extension ReachFact {
  var shownZone: LocalizedText {
    isOutside
      ? LocalizedText(ja: "外部", en: "outside")
      : LocalizedText(ja: "区画「\(zone ?? "–")」", en: "the zone \(zone ?? "–")")
  }
}

/// What makes a device a weakly protected one (checklist.md §2.4, JSSEC-14.1.b): its own failing rows of passwords, Telnet and
/// authentication.
enum Weakness {
  static func rows(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let rows =
      DefaultCredentialRule().judge(facts, in: context) + TelnetOffRule().judge(facts, of: site, in: context)
      + UserAuthenticationRule().judge(facts, in: context)
    return rows.filter { $0.status == .fail }
  }
}

extension Verdict {
  /// `JSSEC-14.2.c tcp/23`.
  var shortItem: String {
    let name = item.split(separator: "/").last.map(String.init) ?? item
    return service.map { "\(name) \($0)" } ?? name
  }
}
