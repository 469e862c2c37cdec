public import Addressing
public import Records
internal import Wire

/// Asks an OPC UA server for its endpoints (OPC 10000-4 §5.4.4) and looks whether one of them takes sessions that
/// neither say who they are nor sign or encrypt.
///
/// - Octets sent: a Hello, a request for a channel without security, one for the endpoints, and the one that closes the
///   channel (between 60 and 140 octets each). No session is made; nobody logs in.
/// - Connections opened: one. The channel is closed, then the connection by whoever is first.
/// - State left behind: none; servers with a log write the channel down.
/// - Worst known reaction: none known; small servers have a handful of channels, of which one is used for a second.
public struct OPCUAProbe: Probe {
  public static let question = "opcua.anonymous"
  public static let sheet = ProbeSheet(
    id: "opcua", technique: .otIdentify,
    sends: LocalizedText(ja: "接続先の一覧の要求(OPC UAのGetEndpoints)", en: "an OPC UA request for the endpoints"),
    leavesBehind: "a log entry about the channel", worstReaction: "none known", connections: 1,
    duration: .seconds(20))

  private static let patience = Duration.seconds(4)

  private static let farewell = Duration.seconds(1)

  private enum Stage { case hello, channel, endpoints }

  private let port: UInt16
  private let url: String
  private var stage = Stage.hello
  private var channel: OPCUAChannel?
  private var answer: [UInt8] = []
  /// It has answered in OPC UA.
  private var speaks = false
  /// What it came to, while the channel is being closed.
  private var outcome: ProbeReport?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter address: becomes a part of the endpoint that is asked for.
  public init(address: IPAddress, port: UInt16) {
    self.port = port
    url = address.isIPv4 ? "opc.tcp://\(address):\(port)" : "opc.tcp://[\(address)]:\(port)"
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    if let outcome {
      if case .received = event { return [] }
      wakeAt = nil
      report = outcome
      return []
    }
    switch event {
    case .opened where stage == .hello && wakeAt == nil:
      wakeAt = now + Self.patience
      return [.send(0, OPCUARequest.hello(endpoint: url))]
    case .received(_, let octets):
      let room = Int(OPCUARequest.mostOctets) - min(Int(OPCUARequest.mostOctets), answer.count)
      answer += octets.prefix(room)
      return read(at: now)
    case .timer: return giveUp(answer.isEmpty ? "no-answer" : "other-answer", at: now)
    case .ended:
      channel = nil
      return giveUp(answer.isEmpty ? "no-answer" : "other-answer", at: now)
    case .failed(_, let reason):
      channel = nil
      return giveUp(reason, at: now)
    case .opened, .response: return []
    }
  }

  private mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    do throws(WireError) {
      let (message, length) = try OPCUAMessage.read(parsing: answer.span)
      answer.removeFirst(length)
      return take(message, at: now)
    } catch .truncated {
      return []
    } catch {
      return giveUp("other-answer", at: now)
    }
  }

  private mutating func take(_ message: OPCUAMessage, at now: MonotonicInstant) -> [ProbeAction] {
    wakeAt = now + Self.patience
    speaks = true
    switch (stage, message) {
    case (.hello, .acknowledge):
      stage = .channel
      return [.send(0, OPCUARequest.openChannel)]
    case (.channel, .channel(let opened)):
      (stage, channel) = (.endpoints, opened)
      return [.send(0, OPCUARequest.getEndpoints(endpoint: url, channel: opened))]
    case (.endpoints, .endpoints(let endpoints)): return conclude(endpoints, at: now)
    case (_, .refused): return giveUp("refused", at: now)
    default: return giveUp("other-answer", at: now)
    }
  }

  private mutating func conclude(_ endpoints: [OPCUAEndpoint], at now: MonotonicInstant) -> [ProbeAction] {
    let open = endpoints.filter {
      $0.securityMode == OPCUAEndpoint.SecurityMode.none
        && $0.tokenTypes.contains(OPCUAEndpoint.TokenType.anonymous)
    }
    var claims: [Claim] = []
    claims.add(
      .software, endpoints.first?.applicationName, source: "tcp/\(port) opcua ApplicationName", confidence: .medium)
    let shown = LocalizedText(
      ja: "接続先\(endpoints.count)件(\(claims.shown))", en: "\(endpoints.count) endpoints (\(claims.shown))")
    if open.isEmpty {
      let none = LocalizedText(
        ja: "署名も暗号化もない匿名のセッションを受け付けるものはありませんでした。",
        en: "None of them takes anonymous sessions that are neither signed nor encrypted.")
      return finish(.refuted, Self.sheet.answered(with: shown, none), claims, at: now)
    }
    let meaning = LocalizedText(
      ja: "うち\(open.count)件は署名も暗号化もない匿名のセッションを受け付けると示しています。セッションは開設していません。",
      en: "By its own list \(open.count) of them take anonymous sessions that are neither signed nor encrypted."
        + " No session was made.")
    return finish(.proven, Self.sheet.answered(with: shown, meaning), claims, at: now)
  }

  private mutating func giveUp(_ reason: String, at now: MonotonicInstant) -> [ProbeAction] {
    finish(.inconclusive(reason: reason), Self.sheet.undecided(reason), at: now)
  }

  private mutating func finish(
    _ result: ProbeVerdict.Result, _ basis: LocalizedText, _ claims: [Claim] = [], at now: MonotonicInstant
  ) -> [ProbeAction] {
    var outcome = ProbeReport(Self.question, result, basis, claims: claims)
    if speaks {
      outcome.identification = .identified(
        ProtocolName(rawValue: "opcua"), tls: false,
        basis: LocalizedText(ja: "OPC UAの応答", en: "an answer in OPC UA"))
    }
    guard let channel else {
      wakeAt = nil
      report = outcome
      return []
    }
    // The server ends the connection when the channel is closed.
    self.outcome = outcome
    wakeAt = now + Self.farewell
    return [.send(0, OPCUARequest.closeChannel(channel))]
  }
}
