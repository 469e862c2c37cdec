public import Probes
public import Records

/// One attempt to log in to the device service of an ONVIF device, by a WS-UsernameToken with a password digest (WS-Security
/// UsernameToken Profile 1.0 §3.1) or by HTTP Digest where the device asks for that, with a name and a password that it does
/// not know.
///
/// The token holds a time that the device compares with its own clock, which on many is years off: the device's time is asked
/// for first, which anybody may, and used.
///
/// - Octets sent: three or four `POST` of about 300 to 900 octets: GetSystemDateAndTime, GetDeviceInformation without a name,
///   GetUsers without a name where the device tells that to anybody; then once the name and the digest of the password with
///   the one that was refused. Of what is answered only that it is an answer is looked at.
/// - Connections opened: one for each request, four at most, closed with FIN.
/// - State left behind: log entries; a failure in the device's counters. No session is opened.
/// - Worst known reaction: accounts or addresses that lock after a few failures, which is what permits are for.
public struct ONVIFLogin: LoginMachine {
  public static let sheet = ProbeSheet(
    id: "onvif-login", technique: .defaultCredentials,
    sends: LocalizedText(ja: "利用者名とパスワードを1組", en: "one name and one password"),
    leavesBehind: "log entries; a failure in the device's counters",
    worstReaction: "locks accounts or addresses after a few failures", fetches: 4, duration: .seconds(75))

  /// ONVIF Core Specification §5.1: the address that the device service has on every device.
  static let path = "/onvif/device_service"
  private static let timeout = Duration.seconds(12)
  private static let bodyLimit = 64 * 1024

  private enum Step { case time, looking, entered }

  private let port: UInt16
  private let secure: Bool
  private let seed: UInt64
  private var channel: ProbeChannel = 0
  private var step = Step.time
  private var question = DeviceService.time
  /// The device's clock, and when it was told.
  private var clock: (time: Timestamp, at: MonotonicInstant)?
  public let wakeAt: MonotonicInstant? = nil
  public private(set) var report: ProbeReport?
  public private(set) var outcome: LoginOutcome?
  public private(set) var latency: Duration?
  public private(set) var hasEntered = false
  public var ending: LoginEnding { .nothingOpen }
  public private(set) var transcript = LoginTranscript()

  /// - Parameter seed: makes the token's nonce, together with the time.
  public init(port: UInt16, secure: Bool, seed: UInt64) {
    self.port = port
    self.secure = secure
    self.seed = seed
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.begin(at: now)
    return ask(.time, at: now)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard outcome == nil else { return [] }
    switch event {
    case .response(channel, let exchange): return take(exchange, at: now)
    case .failed(channel, let reason): return fail(reason, at: now)
    case .opened, .received, .ended, .failed, .response, .timer: return []
    }
  }

  private mutating func request(_ method: HTTPRequest.Method) -> HTTPRequest {
    channel += 1
    return HTTPRequest(
      method, port: port, path: Self.path, secure: secure, bodyLimit: Self.bodyLimit, timeout: Self.timeout)
  }

  private mutating func ask(_ question: DeviceService, at now: MonotonicInstant) -> [ProbeAction] {
    self.question = question
    transcript.note("asked: \(question.rawValue), without a name", at: now)
    let (start, end) = question.envelope
    let body = Array((start + end).utf8)
    let request = request(.post(contentType: question.contentType, body: body))
    return [.fetch(channel, request)]
  }

  private mutating func take(_ exchange: HTTPExchange, at now: MonotonicInstant) -> [ProbeAction] {
    guard let status = exchange.status else { return fail("no-answer", at: now) }
    if latency == nil { latency = exchange.elapsed }
    let answer = question.answer(status: status, body: exchange.body)
    transcript.note("answered: \(status), \(answer?.word ?? "no SOAP")", at: now)
    if status == 429 || status == 423 { return finish(.lockedOut, at: now) }
    switch step {
    case .time:
      guard case .time(let time)? = answer else {
        return finish(.inconclusive(answer == nil ? "no-device-service" : "no-clock"), at: now)
      }
      clock = (time, now)
      step = .looking
      return ask(.information, at: now)
    case .looking: return look(status, exchange, answer, at: now)
    case .entered: return judge(status, answer, at: now)
    }
  }

