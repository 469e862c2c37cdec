public import Records
internal import Wire

/// Asks a Dahua camera or recorder, of whatever brand, what it is. It puts no question of a check: what the device tells goes into the
/// inventory.
///
/// - Octets sent: one search (90), or two when the first brings nothing.
/// - Connections opened: none.
/// - State left behind: none.
/// - Worst known reaction: none known of one that is asked; on the Internet the service is used to amplify floods
///   (some 800 octets for a short question, NETSCOUT 2020).
public struct DHIPProbe: Probe {
  public static let sheet = ProbeSheet(
    id: "dhip", technique: .udpProbe,
    sends: LocalizedText(ja: "Dahuaの機器探索要求", en: "a Dahua discovery request"), leavesBehind: "nothing",
    worstReaction: "none known", datagrams: 2, duration: .seconds(10))

  private let source: String
  private var dialogue: DatagramDialogue
  public private(set) var report: ProbeReport?

  public init(port: UInt16) {
    source = "udp/\(port) dahua-dhip"
    dialogue = DatagramDialogue(port: port)
  }

  public var wakeAt: MonotonicInstant? { report == nil ? dialogue.wakeAt : nil }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { dialogue.ask(DHIPMessage.search, at: now) }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets):
      if let device = DHIPDevice(parsing: octets) { report = ProbeReport(claims: device.claims(source: source)) }
    case .timer:
      if let again = dialogue.wake(at: now) { return again }
      report = ProbeReport()
    case .failed: report = ProbeReport()
    case .opened, .ended, .response: break
    }
    return []
  }
}

/// `client.notifyDevInfo`, with which a device answers a search.
struct DHIPDevice: Hashable, Sendable {
  private let mac: String?
  private let fields: JSONValue

  /// - Returns: nil for anything else, such as another searcher's question.
  init?(parsing octets: [UInt8]) {
    guard let message = try? DHIPMessage(parsing: octets.span),
      let content = try? JSONValue(parsing: message.json.span), content["method"]?.text == "client.notifyDevInfo",
      let fields = content["params"]?["deviceInfo"], fields.isObject
    else { return nil }
    mac = content["mac"]?.text
    self.fields = fields
  }

  func claims(source: String) -> [Claim] {
    var claims: [Claim] = []
    claims.add(.model, text("DeviceType"), source: "\(source) DeviceType")
    claims.add(.firmware, text("Version"), source: "\(source) Version")
    claims.add(.serial, text("SerialNo"), source: "\(source) SerialNo")
    claims.add(.mac, mac, source: "\(source) mac")
    claims.add(.name, machineName, source: "\(source) MachineName")
    claims.add(.vendor, vendor, source: "\(source) Vendor")
    claims.add(.role, role, source: "\(source) DeviceClass")
    return claims
  }

  private func text(_ name: String) -> String? { fields[name]?.text }

  /// Devices that nobody named are called by their serial number.
  private var machineName: String? { text("MachineName").flatMap { $0 == text("SerialNo") ? nil : $0 } }

  /// Devices for brands that are not to be told say so in one of these words.
  private var vendor: String? {
    [text("Vendor"), text("Manufacturer")].compactMap(\.self).first { !["General", "Private", ""].contains($0) }
  }

  /// Cameras (IP, speed domes), recorders, door stations and their indoor monitors, by the maker's abbreviations.
  private var role: String? {
    switch text("DeviceClass")?.uppercased() {
    case "IPC", "IPD", "SD", "TPC": "camera"
    case "NVR", "DVR", "HCVR", "XVR", "EVS": "nvr"
    case "VTO", "VTH": "intercom"
    default: nil
    }
  }
}
