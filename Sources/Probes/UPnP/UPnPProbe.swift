public import Addressing
public import Records
internal import Wire

/// Asks a UPnP device who it is and, where it is an Internet gateway, whether anybody may read its list of port
/// mappings.
///
/// - Octets sent: one search for root devices, or two when the first brings nothing (96 octets each); `GET` of the
///   descriptions that lie on the device itself, two at most; to a gateway the action GetGenericPortMappingEntry with
///   index 0, twice at most. No action that adds, deletes or subscribes.
/// - Connections opened: one for each HTTP request. What the device names elsewhere is not asked.
/// - State left behind: log entries.
/// - Worst known reaction: none known; libupnp before 1.6.18 fell over malformed searches (CVE-2012-5958), which this
///   one is not.
public struct UPnPProbe: Probe {
  public static let enabled = "upnp.enabled"
  public static let gateway = "upnp.igd"
  public static let mapping = "upnp.port-mapping"
  public static let sheet = ProbeSheet(
    id: "upnp", technique: .udpProbe,
    sends: LocalizedText(ja: "UPnPの探索要求(M-SEARCH)", en: "a UPnP search (M-SEARCH)"), leavesBehind: "log entries",
    worstReaction: "none known", datagrams: 2, fetches: 4, duration: .seconds(60))

  /// Devices spread their answers over the second that `MX: 1` gives them.
  private static let moreAnswers = Duration.milliseconds(1200)
  private static let mostDescriptions = 2
  private static let mostGateways = 2

  private enum Step {
    case searching
    case describing(OwnURL)
    case mapping(WANConnection, OwnURL)
  }

  private let address: IPAddress
  private let source: String
  private var search: DatagramDialogue
  private var answers: [SSDPAnswer] = []
  private var places: [OwnURL] = []
  private var gateways: [(kind: WANConnection, place: OwnURL)] = []
  private var step = Step.searching
  private var nextChannel = DatagramDialogue.channel + 1
  /// Why a description is not there.
  private var obstacle = "no-location"
  private var isDescribed = false
  /// The first service that forwards ports, wherever its control URL leads.
  private var forwarder: WANConnection?
  private var verdicts: [ProbeVerdict] = []
  private var claims: [Claim] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter address: the only one whose descriptions are read.
  public init(address: IPAddress, port: UInt16) {
    self.address = address
    source = "udp/\(port) ssdp"
    search = DatagramDialogue(port: port, anySourcePort: true)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    defer { wakeAt = search.wakeAt }
    return search.ask(SSDPRequest.search, at: now)
  }

  private mutating func askAgain(at now: MonotonicInstant) -> [ProbeAction] {
    guard let actions = search.wake(at: now) else { return unanswered("no-answer") }
    wakeAt = search.wakeAt
    return actions
  }

  private mutating func unanswered(_ reason: String) -> [ProbeAction] {
    decide(Self.enabled, .inconclusive(reason: reason), Self.sheet.undecided(reason))
    return finish()
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch (event, step) {
    case (.received(DatagramDialogue.channel, let octets), .searching): take(octets, at: now)
    case (.timer, .searching): return answers.isEmpty ? askAgain(at: now) : describe()
    case (.failed(DatagramDialogue.channel, let reason), .searching):
      if !answers.isEmpty { return describe() }
      guard reason == "port-unreachable" else { return unanswered(reason) }
      decide(Self.enabled, .refuted, Self.sheet.portClosed)
      return finish()
    case (.response(nextChannel - 1, let exchange), .describing(let place)): return described(exchange, at: place)
    case (.failed(nextChannel - 1, let reason), .describing):
      obstacle = reason
      return describeNext()
    case (.response(nextChannel - 1, let exchange), .mapping(let kind, let place)):
      return mapped(exchange, kind, at: place)
    case (.failed(nextChannel - 1, let reason), .mapping): return unmapped(reason)
    default: break
    }
    return []
  }

  // MARK: The search

  /// The target that was asked for, and a name of the sender's: an echo has neither.
  private mutating func take(_ octets: [UInt8], at now: MonotonicInstant) {
    guard let answer = try? SSDPAnswer(parsing: octets.span), answer.value(of: "ST") == SSDPRequest.rootDevice,
      answer.value(of: "USN") != nil, answers.count < 8
    else { return }
    if answers.isEmpty { wakeAt = now + Self.moreAnswers }
    answers.append(answer)
  }

  private mutating func describe() -> [ProbeAction] {
    wakeAt = nil
    let server = answers.compactMap { $0.value(of: "SERVER") }.first
    if let server { claims.append(Claim(.software, server, source: "\(source) SERVER", confidence: .medium)) }
    let shown = (server ?? "–").cut(to: 80)
    decide(
      Self.enabled, .proven,
      Self.sheet.answered(
        with: LocalizedText(ja: "ルートデバイスとしての応答(SERVER: \(shown))", en: "a root device's answer (SERVER: \(shown))"),
        LocalizedText(ja: "UPnPが有効です。", en: "UPnP is enabled.")))
    let named = answers.compactMap { $0.value(of: "LOCATION") }
    if !named.isEmpty { obstacle = "location-elsewhere" }
    for text in named {
      if let place = OwnURL(text, of: address), !places.contains(place), places.count < Self.mostDescriptions {
        places.append(place)
      }
    }
    return [.close(DatagramDialogue.channel)] + describeNext()
  }

