public import Records
internal import Wire

/// Asks an SNMP agent for its name and description with the community `public`, which every manual names (RFC 1157,
/// RFC 1901).
///
/// - Octets sent: a GetRequest for four objects of the system group in version 2c, and in version 1 when that brings
///   nothing; then, when both are met with silence, the discovery of version 3 once more, to see that the agent still answers. Where
///   version 2c brought values, another GetRequest for nine objects that name model and firmware (RFC 2790, RFC 3805,
///   RFC 6933). Some 350 octets in all. Never another community, never SetRequest.
/// - Connections opened: none; one socket.
/// - State left behind: a counter (snmpInBadCommunityNames, RFC 3418 §2); a log entry.
/// - Worst known reaction: agents that are set so send their manager a trap for each wrong community (authenticationFailure).
public struct SNMPProbe: Probe {
  public static let defaultCommunity = "snmp.default-community"
  public static let oldVersion = "snmp.v1v2c"
  public static let sheet = ProbeSheet(
    id: "snmp", technique: .udpProbe,
    sends: LocalizedText(ja: "コミュニティ名publicによるSNMPの読み出し要求", en: "an SNMP read request with the community public"),
    leavesBehind: "a counter of wrong communities, a log entry",
    worstReaction: "a trap to the agent's manager for each wrong community", datagrams: 3, duration: .seconds(16))

  private static let patience = Duration.seconds(4)
  private static let community = Array("public".utf8)

  private enum Step { case v2c, v1, control, details }

  private let port: UInt16
  private let identifier: UInt32
  private var step = Step.v2c
  private var claims: [Claim]
  private var verdicts: [ProbeVerdict] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - said: the answer to the scan's discovery of version 3; may be empty.
  ///   - seed: makes the numbers of the requests.
  public init(port: UInt16, said: [UInt8], seed: UInt64) {
    self.port = port
    identifier = UInt32(truncatingIfNeeded: seed) & 0x3fff_ffff
    claims = Self.claims(ofEngine: try? SNMPMessage(parsing: said.span), port)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask(.v2c, at: now) }

