internal import Declarations
internal import Profiles
public import Records

/// JSSEC-15.2.a, "functions that are on by default and not needed are off" (checklist.md §2.4).
///
/// A function is what a check finds (`upnp.enabled`, `snmp.v1v2c` …). What nobody ever needs fails; so does what the owner
/// declares unneeded and is on. What is declared needed is left alone. It passes where every function that is declared
/// unneeded gave no answer when it was asked, and none was heard from it in a capture.
public struct FunctionsOffRule: SiteDeviceRule {
  public let item = "jssec-iot-v1/JSSEC-15.2.a"

  public init() {}

  public func judge(_ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let unneeded = site.statements(.unneeded, of: facts.device)
    let failed = failuresByService(facts, in: context) + active(unneeded, facts, in: context)
    if !failed.isEmpty { return failed }
    let needed = site.statements(.needed, of: facts.device)
    let functions = Set(needed.compactMap(\.value))
    let kept = facts.findings.filter { functions.contains($0.check) }
    let weighed = toWeigh(leavingOut: functions, facts, in: context)
    if !weighed.isEmpty { return weighed }
    if let unknown = brokenDown(facts, in: context) ?? hidden(facts, in: context) { return [unknown] }
    if !unneeded.isEmpty { return [quiet(unneeded, facts, of: site, in: context)] }
    guard kept.isEmpty else {
      let said = needed.filter { statement in kept.contains { $0.check == statement.value } }
      return [
        verdict(
          .needsReview, facts, in: context, polarity: .supports,
          LocalizedText(
            ja: "動作している機能(\(list(kept.map(\.check))))は、必要と申告されています。\(list(said.map(\.attribution.ja)))。",
            en:
              "The functions that are on (\(list(kept.map(\.check)))) are declared needed: \(list(said.map(\.attribution.en)))."
          ))
      ]
    }
    return [undeclared(facts, in: context)]
  }

  /// On, and declared unneeded.
  private func active(
    _ unneeded: [Declarations.Statement], _ facts: DeviceFacts, in context: ChecklistContext
  ) -> [Verdict] {
    unneeded.flatMap { said in
      facts.findings.filter { $0.check == said.value }.map { finding in
        verdict(
          .fail, facts, in: context, polarity: .against, service: finding.service, evidence: finding.evidence,
          LocalizedText(
            ja: "不要と申告された機能(\(finding.check))が動作しています。\(said.attribution.ja)。\(finding.detail.ja)",
            en:
              "The function \(finding.check) is declared unneeded and is on. \(said.attribution.en). \(finding.detail.en)"
          ))
      }
    }
  }

  private func toWeigh(
    leavingOut functions: Set<String>, _ facts: DeviceFacts, in context: ChecklistContext
  ) -> [Verdict] {
    let rest = DeviceFacts(
      device: facts.device, coverage: facts.coverage, findings: facts.findings.filter { !functions.contains($0.check) },
      observations: facts.observations)
    return toWeigh(rest, in: context)
  }

  // MARK: Declared unneeded, and not heard

  private func quiet(
    _ unneeded: [Declarations.Statement], _ facts: DeviceFacts, of site: SiteFacts, in context: ChecklistContext
  ) -> Verdict {
    let functions = Array(Set(unneeded.compactMap(\.value))).sorted()
    let unasked = functions.filter { !wasAsked($0, facts, in: context) }
    guard unasked.isEmpty else {
      return verdict(
        .notTested, facts, in: context, reason: .incomplete,
        LocalizedText(
          ja: "不要と申告された機能のうち、\(list(unasked))は動作しているかどうかを確かめていません。",
          en: "Of the functions that are declared unneeded, \(list(unasked)) could not be looked for."))
    }
    let silent = LocalizedText(
      ja: "不要と申告された機能(\(list(functions)))は、問い合わせに応答しませんでした。\(list(unneeded.map(\.attribution.ja)))。",
      en:
        "The functions that are declared unneeded (\(list(functions))) gave no answer when asked. \(list(unneeded.map(\.attribution.en)))."
    )
    guard let traffic = site.traffic, traffic.seen.contains(facts.device.id) else {
      return soFar(silent, noCapture(in: context), facts, in: context)
    }
    let places = functions.compactMap { Self.place(of: $0) }
    let heard = traffic.flows(of: facts.device.id).filter { flow in
      flow.isIncoming && places.contains(ServiceEndpoint(transport: flow.transport, port: flow.port))
    }
    guard heard.isEmpty else {
      return verdict(
        .needsReview, facts, in: context, polarity: .against,
        evidence: Array(Set(heard.flatMap(\.evidence))).sorted(),
        silent
          + LocalizedText(
            ja: "ただし、通信の記録(\(traffic.span.ja))では応答しています(\(list(heard.map(\.described))))。",
            en: "In the capture (\(traffic.span.en)), however, it answers: \(list(heard.map(\.described)))."))
    }
    return verdict(
      .pass, facts, in: context, polarity: .supports,
      silent
        + LocalizedText(
          ja: "通信の記録(\(traffic.span.ja))にも、この機器からの応答はありません。",
          en: "Nor is there an answer of theirs in the capture (\(traffic.span.en)).") + extent(facts))
  }

