public import Records
internal import Wire

/// Asks an EtherNet/IP device who it is (The CIP Networks Library volume 2, §2-4.2). CIP as it is commonly used knows no
/// authentication.
///
/// - Octets sent: one ListIdentity (24 octets), or two when the first brings nothing. No session is opened.
/// - Connections opened: none.
/// - State left behind: none.
/// - Worst known reaction: none known.
public struct EtherNetIPProbe: Probe {
  public static let question = "enip.open"
  public static let sheet = ProbeSheet(
    id: "enip", technique: .otIdentify,
    sends: LocalizedText(ja: "識別情報の問い合わせ(EtherNet/IPのListIdentity)", en: "an EtherNet/IP ListIdentity"),
    leavesBehind: "nothing", worstReaction: "none known", datagrams: 2, duration: .seconds(10))

  private let port: UInt16
  private let context: UInt32
  var dialogue: DatagramDialogue
  public internal(set) var report: ProbeReport?

  /// - Parameter seed: makes the context, which the answer repeats.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    context = UInt32(truncatingIfNeeded: seed)
    dialogue = DatagramDialogue(port: port)
  }

  public var wakeAt: MonotonicInstant? { nextWake }
  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension EtherNetIPProbe: SingleDatagramProbe {
  var request: [UInt8] { EtherNetIPIdentity.request(context: context) }

  func judge(_ octets: [UInt8]) -> ProbeReport? {
    guard let identity = try? EtherNetIPIdentity(parsing: octets.span), identity.context == context else { return nil }
    let source = "udp/\(port) ethernet-ip"
    var claims: [Claim] = []
    claims.add(.model, identity.productName, source: source)
    claims.add(.firmware, "\(identity.majorRevision).\(identity.minorRevision)", source: source)
    if identity.serialNumber != 0 {
      claims.add(.serial, String(identity.serialNumber, radix: 16), source: source)
    }
    // Device profiles of The CIP Networks Library volume 1: programmable logic controller, human-machine interface.
    let role: String? =
      switch identity.deviceType {
      case 0x0e: "plc"
      case 0x18: "hmi"
      default: nil
      }
    claims.add(.role, role, source: source)
    let name = identity.productName.cut(to: 40)
    let basis = Self.sheet.answered(
      with: LocalizedText(ja: "識別情報(\(name))", en: "the identity (\(name))"),
      LocalizedText(
        ja: "EtherNet/IPの標準の機能には認証がありません。セッションは開設していません。",
        en: "EtherNet/IP in its common form has no authentication. No session was opened."))
    return ProbeReport(Self.question, .proven, basis, claims: claims)
  }
}
