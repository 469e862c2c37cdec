public import Records
internal import XMLReading

/// Asks a Hikvision camera or recorder whether it has been given an administrator's password.
///
/// - Octets sent: one inquiry of the vendor's search protocol, or two when the first brings nothing (138 octets each). The
///   other types of request, which set addresses and passwords, are not here.
/// - Connections opened: none.
/// - State left behind: none.
/// - Worst known reaction: none known; some firmware answers to its multicast group instead.
public struct SADPProbe: Probe {
  public static let question = "sadp.unactivated"
  public static let sheet = ProbeSheet(
    id: "sadp", technique: .udpProbe,
    sends: LocalizedText(ja: "SADPの問い合わせ(inquiry)", en: "a SADP inquiry"), leavesBehind: "nothing",
    worstReaction: "none known", datagrams: 2, duration: .seconds(10))

  private let source: String
  private let identifier: String
  var dialogue: DatagramDialogue
  public internal(set) var report: ProbeReport?

  /// - Parameter seed: makes the identifier that the answer must repeat.
  public init(port: UInt16, seed: UInt64) {
    source = "udp/\(port) sadp"
    identifier = seededUUID(seed)
    dialogue = DatagramDialogue(port: port, anySourcePort: true)
  }

  public var wakeAt: MonotonicInstant? { nextWake }
  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension SADPProbe: SingleDatagramProbe {
  var request: [UInt8] { SADPMatch.inquiry(identifier) }

  func judge(_ octets: [UInt8]) -> ProbeReport? {
    guard let match = SADPMatch(parsing: octets), match.identifier.uppercased() == identifier else { return nil }
    let claims = match.claims(source: source)
    switch match.isActivated {
    case false:
      return Self.report(
        .proven,
        Self.sheet.answered(
          with: LocalizedText(ja: "未設定(Activated: false)との応答", en: "Activated: false"),
          LocalizedText(
            ja: "管理者のパスワードがまだ設定されていません。", en: "No administrator's password has been set yet.")), claims: claims)
    case true:
      return Self.report(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "設定済み(Activated: true)との応答", en: "Activated: true"),
          LocalizedText(ja: "管理者のパスワードは設定されています。", en: "An administrator's password has been set.")), claims: claims)
    // Firmware from before 2015 does not know the field.
    case nil: return Self.undecided("not-said", claims: claims)
    }
  }
}

/// The vendor's answer; there is no public specification, the fields are those that users of the protocol describe.
struct SADPMatch: Hashable, Sendable {
  /// Of the inquiry.
  let identifier: String
  /// nil where the field is missing or something else than `true` or `false`.
  let isActivated: Bool?
  let model: String?
  let serial: String?
  let firmware: String?

  init?(parsing octets: [UInt8]) {
    guard let match = try? XMLElement(parsing: octets), match.name.local == "ProbeMatch",
      let identifier = match.child("Uuid")?.trimmedText
    else { return nil }
    let text = { (name: String) in match.child(name)?.trimmedText }
    self.identifier = identifier
    isActivated = text("Activated").flatMap { ["true": true, "false": false][$0.lowercased()] }
    model = text("DeviceDescription")
    serial = text("DeviceSN")
    firmware = text("SoftwareVersion")
  }

  func claims(source: String) -> [Claim] {
    var claims = [
      (Claim.Kind.model, model, "DeviceDescription"), (.serial, serial, "DeviceSN"),
      (.firmware, firmware, "SoftwareVersion"),
    ]
    .compactMap { kind, value, field in
      value.map { Claim(kind, $0, source: "\(source) \(field)", confidence: .high) }
    }
    // Nobody else's protocol; but its maker sells to other brands too, which name themselves elsewhere.
    claims.append(Claim(.vendor, "Hikvision", source: source, confidence: .medium))
    return claims
  }

  static func inquiry(_ identifier: String) -> [UInt8] {
    Array(
      ("<?xml version=\"1.0\" encoding=\"utf-8\"?><Probe><Uuid>\(identifier)</Uuid><Types>inquiry</Types></Probe>").utf8
    )
  }
}
