public import Addressing
public import Records
internal import Wire

/// Asks a streaming server to describe what it streams (DESCRIBE, RFC 2326 §10.2), without a name or a password.
///
/// A path that nobody has comes first: what is answered there as on a real path proves nothing. Two questions share the
/// conversation: whether a stream is described to strangers, and whether a server that asks for a password lets it be sent
/// in readable text (Basic).
///
/// - Octets sent: DESCRIBE of a made-up path, of `/`, and of the paths that makers of cameras publish (about 110 each), one
///   a second, until one is described or asks for authentication; eight at most. Never SETUP, PLAY or a password.
/// - Connections opened: one; another one, up to four, where the server hangs up after an answer.
/// - State left behind: log entries.
/// - Worst known reaction: some cameras start their encoder to answer DESCRIBE, and stop it again.
public struct RTSPProbe: Probe {
  public static let noAuthentication = "rtsp.no-auth"
  public static let basic = "rtsp.basic"
  public static let sheet = ProbeSheet(
    id: "rtsp", technique: .serviceQuestions,
    sends: LocalizedText(ja: "認証情報のないDESCRIBE要求", en: "a DESCRIBE request without credentials"),
    leavesBehind: "log entries", worstReaction: "some cameras start their encoder to answer",
    connections: 4, duration: .seconds(60))

  /// Hikvision (ISAPI), Dahua (HTTP API), Axis (VAPIX), i-PRO and Panasonic (CGI reference), TP-Link (VIGI and Tapo), and
  /// what firmware without a maker uses.
  package static let paths = [
    "/", "/Streaming/Channels/101", "/cam/realmonitor?channel=1&subtype=0", "/axis-media/media.amp", "/MediaInput/h264",
    "/stream1", "/live",
  ]

  private static let patience = Duration.seconds(5)
  private static let pause = Duration.seconds(1)
  private static let octetLimit = 98_304

  private let address: String
  private let port: UInt16
  /// The made-up one first.
  private let targets: [String]
  private var current = 0
  private var channel = 0
  private var isOpen = false
  private var isAsking = false
  private var octets: [UInt8] = []
  private var challenges: Set<String> = []
  private var isControlChallenged = false
  private var statuses: [Int] = []
  private var software: String?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameters:
  ///   - address: what the server is called in the URLs.
  ///   - seed: makes the path that nobody has.
  public init(address: IPAddress, port: UInt16, seed: UInt64) {
    let host = address.isIPv4 ? "\(address)" : "[\(address)]"
    self.address = "rtsp://\(host)\(port == 554 ? "" : ":\(port)")"
    self.port = port
    targets = ["/tenken-" + String(seed % 100_000_000)] + Self.paths
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(channel, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened(channel):
      isOpen = true
      return ask(at: now)
    case .received(channel, let more) where isAsking:
      octets += more.prefix(max(0, Self.octetLimit - octets.count))
      read(at: now)
    case .ended(channel, _):
      isOpen = false
      if isAsking { giveUp(octets.isEmpty ? "no-answer" : "other-answer") }
    case .failed(channel, let reason): giveUp(reason)
    case .timer where isAsking: giveUp(octets.isEmpty ? "no-answer" : "other-answer")
    case .timer: return goOn(at: now)
    case .opened, .received, .ended, .failed, .response: break
    }
    return []
  }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    let number = UInt32(truncatingIfNeeded: current + 1)
    guard let request = RTSPRequest(.describe, target: address + targets[current], sequence: number) else {
      giveUp("no-request")
      return []
    }
    isAsking = true
    octets = []
    wakeAt = now + Self.patience
    return [.send(channel, request.octets)]
  }

  private mutating func read(at now: MonotonicInstant) {
    do {
      judge(try RTSPResponse(parsing: octets.span), at: now)
    } catch .truncated {
    } catch { giveUp("other-answer") }
  }

  private mutating func judge(_ response: RTSPResponse, at now: MonotonicInstant) {
    isAsking = false
    statuses.append(response.status)
    if software == nil, let server = response.header("Server"), !server.isEmpty { software = server }
    let isControl = current == 0
    switch response.status {
    case 200:
      guard let media = try? SessionDescription(parsing: response.body.span).media, let first = media.first else {
        break
      }
      isControl ? finish(.inconclusive(reason: "any-path"), anyPath) : prove(first)
      return
    case 401:
      challenges.formUnion(response.authenticationSchemes)
      // Servers may guard names that do not exist; one that exists has to be guarded, too.
      guard isControl else { return finish(.refuted, asked) }
      isControlChallenged = true
    default: break
    }
    current += 1
    guard current < targets.count else { return finish(.inconclusive(reason: "no-stream-found"), nothingFound) }
    wakeAt = now + Self.pause
  }

  /// The pause is over.
  private mutating func goOn(at now: MonotonicInstant) -> [ProbeAction] {
    if isOpen { return ask(at: now) }
    guard channel + 1 < Self.sheet.connections else {
      finish(.inconclusive(reason: "connection-limit"), nothingFound)
      return []
    }
    channel += 1
    wakeAt = nil
    return [.connect(channel, port: port)]
  }
}

