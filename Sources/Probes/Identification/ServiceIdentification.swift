public import Records

/// Finds out which protocol an open TCP port speaks, whatever its number: it listens first, then asks in HTTP, in TLS,
/// and in the protocol that the port suggests, until something is recognised.
///
/// - Octets sent: none to a service that speaks first, and none at all to ports that must get no payload or belong to
///   controllers. Otherwise, in an order that the port suggests, `GET / HTTP/1.0` and an empty line (18 octets), a TLS
///   ClientHello (121), and for some ports one question of their own (``IdentificationHints``).
/// - Connections opened: one for a service that speaks first or is silent and asked one thing; never more than five, one
///   after the other, each closed with FIN.
/// - State left behind: log entries; on servers that start a process for each connection, a process for the
///   few seconds of the wait. A server that takes lines as commands or names logs the request line as one.
/// - Worst known reaction: single-connection servers are busy during the wait; embedded stacks with a handful of
///   sockets have one less; raw print ports would print the request, so they get none.
public struct ServiceIdentification: Probe {
  public static let sheet = ProbeSheet(
    id: "identification", technique: .serviceQuestions,
    sends: LocalizedText(
      ja: "自ら名乗らないサービスには、HTTPのGET要求、TLSのClientHelloなど",
      en: "to a silent service an HTTP GET request, a TLS ClientHello or the like"),
    leavesBehind: "log entries; for a few seconds a process of servers that start one for each connection",
    worstReaction: "a server with room for one client serves nobody else while it is listened to",
    connections: 5, duration: .seconds(75))

  /// How a port is asked.
  public struct Manner: Hashable, Sendable {
    /// How long the service may stay silent before it is asked. Some devices look names up before they greet.
    public var wait: Duration
    /// Octets may be sent: not to print ports, not to controllers.
    public var mayAsk: Bool

    public init(wait: Duration, mayAsk: Bool) {
      self.wait = wait
      self.mayAsk = mayAsk
    }
  }

  /// One connection.
  private struct Attempt {
    let listen: Duration
    let question: IdentificationQuestion?
  }

  private enum Phase {
    case connecting
    case listening(GreetingConversation)
    case asking(GreetingConversation)
    case over
  }

  /// What is read of an answer; a page says what it is in its first octets.
  static let answerLimit = 16 * 1024
  /// A service on its own port answers at once; a greeting that comes sooner is still heard.
  static let shortWait = Duration.milliseconds(400)
  static let answerWait = Duration.seconds(3)

  private let port: UInt16
  private let recogniser: GreetingRecogniser
  private let attempts: [Attempt]
  private var current = 0
  private var phase = Phase.connecting
  private var hasConnected = false
  private var lastEnding = "silence"
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the TLS random and client names.
  public init(port: UInt16, manner: Manner, recogniser: GreetingRecogniser, seed: UInt64) {
    self.port = port
    self.recogniser = recogniser
    attempts = Self.attempts(port: port, manner: manner, seed: seed)
  }

  private static func attempts(port: UInt16, manner: Manner, seed: UInt64) -> [Attempt] {
    guard manner.mayAsk else { return [Attempt(listen: manner.wait, question: nil)] }
    let http = IdentificationQuestion.http
    let tls = IdentificationQuestion.tls(random: seededOctets(seed, count: 32))
    let short = min(shortWait, manner.wait)
    if let hint = IdentificationHints.question(for: port, seed: seed) {
      return [
        Attempt(listen: short, question: hint), Attempt(listen: manner.wait, question: http),
        Attempt(listen: .zero, question: tls),
      ]
    }
    if tlsPorts.contains(port) {
      return [Attempt(listen: short, question: tls), Attempt(listen: manner.wait, question: http)]
    }
    if webPorts.contains(port) {
      return [Attempt(listen: short, question: http), Attempt(listen: manner.wait, question: tls)]
    }
    return [Attempt(listen: manner.wait, question: http), Attempt(listen: .zero, question: tls)]
  }

  /// Ports that the IANA registry gives to a protocol inside TLS, and the usual second ones of web servers.
  private static let tlsPorts: Set<UInt16> = [
    443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 3269, 4443, 5061, 5671, 5986, 6443, 8443, 8883, 9443, 10443,
  ]
  private static let webPorts: Set<UInt16> = [
    80, 81, 82, 88, 591, 631, 3000, 5000, 5357, 7547, 8000, 8001, 8008, 8080, 8081, 8082, 8088, 8090, 8888, 9000, 9080,
    49152,
  ]

