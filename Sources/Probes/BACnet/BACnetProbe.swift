public import Records
internal import Wire

/// Asks a building controller for maker, model and firmware by BACnet/IP (ANSI/ASHRAE 135-2020 clause 15.5), which
/// knows no authentication.
///
/// - Octets sent: three ReadProperty requests for the device's own object (17 octets each), by unicast, each a second
///   time when nothing comes. No Who-Is, whose answer goes to everybody; nothing is written, nobody is registered.
/// - Connections opened: none.
/// - State left behind: none.
/// - Worst known reaction: none known.
public struct BACnetProbe: Probe {
  public static let question = "bacnet.open"
  public static let sheet = ProbeSheet(
    id: "bacnet", technique: .otIdentify,
    sends: LocalizedText(
      ja: "機器情報の読み出し要求(BACnetのReadProperty)", en: "a BACnet request to read the device's properties"),
    leavesBehind: "nothing", worstReaction: "none known", datagrams: 6, duration: .seconds(25))

  private static let questions: [(property: UInt32, kind: Claim.Kind, name: String)] = [
    (BACnetMessage.Property.vendorName, .vendor, "vendor-name"),
    (BACnetMessage.Property.modelName, .model, "model-name"),
    (BACnetMessage.Property.firmwareRevision, .firmware, "firmware-revision"),
  ]

  private let source: String
  private let firstID: UInt8
  private var dialogue: DatagramDialogue
  private var place = 0
  private var answers = 0
  private var isRefused = false
  private var claims: [Claim] = []
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the invoke IDs.
  public init(port: UInt16, seed: UInt64) {
    dialogue = DatagramDialogue(port: port)
    firstID = UInt8(truncatingIfNeeded: seed)
    source = "udp/\(port) bacnet"
  }

  public var wakeAt: MonotonicInstant? { dialogue.wakeAt }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask(at: now) }

  private var invokeID: UInt8 { firstID &+ UInt8(truncatingIfNeeded: place) }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    guard place < Self.questions.count else {
      conclude()
      return []
    }
    let request = BACnetMessage.readRequest(property: Self.questions[place].property, invokeID: invokeID)
    return dialogue.ask(request, at: now)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets):
      guard let message = try? BACnetMessage(parsing: octets.span), take(message) else { return [] }
      place += 1
      return ask(at: now)
    case .timer:
      if let again = dialogue.wake(at: now) { return again }
      conclude()
    case .failed(_, let reason): fail(reason)
    case .opened, .ended, .response: break
    }
    return []
  }

  /// - Returns: false for what is no answer to the question.
  private mutating func take(_ message: BACnetMessage) -> Bool {
    let (property, kind, name) = Self.questions[place]
    switch message {
    case .property(invokeID, property, let values):
      answers += 1
      if case .text(let text)? = values.first { claims.add(kind, text, source: "\(source) \(name)") }
    case .refused(invokeID): isRefused = true
    case .property, .refused, .iAm, .bvlcResult, .other: return false
    }
    return true
  }

  private mutating func conclude() {
    guard answers > 0 else { return giveUp(isRefused ? "refused" : "no-answer") }
    let shown = claims.shown
    // What the protocol is for (clause 1).
    claims.append(Claim(.role, "building", source: source, confidence: .medium))
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(ja: "機器情報(\(shown))", en: "its properties (\(shown))"),
        LocalizedText(
          ja: "BACnet/IPには認証がありません。値の書き込みは試していません。",
          en: "BACnet/IP has no authentication. No value was written.")))
  }

  private mutating func fail(_ reason: String) {
    if answers > 0 { return conclude() }
    if reason == "port-unreachable" { return finish(.refuted, Self.sheet.portClosed) }
    giveUp(reason)
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    dialogue.end()
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }
}
