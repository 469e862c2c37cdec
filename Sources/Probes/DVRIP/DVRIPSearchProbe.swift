public import Records
internal import Wire

/// Asks who is there, as the search of the maker's own tool does, on UDP: the device tells its network settings and its
/// serial number to whoever asks.
///
/// - Octets sent: one search (20), or two when the first brings nothing. The tool's other message, which sets addresses and wants a
///   password, is not here.
/// - Connections opened: none; a socket on local port 34569, where the tools listen.
/// - State left behind: none.
/// - Worst known reaction: none known; some firmware may answer to the whole segment instead.
public struct DVRIPSearchProbe: Probe {
  public static let question = DVRIPProbe.question
  public static let sheet = ProbeSheet(
    id: "dvrip-search", technique: .udpProbe,
    sends: LocalizedText(ja: "DVRIPの機器探索要求", en: "a DVRIP search"), leavesBehind: "nothing",
    worstReaction: "none known", datagrams: 2, duration: .seconds(10))

  private let port: UInt16
  var dialogue: DatagramDialogue
  public internal(set) var report: ProbeReport?

  public init(port: UInt16) {
    self.port = port
    dialogue = DatagramDialogue(port: port, localPort: 34569)
  }

  public var wakeAt: MonotonicInstant? { nextWake }
  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension DVRIPSearchProbe: SingleDatagramProbe {
  var request: [UInt8] { DVRIPMessage.search }

  func judge(_ octets: [UInt8]) -> ProbeReport? {
    guard let message = try? DVRIPMessage(parsing: octets.span), message.command == .searchAnswer,
      let settings = (try? JSONValue(parsing: message.json.span))?["NetWork.NetCommon"]
    else { return nil }
    let source = "udp/\(port) dvrip NetCommon"
    var claims: [Claim] = []
    claims.add(.serial, settings["SN"]?.text, source: "\(source).SN")
    claims.add(.mac, settings["MAC"]?.text, source: "\(source).MAC")
    claims.add(.name, settings["HostName"]?.text, source: "\(source).HostName", confidence: .medium)
    guard !claims.isEmpty else { return nil }
    let basis = Self.sheet.answered(
      with: LocalizedText(ja: "ネットワーク設定(\(claims.shown))", en: "its network settings (\(claims.shown))"),
      LocalizedText(ja: "認証なしで誰にでも応答します。", en: "It tells anybody, without authentication."))
    claims.add(.vendor, "Xiongmai", source: "udp/\(port) dvrip", confidence: .low)
    return Self.report(.proven, basis, claims: claims)
  }
}
