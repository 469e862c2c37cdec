internal import Records
public import WiFi
internal import Wire

/// What is worth knowing of a network beside its findings, and what its stations chose: in numbers, since a station may be somebody's telephone.
public struct WiFiDetail: Hashable, Sendable, Encodable {
  /// What a number of stations asked for when they joined.
  public struct Choice: Hashable, Sendable, Encodable {
    public let akm: [String]
    public let pairwise: [String]
    public let pmf: String
    public let stations: Int
  }

  /// A network of the same name that the network announces.
  public struct Sibling: Hashable, Sendable, Encodable {
    /// `2.4`, `5` or `6`.
    public let band: String
    public let channel: Int
  }

  public let bssid: String
  /// In the order of ``WiFiFact``.
  public let facts: [WiFiFact]
  /// Stations of which two frames were heard.
  public let stations: Int
  /// Of them, those whose address was made up.
  public let randomAddresses: Int
  /// Of those that were heard to join, most of them first.
  public let choices: [Choice]
  /// Two letters, as the network says; nil where it does not.
  public let country: String?
  /// In megahertz.
  public let width: Int?
  /// Where it announces a network of its own name: what stands there was heard only if it is a network of its own here.
  public let siblings: [Sibling]
  /// Names of EAP methods that were seen.
  public let eapMethods: [String]

  init(_ network: WiFiSurvey.Network, isJudged: Bool) {
    let heard = network.stations
    bssid = "\(network.address)"
    facts = isJudged ? network.facts : []
    stations = heard.count
    randomAddresses = heard.count { $0.hasRandomAddress }
    var counts: [WiFiChoice: Int] = [:]
    for choice in heard.compactMap(\.choice) { counts[choice, default: 0] += 1 }
    choices = counts.map { choice, count in
      Choice(
        akm: choice.authentication, pairwise: choice.pairwise, pmf: choice.managementProtection.rawValue,
        stations: count)
    }.sorted { ($1.stations, $0.key) < ($0.stations, $1.key) }
    country = isJudged ? network.description?.country : nil
    width = isJudged ? network.description?.width : nil
    siblings = network.neighbours.filter { $0.hasSameName == true }.map {
      Sibling(band: WiFiCoverageReport.name($0.channel.band) ?? "", channel: Int($0.channel.number))
    }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    eapMethods = network.authenticationMethods.map(WiFiAuthenticationMethod.name)
  }

  /// Sentences for people.
  var texts: [LocalizedText] {
    facts.map(\.text)
      + siblings.map {
        LocalizedText(
          ja: "同じ名前のネットワークを\($0.band) GHz帯のチャネル\($0.channel)で案内している",
          en: "announces a network of its name in \($0.band) GHz, channel \($0.channel)")
      }
      + choices.map { choice in
        let chosen =
          "\(choice.akm.joined(separator: ",")), \(choice.pairwise.joined(separator: ",")), PMF \(choice.pmf)"
        return LocalizedText(
          ja: "端末\(choice.stations)台が選択した方式: \(chosen)", en: "chosen by stations (\(choice.stations)): \(chosen)")
      }
      + (eapMethods.isEmpty
        ? []
        : [
          LocalizedText(
            ja: "EAPの方式: \(eapMethods.joined(separator: ", "))",
            en: "EAP methods: \(eapMethods.joined(separator: ", "))")
        ])
      + (stations == 0
        ? []
        : [
          LocalizedText(
            ja: "受信した端末: \(stations)台(うちランダムなアドレス\(randomAddresses)台)",
            en: "stations heard: \(stations) (with made-up addresses: \(randomAddresses))")
        ])
  }
}

extension WiFiDetail.Choice {
  fileprivate var key: String { "\(akm) \(pairwise) \(pmf)" }
}

extension WiFiFact {
  var text: LocalizedText {
    switch self {
    case .adHoc: LocalizedText(ja: "アクセスポイントのない端末同士のネットワーク", en: "stations among themselves, without an access point")
    case .highBandWithoutSAE:
      LocalizedText(ja: "6 GHz帯で認められていない方式", en: "a way in that 6 GHz does not allow")
    case .setupByPIN: LocalizedText(ja: "WPSがPINを受け付ける", en: "WPS takes a PIN")
    case .setupLocked: LocalizedText(ja: "WPSのPINはロック中", en: "WPS says that its PIN is locked")
    case .setupUnconfigured: LocalizedText(ja: "WPSで初期設定を待っている", en: "WPS waits for its first settings")
    case .setupUnderWay: LocalizedText(ja: "WPSで機器を追加中", en: "WPS is adding a device")
    case .setupTellsSerial: LocalizedText(ja: "WPSの通知に製造番号が含まれる", en: "WPS tells a serial number")
    case .setupTellsModel: LocalizedText(ja: "WPSの通知に型番が含まれる", en: "WPS tells the model")
    case .enterpriseWithoutProtection:
      LocalizedText(ja: "802.1Xで管理フレームを保護しない", en: "802.1X without protected management frames")
    case .overridden:
      LocalizedText(ja: "新しい端末向けに別の方式を示す(RSN override)", en: "offers newer stations another way (RSN override)")
    case .hidesName: LocalizedText(ja: "ビーコンに名前を載せない", en: "its beacons keep its name back")
    case .showedKeyIdentifier: LocalizedText(ja: "鍵の識別子(PMKID)を送信した", en: "it sent a key identifier (PMKID)")
    case .showedIdentity: LocalizedText(ja: "EAPの利用者名が暗号化されずに送信された", en: "an EAP identity was sent in clear")
    case .disablesTransition:
      LocalizedText(ja: "弱い方式に戻らないよう端末に伝える", en: "tells stations not to fall back to what is weaker")
    }
  }
}

extension WiFiDetail {
  private enum CodingKeys: String, CodingKey {
    case bssid, facts, stations, randomAddresses, choices, country, width, siblings, eapMethods
  }

  /// What is not known is written as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bssid, forKey: .bssid)
    try container.encode(facts, forKey: .facts)
    try container.encode(stations, forKey: .stations)
    try container.encode(randomAddresses, forKey: .randomAddresses)
    try container.encode(choices, forKey: .choices)
    try container.encode(country, forKey: .country)
    try container.encode(width, forKey: .width)
    try container.encode(siblings, forKey: .siblings)
    try container.encode(eapMethods, forKey: .eapMethods)
  }
}