  /// What is refused without a name is asked with one.
  private mutating func look(
    _ status: Int, _ exchange: HTTPExchange, _ answer: DeviceService.Answer?, at now: MonotonicInstant
  ) -> [ProbeAction] {
    let challenges = AuthenticationChallenge.all(in: exchange.values(of: "WWW-Authenticate"))
    if status == 401, let challenge = AuthenticationChallenge.best(of: challenges) {
      let nonce = LoginNonce(seed: seed, at: now)
      guard let value = challenge.answer("POST", Self.path, cnonce: nonce.hexadecimal) else {
        return finish(.inconclusive("unknown-scheme"), at: now)
      }
      let (start, end) = question.envelope
      return enter(.text(start + end), authorization: value, by: challenge.word, at: now)
    }
    if case .denied? = answer { return enterToken(at: now) }
    if status == 401 {
      return challenges.isEmpty ? enterToken(at: now) : finish(.inconclusive("unknown-scheme"), at: now)
    }
    guard case .told? = answer, question == .information else {
      return finish(.inconclusive(answer == .told ? "no-login-prompt" : "status-\(status)"), at: now)
    }
    return ask(.users, at: now)
  }

  private mutating func enterToken(at now: MonotonicInstant) -> [ProbeAction] {
    guard let clock else { return finish(.inconclusive("no-clock"), at: now) }
    // To the second, which is all that a device has to understand.
    let time = String((clock.time + (now - clock.at)).rfc3339().prefix(19)) + "Z"
    let token = UsernameToken.message(nonce: LoginNonce(seed: seed, at: now).octets, created: time)
    let (start, end) = question.envelope
    return enter(.joined([.text(start), token, .text(end)]), authorization: nil, by: "a UsernameToken", at: now)
  }

  private mutating func enter(
    _ body: LoginMessage, authorization: LoginMessage?, by way: String, at now: MonotonicInstant
  ) -> [ProbeAction] {
    step = .entered
    hasEntered = true
    transcript.note("entered: the name and the password (not shown), \(question.rawValue) with \(way)", at: now)
    transcript.hidesFromHere()
    let request = request(.get)
    let login = LoginRequest(
      request, authorization: authorization, body: .init(contentType: question.contentType, message: body))
    return [.enterFetch(channel, login)]
  }

  private mutating func judge(_ status: Int, _ answer: DeviceService.Answer?, at now: MonotonicInstant) -> [ProbeAction]
  {
    switch (status, answer) {
    case (_, .told): return accept(at: now)
    case (_, .denied), (401, _): return finish(.refused, at: now)
    case (403, _): return finish(.lockedOut, at: now)
    case (_, .fault(let text)):
      return finish(LoginWords.saysLockedOut(text, []) ? .lockedOut : .inconclusive("fault"), at: now)
    default: return finish(.inconclusive("status-\(status)"), at: now)
    }
  }

  private mutating func accept(at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("proof: \(question.rawValue) is refused without it and answered with it", at: now)
    return finish(.accepted(passwordAsked: true), at: now)
  }

  private mutating func fail(_ reason: String, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("failed: \(reason)", at: now)
    if hasEntered { return finish(.inconclusive(reason), at: now) }
    return finish(reason == "no-answer" ? .timedOut : .unreachable(reason), at: now)
  }

  private mutating func finish(_ outcome: LoginOutcome, at now: MonotonicInstant) -> [ProbeAction] {
    transcript.note("result: \(outcome.word)", at: now)
    self.outcome = outcome
    report = ProbeReport()
    return []
  }
}

/// The head of a SOAP message that says who asks (WS-Security UsernameToken Profile 1.0 §3.1), with name and password still
/// to be put in.
enum UsernameToken {
  private static let wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"

  static func message(nonce: [UInt8], created: String) -> LoginMessage {
    let digest = LoginMessage.base64(.hash(.sha1, .joined([.octets(nonce), .text(created), .password])))
    return .joined([
      .text(
        "<wsse:Security s:mustUnderstand=\"1\" xmlns:wsse=\"\(wss)wssecurity-secext-1.0.xsd\""
          + " xmlns:wsu=\"\(wss)wssecurity-utility-1.0.xsd\"><wsse:UsernameToken><wsse:Username>"),
      .xmlEscaped(.account),
      .text("</wsse:Username><wsse:Password Type=\"\(wss)username-token-profile-1.0#PasswordDigest\">"), digest,
      .text("</wsse:Password><wsse:Nonce EncodingType=\"\(wss)soap-message-security-1.0#Base64Binary\">"),
      .base64(.octets(nonce)), .text("</wsse:Nonce><wsu:Created>\(created)</wsu:Created>"),
      .text("</wsse:UsernameToken></wsse:Security>"),
    ])
  }
}

extension DeviceService.Answer {
  /// A word for records.
  fileprivate var word: String {
    switch self {
    case .told, .time: "told"
    case .denied: "denied"
    case .fault: "another fault"
    }
  }
}
