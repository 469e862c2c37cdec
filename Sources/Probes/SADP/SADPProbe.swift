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
  private var inquiry: DatagramQuestion
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the identifier that the answer must repeat.
  public init(port: UInt16, seed: UInt64) {
    source = "udp/\(port) sadp"
    identifier = seededUUID(seed)
    inquiry = DatagramQuestion(
      DatagramRequest(port: port, payload: SADPMatch.inquiry(identifier), anySourcePort: true))
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask(at: now) }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    if let actions = inquiry.ask(at: now, wakeAt: &wakeAt) { return actions }
    unclear("no-answer")
    return []
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets):
      if let match = SADPMatch(parsing: octets), match.identifier.uppercased() == identifier { judge(match) }
    case .timer: return ask(at: now)
    case .failed(_, reason: "port-unreachable"): finish(.refuted, Self.sheet.portClosed)
    case .failed(_, let reason): unclear(reason)
    case .opened, .ended, .response: break
    }
    return []
  }

  private mutating func judge(_ match: SADPMatch) {
    let claims = match.claims(source: source)
    switch match.isActivated {
    case false:
      finish(
        .proven,
        Self.sheet.answered(
          with: LocalizedText(ja: "未設定(Activated: false)との応答", en: "Activated: false"),
          LocalizedText(
            ja: "管理者のパスワードがまだ設定されていません。", en: "No administrator's password has been set yet.")), claims)
    case true:
      finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "設定済み(Activated: true)との応答", en: "Activated: true"),
          LocalizedText(ja: "管理者のパスワードは設定されています。", en: "An administrator's password has been set.")), claims)
    // Firmware from before 2015 does not know the field.
    case nil: finish(.inconclusive(reason: "not-said"), Self.sheet.undecided("not-said"), claims)
    }
  }

  private mutating func unclear(_ reason: String) {
    finish(.inconclusive(reason: reason), Self.sheet.undecided(reason))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText, _ claims: [Claim] = []) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis, claims: claims)
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
    [
      (Claim.Kind.model, model, "DeviceDescription"), (.serial, serial, "DeviceSN"),
      (.firmware, firmware, "SoftwareVersion"),
    ]
    .compactMap { kind, value, field in
      value.map { Claim(kind, $0, source: "\(source) \(field)", confidence: .high) }
    }
  }

  static func inquiry(_ identifier: String) -> [UInt8] {
    Array(
      ("<?xml version=\"1.0\" encoding=\"utf-8\"?><Probe><Uuid>\(identifier)</Uuid><Types>inquiry</Types></Probe>").utf8
    )
  }
}
