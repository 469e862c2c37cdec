public import Records
internal import Wire

/// Asks a Ubiquiti device who it is: model, firmware and addresses, told to anybody.
///
/// - Octets sent: one question of version 1 (4 octets), or two when the first brings nothing.
/// - Connections opened: none.
/// - State left behind: none.
/// - Worst known reaction: none known of one that is asked; in 2019 the service was used to amplify floods
///   on the Internet (Rapid7, Understanding Ubiquiti Discovery Service Exposures).
public struct UbiquitiProbe: Probe {
  public static let question = "ubnt.discovery"
  public static let sheet = ProbeSheet(
    id: "ubnt", technique: .udpProbe,
    sends: LocalizedText(ja: "Ubiquitiの機器探索要求", en: "a Ubiquiti discovery request"), leavesBehind: "nothing",
    worstReaction: "none known", datagrams: 2, duration: .seconds(10))

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

extension UbiquitiProbe: SingleDatagramProbe {
  var request: [UInt8] { UbiquitiDiscovery.request1 }

  func judge(_ octets: [UInt8]) -> ProbeReport? {
    guard let answer = try? UbiquitiDiscovery(parsing: octets.span), answer.version == 1, answer.command == 0,
      let mac = answer.macAddress
    else { return nil }
    let source = "udp/\(port) ubiquiti-discovery"
    var claims: [Claim] = []
    claims.add(.model, answer.model ?? answer.platform, source: source)
    claims.add(.firmware, answer.firmware, source: source)
    claims.add(.name, answer.hostName, source: source)
    claims.add(.mac, "\(mac)", source: source)
    let basis = Self.sheet.answered(
      with: LocalizedText(ja: "機器情報(\(claims.shown))", en: "what it is (\(claims.shown))"),
      LocalizedText(ja: "認証なしで誰にでも応答します。", en: "It tells anybody, without authentication."))
    claims.add(.vendor, "Ubiquiti", source: source, confidence: .medium)
    return ProbeReport(Self.question, .proven, basis, claims: claims)
  }
}
