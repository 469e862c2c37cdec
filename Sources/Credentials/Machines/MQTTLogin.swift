public import Probes
public import Records
internal import Wire

/// One attempt to connect to an MQTT broker with a name and a password that it does not know (OASIS MQTT 3.1.1 §3.1, §3.2).
///
/// The broker's code is the answer. Nothing is subscribed to, so that no message of anybody's is seen, and nothing published.
/// A broker that serves strangers is not asked: there any name would do.
///
/// - Octets sent: CONNECT with a clean session, without a will (about 40), and after its acceptance DISCONNECT (2).
/// - Connections opened: one, closed with FIN.
/// - State left behind: log entries; the session ends with the connection.
/// - Worst known reaction: a client with the same identifier would be thrown out (§3.1.4); none but this program's is called so.
public struct MQTTLogin: LoginMachine {
  public static let sheet = ProbeSheet(
    id: "mqtt-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries", worstReaction: "a client with the same identifier would be disconnected",
    connections: 1, duration: .seconds(30))

  private enum Step {
    case connecting, entered
    case leaving(LoginOutcome)
  }

  private static let patience = Duration.seconds(10)
  private static let farewell = Duration.milliseconds(300)
  private static let clientID = Array("tenken-login".utf8)
  private static let octetLimit = 1024
  // §2.2.1, §3.1.2.
  private static let connect: UInt8 = 0x10
  private static let nameAndPassword: UInt8 = 0xc2  // and a clean session
  private static let keepAlive: [UInt8] = [0, 60]
  // §3.2.2.3.
  private static let codes: [UInt8: String] = [
    1: "version", 2: "identifier-rejected", 3: "server-unavailable",
  ]

  private let port: UInt16
  private var step = Step.connecting
  private var octets: [UInt8] = []
  private var opened: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?
  /// nil until it is over.
  public private(set) var outcome: LoginOutcome?
  /// From the connection to the broker's answer; nil while none came.
  public private(set) var latency: Duration?
  public private(set) var hasEntered = false
  public private(set) var transcript: LoginTranscript

  public init(port: UInt16) {
    self.port = port
    transcript = LoginTranscript()
  }

  /// CONNECT, with name and password in their places.
  static let message = LoginMessage.joined([
    .octets([connect]),
    .sized(
      .variable,
      .joined([
        .sized(.twoOctets, .text("MQTT")), .octets([MQTTRequest.Version.v311.rawValue, nameAndPassword] + keepAlive),
        .sized(.twoOctets, .octets(clientID)), .sized(.twoOctets, .account), .sized(.twoOctets, .password),
      ])),
  ])

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return [.connect(0, port: port)]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .opened:
      transcript.note("connected", at: now)
      transcript.note("entered: the account name and the password (neither shown), in CONNECT", at: now)
      transcript.hidesFromHere()
      opened = now
      hasEntered = true
      step = .entered
      wakeAt = now + Self.patience
      return [.enter(0, Self.message)]
    case .received(_, let more): return take(more, at: now)
    case .ended(_, let ending):
      transcript.note("the broker ended the connection: \(ending.rawValue)", at: now)
      // Without CONNACK: something else than name and password did not suit it (§3.1.4, §3.2.2.3).
      end(.inconclusive("closed"), at: now)
    case .failed(_, let reason):
      transcript.note("failed: \(reason)", at: now)
      end(hasEntered ? .inconclusive(reason) : .unreachable(reason), at: now)
    case .timer: end(.inconclusive("no-answer"), at: now)
    case .response: break
    }
    return []
  }

  private mutating func take(_ more: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    guard case .entered = step else { return [] }
    octets += more
    let packet: MQTTPacket
    do {
      packet = try MQTTPacket(parsing: octets.span, version: .v311, limit: Self.octetLimit)
    } catch .truncated where octets.count < Self.octetLimit {
      return []
    } catch {
      finish(.inconclusive("other-answer"), at: now)
      return []
    }
    // Of version 3.1.1 it has two octets behind its length (§3.2.1).
    guard case .connectAcknowledgement(_, let code) = packet.content, packet.length == 4 else {
      finish(.inconclusive("other-answer"), at: now)
      return []
    }
    transcript.note("answered: CONNACK, code \(code)", at: now)
    latency = opened.map { now - $0 }
    switch code {
    case MQTTPacket.Code.accepted:
      transcript.note("sent: DISCONNECT", at: now)
      step = .leaving(.accepted(passwordAsked: true))
      wakeAt = now + Self.farewell
      return [.send(0, MQTTRequest.disconnect)]
    case MQTTPacket.Code.badCredentials, MQTTPacket.Code.notAuthorized: finish(.refused, at: now)
    default: finish(.inconclusive(Self.codes[code] ?? "connack-\(code)"), at: now)
    }
    return []
  }

  /// What was found out before stands.
  private mutating func end(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    if case .leaving(let known) = step { finish(known, at: now) } else { finish(outcome, at: now) }
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
    report = ProbeReport()
  }
}