  public var wakeAt: MonotonicInstant? {
    switch phase {
    case .connecting, .over: nil
    case .listening(let talk), .asking(let talk): talk.deadline
    }
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    switch (event, phase) {
    case (.failed(let channel, let reason), _) where channel == current && report == nil:
      return finish(hasConnected ? .unidentified(ended: lastEnding) : .unreachable(reason: reason))
    case (.opened(current), .connecting):
      hasConnected = true
      let listen = attempts[current].listen
      if listen == .zero { return ask(at: now) }
      phase = .listening(GreetingConversation(recogniser: recogniser, wait: listen, openedAt: now))
      return []
    case (_, .listening(var talk)):
      talk.take(event, on: current, at: now)
      phase = .listening(talk)
      return talk.isOver(at: now) ? heard(talk, at: now) : []
    case (_, .asking(var talk)):
      talk.take(event, on: current, at: now)
      phase = .asking(talk)
      let isEnough = talk.response.count >= Self.answerLimit || tells(talk.response)
      return isEnough || talk.isOver(at: now) ? answered(talk) : []
    default: return []
    }
  }

  /// The wait for a greeting is over.
  private mutating func heard(_ talk: GreetingConversation, at now: MonotonicInstant) -> [ProbeAction] {
    lastEnding = talk.ended
    if !talk.response.isEmpty {
      guard let known = recogniser.identify(talk.response, port: port) ?? tlsOrHTML(talk.response) else {
        return finish(.unidentified(ended: lastEnding))
      }
      let basis = LocalizedText(
        ja: "\(known.basis.ja)。こちらからは何も送信していません", en: "\(known.basis.en); nothing was sent to the service")
      let verdicts = known.protocolName == .telnet ? [TelnetProbe.verdict(on: talk.response)].compactMap(\.self) : []
      return finish(.identified(known.protocolName, tls: known.protocolName == .tls, basis: basis), verdicts)
    }
    // Who hangs up on a silent client would do so again.
    guard !talk.hasEnded else { return finish(.unidentified(ended: lastEnding)) }
    return ask(at: now)
  }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    guard let question = attempts[current].question else { return finish(.unidentified(ended: lastEnding)) }
    phase = .asking(GreetingConversation(recogniser: recogniser, wait: Self.answerWait, openedAt: now))
    return [.send(current, question.octets)]
  }

  /// The answer is there, or none came.
  private mutating func answered(_ talk: GreetingConversation) -> [ProbeAction] {
    lastEnding = talk.ended
    guard let question = attempts[current].question else { return finish(.unidentified(ended: lastEnding)) }
    if let known = recognise(talk.response, question) {
      let basis = LocalizedText(
        ja: "\(question.title.ja)への応答: \(known.basis.ja)", en: "\(known.basis.en), in answer to \(question.title.en)")
      return finish(.identified(known.protocolName, tls: known.protocolName == .tls, basis: basis))
    }
    guard current + 1 < attempts.count else { return finish(.unidentified(ended: lastEnding)) }
    current += 1
    phase = .connecting
    let close: [ProbeAction] = talk.hasEnded ? [] : [.close(current - 1)]
    return close + [.connect(current, port: port)]
  }

  private func recognise(
    _ octets: [UInt8], _ question: IdentificationQuestion
  ) -> GreetingRecogniser.Identification? {
    question.recognise(octets) ?? tlsOrHTML(octets) ?? recogniser.identify(octets, port: port)
  }

  private func tlsOrHTML(_ octets: [UInt8]) -> GreetingRecogniser.Identification? {
    IdentificationQuestion.tlsReply(octets) ?? IdentificationQuestion.http.recognise(octets)
  }

  /// Protocols whose answer is one short message.
  private static let brief: Set<ProtocolName> = [.mqtt, .rdp, .smb]

  /// Nothing more needs to be read: the answer is short and says all it can.
  private func tells(_ octets: [UInt8]) -> Bool {
    IdentificationQuestion.tlsReply(octets) != nil
      || attempts[current].question?.recognise(octets).map { Self.brief.contains($0.protocolName) } == true
      || RedisReply(parsing: octets) != nil
  }

  private mutating func finish(
    _ outcome: ProbeReport.Identification, _ verdicts: [ProbeVerdict] = []
  ) -> [ProbeAction] {
    phase = .over
    report = ProbeReport(verdicts: verdicts, identification: outcome)
    return []
  }
}

extension GreetingConversation {
  fileprivate mutating func take(_ event: ProbeEvent, on channel: ProbeChannel, at now: MonotonicInstant) {
    switch event {
    case .received(channel, let octets): received(octets, at: now)
    case .ended(channel, let ending): ended(ending, at: now)
    case .opened, .received, .ended, .failed, .response, .timer: return
    }
  }
}
