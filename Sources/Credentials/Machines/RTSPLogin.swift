public import Addressing
public import Probes
public import Records
internal import Wire

/// One attempt to log in to a streaming server (RFC 2326 §15, RFC 7826 §19.1) by Basic or Digest, with a name and a password
/// that it does not know.
///
/// The paths that makers of cameras publish are described one after the other until one asks who wants to know; that is
/// described once more with the answer to the strongest challenge.
///
/// - Octets sent: DESCRIBE without a name (about 110 each), one a second, until one is refused with 401, seven at most; then
///   once the same with the field Authorization. Never SETUP or PLAY.
/// - Connections opened: one; another one where the server hangs up after an answer, three at most, closed with FIN.
/// - State left behind: log entries; a failure in the device's counters. No session is opened.
/// - Worst known reaction: accounts or addresses that lock after a few failures, which is what permits are for; some cameras
///   start their encoder to answer DESCRIBE, and stop it again.
public struct RTSPLogin: LoginMachine {
  public static let sheet = ProbeSheet(
    id: "rtsp-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries; a failure in the device's counters",
    worstReaction: "locks accounts or addresses after a few failures", connections: 3, duration: .seconds(75))

  private static let patience = Duration.seconds(8)
  private static let pause = Duration.seconds(1)
  private static let octetLimit = 98_304

  private enum Step {
    case opening, asking, pausing, entered
  }

  private let base: String
  private let port: UInt16
  private let seed: UInt64
  private var path = 0
  private var sequence: UInt32 = 0
  private var channel: ProbeChannel = 0
  private var isOpen = false
  private var step = Step.opening
  private var challenge: AuthenticationChallenge?
  private var octets: [UInt8] = []
  private var asked: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?
  public private(set) var outcome: LoginOutcome?
  public private(set) var latency: Duration?
  public private(set) var hasEntered = false
  public var ending: LoginEnding { .nothingOpen }
  public private(set) var transcript = LoginTranscript()

  /// - Parameters:
  ///   - address: what the server is called in the URLs.
  ///   - seed: makes the client's nonce, together with the time.
  public init(address: IPAddress, port: UInt16, seed: UInt64) {
    let host = address.isIPv4 ? "\(address)" : "[\(address)]"
    base = "rtsp://\(host)\(port == 554 ? "" : ":\(port)")"
    self.port = port
    self.seed = seed
  }

