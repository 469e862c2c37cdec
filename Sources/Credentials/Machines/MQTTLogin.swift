public import Probes
internal import Records
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
public struct MQTTLogin: LoginMachine, StreamLogin {
  public static let sheet = ProbeSheet(
    id: "mqtt-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries", worstReaction: "a client with the same identifier would be disconnected",
    connections: 1, duration: .seconds(30))

  private enum Step {
    case waiting
    case leaving(LoginOutcome)
  }

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

  let port: UInt16
  var attempt = StreamAttempt(patience: .seconds(10))
  private var step = Step.waiting

  public init(port: UInt16) { self.port = port }

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

  mutating func opened(at now: MonotonicInstant) -> [ProbeAction] {
    attempt.enter(
      Self.message, "the account name and the password (neither shown), in CONNECT", at: now)
  }

  mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    guard case .waiting = step else { return [] }
    let packet: MQTTPacket
    do {
      packet = try MQTTPacket(parsing: attempt.answer.span, version: .v311, limit: Self.octetLimit)
    } catch .truncated where attempt.answer.count < Self.octetLimit {
      return []
    } catch {
      attempt.finish(.inconclusive("other-answer"), at: now)
      return []
    }
    // Of version 3.1.1 it has two octets behind its length (§3.2.1).
    guard case .connectAcknowledgement(_, let code) = packet.content, packet.length == 4 else {
      attempt.finish(.inconclusive("other-answer"), at: now)
      return []
    }
    attempt.note("answered: CONNACK, code \(code)", at: now)
    switch code {
    case MQTTPacket.Code.accepted:
      step = .leaving(.accepted(passwordAsked: true))
      return attempt.send(MQTTRequest.disconnect, "DISCONNECT", waiting: Self.farewell, at: now)
    case MQTTPacket.Code.badCredentials, MQTTPacket.Code.notAuthorized: attempt.finish(.refused, at: now)
    default: attempt.finish(.inconclusive(Self.codes[code] ?? "connack-\(code)"), at: now)
    }
    return []
  }

  /// What was found out before stands. Without CONNACK, something else than name and password did not suit the broker (§3.1.4,
  /// §3.2.2.3).
  mutating func ended(at now: MonotonicInstant) {
    if case .leaving(let known) = step { attempt.finish(known, at: now) }
  }
}
