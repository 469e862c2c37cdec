internal import Addressing
public import Records
internal import Wire

/// Asks a KNXnet/IP server which services it has (KNX Standard 03_08_02 §7.6.3): tunnelling or routing without
/// KNX IP Secure puts whoever reaches it on the bus.
///
/// - Octets sent: one description request (14 octets), or two when the first brings nothing. No tunnel is opened:
///   servers have few, some just one.
/// - Connections opened: none.
/// - State left behind: none; nothing reaches the bus.
/// - Worst known reaction: none known.
public struct KNXnetIPProbe: Probe {
  public static let question = "knx.open"
  public static let sheet = ProbeSheet(
    id: "knx", technique: .otIdentify,
    sends: LocalizedText(ja: "サービス一覧の問い合わせ(KNXnet/IPのDESCRIPTION_REQUEST)", en: "a KNXnet/IP description request"),
    leavesBehind: "nothing", worstReaction: "none known", datagrams: 2, duration: .seconds(10))

  private let port: UInt16
  var dialogue: DatagramDialogue
  public internal(set) var report: ProbeReport?

  public init(port: UInt16) {
    self.port = port
    dialogue = DatagramDialogue(port: port)
  }

  public var wakeAt: MonotonicInstant? { nextWake }
  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension KNXnetIPProbe: SingleDatagramProbe {
  private typealias Family = KNXnetIPDescription.Family

  var request: [UInt8] { KNXnetIPDescription.descriptionRequest() }

  func judge(_ octets: [UInt8]) -> ProbeReport? {
    // A search response is no answer to this question.
    guard octets.starts(with: [0x06, 0x10, 0x02, 0x04]),
      let description = try? KNXnetIPDescription(parsing: octets.span)
    else { return nil }
    let families = description.families
    let onBus = [(Family.tunnelling, "tunnelling"), (Family.routing, "routing")].filter { families[$0.0] != nil }
    let names = onBus.map(\.1).joined(separator: ", ")
    let list = families.keys.sorted().map { "\($0)" }.joined(separator: ", ")
    let shown = LocalizedText(ja: "サービス種別\(list)の一覧", en: "a list of service families (\(list))")
    let claims = claims(description)
    guard !onBus.isEmpty else {
      let none = LocalizedText(
        ja: "バスへ中継するサービスは含まれていませんでした。", en: "None of them leads to the bus.")
      return ProbeReport(Self.question, .refuted, Self.sheet.answered(with: shown, none), claims: claims)
    }
    guard families[Family.secure] == nil else {
      let secure = LocalizedText(
        ja: "KNX IP Secureに対応していますが、使われているかどうかは分かりません。",
        en: "It offers KNX IP Secure; whether that is used cannot be told.")
      return ProbeReport(
        Self.question, .inconclusive(reason: "secure-offered"), Self.sheet.answered(with: shown, secure),
        claims: claims)
    }
    let open = LocalizedText(
      ja: "バスへ中継するサービス(\(names))があり、KNX IP Secureには対応していません。接続は開設していません。",
      en: "Services that lead to the bus (\(names)) are among them, KNX IP Secure is not. No tunnel was opened.")
    return ProbeReport(Self.question, .proven, Self.sheet.answered(with: shown, open), claims: claims)
  }

  private func claims(_ description: KNXnetIPDescription) -> [Claim] {
    let source = "udp/\(port) knxnet-ip"
    var claims: [Claim] = []
    claims.add(.name, description.name, source: source)
    if let serial = description.serialNumber, serial.contains(where: { $0 != 0 }) {
      let digits = serial.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      claims.add(.serial, digits, source: source)
    }
    if let mac = description.macAddress, mac.rawValue != 0 { claims.add(.mac, "\(mac)", source: source) }
    // Controllers and panels have it built in.
    claims.add(.role, "gateway", source: source, confidence: .low)
    return claims
  }
}
