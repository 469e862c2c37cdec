internal import Addressing
internal import Declarations
public import Records

/// JSSEC-15.4.a, "access control by firewall or similar" (checklist.md §2.4): what one zone may reach in another is the owner's
/// to declare; what is reached from a place of the zone all the same fails it, as does a port that a gateway forwards from outside.
///
/// It passes where every zone that is declared shut out was looked from, over all ports, and reached nothing, with the
/// device alive at that time.
public struct SegmentationRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-15.4.a"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    let matrix = site.declarations?.reach ?? []
    let rows = site.devices.flatMap { judge($0, of: site, in: context) }
    guard matrix.isEmpty else { return rows }
    return rows + [
      siteVerdict(
        .needsReview, in: context, reason: .noReferenceData, polarity: .neutral,
        LocalizedText(
          ja: "どの区画からどの区画への通信を許すかが宣言されていません。区画(zones)と許可(reach)を宣言してください。",
          en:
            "Nobody has declared which zone may reach which. Declare the zones and what may pass between them (reach)."
        ))
    ]
  }

  private func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let failed = failures(facts, in: context) + reached(facts, of: site, in: context)
    if !failed.isEmpty { return failed }
    let weighed = toWeigh(facts, in: context) + globalAddresses(facts, in: context)
    if !weighed.isEmpty { return weighed }
    guard let declarations = site.declarations, !declarations.reach.isEmpty else { return [] }
    guard let zone = site.zone(of: facts.device) else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noReferenceData,
          LocalizedText(
            ja: "この機器のアドレスはどの区画にも属していません(\(declarations.file))。",
            en: "The address of the device is in no zone (\(declarations.file))."))
      ]
    }
    let shut = declarations.reach.filter { $0.to == zone && $0.rule != .everything }
    guard !shut.isEmpty else {
      return [
        verdict(
          .notTested, facts, in: context, reason: .noReferenceData,
          LocalizedText(
            ja: "区画「\(zone)」への通信の制限は宣言されていません(\(declarations.file))。",
            en: "No restriction of what may reach the zone \(zone) is declared (\(declarations.file))."))
      ]
    }
    return [covered(shut, zone, facts, of: site, in: context)]
  }

  /// Services that a zone reached and may not.
  private func reached(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard let declarations = site.declarations, let zone = site.zone(of: facts.device) else { return [] }
    return site.reach(of: facts.device).compactMap { reach in
      guard let from = reach.zone, let rule = declarations.rule(from: from, to: zone) else { return nil }
      let open = reach.open.filter { !rule.allows($0) }
      guard !open.isEmpty else { return nil }
      return verdict(
        .fail, facts, in: context, polarity: .against, evidence: reach.evidence.isEmpty ? nil : reach.evidence,
        LocalizedText(
          ja:
            "区画「\(from)」(\(reach.place))から、許されていないサービスに到達できました(\(list(open)))。宣言: \(declarations.file)の\(from)→\(zone)。",
          en:
            "From the zone \(from) (\(reach.place)) services were reached that it may not reach: \(list(open)). Declared: \(from) to \(zone) in \(declarations.file)."
        ))
    }
  }

  /// With an address that the whole Internet routes, only a filter stands before it.
  private func globalAddresses(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let addresses = facts.device.addresses.filter { !$0.isIPv4 && $0.isGlobal }
    guard !addresses.isEmpty else { return [] }
    return [
      verdict(
        .needsReview, facts, in: context, polarity: .neutral,
        LocalizedText(
          ja: "インターネットで経路のあるIPv6アドレス(\(list(addresses.map(\.description))))を持っています。外部からの通信をどこで止めているかを確認してください。",
          en:
            "It has an IPv6 address that is routed on the Internet (\(list(addresses.map(\.description)))). Find out where what comes from outside is stopped."
        ))
    ]
  }

  private func covered(
    _ shut: [Declarations.Reach], _ zone: String, _ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext
  ) -> Verdict {
    let looked = site.reach(of: facts.device).filter { $0.isComplete }
    let missing = shut.map(\.from).filter { from in !looked.contains { $0.zone == from } }
    let places = looked.filter { fact in shut.contains { $0.from == fact.zone } }
    let from = list(places.map { "\($0.zone ?? "") (\($0.place))" })
    guard missing.isEmpty else {
      return verdict(
        .notTested, facts, in: context, reason: .vantage,
        LocalizedText(
          ja:
            "制限が宣言されている区画(\(list(missing)))から、全ポートを調べていません。その区画に接続して調べ、結果を合わせてください。\(from.isEmpty ? "" : "調べた区画: \(from)。")",
          en:
            "Not all ports were looked at from zones that are declared shut out (\(list(missing))). Look from there, and join what comes of it.\(from.isEmpty ? "" : " Looked from: \(from).")"
        ))
    }
    if let doubt = brokenDown(facts, in: context) ?? notAlive(facts, in: context) { return doubt }
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      evidence: Array(Set(facts.evidence + places.flatMap(\.evidence))).sorted(),
      LocalizedText(
        ja: "制限が宣言されている区画のすべて(\(from))から全ポートを調べ、許されていないサービスには到達できませんでした。",
        en:
          "From every zone that is declared shut out (\(from)) all ports were looked at, and no service was reached that may not be."
      ))
  }
}

extension Declarations.Reach.Rule {
  func allows(_ endpoint: ServiceEndpoint) -> Bool {
    switch self {
    case .everything: true
    case .nothing: false
    case .only(let services): services.contains { $0.covers(endpoint) }
    }
  }
}

extension ReachFact {
  /// `eth0 192.168.10.2`.
  var place: String { "\(vantage.interface) \(vantage.address)" }
}

extension IPAddress {
  /// Routed on the Internet: not among the special-purpose blocks of the IANA registries (RFC 6890) that private networks use.
  var isGlobal: Bool {
    guard let v4 else { return v6.map { $0.high >> 61 == 1 } ?? false }
    let blocks: [(UInt32, Int)] = [
      (0x0000_0000, 8), (0x0a00_0000, 8), (0x6440_0000, 10), (0x7f00_0000, 8), (0xa9fe_0000, 16), (0xac10_0000, 12),
      (0xc000_0000, 24), (0xc0a8_0000, 16), (0xc612_0000, 15), (0xe000_0000, 4), (0xf000_0000, 4),
    ]
    return !blocks.contains { v4.rawValue >> (32 - $0.1) == $0.0 >> (32 - $0.1) }
  }
}