  // MARK: The descriptions

  private mutating func describeNext() -> [ProbeAction] {
    guard places.isEmpty else {
      let place = places.removeFirst()
      step = .describing(place)
      return fetch(place.request())
    }
    if let forwarder {
      let name = forwarder.kind.rawValue
      decide(
        Self.gateway, .proven,
        LocalizedText(
          ja: "機器の説明文書に、ポート転送を設定できるサービス(\(name))があります。転送の追加は試していません。",
          en: "Its description has a service that forwards ports (\(name)). Adding a mapping was not tried."))
      return mapNext()
    }
    if isDescribed {
      decide(
        Self.gateway, .refuted,
        LocalizedText(
          ja: "機器の説明文書に、ポート転送を設定できるサービスはありません。", en: "Its description has no service that forwards ports."))
    } else {
      decide(
        Self.gateway, .inconclusive(reason: obstacle),
        LocalizedText(
          ja: "機器の説明文書を読めませんでした(\(obstacle))。", en: "Its description could not be read (\(obstacle))."))
    }
    return finish()
  }

  private mutating func described(_ exchange: HTTPExchange, at place: OwnURL) -> [ProbeAction] {
    guard exchange.status == 200, !exchange.isTruncated else {
      obstacle = exchange.status.map { $0 == 200 ? "truncated" : "status-\($0)" } ?? exchange.failure ?? "no-answer"
      return describeNext()
    }
    guard let description = UPnPDescription(parsing: exchange.body) else {
      obstacle = "not-a-description"
      return describeNext()
    }
    isDescribed = true
    claims += description.claims(source: "tcp/\(place.port) upnp")
    let base = description.base.map { OwnURL($0, of: address) } ?? place
    for (kind, control) in description.gateways where gateways.count < Self.mostGateways {
      if forwarder == nil { forwarder = kind }
      guard let target = base?.resolving(control, of: address) else { continue }
      gateways.append((kind, target))
    }
    return describeNext()
  }

  // MARK: The port mappings

  private mutating func mapNext() -> [ProbeAction] {
    guard !gateways.isEmpty else { return finish() }
    let (kind, place) = gateways.removeFirst()
    step = .mapping(kind, place)
    let (body, headers) = kind.firstMapping
    return fetch(place.request(.post(contentType: "text/xml; charset=\"utf-8\"", body: body), headers: headers))
  }

  private mutating func mapped(_ exchange: HTTPExchange, _ kind: WANConnection, at place: OwnURL) -> [ProbeAction] {
    guard let status = exchange.status else { return unmapped(exchange.failure ?? "no-answer") }
    switch PortMappingAnswer(status: status, body: exchange.body) {
    case .entry(let entry) where entry.isEnabled:
      let shown =
        "\(entry.transport.cut(to: 8)) \(entry.externalPort) → \(entry.client.cut(to: 64)):\(entry.internalPort)"
      verdicts.removeAll { $0.question == Self.mapping }
      claims.append(
        Claim(
          .portForward,
          "\(entry.transport.lowercased().cut(to: 8))/\(entry.externalPort) \(entry.client.cut(to: 64)):\(entry.internalPort)",
          source: "\(source) port mapping", confidence: .high))
      decide(
        Self.mapping, .proven,
        LocalizedText(
          ja: "GetGenericPortMappingEntryに認証なしで応答し、外部からのポート転送(\(shown))がありました。",
          en:
            "GetGenericPortMappingEntry was answered without authentication: a port is forwarded from outside (\(shown))."
        ))
      return finish()
    case .entry: return unmapped("mapping-disabled")
    case .fault(713):
      if !verdicts.contains(where: { $0.question == Self.mapping }) {
        decide(
          Self.mapping, .refuted,
          LocalizedText(ja: "ポート転送の一覧は空です(エラー713)。", en: "The list of port mappings is empty (error 713)."))
      }
      return mapNext()
    case .fault(let code): return unmapped("upnp-error-\(code)")
    case nil: return unmapped(status == 200 ? "other-answer" : "status-\(status)")
    }
  }

  /// One that did not tell outweighs one whose list is empty.
  private mutating func unmapped(_ reason: String) -> [ProbeAction] {
    verdicts.removeAll { $0.question == Self.mapping }
    decide(
      Self.mapping, .inconclusive(reason: reason),
      LocalizedText(
        ja: "ポート転送の一覧は読めませんでした(\(reason))。", en: "The list of port mappings could not be read (\(reason))."))
    return mapNext()
  }

  // MARK: The end

  private mutating func fetch(_ request: HTTPRequest) -> [ProbeAction] {
    defer { nextChannel += 1 }
    return [.fetch(nextChannel, request)]
  }

  private mutating func decide(_ question: String, _ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    verdicts.append(ProbeVerdict(question, result, basis: basis))
  }

  private mutating func finish() -> [ProbeAction] {
    wakeAt = nil
    report = ProbeReport(verdicts: verdicts, claims: claims)
    return []
  }
}
