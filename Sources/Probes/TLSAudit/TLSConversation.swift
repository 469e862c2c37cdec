internal import Certificates
internal import Records
internal import Wire

/// One question to a TLS service: what is sent on a connection of its own.
enum TLSQuestion: Hashable, Sendable {
  case hello(TLSClientHello)
  case ssl2
  /// A handshake of TLS 1.3 up to the certificate.
  case handshake
}

/// What came of a question.
enum TLSOutcome: Hashable, Sendable {
  case answered(TLSServerFlight)
  case ssl2(certificate: [UInt8], kinds: [CipherSuite])
  case certificates([[UInt8]])
  /// No ServerHello came: `alert 40`, `reset`, `ended`, `silence`, `other-answer`.
  case declined(how: String)
  /// Not even a connection, or not permitted; or the words before TLS led nowhere.
  case failed(reason: String)
}

/// One connection to a TLS service: the words before TLS where there are some, one question, and what comes back.
struct TLSConversation: Sendable {
  /// Small processors take seconds for the signature of a key exchange.
  static let patience = Duration.seconds(6)

  private enum Phase { case connecting, opening, asking, over }

  let question: TLSQuestion
  private let channel: ProbeChannel
  private let random: [UInt8]
  private var opening: StartTLS?
  private var phase = Phase.connecting
  private var flight = TLSServerFlight()
  private var received: [UInt8] = []
  private var handshake: HandshakeClient?
  private(set) var wakeAt: MonotonicInstant?
  private(set) var outcome: TLSOutcome?

  /// - Parameter random: 96 octets for the hello.
  init(_ question: TLSQuestion, opening: StartTLS?, channel: ProbeChannel, random: [UInt8]) {
    self.question = question
    self.opening = opening
    self.channel = channel
    self.random = random
  }

  func begin(port: UInt16) -> [ProbeAction] { [.connect(channel, port: port)] }

  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard phase != .over else { return [] }
    switch event {
    case .opened(channel):
      wakeAt = now + Self.patience
      guard let opening else { return ask() }
      phase = .opening
      return opening.first.isEmpty ? [] : [.send(channel, opening.first)]
    case .received(channel, let octets):
      guard phase == .opening else { return take(octets) }
      return takeWords(octets, at: now)
    case .ended(channel, let ending): end(ending == .reset ? "reset" : "ended")
    case .failed(channel, let reason): conclude(.failed(reason: reason))
    case .timer:
      guard let wakeAt, now >= wakeAt else { return [] }
      end("silence")
      return [.close(channel)]
    default: break
    }
    return []
  }

  private mutating func takeWords(_ octets: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    switch opening?.take(octets) {
    case .send(let words):
      wakeAt = now + Self.patience
      return [.send(channel, words)]
    case .ready:
      wakeAt = now + Self.patience
      return ask()
    case .declined:
      conclude(.failed(reason: TLSExamination.noStartTLS))
      return [.close(channel)]
    case .more, nil: return []
    }
  }

  private mutating func ask() -> [ProbeAction] {
    phase = .asking
    switch question {
    case .hello(let hello): return [.send(channel, hello.record(random: random))]
    case .ssl2: return [.send(channel, SSL2.clientHello(random: random))]
    case .handshake:
      let client = HandshakeClient()
      handshake = client
      return [.send(channel, client.start())]
    }
  }

  private mutating func take(_ octets: [UInt8]) -> [ProbeAction] {
    switch question {
    case .hello:
      flight.take(octets)
      switch flight.state {
      case .open: return []
      case .complete: conclude(.answered(flight))
      case .refused(let alert): conclude(flight.hello == nil ? .declined(how: "alert \(alert)") : .answered(flight))
      case .malformed: conclude(flight.hello == nil ? .declined(how: "other-answer") : .answered(flight))
      }
    case .ssl2:
      received += octets
      guard let outcome = ssl2Outcome() else { return [] }
      conclude(outcome)
    case .handshake:
      switch handshake?.take(octets) {
      case .going(let send): return send.isEmpty ? [] : [.send(channel, send)]
      case .certificates(let chain, let goodbye):
        conclude(.certificates(chain))
        return (goodbye.isEmpty ? [] : [.send(channel, goodbye)]) + [.close(channel)]
      case .failed(let reason): conclude(.declined(how: reason))
      case nil: conclude(.declined(how: "other-answer"))
      }
    }
    return [.close(channel)]
  }

  /// nil while more has to come.
  private func ssl2Outcome() -> TLSOutcome? {
    // A later version declines with an alert of its own.
    if case .alert(let code) = TLSServerReply(parsing: received) { return .declined(how: "alert \(code)") }
    do throws(WireError) {
      switch try SSL2.reply(parsing: received) {
      case .hello(let certificate, let kinds): return .ssl2(certificate: certificate, kinds: kinds)
      case .error(let code): return .declined(how: "error \(code)")
      }
    } catch {
      if case .truncated = error, received.count < SSL2.longest { return nil }
      return .declined(how: "other-answer")
    }
  }

  /// Nothing more comes; a ServerHello that did come is an answer.
  private mutating func end(_ how: String) {
    if phase == .opening { return conclude(.failed(reason: TLSExamination.noStartTLS)) }
    conclude(flight.hello == nil ? .declined(how: how) : .answered(flight))
  }

  private mutating func conclude(_ outcome: TLSOutcome) {
    self.outcome = outcome
    phase = .over
    wakeAt = nil
  }
}
