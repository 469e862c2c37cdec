internal import Addressing
internal import Declarations
internal import Inventory
public import Records

/// Both rows about devices that were used elsewhere before.
protocol ReuseRule: ChecklistRule {}

extension ReuseRule {
  /// Nothing was reused: the owner's word for the site.
  func noReuse(_ site: SiteFacts, in context: ChecklistContext) -> Verdict? {
    guard let statement = site.statements(.noDisposal).last else { return nil }
    return siteVerdict(
      .notApplicable, in: context,
      LocalizedText(
        ja: "この期間に廃棄も再利用もなかったと所有者が述べています(\(statement.cited))。",
        en: "The owner says that nothing was disposed of or reused in the period (\(statement.cited))."))
  }

  func reused(_ site: SiteFacts) -> [(facts: DeviceFacts, statements: [Declarations.Statement])] {
    site.eachDevice.map { facts in
      (facts, site.statements(.reused, of: facts.device).filter { !$0.targets.isEmpty })
    }.filter { !$0.1.isEmpty }
  }
}

/// JSSEC-18.6.b, initialised (checklist.md §2.4): a reused device that still has a name of its former place fails it. It never passes: that
/// no name is left on the network says nothing of what the device holds.
public struct ResidueRule: ReuseRule {
  public let item = "jssec-iot-v1/JSSEC-18.6.b"
  /// Checks that show a device in its set-up state.
  private static let setup: Set = ["sadp.unactivated", "wifi.setup-ap"]
  /// Claims in which people's and places' names stand.
  private static let names: Set<Claim.Kind> = [.name, .host, .software, .model]

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    let reused = reused(site)
    guard !reused.isEmpty else {
      if let none = noReuse(site, in: context) { return site.devices.isEmpty ? [] : [none] }
      return unanswered(
        site, in: context, .noReferenceData,
        ja: "再利用した機器と以前の名称の一覧がないため、確認していません。宣言の statements に says: reused で記載してください。",
        en:
          "Nobody listed the devices that are reused, with the names they had. Write them in the declarations (statements, says: reused)."
      )
    }
    return reused.map { judge($0.facts, $0.statements, in: context) }
  }

  private func judge(
    _ facts: DeviceFacts, _ statements: [Declarations.Statement], in context: ChecklistContext
  ) -> Verdict {
    let former = statements.filter { $0.value != nil }
    for statement in former {
      guard let name = statement.value, let found = Self.traces(of: name, facts).first else { continue }
      return fail(
        facts, in: context, evidence: found.evidence,
        ja: "再利用された機器(\(statement.cited))に、以前の名称「\(name)」が残っています(\(found.place))。",
        en: "The reused device (\(statement.cited)) still has its former name \"\(name)\" (\(found.place)).")
    }
    let setup = facts.findings.filter { Self.setup.contains($0.check) }
    if let first = setup.first {
      return review(
        .against, facts, in: context, evidence: setup.flatMap(\.evidence),
        ja: "再利用された機器が初期設定の状態のまま稼働中のネットワークに接続されています: \(first.detail.ja)",
        en: "The reused device is on the live network in its set-up state: \(first.detail.en)")
    }
    guard !former.isEmpty else {
      return notTested(
        .noReferenceData, facts, in: context, ja: "再利用された機器ですが、以前の名称が記載されていないため、残っているかを確認できません。",
        en: "The device is reused, and none of its former names is given, so that nothing can be looked for.")
    }
    return review(
      .neutral, facts, in: context,
      ja: "以前の名称(\(former.compactMap(\.value).joined(separator: ", ")))は、機器の申告と証明書には見つかりませんでした。機器の中のデータは確認できません。",
      en:
        "The former names (\(former.compactMap(\.value).joined(separator: ", "))) occur neither in what the device says nor in its certificates. What it holds inside does not show."
    )
  }

  /// Where the name occurs in what the device says.
  private static func traces(of name: String, _ facts: DeviceFacts) -> [(place: String, evidence: [String])] {
    let wanted = Folded.text(name)
    func holds(_ text: String) -> Bool {
      let text = Folded.text(text)
      // A name of one or two letters is part of too many words.
      return wanted.unicodeScalars.count < 3 ? text == wanted : text.contains(wanted)
    }
    var found: [(place: String, evidence: [String])] = []
    for observation in facts.observations {
      switch observation.fact {
      case .claimed(let claims):
        for claim in claims where names.contains(claim.kind) && holds(claim.value) {
          found.append((claim.source, observation.evidence))
        }
      case .tls(let capture):
        for certificate in capture.certificates
        where ([certificate.subject] + [certificate.commonName].compactMap(\.self)).contains(where: holds) {
          found.append(("X.509 \(certificate.subject)", observation.evidence))
        }
      case .answeredARP, .answeredNeighbourSolicitation, .answeredEcho, .answeredSYN, .sighted, .port, .udp, .distress,
        .serviceIdentified, .serviceUnidentified, .connectionFailed, .probed, .ssh, .page:
        break
      }
    }
    for claim in facts.device.claims where names.contains(claim.kind) && holds(claim.value) {
      found.append((claim.source, []))
    }
    return found
  }
}

/// JSSEC-18.6.c, reused devices looked over for tampering (checklist.md §2.4): only a sign that a person confirmed fails it; what differs from
/// devices of the same model is for a person. It never passes.
public struct TamperingRule: ReuseRule {
  public let item = "jssec-iot-v1/JSSEC-18.6.c"

