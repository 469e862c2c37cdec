internal import Certificates
internal import Records
internal import Wire

/// What is tried on a connection of its own: a handshake up to where it would go on, then a few records.
struct FlawQuestion: Sendable {
  enum Opening: Hashable, Sendable {
    case hello(TLSClientHello)
    /// A handshake that is completed.
    case session(SessionClient.Purpose)
  }

  var opening: Opening
  /// What is sent after it, one after the other: each when the one before was met with silence.
  var turns: @Sendable (FlawGround) -> [[UInt8]] = { _ in [] }
  /// What comes back may be memory.
  var isWithheld = false
}

/// What a connection has come to before the records of interest are sent.
enum FlawGround: Sendable {
  case flight(TLSServerFlight)
  case session(FlawSession)

  var flight: TLSServerFlight? { if case .flight(let flight) = self { flight } else { nil } }
  var hello: TLSServerHello? { flight?.hello }
  var session: FlawSession? { if case .session(let session) = self { session } else { nil } }
}

/// What a completed handshake left.
struct FlawSession: Sendable {
  var ticket: [UInt8] = []
  var version = TLSVersion.tls12
  var suite = CipherSuite(0)
  /// Its first record of application data, made so.
  var record: @Sendable (SessionClient.Sealing) -> [UInt8] = { _ in [] }

  init() {}

  init(_ client: SessionClient) {
    ticket = client.ticket
    version = TLSVersion(rawValue: client.version)
    suite = CipherSuite(client.suite)
    record = client.record
  }
}

/// What came after one turn, until nothing more did.
struct FlawReaction: Hashable, Sendable {
  enum Ending: String, Hashable, Sendable { case closed, reset }

  var records: [TLSRecord] = []
  var ending: Ending?
  var isMalformed = false

  var isSilence: Bool { records.isEmpty && ending == nil && !isMalformed }
  var alert: UInt8? { records.lazy.compactMap(\.alert).first }

  /// An alert, also one that is encrypted, or the end: the peer does not go on.
  var isRefusal: Bool { ending != nil || records.contains { $0.type == 21 } }

  /// How it is compared and shown: `alert 20`, `reset`, `closed`, `silence`. What follows an alert is an end in any case, and whether it
  /// comes as FIN or RST is often chance.
  var word: String {
    if isMalformed { return "no TLS" }
    guard !records.isEmpty else { return ending?.rawValue ?? "silence" }
    return records.map { record in
      record.alert.map { "alert \($0)" } ?? (record.type == 21 ? "encrypted alert" : "record \(record.type)")
    }.joined(separator: ", ")
  }
}

/// What came of a question.
enum FlawOutcome: Sendable {
  /// Not even a connection, not permitted, or the words before TLS led nowhere.
  case failed(reason: String)
  /// The handshake did not come so far.
  case declined(how: String)
  /// A reaction for each turn that was sent; the last one ended them.
  case went(FlawGround, [FlawReaction])
}

/// One connection: the words before TLS where there are some, the handshake, the turns.
struct FlawTalk: Sendable {
  /// Small processors take seconds for the signature of a key exchange, and for each operation with their private key.
  static let patience = Duration.seconds(6)
  /// For a reaction to a record, which costs no such operation or the one of RSA.
  static let turnPatience = Duration.seconds(4)
  /// How much later than the first record of a reaction another may come.
  static let grace = Duration.milliseconds(400)

  private enum Phase { case connecting, words, handshake, turns, over }

  let question: FlawQuestion
  private let channel: ProbeChannel
  private let random: [UInt8]
  private var words: StartTLS?
  private var phase = Phase.connecting
  private var flight = TLSServerFlight()
  private var client: SessionClient?
  private var ground: FlawGround?
  private var waiting: [[UInt8]] = []
  private var records = TLSRecords()
  private var reactions: [FlawReaction] = []
  private(set) var wakeAt: MonotonicInstant?
  private(set) var outcome: FlawOutcome?

  init(_ question: FlawQuestion, words: StartTLS?, channel: ProbeChannel, random: [UInt8]) {
    self.question = question
    self.words = words
    self.channel = channel
    self.random = random
  }

