internal import Addressing
public import Authority
public import Profiles
public import Records
public import WiFi
internal import Wire

/// The networks that the scope names, judged, and how far the hearing went. Nothing of any other network is in it but numbers.
///
/// Encoded, it is what `tenken wifi --json` prints (Docs/OutputSchema/wifi.schema.json).
public struct WiFiReport: Encodable, Sendable {
  public struct Network: Encodable, Sendable {
    public let bssid: String
    /// As ``WiFiName`` gives it; nil while it is not known.
    public let ssid: String?
    public let channel: Int?
    /// One of ``WiFiSecurity/Level``; `unknown` too for what is not believed.
    public let security: String
    public let pairwise: [String]
    public let group: String?
    public let akm: [String]
    /// nil for what is not believed.
    public let pmf: String?
    /// nil where it offers no WPS, as far as is known.
    public let wps: Setup?
    /// Frames that describe it.
    public let frames: Int
    public let findings: [Finding]
    /// Not encoded: whether its description is believed, whether its beacons hide its name, what ``bssid`` is, where ``channel`` is, and who
    /// its clients are.
    let isJudged: Bool
    let hidesName: Bool
    let address: MACAddress
    let band: WiFiChannel.Band?
    let clients: [MACAddress]
  }

  /// Wi-Fi Protected Setup.
  public struct Setup: Encodable, Sendable {
    public let configured: Bool
    public let locked: Bool
    public let version2: Bool
  }

  public struct Finding: Encodable, Sendable {
    public let check: String
    public let severity: Severity
    /// From the profile; otherwise it is information.
    public let deviates: Bool
    public let title: LocalizedText
    public let detail: LocalizedText
    public let proofs: [Proof]
  }

  public struct Proof: Encodable, Sendable {
    /// `said` by the network, `seen` in data frames, or said `once`, which is no verdict.
    public let kind: String
    public let frames: Int
  }

  /// How each network stands to the profile.
  public struct Profile: Encodable, Sendable {
    public struct Judged: Encodable, Sendable {
      public let bssid: String
      public let outcome: WiFiComparison.Outcome
      /// Ids of the profile's rows.
      public let deviating: [String]
      public let notDetermined: [String]
    }

    public let id: String
    public let title: LocalizedText
    public let networks: [Judged]
    /// Not encoded: what each row asks.
    let rowTitles: [String: LocalizedText]

    private enum CodingKeys: String, CodingKey { case id, title, networks }
  }

  public let networks: [Network]
  public let coverage: WiFiCoverageReport
  public let profile: Profile
  public let details: [WiFiDetail]

  private enum CodingKeys: String, CodingKey { case networks, coverage, profile, details }

  /// - Parameters:
  ///   - names: that makers give.
  ///   - checks: of the rule set; a finding without its check is not told, which a test rules out.
  ///   - wording: what the reason is called for which a band was not looked at.
  public init(
    _ hearing: WiFiHearing, scope: WiFiScope, baseline: WiFiBaseline, names: WiFiDefaultNames, checks: [Check],
    wording: Wording
  ) {
    let heard = hearing.survey.judgements(names)
    let readings = heard.filter { scope.contains($0.network.address, name: $0.network.name) }
      .map { WiFiReading($0.network, $0.judgements) }
    networks = readings.map { Network($0, baseline, checks) }
    details = readings.map { WiFiDetail($0.network, isJudged: $0.security != nil) }
    profile = Profile(
      id: baseline.id, title: baseline.title,
      networks: readings.map { reading in
        let comparison = WiFiComparison(
          reading.security, findings: reading.weaknesses.filter(\.isVerdict).map(\.check), baseline)
        func rows(_ outcome: WiFiComparison.Outcome) -> [String] {
          comparison.rows.filter { $0.outcome == outcome }.map(\.row.id)
        }
        return Profile.Judged(
          bssid: "\(reading.network.address)", outcome: comparison.outcome, deviating: rows(.deviates),
          notDetermined: rows(.notDetermined))
      }, rowTitles: Dictionary(baseline.rows.map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first }))
    coverage = WiFiCoverageReport(hearing, scope, inScope: readings, of: heard.map(\.network), wording)
  }

  /// A source ended before its end.
  public var isPartial: Bool { coverage.sources.contains { $0.brokenOff != nil } }

  /// The gravest finding's severity; what a single frame said does not count.
  public var gravest: Severity? {
    networks.flatMap(\.findings).filter { $0.proofs.contains { $0.kind != WiFiProof.once.rawValue } }.map(\.severity)
      .max()
  }
}

extension WiFiReport.Network {
  fileprivate init(_ reading: WiFiReading, _ baseline: WiFiBaseline, _ checks: [Check]) {
    let (network, security) = (reading.network, reading.security)
    let name = network.name.map(WiFiName.init)
    self.init(
      bssid: "\(network.address)", ssid: name?.description,
      channel: (network.description?.channel).map { Int($0.number) },
      security: (security?.level ?? .unknown).rawValue, pairwise: security?.pairwise ?? [], group: security?.group,
      akm: security?.authentication ?? [], pmf: security?.managementProtection.rawValue,
      wps: (network.description?.setup).map {
        WiFiReport.Setup(configured: $0.isConfigured, locked: $0.isLocked, version2: $0.isVersion2)
      },
      frames: network.frames,
      findings: reading.weaknesses.compactMap { weakness in
        checks.first { $0.rule.matches(weakness: weakness.check) }.map {
          WiFiReport.Finding(weakness, $0, deviates: weakness.isVerdict && baseline.forbids(weakness.check))
        }
      },
      isJudged: security != nil, hidesName: network.hidesName, address: network.address,
      band: (network.description?.channel).map(\.band), clients: network.stations.map(\.address))
  }

  private enum CodingKeys: String, CodingKey {
    case bssid, ssid, channel, security, pairwise, group, akm, pmf, wps, frames, findings
  }

  /// What is not known is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bssid, forKey: .bssid)
    try container.encode(ssid, forKey: .ssid)
    try container.encode(channel, forKey: .channel)
    try container.encode(security, forKey: .security)
    try container.encode(pairwise, forKey: .pairwise)
    try container.encode(group, forKey: .group)
    try container.encode(akm, forKey: .akm)
    try container.encode(pmf, forKey: .pmf)
    try container.encode(wps, forKey: .wps)
    try container.encode(frames, forKey: .frames)
    try container.encode(findings, forKey: .findings)
  }
}

extension WiFiReport.Finding {
  fileprivate init(_ weakness: WiFiReading.Weakness, _ check: Check, deviates: Bool) {
    let parts = weakness.proofs.map(Self.text)
    self.init(
      check: check.id, severity: check.severity, deviates: deviates, title: check.title,
      detail: LocalizedText(
        ja: parts.map(\.ja).joined(separator: "、"), en: parts.map(\.en).joined(separator: "; ")),
      proofs: weakness.proofs.map { WiFiReport.Proof(kind: $0.kind.rawValue, frames: $0.frames) })
  }

  private static func text(_ proof: WiFiReading.Proof) -> LocalizedText {
    switch proof.kind {
    case .said:
      LocalizedText(
        ja: "ネットワーク自身の通知(ビーコンと応答\(proof.frames)個を受信)",
        en: "said by the network (beacons and answers heard: \(proof.frames))")
    case .seen: LocalizedText(ja: "データフレーム\(proof.frames)個で観測", en: "seen in data frames: \(proof.frames)")
    case .once: LocalizedText(ja: "1つのフレームだけの通知のため判定なし", en: "said in a single frame, which is no verdict")
    }
  }
}