// What the answers amount to.
extension RTSPProbe {
  private mutating func prove(_ media: SessionDescription.Media) {
    let path = targets[current]
    let what = ([media.kind] + media.encodings.prefix(1)).map { $0.cut(to: 32) }.joined(separator: " ")
    let control = statuses.first ?? 0
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(ja: "\(path)のストリームの内容(\(what))", en: "what \(path) streams (\(what))"),
        LocalizedText(
          ja: "存在しないパスへの応答は\(control)でした。映像の再生は行っていません。",
          en: "A made-up path brought \(control). The stream itself was not played.")))
  }

  private var anyPath: LocalizedText {
    Self.sheet.answered(
      with: LocalizedText(ja: "存在しないパスのストリームの内容", en: "a description of a path that does not exist"),
      LocalizedText(ja: "どのパスにも同じように応答するため、判断できません。", en: "Since any path is answered so, it decides nothing."))
  }

  private var asked: LocalizedText {
    Self.sheet.answered(
      with: LocalizedText(ja: "401(認証の要求)", en: "401 (authentication required)"),
      LocalizedText(ja: "認証なしでは応答しません。", en: "Strangers get no description."))
  }

  private var nothingFound: LocalizedText {
    let codes = statuses.map { String($0) }.joined(separator: ", ")
    return Self.sheet.answered(
      with: LocalizedText(ja: "状態コード\(codes)", en: "the status codes \(codes)"),
      LocalizedText(ja: "試したパスにストリームは見つかりませんでした。", en: "None of the paths that were tried has a stream."))
  }

  private mutating func giveUp(_ reason: String) {
    // What was already learned stays learned.
    isControlChallenged
      ? finish(.refuted, asked) : finish(.inconclusive(reason: reason), Self.sheet.undecided(reason))
  }

  /// The second question exists only where a password was asked for.
  private func basicVerdict() -> ProbeVerdict? {
    let names = challenges.sorted().prefix(4).map { $0.cut(to: 16) }.joined(separator: ", ")
    let shown = LocalizedText(ja: "401(認証方式: \(names))", en: "401 (authentication schemes: \(names))")
    if challenges.contains("basic") {
      return ProbeVerdict(
        Self.basic, .proven,
        basis: Self.sheet.answered(
          with: shown,
          LocalizedText(
            ja: "Basic認証では、パスワードが平文で送られます。パスワードは送信していません。",
            en: "Basic sends the password as readable text. None was sent.")))
    }
    guard challenges.contains("digest") else { return nil }
    return ProbeVerdict(
      Self.basic, .refuted,
      basis: Self.sheet.answered(
        with: shown,
        LocalizedText(ja: "Basic認証は提示されませんでした。", en: "Basic authentication was not offered.")))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    wakeAt = nil
    isAsking = false
    let first = ProbeVerdict(Self.noAuthentication, result, basis: basis)
    let claims = software.map { Claim(.software, $0, source: "tcp/\(port) rtsp Server", confidence: .medium) }
    report = ProbeReport(
      verdicts: [first] + [basicVerdict()].compactMap(\.self), claims: [claims].compactMap(\.self))
  }
}