  func begin(port: UInt16) -> [ProbeAction] {
    [.connect(channel, port: port)] + (question.isWithheld ? [.withhold(channel)] : [])
  }

  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard phase != .over else { return [] }
    switch event {
    case .opened(channel):
      wakeAt = now + Self.patience
      guard let words else { return start() }
      phase = .words
      return words.first.isEmpty ? [] : [.send(channel, words.first)]
    case .received(channel, let octets): return take(octets, at: now)
    case .ended(channel, let ending): end(ending == .reset ? .reset : .closed)
    case .failed(channel, let reason):
      // The driver's own time is up, or the gate refused what was to be sent.
      conclude(.failed(reason: reason))
    case .timer:
      guard let wakeAt, now >= wakeAt else { return [] }
      return fallSilent(at: now)
    default: break
    }
    return []
  }

  private mutating func start() -> [ProbeAction] {
    phase = .handshake
    switch question.opening {
    case .hello(let hello): return [.send(channel, hello.record(random: random))]
    case .session(let purpose):
      let client = SessionClient(purpose)
      self.client = client
      let hello = client.start()
      guard !hello.isEmpty else {
        conclude(.failed(reason: "no memory"))
        return [.close(channel)]
      }
      return [.send(channel, hello)]
    }
  }

  private mutating func take(_ octets: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    switch phase {
    case .words: return takeWords(octets, at: now)
    case .handshake: return client == nil ? takeFlight(octets, at: now) : takeSession(octets, at: now)
    case .turns:
      takeRecords(octets, at: now)
      return []
    case .connecting, .over: return []
    }
  }

  private mutating func takeWords(_ octets: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    switch words?.take(octets) {
    case .send(let answer):
      wakeAt = now + Self.patience
      return [.send(channel, answer)]
    case .ready:
      wakeAt = now + Self.patience
      return start()
    case .declined:
      conclude(.failed(reason: TLSExamination.noStartTLS))
      return [.close(channel)]
    case .more, nil: return []
    }
  }

  private mutating func takeFlight(_ octets: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    flight.take(octets)
    switch flight.state {
    case .open: return []
    case .complete: return go(.flight(flight), at: now)
    case .refused(let alert): conclude(.declined(how: "alert \(alert)"))
    case .malformed: conclude(.declined(how: "other-answer"))
    }
    return [.close(channel)]
  }

  private mutating func takeSession(_ octets: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    switch client?.take(octets) {
    case .going(let send):
      wakeAt = now + Self.patience
      return send.isEmpty ? [] : [.send(channel, send)]
    case .complete(let send):
      return (send.isEmpty ? [] : [.send(channel, send)])
        + (client.map { go(.session(FlawSession($0)), at: now) } ?? [])
    case .failed(let reason, let send):
      conclude(.declined(how: reason))
      return (send.isEmpty ? [] : [.send(channel, send)]) + [.close(channel)]
    case nil: return []
    }
  }

  private mutating func go(_ ground: FlawGround, at now: MonotonicInstant) -> [ProbeAction] {
    self.ground = ground
    waiting = question.turns(ground)
    phase = .turns
    return turn(at: now)
  }

  private mutating func turn(at now: MonotonicInstant) -> [ProbeAction] {
    guard !waiting.isEmpty else {
      if let ground { conclude(.went(ground, reactions)) }
      return [.close(channel)]
    }
    reactions.append(FlawReaction())
    wakeAt = now + Self.turnPatience
    return [.send(channel, waiting.removeFirst())]
  }

  private mutating func takeRecords(_ octets: [UInt8], at now: MonotonicInstant) {
    let isFirst = reactions[reactions.count - 1].records.isEmpty
    reactions[reactions.count - 1].records += records.take(octets)
    reactions[reactions.count - 1].isMalformed = records.isMalformed
    if isFirst, !reactions[reactions.count - 1].records.isEmpty || records.isMalformed { wakeAt = now + Self.grace }
  }

  private mutating func fallSilent(at now: MonotonicInstant) -> [ProbeAction] {
    switch phase {
    case .turns:
      if reactions.last?.isSilence == true { return turn(at: now) }
      if let ground { conclude(.went(ground, reactions)) }
    case .words: conclude(.failed(reason: TLSExamination.noStartTLS))
    case .connecting, .handshake, .over: conclude(.declined(how: "silence"))
    }
    return [.close(channel)]
  }

  private mutating func end(_ ending: FlawReaction.Ending) {
    guard phase == .turns, let ground else {
      return conclude(phase == .words ? .failed(reason: TLSExamination.noStartTLS) : .declined(how: ending.rawValue))
    }
    reactions[reactions.count - 1].ending = ending
    conclude(.went(ground, reactions))
  }

  private mutating func conclude(_ outcome: FlawOutcome) {
    self.outcome = outcome
    phase = .over
    wakeAt = nil
  }
}
