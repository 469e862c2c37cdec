public import Addressing
public import Records

/// Asks an ONVIF device what only its users may know, without saying who asks.
///
/// - Octets sent: a Probe of WS-Discovery, or two when the first brings nothing (about 600 octets each); where the answer
///   is an ONVIF device's and names a service on the device itself, GetDeviceInformation by POST, once. Devices of other
///   kinds get nothing more.
/// - Connections opened: one for the HTTP request.
/// - State left behind: log entries; some cameras count a denied request as a failed login of nobody.
/// - Worst known reaction: none known.
public struct ONVIFProbe: Probe {
  public static let question = "onvif.no-auth"
  public static let sheet = ProbeSheet(
    id: "onvif", technique: .udpProbe,
    sends: LocalizedText(
      ja: "認証情報なしのONVIF GetDeviceInformation要求", en: "ONVIF's GetDeviceInformation without credentials"),
    leavesBehind: "log entries", worstReaction: "none known", datagrams: 2, fetches: 1, duration: .seconds(40))

  private let address: IPAddress
  private let source: String
  private let identifier: String
  private var search: DatagramDialogue
  private var place: OwnURL?
  private var claims: [Claim] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - address: the only one whose services are asked.
  ///   - said: the answer to the scan's question; empty where it is not known any more.
  ///   - seed: makes the message's identifier.
  /// - Returns: nil when `said` is another kind of device's.
  public init?(address: IPAddress, port: UInt16, said: [UInt8], seed: UInt64) {
    if !said.isEmpty, DiscoveryMatch(parsing: said)?.isONVIF != true { return nil }
    self.address = address
    source = "udp/\(port) ws-discovery"
    identifier = seededUUID(seed).lowercased()
    search = DatagramDialogue(port: port, anySourcePort: true)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    defer { wakeAt = search.wakeAt }
    return search.ask(DiscoveryMatch.probe(identifier), at: now)
  }

  private mutating func askAgain(at now: MonotonicInstant) -> [ProbeAction] {
    guard let actions = search.wake(at: now) else {
      unclear("no-answer")
      return []
    }
    wakeAt = search.wakeAt
    return actions
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch (event, place) {
    case (.received(DatagramDialogue.channel, let octets), nil): return found(octets)
    case (.timer, nil): return askAgain(at: now)
    case (.failed(DatagramDialogue.channel, let reason), nil): unclear(reason)
    case (.response(1, let exchange), let place?): judge(exchange, at: place)
    case (.failed(1, let reason), .some): unclear(reason)
    default: break
    }
    return []
  }

  private mutating func found(_ octets: [UInt8]) -> [ProbeAction] {
    guard let match = DiscoveryMatch(parsing: octets), match.relatesTo.lowercased().hasSuffix(identifier) else {
      return []
    }
    wakeAt = nil
    // A printer or computer has this question answered by nobody.
    guard match.isONVIF else {
      report = ProbeReport()
      return []
    }
    claims = match.claims(source: source)
    let device = address
    guard let place = match.addresses.lazy.compactMap({ OwnURL($0, of: device) }).first else {
      unclear("service-elsewhere")
      return []
    }
    self.place = place
    let request = place.request(.post(contentType: DeviceInformation.contentType, body: DeviceInformation.request))
    return [.close(DatagramDialogue.channel), .fetch(1, request)]
  }

  private mutating func judge(_ exchange: HTTPExchange, at place: OwnURL) {
    guard let status = exchange.status else { return unclear(exchange.failure ?? "no-answer") }
    let answer = DeviceInformation(status: status, body: exchange.body)
    switch answer {
    case .told(let details):
      claims += answer?.claims(source: "tcp/\(place.port) onvif") ?? []
      let shown = details.map { "\($0.name): \($0.value.cut(to: 40))" }.joined(separator: ", ")
      finish(
        .proven,
        Self.sheet.answered(
          with: LocalizedText(ja: "機器の情報(\(shown))", en: "the device's information (\(shown))"),
          LocalizedText(
            ja: "認証が必要な操作を、認証なしで受け付けています。", en: "What is for users alone is told to anybody.")))
    case .denied: decline("NotAuthorized")
    case .fault, nil: status == 401 || status == 403 ? decline("\(status)") : unclear("status-\(status)")
    }
  }

  private mutating func decline(_ word: String) {
    finish(
      .refuted,
      Self.sheet.answered(
        with: LocalizedText(ja: "拒否の応答(\(word))", en: "a refusal (\(word))"),
        LocalizedText(ja: "認証を求めています。", en: "It asks for authentication.")))
  }

  private mutating func unclear(_ reason: String) {
    finish(.inconclusive(reason: reason), Self.sheet.undecided(reason))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }
}
