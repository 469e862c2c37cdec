public import Addressing
public import Profiles
public import Records
public import Reports
internal import Wire

/// What was heard of Wi-Fi in the terms of an evidence pack: access points and their clients as devices, findings, proposals for the
/// checklist, and the report's section.
public struct WiFiOutcome: Sendable {
  /// The proof of a finding: whose frames belong beside it.
  public struct Proof: Hashable, Sendable {
    public let finding: String
    public let network: MACAddress
  }

  /// Access points by address, then devices of the inventory that are their clients.
  public let devices: [Device]
  public let findings: [Finding]
  public let verdicts: [Verdict]
  public let proofs: [Proof]
  public let section: NetworkReport

  static let encryption = "jssec-iot-v1/JSSEC-14.2.a"
  static let wired = "jssec-iot-v1/JSSEC-14.2.b"

  /// - Parameters:
  ///   - checks: of the rule set.
  ///   - cannotConclude: by checklist item, what its verdict never says.
  ///   - kept: frames that are proof; a kernel's scan leaves none.
  ///   - inventory: devices that an audit found; those among them that are clients of a network of the scope are told.
  public init(
    _ report: WiFiReport, checks: [Check], cannotConclude: [String: LocalizedText], kept: WiFiFrames,
    inventory: [Device] = [],
    from: Timestamp, to: Timestamp
  ) {
    let known = Dictionary(
      inventory.compactMap { device in device.mac.map { ($0, device) } }, uniquingKeysWith: { a, _ in a })
    var maker = Maker(checks: checks, cannotConclude: cannotConclude, kept: kept, from: from, to: to)
    for network in report.networks {
      let deviates = report.profile.networks.first { $0.bssid == network.bssid }?.outcome == .deviates
      maker.take(
        network, deviates: deviates, as: known[network.address] ?? Device(mac: network.address, addresses: []),
        clients: network.clients.compactMap { known[$0] })
    }
    maker.conclude(report)
    devices = maker.devices
    findings = maker.findings
    verdicts = maker.verdicts
    proofs = maker.proofs
    section = NetworkReport(report)
  }
}

/// Numbers findings as they come, and judges network by network.
private struct Maker {
  let checks: [Check]
  let cannotConclude: [String: LocalizedText]
  let kept: WiFiFrames
  let from: Timestamp
  let to: Timestamp
  var devices: [Device] = []
  var findings: [Finding] = []
  var verdicts: [Verdict] = []
  var proofs: [WiFiOutcome.Proof] = []
  private var clientsSeen: Set<DeviceID> = []
  private static let networks = "data/wifi/networks.json"

  init(
    checks: [Check], cannotConclude: [String: LocalizedText], kept: WiFiFrames, from: Timestamp, to: Timestamp
  ) {
    (self.checks, self.cannotConclude, self.kept) = (checks, cannotConclude, kept)
    (self.from, self.to) = (from, to)
  }

  mutating func take(_ network: WiFiReport.Network, deviates: Bool, as point: Device, clients: [Device]) {
    devices.append(point)
    let told = network.findings.filter(\.isVerdict)
    var mine: [Finding] = []
    for finding in told {
      guard let check = checks.first(where: { $0.id == finding.check }) else { continue }
      mine.append(add(finding, check, point, network, as: nil))
      // What weakens the network weakens its clients.
      guard finding.deviates else { continue }
      for client in clients { _ = add(finding, check, client, network, as: client) }
    }
    judge(network, point, told, mine, deviates)
    for client in clients { judge(client: client, of: network, deviates) }
  }

  /// - Parameter client: whose finding it is, when it is not the access point's.
  private mutating func add(
    _ finding: WiFiReport.Finding, _ check: Check, _ device: Device, _ network: WiFiReport.Network, as client: Device?
  ) -> Finding {
    let id = numbered("F-", findings.count + 1, digits: 4)
    let place = network.described
    let detail =
      client == nil
      ? LocalizedText(ja: "\(place.ja): \(finding.detail.ja)。", en: "\(place.en): \(finding.detail.en).")
      : LocalizedText(
        ja: "この機器は\(place.ja)に接続しています。そのネットワークについて: \(finding.detail.ja)。",
        en: "This device is a client of \(place.en). Of that network: \(finding.detail.en).")
    let made = Finding(
      id: id, check: check.id, severity: check.severity, device: Finding.DeviceReference(device), service: nil,
      title: check.title, remediation: check.remediation, detail: detail, observations: [],
      items: finding.deviates ? check.feeds.filter { $0.status == .fail }.map(\.item) : [], at: to,
      evidence: (kept[network.address].isEmpty ? [] : ["data/findings/\(id)/frames.pcapng"]) + [Self.networks])
    findings.append(made)
    proofs.append(WiFiOutcome.Proof(finding: id, network: network.address))
    return made
  }

