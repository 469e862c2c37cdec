public import Probes
public import Records
internal import Wire

/// One attempt to read with a community that it does not know, in the version that the profile names: SNMP 2c (RFC 1901,
/// RFC 3416) or 1 (RFC 1157). Nothing but the community itself would tell which of them an agent speaks, and it is entered once.
///
/// An agent drops what has a wrong community (RFC 3584 §5.2.1), and silence also has other causes. So the discovery of version
/// 3 follows, which needs no community (RFC 3414 §4): only where that is answered was the community refused. Where the scan has had
/// no answer to it, it is not sent again, and silence decides nothing. What reads
/// with `public` is asked by ``SNMPProbe``, without consent to logins, since that word is nobody's secret; it is in no profile here.
/// Whether a community writes is not tried. Users of version 3 have ``SNMPUserLogin``.
///
/// - Octets sent: a GetRequest for sysObjectID (about 40), once; after a silence the discovery (60), where it may be answered. Never SetRequest.
/// - Connections opened: none; one socket.
/// - State left behind: a counter (snmpInBadCommunityNames, RFC 3418 §2); a log entry.
/// - Worst known reaction: agents that are set so send their manager a trap for a wrong community (authenticationFailure).
public struct SNMPLogin: LoginMachine {
  public static let sheet = ProbeSheet(
    id: "snmp-login", technique: .defaultCredentials,
    sends: LocalizedText(
      ja: "コミュニティ名を1つ、または利用者名とパスワードの要約を1組", en: "one community name, or a user's name and a digest of the password"),
    leavesBehind: "a counter of wrong communities or digests, a log entry",
    worstReaction: "a trap to the agent's manager for a wrong community or digest", datagrams: 2, duration: .seconds(15)
  )

  public enum Version: Hashable, Sendable { case v1, v2c }

  private enum Step { case asking, control }

  private static let patience = Duration.seconds(4)
  private static let question: UInt32 = 0x746e_6b01
  private static let control: UInt32 = 0x746e_6b02
  // RFC 3416 §3.
  private static let refusals: Set<Int64> = [6, 16]  // noAccess, authorizationError
  private static let sequence: UInt8 = 0x30
  private static let octetString: UInt8 = 0x04

  private let port: UInt16
  private let version: SNMPRequest.Version
  /// Nothing has come from there so far.
  private let isSilent: Bool
  private var step = Step.asking
  private var began: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?
  /// nil until it is over.
  public private(set) var outcome: LoginOutcome?
  /// From the question to its answer; nil while none came.
  public private(set) var latency: Duration?
  public private(set) var hasEntered = false
  public private(set) var transcript: LoginTranscript

  public init(port: UInt16, version: Version = .v2c, isSilent: Bool = false) {
    self.port = port
    self.isSilent = isSilent
    self.version = version == .v1 ? .v1 : .v2c
    transcript = LoginTranscript()
  }

  /// The question, with the community in its place.
  private var message: LoginMessage {
    .sized(
      .ber(tag: Self.sequence),
      .joined([
        .octets([0x02, 0x01, UInt8(version.rawValue)]), .sized(.ber(tag: Self.octetString), .password),
        .octets(SNMPRequest.unit([SNMPRequest.Object.sysObjectID], requestID: Self.question)),
      ]))
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    transcript.note(
      "entered: the community (not shown), asking for sysObjectID in version \(version == .v1 ? "1" : "2c")", at: now)
    transcript.hidesFromHere()
    began = now
    hasEntered = true
    wakeAt = now + Self.patience
    return [.enterDatagram(0, DatagramRequest(port: port, payload: []), message)]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .received(_, let octets):
      if let message = try? SNMPMessage(parsing: octets.span) { take(message, at: now) }
    case .timer where step == .asking && !isSilent:
      transcript.note("no answer; sent: the discovery of version 3", at: now)
      step = .control
      wakeAt = now + Self.patience
      return [
        .datagram(0, DatagramRequest(port: port, payload: SNMPRequest.discovery(messageID: Self.control)))
      ]
    case .timer: finish(.inconclusive("no-answer"), at: now)
    case .failed(_, let reason):
      transcript.note("failed: \(reason)", at: now)
      // Only what the device says has been sent for sure.
      hasEntered = hasEntered && (step == .control || reason == "port-unreachable")
      finish(hasEntered ? .inconclusive(reason) : .unreachable(reason), at: now)
    case .opened, .ended, .response: break
    }
    return []
  }

  private mutating func take(_ message: SNMPMessage, at now: MonotonicInstant) {
    if message.version == 3, step == .control, message.kind == .report,
      message.security?.messageID == Int64(Self.control)
    {
      transcript.note("the agent answered the discovery", at: now)
      return finish(.refused, at: now)
    }
    guard message.version == version.rawValue, message.kind == .response, message.requestID == Int64(Self.question)
    else { return }
    latency = began.map { now - $0 }
    if Self.refusals.contains(message.errorStatus) {
      transcript.note("answered: error \(message.errorStatus)", at: now)
      return finish(.refused, at: now)
    }
    // Every agent has this object (RFC 3418 §2): an answer without it is that of a view, or of something else.
    guard message.errorStatus == 0, case .identifier(let object)? = message.value(of: SNMPRequest.Object.sysObjectID)
    else {
      transcript.note("answered: error \(message.errorStatus), no value", at: now)
      return finish(.inconclusive("no-value"), at: now)
    }
    transcript.note(said: Array("sysObjectID \(object)".utf8), at: now)
    finish(.accepted(passwordAsked: true), at: now)
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
    report = ProbeReport()
  }
}
