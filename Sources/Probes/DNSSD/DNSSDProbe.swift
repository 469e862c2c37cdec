public import Addressing
public import Records
internal import Wire

/// Asks a device that announces services by multicast DNS for their names and descriptions: model, maker and what the
/// device is for stand in them. It answers no question of the checklist.
///
/// - Octets sent: one query for the instances of up to eight of the announced types (some 200 octets), or two when the
///   first brings nothing, by unicast.
/// - Connections opened: none.
/// - State left behind: none.
/// - Worst known reaction: a responder may answer to the whole segment instead.
public struct DNSSDProbe: Probe {
  public static let sheet = ProbeSheet(
    id: "dns-sd", technique: .udpProbe,
    sends: LocalizedText(ja: "公開中のサービスの問い合わせ(DNS-SD)", en: "a DNS-SD question for the announced services"),
    leavesBehind: "nothing", worstReaction: "an answer to the whole segment", datagrams: 2, duration: .seconds(12))

  static let mostTypes = 8
  /// Responders that share an answer over several datagrams send them at once.
  private static let moreAnswers = Duration.milliseconds(500)
  private static let mostAnswers = 8

  private let address: IPAddress
  private let source: String
  private let identifier: UInt16
  private let types: [String]
  private var dialogue: DatagramDialogue
  private var answers = 0
  private var instances: [ServiceRecords.Instance] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - address: instances that are served elsewhere are not the device's.
  ///   - announced: the types that the device announces.
  ///   - seed: makes the query's number, which answers by unicast repeat.
  /// - Returns: nil when no type was announced that tells anything.
  public init?(address: IPAddress, port: UInt16, announced: [String], seed: UInt64) {
    let telling = announced.filter { ServiceDescription.isTelling(type: $0) }
    guard !telling.isEmpty else { return nil }
    types = Array(telling.prefix(Self.mostTypes))
    self.address = address
    source = "udp/\(port) mdns"
    identifier = UInt16(truncatingIfNeeded: seed)
    dialogue = DatagramDialogue(port: port)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    defer { wakeAt = dialogue.wakeAt }
    return dialogue.ask(ServiceQuestion.instances(of: types, identifier: identifier), at: now)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets): take(octets, at: now)
    case .timer:
      if answers == 0, let again = dialogue.wake(at: now) {
        wakeAt = dialogue.wakeAt
        return again
      }
      finish()
    case .failed: finish()
    case .opened, .ended, .response: break
    }
    return []
  }

  /// Responders that take the query for a full one answer with number 0 (RFC 6762 §18.1).
  private mutating func take(_ octets: [UInt8], at now: MonotonicInstant) {
    guard let records = try? ServiceRecords(parsing: octets.span), [identifier, 0].contains(records.identifier) else {
      return
    }
    let asked = records.instances.filter { types.contains($0.type) }
    guard !asked.isEmpty else { return }
    answers += 1
    instances += asked
    if answers == Self.mostAnswers { finish() } else { wakeAt = now + Self.moreAnswers }
  }

  private mutating func finish() {
    wakeAt = nil
    var claims: [Claim] = []
    // Servers announce services on behalf of others, such as devices that sleep.
    for instance in instances.prefix(32) where instance.addresses.isEmpty || instance.addresses.contains(address) {
      for claim in ServiceDescription(instance).claims(source: source) where !claims.contains(claim) {
        claims.append(claim)
      }
    }
    report = ProbeReport(claims: claims)
  }
}