  /// JSSEC-14.2.a of an access point (checklist.md §2.4): what it offers, never what each client chose.
  private mutating func judge(
    _ network: WiFiReport.Network, _ point: Device, _ told: [WiFiReport.Finding], _ mine: [Finding], _ deviates: Bool
  ) {
    let place = network.described
    let failing = mine.filter { $0.items.contains(WiFiOutcome.encryption) }
    let titles = LocalizedText(
      ja: told.map(\.title.ja).joined(separator: "、"), en: told.map(\.title.en).joined(separator: "; "))
    if !failing.isEmpty {
      for finding in failing { fail(point.id, finding) }
    } else if !network.isJudged {
      add(
        .notTested, point.id, reason: .radio,
        LocalizedText(ja: "\(place.ja)の通知を十分に受信できず、判断していません。", en: "Too little was heard of \(place.en) to judge it."))
    } else if deviates || !told.isEmpty {
      add(
        .needsReview, point.id, polarity: deviates ? .against : .neutral,
        LocalizedText(
          ja: "\(place.ja)は\(network.security)です。確認が必要な点: \(titles.ja)。",
          en: "\(place.en) is \(network.security). To be looked at: \(titles.en)."), evidence(of: mine))
    } else {
      add(
        .pass, point.id, polarity: .supports,
        LocalizedText(
          ja:
            "\(place.ja)が\(network.frames)個のフレームで示した方式は\(network.security)(\(network.pairwise.joined(separator: ", ")))だけでした。",
          en:
            "In \(network.frames) frames \(place.en) offered \(network.security) (\(network.pairwise.joined(separator: ", "))) and nothing else."
        ),
        [Self.networks])
    }
  }

  private mutating func fail(_ device: DeviceID, _ finding: Finding) {
    add(
      .fail, device, polarity: .against,
      LocalizedText(
        ja: "\(finding.title.ja)。\(finding.detail.ja)", en: "\(finding.title.en). \(finding.detail.en)"),
      finding.evidence)
  }

  /// Of a client it is known where it hangs; what it chose there is another question.
  private mutating func judge(client: Device, of network: WiFiReport.Network, _ deviates: Bool) {
    if clientsSeen.insert(client.id).inserted {
      devices.append(client)
      add(
        .needsReview, client.id, item: WiFiOutcome.wired, reason: .interviewNeeded, polarity: .neutral,
        LocalizedText(
          ja: "Wi-Fi(\(network.described.ja))で接続しています。有線にしない理由を確認してください。",
          en: "It is connected by Wi-Fi (\(network.described.en)). Ask why not by cable."))
    }
    let own = findings.filter { $0.device.id == client.id && $0.items.contains(WiFiOutcome.encryption) }
    if own.isEmpty {
      add(
        .needsReview, client.id, polarity: .supports,
        LocalizedText(
          ja: "\(network.described.ja)(\(network.security))に接続しています。この機器が選んだ方式は判断していません。",
          en: "It is a client of \(network.described.en) (\(network.security)). What it chose there was not judged."))
    } else {
      for finding in own { fail(client.id, finding) }
    }
  }

  /// What was not heard is a row too.
  mutating func conclude(_ report: WiFiReport) {
    let coverage = report.coverage
    let missing = coverage.notHeard.ssids + coverage.notHeard.bssids
    let silent = coverage.limitations.map(\.text)
    guard report.networks.isEmpty || !missing.isEmpty || !silent.isEmpty else { return }
    let names = missing.joined(separator: ", ")
    add(
      .notTested, nil, reason: .radio,
      LocalizedText(
        ja: (missing.isEmpty ? "" : "許可範囲のうち受信されなかったもの: \(names)。") + silent.map(\.ja).joined(),
        en: (missing.isEmpty ? "" : "Named by the scope and not heard: \(names). ")
          + silent.map(\.en).joined(separator: " ")))
  }

  private func evidence(of findings: [Finding]) -> [String] {
    findings.isEmpty ? [Self.networks] : findings.flatMap(\.evidence)
  }