  private mutating func ask(_ next: Step, at now: MonotonicInstant) -> [ProbeAction] {
    step = next
    wakeAt = now + Self.patience
    let payload =
      switch next {
      case .v2c:
        SNMPRequest.get(
          SNMPRequest.Object.identity, community: Self.community, version: .v2c, requestID: identifier)
      case .v1:
        SNMPRequest.get(
          SNMPRequest.Object.identity, community: Self.community, version: .v1, requestID: identifier + 1)
      case .control: SNMPRequest.discovery(messageID: identifier + 2)
      case .details:
        SNMPRequest.get(
          SNMPRequest.Object.details, community: Self.community, version: .v2c, requestID: identifier + 3)
      }
    return [.datagram(0, DatagramRequest(port: port, payload: payload))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets):
      if let message = try? SNMPMessage(parsing: octets.span) { return take(message, at: now) }
    case .timer:
      switch step {
      case .v2c: return ask(.v1, at: now)
      case .v1: return ask(.control, at: now)
      case .control: giveUp("no-answer")
      case .details: finish(verdicts)
      }
    case .failed where step == .details: finish(verdicts)
    case .failed(_, reason: "port-unreachable"):
      finish([
        ProbeVerdict(Self.defaultCommunity, .refuted, basis: Self.sheet.portClosed),
        ProbeVerdict(Self.oldVersion, .refuted, basis: Self.sheet.portClosed),
      ])
    case .failed(_, let reason): giveUp(reason)
    case .opened, .ended, .response: break
    }
    return []
  }

  private mutating func take(_ message: SNMPMessage, at now: MonotonicInstant) -> [ProbeAction] {
    switch message.version {
    case 1 where step == .details:
      guard message.kind == .response, message.requestID == Int64(identifier + 3) else { return [] }
      addDetails(of: message)
      finish(verdicts)
    case 0 where message.requestID == Int64(identifier + 1) && step != .v2c && step != .details,
      1 where message.requestID == Int64(identifier):
      guard message.kind == .response, message.community == Self.community else { return [] }
      return judge(message, at: now)
    case 3:
      guard step == .control, message.kind == .report, message.security?.messageID == Int64(identifier + 2) else {
        return []
      }
      if claims.isEmpty { claims = Self.claims(ofEngine: message, port) }
      judgeSilence()
    default: break
    }
    return []
  }

  /// It answered in version 1 or 2c.
  private mutating func judge(_ message: SNMPMessage, at now: MonotonicInstant) -> [ProbeAction] {
    let version = message.version == 0 ? "1" : "2c"
    let old = ProbeVerdict(
      Self.oldVersion, .proven,
      basis: LocalizedText(
        ja: "\(Self.sheet.sends.ja)を送信し、SNMPバージョン\(version)の応答が返りました。この版ではコミュニティ名と値が平文で送られます。",
        en:
          "\(Self.sheet.sends.en.capitalisedFirst) was answered in SNMP version \(version), which sends communities and values as readable text."
      ))
    let values = SNMPRequest.Object.identity.compactMap { message.value(of: $0) }
    if message.errorStatus == 0, !values.isEmpty {
      addClaims(of: message)
      verdicts = [ProbeVerdict(Self.defaultCommunity, .proven, basis: Self.shown(message, values.count)), old]
      // In version 1 one object that is not there spoils the whole answer (RFC 1157 §4.1.2).
      if message.version == 1 { return ask(.details, at: now) }
      finish(verdicts)
      return []
    }
    // RFC 3416 §3: authorizationError and noAccess.
    let isRefusal = message.errorStatus == 16 || message.errorStatus == 6
    let reason = message.errorStatus == 0 ? "no-value" : "error-\(message.errorStatus)"
    let declined = LocalizedText(
      ja: "\(Self.sheet.sends.ja)を送信しましたが、値は返りませんでした(エラー\(message.errorStatus))。",
      en: "\(Self.sheet.sends.en.capitalisedFirst) brought no value (error \(message.errorStatus)).")
    finish([
      ProbeVerdict(Self.defaultCommunity, isRefusal ? .refuted : .inconclusive(reason: reason), basis: declined), old,
    ])
    return []
  }

  private static func shown(_ message: SNMPMessage, _ count: Int) -> LocalizedText {
    let description = (message.value(of: SNMPRequest.Object.sysDescr)?.text ?? "").cut(to: 120)
    return sheet.answered(
      with: LocalizedText(
        ja: description.isEmpty ? "\(count)個の値" : "「\(description)」を含む\(count)個の値",
        en: description.isEmpty ? "\(count) values" : "\(count) values, among them \u{201c}\(description)\u{201d}"),
      LocalizedText(ja: "この名前を知る誰もが読み出せます。", en: "Anyone who knows this name can read."))
  }

  /// Both questions were met with silence, and the agent answers all the same: agents drop what has a wrong community.
  private mutating func judgeSilence() {
    let sent = Self.sheet.sends
    finish([
      ProbeVerdict(
        Self.defaultCommunity, .refuted,
        basis: LocalizedText(
          ja: "\(sent.ja)(2cと1)には応答がなく、直後のSNMPv3の探索には応答がありました。",
          en:
            "\(sent.en.capitalisedFirst), in versions 2c and 1, was not answered; the discovery of SNMPv3 right afterwards was."
        )),
      // Silence has the same look whether the old versions are off or another community is set.
      ProbeVerdict(Self.oldVersion, .inconclusive(reason: "no-answer"), basis: Self.sheet.undecided("no-answer")),
    ])
  }

  private mutating func giveUp(_ reason: String) {
    let basis = Self.sheet.undecided(reason)
    finish([
      ProbeVerdict(Self.defaultCommunity, .inconclusive(reason: reason), basis: basis),
      ProbeVerdict(Self.oldVersion, .inconclusive(reason: reason), basis: basis),
    ])
  }

  private mutating func finish(_ verdicts: [ProbeVerdict]) {
    wakeAt = nil
    report = ProbeReport(verdicts: verdicts, claims: claims)
  }

  // MARK: Claims

  private mutating func addClaims(of message: SNMPMessage) {
    let fields: [(ObjectIdentifier, Claim.Kind, String, Claim.Confidence)] = [
      (SNMPRequest.Object.sysName, .name, "sysName", .high),
      // Hardware, system and software in one free text (RFC 3418 §2).
      (SNMPRequest.Object.sysDescr, .system, "sysDescr", .medium),
    ]
    for (object, kind, name, confidence) in fields {
      guard let text = message.value(of: object)?.text, !text.isEmpty else { continue }
      claims.append(Claim(kind, text, source: "udp/\(port) snmp \(name)", confidence: confidence))
    }
  }

  /// Whether it is a printer, and who made what in which version. Objects that the agent does not have say so.
  private mutating func addDetails(of message: SNMPMessage) {
    typealias Object = SNMPRequest.Object
    guard message.errorStatus == 0 else { return }
    func add(_ object: ObjectIdentifier, _ kind: Claim.Kind, _ name: String) {
      claims.add(
        kind, message.value(of: object)?.text, source: "udp/\(port) snmp \(name)",
        confidence: kind == .serial ? .high : .medium)
    }
    if message.value(of: Object.deviceType) == .identifier(Object.printer) {
      claims.append(Claim(.role, "printer", source: "udp/\(port) snmp hrDeviceType", confidence: .medium))
      add(Object.deviceDescription, .model, "hrDeviceDescr")
      add(Object.printerSerial, .serial, "prtGeneralSerialNumber")
    }
    // A chassis or a stack is the device; anything else is a part of it (RFC 6933 §3, IANAPhysicalClass).
    guard [.integer(3), .integer(11)].contains(message.value(of: Object.entityClass)) else { return }
    add(Object.entityMaker, .vendor, "entPhysicalMfgName")
    add(Object.entityModel, .model, "entPhysicalModelName")
    add(Object.entitySerial, .serial, "entPhysicalSerialNum")
    let software = message.value(of: Object.entitySoftware)?.text ?? ""
    if software.contains(where: { !$0.isWhitespace }) {
      add(Object.entitySoftware, .firmware, "entPhysicalSoftwareRev")
    } else {
      add(Object.entityFirmware, .firmware, "entPhysicalFirmwareRev")
    }
  }

  /// The MAC address in the engine's identifier (RFC 3411 §5, form 3).
  private static func claims(ofEngine message: SNMPMessage?, _ port: UInt16) -> [Claim] {
    guard let message, message.kind == .report, let mac = message.security?.engine.macAddress else { return [] }
    return [Claim(.mac, "\(mac)", source: "udp/\(port) snmp snmpEngineID", confidence: .medium)]
  }
}
