public import Probes
public import Records
internal import Wire

/// One attempt to read as a user of SNMP version 3 with a digest of the message under the password, without encryption
/// (authNoPriv: HMAC-MD5-96 or HMAC-SHA-96, RFC 3414).
///
/// The discovery comes first (RFC 3414 §4), which needs no user: the key is one of the engine's, and the message holds its clock.
/// The agent says of a wrong digest and of a user that it does not know. A digest under the other hash is as wrong as one under
/// another password, and an attempt has one of them, which the profile names. The answer's own digest is not looked at: an agent
/// that answers whatever the digest is found out by the negative control.
///
/// - Octets sent: the discovery (60), then one GetRequest for sysObjectID (about 115). Never SetRequest.
/// - Connections opened: none; one socket.
/// - State left behind: a counter (usmStatsWrongDigests, usmStatsUnknownUserNames, RFC 3414 §5); a log entry.
/// - Worst known reaction: agents that are set so send their manager a trap (authenticationFailure, RFC 3418 §2).
public struct SNMPUserLogin: LoginMachine {
  public static let sheet = SNMPLogin.sheet

  private enum Step { case discovering, asking }

  private static let patience = Duration.seconds(4)
  private static let discovery: UInt32 = 0x746e_6b03
  private static let question: UInt32 = 0x746e_6b04
  /// RFC 3416 §3: noAccess, authorizationError.
  private static let refusals: Set<Int64> = [6, 16]
  private static let sequence: UInt8 = 0x30
  private static let octetString: UInt8 = 0x04
  /// RFC 3414 §6.3.1, §7.3.1.
  private static let digestOctets = 12
  /// RFC 3411 §5.
  private static let engineOctets = 5...32
  /// RFC 3414 §2.4.
  private static let clockRange: ClosedRange<Int64> = 0...0x7fff_ffff

  private let port: UInt16
  private let hash: LoginMessage.Hash
  private let context: [UInt8]
  private var step = Step.discovering
  private var began: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?
  /// nil until it is over.
  public private(set) var outcome: LoginOutcome?
  /// From the discovery to its answer; nil while none came.
  public private(set) var latency: Duration?
  public private(set) var hasEntered = false
  public private(set) var transcript: LoginTranscript

  /// - Parameter context: where the user's objects are (RFC 3412 §6.8); most agents have one place, without a name.
  public init(port: UInt16, authentication: SNMPRecipe.Authentication, context: String = "") {
    self.port = port
    self.context = Array(context.utf8)
    hash = authentication == .md5 ? .md5 : .sha1
    transcript = LoginTranscript()
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    transcript.note("sent: the discovery of version 3", at: now)
    began = now
    wakeAt = now + Self.patience
    return [.datagram(0, DatagramRequest(port: port, payload: SNMPRequest.discovery(messageID: Self.discovery)))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .received(_, let octets):
      guard let message = try? SNMPMessage(parsing: octets.span), let security = message.security else { return [] }
      switch step {
      case .discovering:
        guard message.kind == .report, security.messageID == Int64(Self.discovery) else { return [] }
        return enter(security, at: now)
      case .asking:
        if security.messageID == Int64(Self.question) { take(message, at: now) }
      }
    case .timer: finish(step == .asking ? .inconclusive("no-answer") : .timedOut, at: now)
    case .failed(_, let reason):
      transcript.note("failed: \(reason)", at: now)
      // Only what the device says has been sent for sure.
      hasEntered = hasEntered && reason == "port-unreachable"
      finish(hasEntered ? .inconclusive(reason) : .unreachable(reason), at: now)
    case .opened, .ended, .response: break
    }
    return []
  }

