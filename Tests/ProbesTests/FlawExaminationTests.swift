import Records
import Testing
import Wire

@testable import Probes

/// What comes after a completed handshake, by outcomes; whole conversations are in the end-to-end tests, where servers have keys.
struct FlawExaminationTests {
  private static let subject = FlawSubject(TLSHellos.beforeTLS13(), flight(session: []), seed: 77)!

  /// A ServerHello of TLS 1.2 that names `session` (RFC 5246 §7.4.1.3), then ServerHelloDone.
  private static func flight(session: [UInt8]) -> TLSServerFlight {
    let body: [UInt8] = [3, 3] + [UInt8](repeating: 4, count: 32) + [UInt8(session.count)] + session + [0, 0x2f, 0]
    let messages: [UInt8] = [2, 0, 0, UInt8(body.count)] + body + [14, 0, 0, 0]
    var flight = TLSServerFlight()
    flight.take([22, 3, 3, 0, UInt8(messages.count)] + messages)
    return flight
  }

  private static func result(_ step: FlawStep) -> ProbeVerdict.Result? {
    if case .done(let verdict, _) = step { verdict.result } else { nil }
  }

  private static func hello(_ step: FlawStep) -> TLSClientHello? {
    if case .ask(let question) = step, case .hello(let hello) = question.opening { hello } else { nil }
  }

  // MARK: Ticketbleed

  /// - Parameter answer: the session that the server names, by the one that the client named.
  private static func resume(_ answer: ([UInt8]) -> [UInt8]?) -> (ProbeVerdict.Result?, sessions: [[UInt8]]) {
    var examination = TicketbleedExamination(subject)
    _ = examination.begin()
    var session = FlawSession()
    (session.ticket, session.suite) = ([1, 2, 3], CipherSuite(0x002f))
    var step = examination.take(.went(.session(session), []))
    var sessions: [[UInt8]] = []
    while let hello = hello(step), let name = hello.session {
      #expect(hello.ticket == [1, 2, 3] && hello.suites.first == CipherSuite(0x002f))
      sessions.append(name)
      guard sessions.count < 9 else { break }
      step = examination.take(
        answer(name).map { .went(.flight(flight(session: $0)), []) } ?? .declined(how: "alert 40"))
    }
    return (result(step), sessions)
  }

  @Test func `a session name that grew is proven when it does so twice`() {
    let (result, sessions) = Self.resume { $0 + [UInt8](repeating: 0x4d, count: 32 - $0.count) }
    #expect(result == .proven && sessions.map(\.count) == [1, 1] && sessions[0] != sessions[1])
  }

  @Test func `a name that comes back as it was is refuted, as RFC 5077 asks`() {
    let (result, sessions) = Self.resume { $0 }
    #expect(result == .refuted && sessions.map(\.count) == [1])
  }

  @Test func `zeros are no memory, and another name is no answer to ours`() {
    // The 32 octets of the control are repeated, so that the ticket is one.
    #expect(Self.resume { $0 + [UInt8](repeating: 0, count: 32 - $0.count) }.0 == .refuted)
    #expect(Self.resume { $0.count == 32 ? $0 : [UInt8](repeating: 0xee, count: 32) }.0 == .refuted)
    #expect(Self.resume { $0.count == 32 ? $0 : nil }.0 == .refuted)
    #expect(Self.resume { _ in [] }.0 == .inconclusive(reason: "ticket-not-taken"))
  }

  @Test func `without a ticket there is no session to name`() {
    var examination = TicketbleedExamination(Self.subject)
    #expect(Self.result(examination.take(.went(.session(FlawSession()), []))) == .refuted)
    var failed = TicketbleedExamination(Self.subject)
    #expect(Self.result(failed.take(.declined(how: "alert 40"))) == .inconclusive(reason: "alert 40"))
  }

  // MARK: POODLE in TLS

  private static let kept = FlawReaction()
  /// An encrypted alert, as it comes after the handshake.
  private static let refused = FlawReaction(records: [TLSRecord(21, .tls12, [UInt8](repeating: 9, count: 48))])

  /// Reactions to a right record, to one with a wrong MAC, to wrong padding once and again.
  @Test(
    arguments: [
      ([kept, refused, refused], .refuted), ([kept, refused, FlawReaction(ending: .closed)], .refuted),
      ([kept, refused, kept, kept], .proven), ([kept, refused, kept, refused], .inconclusive(reason: "unstable")),
      ([refused], .inconclusive(reason: "control-failed")), ([kept, kept], .inconclusive(reason: "control-failed")),
      // Who answers with data has taken it.
      ([kept, refused, FlawReaction(records: [TLSRecord(23, .tls12, [1])]), kept], .proven),
    ] as [([FlawReaction], ProbeVerdict.Result)])
  func `wrong padding counts only between a right record and one with a wrong MAC`(
    reactions: [FlawReaction], expected: ProbeVerdict.Result
  ) {
    var examination = PoodleTLSExamination(Self.subject)
    var step = examination.begin()
    for reaction in reactions {
      guard case .ask = step else { break }
      step = examination.take(.went(.session(FlawSession()), [reaction]))
    }
    #expect(Self.result(step) == expected)
  }

  @Test func `without CBC nothing can be padded`() {
    var examination = PoodleTLSExamination(Self.subject)
    let step = examination.take(.declined(how: "alert 40"))
    guard case .done(let verdict, control: true) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(verdict.result == .refuted)
    var other = PoodleTLSExamination(Self.subject)
    #expect(
      Self.result(other.take(.declined(how: "unsupported protocol"))) == .inconclusive(reason: "unsupported protocol"))
  }
}