  /// The question was asked and refuted, or the port where the function would be did not answer as open.
  private func wasAsked(_ function: String, _ facts: DeviceFacts, in context: ChecklistContext) -> Bool {
    let said = facts.verdicts(of: [function])
    if !said.isEmpty { return said.allSatisfy { $0.verdict.result == .refuted } }
    guard let place = Self.place(of: function), facts.coverage.aliveBefore, facts.coverage.aliveAfter == true else {
      return false
    }
    guard !facts.openServices.contains(where: { $0.endpoint == place }) else { return false }
    switch place.transport {
    case .tcp: return notWhole(facts, in: context) == nil && doubtful(facts, in: context) == nil
    case .udp: return facts.coverage.udp.map { $0.unresolved == 0 && $0.asked(place.port) } ?? false
    }
  }

  /// Where a function is on, if it is; nil for one that has no port of its own.
  private static func place(of function: String) -> ServiceEndpoint? {
    let ports: [String: (Transport, UInt16)] = [
      "adb.open": (.tcp, 5555), "coap.open": (.udp, 5683), "dns.open-resolver": (.udp, 53),
      "dvrip.open": (.tcp, 34567), "ftp.anonymous": (.tcp, 21), "ftp.plaintext": (.tcp, 21), "ntp.mode6": (.udp, 123),
      "printer.raw-open": (.tcp, 9100), "rdp.no-nla": (.tcp, 3389), "smb.v1": (.tcp, 445),
      "snmp.default-community": (.udp, 161), "snmp.v1v2c": (.udp, 161), "telnet.enabled": (.tcp, 23),
      "tftp.enabled": (.udp, 69), "tr069.open": (.tcp, 7547), "ubnt.discovery": (.udp, 10001),
      "upnp.enabled": (.udp, 1900), "upnp.igd": (.udp, 1900),
    ]
    return ports[function].map { ServiceEndpoint(transport: $0.0, port: $0.1) }
  }

  // MARK: Nothing declared

  private func undeclared(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    let questions = Set(context.probeChecks.values.filter { $0.feeds.contains { $0.item == item } }.map(\.id))
    let asked = facts.verdicts(of: questions)
    let unclear = asked.filter { if case .inconclusive = $0.verdict.result { true } else { false } }
    guard unclear.isEmpty else {
      return verdict(
        .notTested, facts, in: context, reason: .checkError,
        LocalizedText(
          ja: "問い合わせの結果からは判断できませんでした(\(names(unclear)))。",
          en: "What came back decides nothing (\(names(unclear)))."))
    }
    let declare = LocalizedText(
      ja: "不要な機能の宣言がありません。使わない機能を宣言すると、その機能が止まっているかどうかを確かめられます。",
      en:
        "No function is declared unneeded. Declare those that are not used, and whether they are off can be looked at.")
    if !asked.isEmpty {
      return verdict(
        .needsReview, facts, in: context, reason: .noReferenceData, polarity: .supports,
        LocalizedText(
          ja: "次の問い合わせでは、動作している機能は見つかりませんでした(\(names(asked)))。",
          en: "These questions found no function that is on (\(names(asked))).") + declare)
    }
    guard context.serviceQuestionsAllowed else {
      return verdict(
        .notTested, facts, in: context, reason: .noAuthorisation,
        LocalizedText(
          ja: "サービスへの問い合わせ(service-questions)が許可範囲に含まれていません。",
          en: "The scope does not allow questions to services (service-questions)."))
    }
    return verdict(.notTested, facts, in: context, reason: .noReferenceData, declare)
  }
}

extension DeviceCoverage.UDP {
  /// Whether the port is one of ``requested``, which is written as `53,161,5683-5684`.
  func asked(_ port: UInt16) -> Bool {
    requested.split(separator: ",").contains { part in
      let ends = part.split(separator: "-").compactMap { UInt16($0) }
      guard let first = ends.first, let last = ends.last else { return false }
      return first <= port && port <= last
    }
  }
}