  private mutating func enter(_ security: SNMPSecurity, at now: MonotonicInstant) -> [ProbeAction] {
    latency = began.map { now - $0 }
    let (boots, time) = (security.engineBoots, security.engineTime)
    transcript.note("the engine: \(security.engine.octets.count) octets, boots \(boots), time \(time)", at: now)
    guard Self.engineOctets.contains(security.engine.octets.count), Self.clockRange.contains(boots),
      Self.clockRange.contains(time)
    else {
      finish(.inconclusive("no-engine"), at: now)
      return []
    }
    step = .asking
    hasEntered = true
    wakeAt = now + Self.patience
    let name = hash == .md5 ? "HMAC-MD5-96" : "HMAC-SHA-96"
    transcript.note("entered: the user, and the digest made with the password (not shown, \(name))", at: now)
    transcript.hidesFromHere()
    // The digest is one of the whole message, with zeros in its own place (RFC 3414 §6.3.1).
    let plain = message(security, .octets([UInt8](repeating: 0, count: Self.digestOctets)))
    let digest = LoginMessage.hmac(
      hash, key: .snmpKey(hash, engine: security.engine.octets), over: plain, octets: Self.digestOctets)
    return [.enterDatagram(0, DatagramRequest(port: port, payload: []), message(security, digest))]
  }

  private func message(_ security: SNMPSecurity, _ digest: LoginMessage) -> LoginMessage {
    let parameters = LoginMessage.joined([
      .octets(SNMPRequest.clock(of: security)), .sized(.ber(tag: Self.octetString), .account),
      .sized(.ber(tag: Self.octetString), digest), .sized(.ber(tag: Self.octetString), .octets([])),
    ])
    let question = SNMPRequest.scoped(
      [SNMPRequest.Object.sysObjectID], to: security.engine, context: context, requestID: Self.question)
    return .sized(
      .ber(tag: Self.sequence),
      .joined([
        .octets(SNMPRequest.header(messageID: Self.question, authenticated: true)),
        .sized(.ber(tag: Self.octetString), .sized(.ber(tag: Self.sequence), parameters)), .octets(question),
      ]))
  }

  private mutating func take(_ message: SNMPMessage, at now: MonotonicInstant) {
    if message.kind == .report {
      let (words, outcome) = Self.meaning(of: message)
      transcript.note("answered: a report, \(words)", at: now)
      return finish(outcome, at: now)
    }
    guard message.kind == .response, message.requestID == Int64(Self.question) else { return }
    guard message.errorStatus == 0, case .identifier(let object)? = message.value(of: SNMPRequest.Object.sysObjectID)
    else {
      // The digest was right, or it would be a report; what the user may read is another matter (RFC 3415).
      transcript.note("answered: error \(message.errorStatus), no value", at: now)
      return finish(.inconclusive(Self.refusals.contains(message.errorStatus) ? "no-access" : "no-value"), at: now)
    }
    transcript.note(said: Array("sysObjectID \(object)".utf8), at: now)
    finish(.accepted(passwordAsked: true), at: now)
  }

  /// By the counter that a report carries: usmStats (RFC 3414 §5), snmpUnknownContexts (RFC 3413 §4.1.2).
  private static func meaning(of message: SNMPMessage) -> (words: String, outcome: LoginOutcome) {
    let stem: [UInt32] = [1, 3, 6, 1, 6, 3, 15, 1, 1]
    let arcs = message.bindings.first?.object.arcs ?? []
    // A message reaches its context only with a right digest.
    if arcs.starts(with: [1, 3, 6, 1, 6, 3, 12, 1, 5]) {
      return ("unknown context, the digest was right", .inconclusive("context"))
    }
    switch arcs.starts(with: stem) ? arcs.dropFirst(stem.count).first : nil {
    case 1: return ("unsupported security level", .inconclusive("security-level"))
    // The digest is looked at first (RFC 3414 §3.2), so it was right.
    case 2: return ("not in the time window, the digest was right", .inconclusive("time-window"))
    case 3: return ("unknown user name", .refused)
    case 4: return ("unknown engine", .inconclusive("engine"))
    case 5: return ("wrong digest", .refused)
    default: return ("another counter", .inconclusive("report"))
    }
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) {
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
    report = ProbeReport()
  }
}
