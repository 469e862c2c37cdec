internal import Addressing
internal import Declarations
public import Records

/// JSSEC-14.1.b, "weakly protected devices not put directly on the Internet" (checklist.md §2.4): weak by its own failing rows of
/// passwords, Telnet and authentication, and reached from outside.
///
/// Only a look from outside can pass it. From inside there is at most a forwarded port, or an address that is routed.
public struct ExposureRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-14.1.b"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let rows = site.eachDevice.map { judge($0, of: site, in: context) }
    let unseen = rows.count { $0 == nil }
    guard unseen > 0 else { return rows.compactMap(\.self) }
    return rows.compactMap(\.self) + [
      siteVerdict(
        .notTested, in: context, reason: .vantage,
        LocalizedText(
          ja: "\(unseen)台は、LANの中から見ただけでは外部に露出しているかどうか分かりません。インターネット側から調べ、結果を合わせてください。",
          en:
            "From inside the LAN it cannot be told whether \(unseen) devices are reached from the Internet. Look from outside, and join what comes of it."
        ))
    ]
  }

  /// nil where nothing shows it either way.
  private func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> Verdict? {
    let outside = site.reach(of: facts.device).filter(\.isOutside)
    let reached = outside.filter { !$0.open.isEmpty }
    let forwards = PortForward.all(of: site).filter { facts.device.addresses.contains($0.client) }
    let weak = Weakness.rows(facts, of: site, in: context)
    if !reached.isEmpty || !forwards.isEmpty {
      return exposed(reached, forwards, weak, facts, in: context)
    }
    if outside.contains(where: \.isComplete) { return closed(outside, weak, facts, of: site, in: context) }
    let global = facts.device.addresses.filter(\.isGlobal)
    guard !weak.isEmpty, !global.isEmpty else { return nil }
    return verdict(
      .needsReview, facts, in: context, polarity: .against,
      LocalizedText(
        ja:
          "守りの弱い機器(\(list(weak.map(\.shortItem))))が、インターネットで経路のあるアドレス(\(list(global.map(\.description))))を持っています。外部から到達できるかどうかは確かめていません。",
        en:
          "A weakly protected device (\(list(weak.map(\.shortItem)))) has an address that is routed on the Internet (\(list(global.map(\.description)))). Whether it is reached from outside was not looked at."
      ))
  }

  private func exposed(
    _ reached: [ReachFact], _ forwards: [PortForward], _ weak: [Verdict], _ facts: DeviceFacts,
    in context: ChecklistContext
  ) -> Verdict {
    let ways =
      reached.map { "\($0.place): \(list($0.open))" } + forwards.map(\.described)
    let evidence = Array(
      Set(weak.flatMap(\.evidence) + reached.flatMap(\.evidence) + forwards.flatMap(\.evidence) + facts.evidence)
    ).sorted()
    guard !weak.isEmpty else {
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral, evidence: evidence,
        LocalizedText(
          ja: "外部から到達できます(\(list(ways)))。この検査では、パスワード・Telnet・認証の項目で不適合の証拠は見つかっていません。",
          en:
            "It is reached from outside (\(list(ways))). In this audit its rows of passwords, Telnet and authentication do not fail."
        ))
    }
    return verdict(
      .fail, facts, in: context, polarity: .against, evidence: evidence,
      LocalizedText(
        ja: "守りの弱い機器(\(list(weak.map(\.shortItem))))に外部から到達できます(\(list(ways)))。",
        en: "A weakly protected device (\(list(weak.map(\.shortItem)))) is reached from outside (\(list(ways)))."))
  }

  private func closed(
    _ outside: [ReachFact], _ weak: [Verdict], _ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext
  ) -> Verdict {
    let places = list(outside.filter(\.isComplete).map(\.place))
    let shut = LocalizedText(
      ja: "\(site.at.rfc3339(offsetMinutes: Timestamp.jst))の時点で、外部(\(places))から全ポートを調べ、開いているものはありませんでした。",
      en:
        "As of \(site.at.rfc3339(offsetMinutes: Timestamp.jst)) all ports were looked at from outside (\(places)), and none was open."
    )
    guard site.gatewaysForwardNothing else {
      return verdict(
        .needsReview, facts, in: context, polarity: .supports,
        shut
          + LocalizedText(
            ja: "ただし、ポート転送の一覧が空であることを確認できたゲートウェイがありません。",
            en: "No gateway, however, was seen to have an empty list of port mappings."))
    }
    if let doubt = brokenDown(facts, in: context) ?? notAlive(facts, in: context) { return doubt }
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      evidence: Array(Set(facts.evidence + outside.flatMap(\.evidence))).sorted(),
      shut + LocalizedText(ja: "ゲートウェイのポート転送の一覧も空でした。", en: "The gateway's list of port mappings was empty, too."))
  }
}

/// A port that a gateway forwards to a device, as the gateway says it.
struct PortForward {
  let client: IPAddress
  let described: String
  let evidence: [String]

  /// Claims such as `tcp/8080 192.168.10.5:80`.
  static func all(of site: SiteFacts) -> [PortForward] {
    site.devices.flatMap { facts in
      facts.device.claims.filter { $0.kind == .portForward }.compactMap { claim -> PortForward? in
        let words = claim.value.split(separator: " ")
        guard words.count == 2, let colon = words[1].lastIndex(of: ":"), let client = IPAddress(words[1][..<colon])
        else { return nil }
        let gateway = facts.device.addresses.first.map { "\($0)" } ?? facts.device.id.rawValue
        return PortForward(client: client, described: "\(gateway): \(claim.value)", evidence: facts.evidence)
      }
    }
  }
}

extension SiteFacts {
  /// At least one gateway has an empty list of port mappings, and none of those that were found has another or told nothing.
  var gatewaysForwardNothing: Bool {
    let said = devices.map { ($0.verdicts(of: ["upnp.igd"]), $0.verdicts(of: ["upnp.port-mapping"])) }
    let gateways = said.filter { $0.0.contains { $0.verdict.result == .proven } || !$0.1.isEmpty }
    return !gateways.isEmpty
      && gateways.allSatisfy { !$0.1.isEmpty && $0.1.allSatisfy { $0.verdict.result == .refuted } }
  }
}
