public import Records
internal import Wire

/// Finds out what a DTLS service agrees to: versions 1.0 and 1.2, weak suites, key exchange, certificate (RFC 4347, RFC 6347).
///
/// - Octets sent: ClientHellos of 150 to 700 octets, each first without and then with the cookie that the service asks for, and an alert
///   behind each flight that waits for us. Some 20 datagrams to a service that answers, never more than 32. No name, no key, no data.
/// - Connections opened: none; a socket for each handshake, one after the other.
/// - State left behind: log entries of handshakes that failed. A service that misses the alert keeps the handshake until it times out.
/// - Worst known reaction: small processors take seconds for each key exchange, and some keep one handshake at a time, so that nobody
///   else gets through meanwhile.
public struct DTLSAuditProbe: Probe {
  public static let sheet = ProbeSheet(
    id: "dtls", technique: .udpProbe,
    sends: LocalizedText(ja: "DTLSのClientHello(1つずつ順に)", en: "DTLS ClientHellos, one after the other"),
    leavesBehind: "log entries of handshakes that failed",
    worstReaction: "small processors are busy with each key exchange for seconds", datagrams: 32,
    duration: .seconds(180))

  private let target: ProbeTarget
  private var examination = TLSExamination(datagrams: .audit)
  private var conversation: DTLSConversation?
  /// What is asked when the pause is over.
  private var pending: (question: TLSQuestion, at: MonotonicInstant)?
  private var channel: ProbeChannel = 0
  private var sent = 0
  private var sawLoss = false
  /// When the goodbye to the last handshake has left.
  private var finishAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  public init(_ target: ProbeTarget) { self.target = target }

  public var wakeAt: MonotonicInstant? { report == nil ? finishAt ?? pending?.at ?? conversation?.wakeAt : nil }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    let next = examination.begin()
    return go(next, at: now)
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    if let finishAt {
      if now >= finishAt { finish() }
      return []
    }
    if let pending {
      guard now >= pending.at else { return [] }
      self.pending = nil
      return ask(pending.question, at: now)
    }
    guard var talk = conversation else { return [] }
    let actions = talk.handle(event, at: now)
    guard let outcome = talk.outcome else {
      conversation = talk
      return actions
    }
    sent += talk.sent
    sawLoss = sawLoss || talk.sawLoss
    conversation = nil
    let next = examination.take(outcome)
    return actions + go(next, at: now)
  }

  private mutating func go(_ next: TLSExamination.Next, at now: MonotonicInstant) -> [ProbeAction] {
    switch next {
    case .ask(let question): return ask(question, at: now)
    case .askAfter(let pause, let question): pending = (question, now + pause)
    case .done: finishAt = now + Self.goodbyeTime
    }
    return []
  }

  private mutating func finish() {
    if sawLoss { examination.distrustSilence() }
    report = examination.report(on: target)
  }

  /// The device's budget may make the last datagram wait.
  private static let goodbyeTime = Duration.milliseconds(500)

  private mutating func ask(_ question: TLSQuestion, at now: MonotonicInstant) -> [ProbeAction] {
    // SSL 2 and TLS 1.3 are never asked of datagrams.
    guard case .hello(let hello) = question, sent < Self.sheet.datagrams else {
      examination.stop(TLSExamination.datagramLimit)
      finishAt = now + Self.goodbyeTime
      return []
    }
    var talk = DTLSConversation(
      hello, channel: channel, port: target.endpoint.port, random: target.helloOctets(on: channel),
      datagrams: Self.sheet.datagrams - sent)
    channel += 1
    let actions = talk.begin(at: now)
    conversation = talk
    return actions
  }
}
