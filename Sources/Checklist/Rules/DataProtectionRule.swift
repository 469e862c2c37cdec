internal import Declarations
public import Records

/// JSSEC-14.3.b, "data encryption, database firewall and similar" (checklist.md §2.4).
///
/// A database that is used without a credential fails it, unless the owner allows the place it was used from; so does traffic
/// in the clear that is declared sensitive. It passes where a capture shows the device's traffic inside TLS 1.2 or
/// later and no port of a database answers. Requests for names, time and addresses, which every device sends in the
/// clear, are left out of that: they carry no data of its own.
public struct DataProtectionRule: ChecklistRule {
  public let item = "jssec-iot-v1/JSSEC-14.3.b"

  /// Ports that databases have by their makers' defaults.
  private static let databasePorts: Set<UInt16> = [
    1433, 1521, 3306, 5432, 5984, 6379, 8086, 9042, 9200, 11211, 27017,
  ]
  private static let databaseQuestions: Set<String> = ["redis.no-auth"]

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let rows = site.devices.map { judge($0, of: site, in: context) }
    guard rows.contains(where: \.isEmpty) else { return rows.flatMap(\.self) }
    return rows.flatMap(\.self) + [noCapture(in: context)]
  }

  /// Empty where only a capture would tell more and there is none.
  private func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let (failed, allowed) = databases(facts, of: site, in: context)
    let flows = site.traffic?.flows(of: facts.device.id) ?? []
    let failing = failed + sensitive(flows, facts, of: site, in: context)
    if !failing.isEmpty { return failing }
    let weighed =
      allowed + toWeigh(facts, in: context)
      + reachable(facts, in: context).filter { row in !allowed.contains { $0.service == row.service } }
      + clear(flows, facts, site.traffic, in: context)
    if !weighed.isEmpty { return weighed }
    if let unknown = brokenDown(facts, in: context) ?? hidden(facts, in: context) { return [unknown] }
    guard let traffic = site.traffic else { return [] }
    return [protected(flows, facts, traffic, in: context)]
  }

  // MARK: Databases

  /// Databases that are used without a credential; and those where the owner allows the place they were used from.
  private func databases(
    _ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext
  ) -> (failed: [Verdict], allowed: [Verdict]) {
    let all = failuresByService(facts, in: context)
    let from = site.declarations?.zone(of: facts.coverage.vantage.address)?.id
    guard let declarations = site.declarations, let from, let to = site.zone(of: facts.device),
      let rule = declarations.rule(from: from, to: to)
    else { return (all, []) }
    let within = all.filter { $0.service.map(rule.allows) ?? false }
    let allowed = within.map { row in
      verdict(
        .needsReview, facts, in: context, polarity: .against, service: row.service, evidence: row.evidence,
        row.explanation
          + LocalizedText(
            ja: "区画「\(from)」からの利用は宣言で許されています(\(declarations.file))。",
            en: "Its use from the zone \(from) is allowed by the declaration (\(declarations.file))."))
    }
    return (all.filter { !within.contains($0) }, allowed)
  }

  /// Databases that demand a credential, or of which that is not known.
  private func reachable(_ facts: DeviceFacts, in context: ChecklistContext) -> [Verdict] {
    let demanding = facts.verdicts(of: Self.databaseQuestions).filter { $0.verdict.result == .refuted }
    return facts.openServices.filter(Self.isDatabase).map { service in
      let said = demanding.first { $0.service == service.endpoint }?.verdict.basis
      return verdict(
        .needsReview, facts, in: context, polarity: .neutral, service: service.endpoint,
        LocalizedText(
          ja: "\(service.endpoint)のデータベースに、この場所から到達できます。",
          en: "The database on \(service.endpoint) is reached from here.")
          + (said
            ?? LocalizedText(ja: "認証を求めるかどうかは分かっていません。", en: "Whether it demands a login is not known.")))
    }
  }

  private static func isDatabase(_ service: Service) -> Bool {
    guard service.endpoint.transport == .tcp else { return false }
    guard let name = service.protocolName else { return databasePorts.contains(service.endpoint.port) }
    return name == .redis || name == .mysql
  }

  // MARK: Traffic

  /// What the owner says must be protected, in the clear.
  private func sensitive(
    _ flows: [TrafficFacts.Flow], _ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext
  ) -> [Verdict] {
    site.statements(.sensitive, of: facts.device).flatMap { said in
      flows.filter { flow in
        flow.protection == .none && flow.carriedData
          && said.value == "\(ServiceEndpoint(transport: flow.transport, port: flow.port))"
      }.map { flow in
        verdict(
          .fail, facts, in: context, polarity: .against, evidence: flow.evidence.isEmpty ? nil : flow.evidence,
          LocalizedText(
            ja: "保護が必要とされる通信(\(said.attribution.ja))が暗号化されていません: \(flow.described)。",
            en: "Traffic that must be protected (\(said.attribution.en)) goes in the clear: \(flow.described)."))
      }
    }
  }

  private func clear(
    _ flows: [TrafficFacts.Flow], _ facts: DeviceFacts, _ traffic: TrafficFacts?, in context: ChecklistContext
  ) -> [Verdict] {
    let open = flows.filter { !$0.isUpkeep && $0.carriedData && $0.protection != .opaque && !$0.isProtected }
    guard !open.isEmpty, let traffic else { return [] }
    return [
      verdict(
        .needsReview, facts, in: context, polarity: .against,
        evidence: Array(Set(open.flatMap(\.evidence) + facts.evidence)).sorted(),
        LocalizedText(
          ja:
            "暗号化されていないか、TLS 1.2より古い方式の通信があります(\(traffic.span.ja)): \(list(open.map(\.described)))。保護が必要な内容かどうかは宣言されていません。",
          en:
            "There is traffic in the clear, or inside what is older than TLS 1.2 (\(traffic.span.en)): \(list(open.map(\.described))). Whether it must be protected is not declared."
        ))
    ]
  }

  private func protected(
    _ flows: [TrafficFacts.Flow], _ facts: DeviceFacts, _ traffic: TrafficFacts, in context: ChecklistContext
  ) -> Verdict {
    let own = flows.filter { !$0.isUpkeep && $0.carriedData }
    guard traffic.seen.contains(facts.device.id), !own.isEmpty else { return unseen(facts, traffic, in: context) }
    let opaque = own.filter { $0.protection == .opaque }
    guard opaque.isEmpty else {
      return verdict(
        .needsReview, facts, in: context, reason: .opaque, polarity: .neutral,
        LocalizedText(
          ja: "保護の方式が分からない通信があります(\(traffic.span.ja)): \(list(opaque.map(\.described)))。",
          en:
            "There is traffic of which it is not known how it is protected (\(traffic.span.en)): \(list(opaque.map(\.described)))."
        ))
    }
    let seen =
      LocalizedText(
        ja:
          "観測した通信(\(traffic.span.ja))はすべてTLS 1.2以降の中にあり(\(list(own.map(\.described))))、データベースのポートは応答しませんでした。名前解決・時刻・アドレス取得の通信は数えていません。",
        en:
          "All traffic that was seen (\(traffic.span.en)) is inside TLS 1.2 or later (\(list(own.map(\.described)))), and no port of a database answered. Requests for names, time and addresses are not counted."
      ) + extent(facts)
    if let doubt = notWhole(facts, in: context) ?? doubtful(facts, in: context) {
      return soFar(seen, doubt, facts, in: context)
    }
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      evidence: Array(Set(facts.evidence + own.flatMap(\.evidence))).sorted(), seen)
  }
}