  private mutating func add(
    _ status: VerdictStatus, _ device: DeviceID?, item: String = WiFiOutcome.encryption, reason: NotTestedReason? = nil,
    polarity: Polarity? = nil, _ explanation: LocalizedText, _ evidence: [String] = [Maker.networks]
  ) {
    var bounds = Bounds(coverage: nil, cannotConclude: cannotConclude[item])
    (bounds.from, bounds.to) = (from, to)
    verdicts.append(
      Verdict(
        item: item, device: device, service: nil, status: status, reason: reason, polarity: polarity, bounds: bounds,
        explanation: explanation, evidence: evidence))
  }
}

extension WiFiReport.Network {
  /// By name and address, for a sentence.
  fileprivate var described: LocalizedText {
    let channel = channel.map(String.init) ?? "–"
    return LocalizedText(
      ja: "Wi-Fi「\(ssid ?? "名前不明")」(\(bssid)、チャネル\(channel))",
      en: "Wi-Fi “\(ssid ?? "name not known")” (\(bssid), channel \(channel))")
  }
}

extension WiFiReport.Finding {
  /// Not what a single frame said.
  var isVerdict: Bool { proofs.contains { $0.kind != "once" } }
}

extension NetworkReport {
  /// The report's section of what was heard.
  init(_ report: WiFiReport) {
    let outcomes = Dictionary(
      report.profile.networks.map { ($0.bssid, $0.outcome) }, uniquingKeysWith: { first, _ in first })
    let coverage = report.coverage
    self.init(
      profile: report.profile.title,
      networks: report.networks.map { network in
        let beside = report.details.first { $0.bssid == network.bssid }
        return Network(network, outcomes[network.bssid] ?? .notDetermined, notes: beside?.texts ?? [])
      },
      listening: coverage.channels.compactMap { channel in
        guard let band = channel.band.flatMap(Band.init), let number = channel.number else { return nil }
        return Listening(
          Channel(band, number), milliseconds: Int((channel.seconds * 1000).rounded()), frames: channel.frames)
      }, remarks: Self.remarks(coverage))
  }

  private static func remarks(_ coverage: WiFiCoverageReport) -> [LocalizedText] {
    let missing = coverage.notHeard.ssids + coverage.notHeard.bssids
    let names = missing.joined(separator: ", ")
    let heard = coverage.networks
    return [
      missing.isEmpty
        ? nil : LocalizedText(ja: "許可範囲のうち受信されなかったもの: \(names)", en: "Named by the scope and not heard: \(names)"),
      LocalizedText(
        ja: "許可範囲外のネットワーク\(heard.outOfScope)件は数だけを記録しました。",
        en: "Networks outside the scope are counted and not named: \(heard.outOfScope)."),
      LocalizedText(
        ja: "受信したフレーム\(coverage.frames)個、うち壊れたもの\(coverage.noise)個。",
        en: "Frames heard: \(coverage.frames), of them broken: \(coverage.noise)."),
      coverage.framesWithoutChannel == 0
        ? nil
        : LocalizedText(
          ja: "\(coverage.framesWithoutChannel)個のフレームは、受信したチャネルが記録されていません。図の斜線はその分を除いたものです。",
          en:
            "Of \(coverage.framesWithoutChannel) frames the source does not say on which channel they were heard; the hatching leaves them out."
        ),
    ].compactMap(\.self) + coverage.limitations.map(\.text)
  }
}

extension NetworkReport.Network {
  fileprivate init(_ network: WiFiReport.Network, _ outcome: WiFiComparison.Outcome, notes: [LocalizedText]) {
    self.init(address: network.bssid, name: network.ssid)
    let band: NetworkReport.Band? =
      switch network.band {
      case .low: .low
      case .middle: .middle
      case .high: .high
      case nil: nil
      }
    channel = network.channel.flatMap { number in band.map { NetworkReport.Channel($0, number) } }
    (security, pairwise, group) = (network.security, network.pairwise, network.group)
    (authentication, managementProtection, frames) = (network.akm, network.pmf, network.frames)
    setup = network.wps.map {
      $0.locked
        ? LocalizedText(ja: "あり(ロック中)", en: "on (locked)") : LocalizedText(ja: "あり(ロックなし)", en: "on (not locked)")
    }
    self.outcome =
      switch outcome {
      case .meets: .meets
      case .deviates: .deviates
      case .notDetermined: .notDetermined
      }
    self.notes = notes
    weaknesses = network.findings.map {
      NetworkReport.Weakness(title: $0.title, basis: $0.detail, severity: $0.severity, deviates: $0.deviates)
    }
  }
}