  public init() {}

  public func judge(_ site: SiteFacts, in context: ChecklistContext) -> [Verdict] {
    guard !site.devices.isEmpty else { return [] }
    let known = site.eachDevice.compactMap { facts -> Verdict? in
      guard let statement = site.statements(.knownBad, of: facts.device).last(where: { !$0.targets.isEmpty }) else {
        return nil
      }
      return fail(
        facts, in: context, ja: "改造の兆候(\(statement.value ?? ""))を担当者が確認しています(\(statement.cited))。",
        en: "A person confirmed a sign of tampering, \(statement.value ?? "") (\(statement.cited)).")
    }
    let listed = reused(site).map(\.facts)
    if listed.isEmpty, let none = noReuse(site, in: context) { return known.isEmpty ? [none] : known }
    let failed = Set(known.compactMap(\.device))
    let subjects = (listed.isEmpty ? site.eachDevice : listed).filter { !failed.contains($0.device.id) }
    let judged = subjects.compactMap { facts -> Verdict? in
      let peers = Self.peers(of: facts, site)
      guard !peers.isEmpty else { return listed.isEmpty ? nil : alone(facts, in: context) }
      return compare(facts, peers, site, in: context)
    }
    guard known.isEmpty, judged.isEmpty else { return known + judged }
    return unanswered(
      site, in: context, .noReferenceData,
      ja: "同じ型番の機器がほかになく、比べる基準がないため、改造の兆候を確認していません。",
      en: "No two devices are known to be of one model, so there is nothing to compare any of them with.")
  }

  private func alone(_ facts: DeviceFacts, in context: ChecklistContext) -> Verdict {
    notTested(
      .noReferenceData, facts, in: context, ja: "同じ型番の機器がほかになく、比べる基準がありません。",
      en: "No other device is known to be of its model, so there is nothing to compare it with.")
  }

  private static func peers(of facts: DeviceFacts, _ site: SiteFacts) -> [DeviceFacts] {
    guard let model = facts.device.model.map({ Folded.key($0.name) }), !model.isEmpty else { return [] }
    return site.eachDevice.filter { other in
      other.device.id != facts.device.id && other.device.model.map { Folded.key($0.name) } == model
        && !site.statements(.knownBad, of: other.device).contains { !$0.targets.isEmpty }
    }
  }

  private func compare(
    _ facts: DeviceFacts, _ peers: [DeviceFacts], _ site: SiteFacts, in context: ChecklistContext
  ) -> Verdict {
    let odd = Self.deviations(facts, peers, site.traffic)
    let model = facts.device.model?.name ?? ""
    guard odd.isEmpty else {
      return review(
        .against, facts, in: context,
        ja: "同じ型番(\(model))の\(peers.count)台と異なる点があります: \(odd.map(\.ja).joined(separator: "、"))。",
        en:
          "The device differs from \(peers.count) others of its model (\(model)): \(odd.map(\.en).joined(separator: "; "))."
      )
    }
    return review(
      .neutral, facts, in: context,
      ja: "同じ型番(\(model))の\(peers.count)台と比べ、開いているポート、ホスト鍵の種類、ファームウェアの版に異なる点は見られませんでした。動作の変わらない改造は分かりません。",
      en:
        "Open ports, types of host keys and firmware version do not differ from \(peers.count) others of the model (\(model)). Changes that keep the behaviour do not show."
    )
  }

  /// Only what nobody of the same model shows.
  private static func deviations(
    _ facts: DeviceFacts, _ peers: [DeviceFacts], _ traffic: TrafficFacts?
  ) -> [LocalizedText] {
    var found: [LocalizedText] = []
    let ports = Set(facts.openServices.map(\.endpoint)).subtracting(peers.flatMap { $0.openServices.map(\.endpoint) })
    if !ports.isEmpty {
      let names = list(ports.sorted())
      found.append(LocalizedText(ja: "開いているポート\(names)", en: "open \(names)"))
    }
    let (keys, others) = (hostKeys(facts), Set(peers.flatMap { hostKeys($0) }))
    let odd = Set(keys).subtracting(others)
    if !odd.isEmpty, !others.isEmpty {
      let names = odd.sorted().joined(separator: ", ")
      found.append(LocalizedText(ja: "ホスト鍵の種類\(names)", en: "host keys of type \(names)"))
    }
    let builds = peers.compactMap { $0.device.firmware?.name }
    if let own = facts.device.firmware?.name, !builds.isEmpty, !builds.contains(own) {
      found.append(LocalizedText(ja: "ファームウェアの版\(own)", en: "firmware version \(own)"))
    }
    if let traffic, peers.contains(where: { traffic.seen.contains($0.device.id) }) {
      let elsewhere = Set(peers.flatMap { traffic.flows(of: $0.device.id).map(\.peer) })
      let away = Set(traffic.flows(of: facts.device.id).map(\.peer)).subtracting(elsewhere)
      if !away.isEmpty {
        let names = away.sorted().prefix(4).map(\.description).joined(separator: ", ")
        found.append(LocalizedText(ja: "通信相手\(names)", en: "traffic with \(names)"))
      }
    }
    return found
  }

  private static func hostKeys(_ facts: DeviceFacts) -> [String] {
    facts.observations.flatMap { observation -> [String] in
      guard case .ssh(let capture) = observation.fact else { return [] }
      return capture.hostKeys.map(\.type)
    }
  }
}