  private var target: String { base + RTSPProbe.paths[min(path, RTSPProbe.paths.count - 1)] }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return [.connect(channel, port: port)]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .opened(channel):
      isOpen = true
      return challenge == nil ? ask(at: now) : enter(at: now)
    case .received(channel, let more):
      guard step == .asking || step == .entered else { return [] }
      octets += more.prefix(max(0, Self.octetLimit - octets.count))
      return read(at: now)
    case .ended(channel, let ending):
      transcript.note("the device ended the connection: \(ending.rawValue)", at: now)
      isOpen = false
      return step == .asking || step == .entered ? fail("no-answer", at: now) : []
    case .failed(channel, let reason): return fail(reason, at: now)
    case .timer: return step == .pausing ? goOn(at: now) : fail("no-answer", at: now)
    case .opened, .received, .ended, .failed, .response: return []
    }
  }

  private mutating func expect(_ step: Step, at now: MonotonicInstant) {
    self.step = step
    octets = []
    asked = now
    wakeAt = now + Self.patience
  }

  private mutating func request(at now: MonotonicInstant) -> RTSPRequest? {
    sequence += 1
    return RTSPRequest(.describe, target: target, sequence: sequence)
  }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    guard let request = request(at: now) else { return finish(.inconclusive("no-request"), at: now) }
    transcript.note("asked: DESCRIBE \(RTSPProbe.paths[path])", at: now)
    expect(.asking, at: now)
    return [.send(channel, request.octets)]
  }

  private mutating func enter(at now: MonotonicInstant) -> [ProbeAction] {
    let nonce = LoginNonce(seed: seed, at: now)
    guard let request = request(at: now),
      let value = challenge?.answer(request.method.rawValue, target, cnonce: nonce.hexadecimal)
    else { return finish(.inconclusive("unknown-scheme"), at: now) }
    transcript.note(
      "entered: the name and the password (not shown), in answer to \(challenge?.word ?? "")", at: now)
    transcript.hidesFromHere()
    hasEntered = true
    expect(.entered, at: now)
    // Before the empty line that ends the head.
    let head = Array(request.octets.dropLast(2))
    return [.enter(channel, .joined([.octets(head), .text("Authorization: "), value, .text("\r\n\r\n")]))]
  }

  private mutating func read(at now: MonotonicInstant) -> [ProbeAction] {
    do {
      return judge(try RTSPResponse(parsing: octets.span), at: now)
    } catch .truncated {
      return octets.count < Self.octetLimit ? [] : finish(.inconclusive("octet-limit"), at: now)
    } catch { return finish(.inconclusive("other-answer"), at: now) }
  }

  private mutating func judge(_ response: RTSPResponse, at now: MonotonicInstant) -> [ProbeAction] {
    if latency == nil { latency = asked.map { now - $0 } }
    transcript.note("answered: \(response.status)", at: now)
    if response.status == 429 || response.status == 423 { return finish(.lockedOut, at: now) }
    return step == .entered ? judgeEntered(response, at: now) : judgeAsked(response, at: now)
  }

  private mutating func judgeAsked(_ response: RTSPResponse, at now: MonotonicInstant) -> [ProbeAction] {
    switch response.status {
    case 401:
      let challenges = AuthenticationChallenge.all(in: response.headers.values(of: "WWW-Authenticate"))
      challenge = AuthenticationChallenge.best(of: challenges)
      guard challenge != nil else {
        return finish(.inconclusive(challenges.isEmpty ? "no-challenge" : "unknown-scheme"), at: now)
      }
    // Whoever describes a stream to strangers has nothing to log in to for it; that is another check's to say.
    case 200: return finish(.inconclusive("no-login-prompt"), at: now)
    default:
      path += 1
      guard path < RTSPProbe.paths.count else { return finish(.inconclusive("no-login-prompt"), at: now) }
    }
    step = .pausing
    wakeAt = now + Self.pause
    return []
  }

  /// The pause is over.
  private mutating func goOn(at now: MonotonicInstant) -> [ProbeAction] {
    if isOpen { return challenge == nil ? ask(at: now) : enter(at: now) }
    guard channel + 1 < Self.sheet.connections else { return finish(.inconclusive("connection-limit"), at: now) }
    channel += 1
    step = .opening
    wakeAt = nil
    return [.connect(channel, port: port)]
  }

  private mutating func judgeEntered(_ response: RTSPResponse, at now: MonotonicInstant) -> [ProbeAction] {
    switch response.status {
    case 401:
      let challenges = AuthenticationChallenge.all(in: response.headers.values(of: "WWW-Authenticate"))
      if LoginWords.saysLockedOut(Array(response.reason.utf8) + [0x0a] + response.body, []) {
        return finish(.lockedOut, at: now)
      }
      return finish(challenges.contains(where: \.isStale) ? .inconclusive("stale-nonce") : .refused, at: now)
    case 403: return finish(.lockedOut, at: now)
    // Cameras ask who it is before they look for the stream: whoever is told that there is none has been let in.
    case 200, 404:
      transcript.note("proof: without it 401, with it \(response.status)", at: now)
      return finish(.accepted(passwordAsked: true), at: now)
    default: return finish(.inconclusive("status-\(response.status)"), at: now)
    }
  }

  private mutating func fail(_ reason: String, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("failed: \(reason)", at: now)
    if hasEntered { return finish(.inconclusive(reason), at: now) }
    return finish(reason == "no-answer" ? .timedOut : .unreachable(reason), at: now)
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("result: \(outcome.word)", at: now)
    wakeAt = nil
    self.outcome = outcome
    report = ProbeReport()
    return []
  }
}
