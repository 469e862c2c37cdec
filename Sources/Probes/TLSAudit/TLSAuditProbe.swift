internal import Certificates
public import Records
internal import Wire

/// Finds out what a TLS service agrees to: versions, weak suites, key exchange, certificate (RFC 5246, RFC 8446 and what came before).
///
/// - Octets sent: a ClientHello of 100 to 600 octets a connection, where needed with the words of STARTTLS before it (RFC 3207 and the like); for a
///   service that speaks only TLS 1.3 one handshake up to its certificate. No name, no password, no data.
/// - Connections opened: 8 to 25, one after the other, each closed with FIN and read to its end.
/// - State left behind: log entries of handshakes that did not go on.
/// - Worst known reaction: small processors take seconds for each key exchange; stacks with one or two sockets serve nobody
///   else meanwhile (protocols.md §0.1).
public struct TLSAuditProbe: Probe {
  public static let sheet = ProbeSheet(
    id: "tls", technique: .serviceQuestions,
    sends: LocalizedText(
      ja: "TLSのClientHello(1接続に1つ、順に)", en: "TLS ClientHellos, one a connection and one after the other"),
    leavesBehind: "log entries of handshakes that did not go on",
    worstReaction: "small processors are busy with each key exchange for seconds", connections: 25,
    duration: .seconds(240))

  private var course: TLSCourse
  public var wakeAt: MonotonicInstant? { course.wakeAt }
  public var report: ProbeReport? { course.report }

  public init(_ target: ProbeTarget) { course = TLSCourse(target, mode: .audit, connections: Self.sheet.connections) }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { course.begin(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    course.handle(event, at: now)
  }
}

/// The same with every suite of every version that the service speaks.
///
/// - Octets sent, state left behind, worst known reaction: as ``TLSAuditProbe``.
/// - Connections opened: one for each accepted suite and some four for each version, one after the other.
public struct TLSEnumerationProbe: Probe {
  public static let sheet = ProbeSheet(
    id: "tls-full", technique: .serviceQuestions, sends: TLSAuditProbe.sheet.sends,
    leavesBehind: TLSAuditProbe.sheet.leavesBehind, worstReaction: TLSAuditProbe.sheet.worstReaction,
    connections: 1500, duration: .seconds(1800))

  private var course: TLSCourse
  public var wakeAt: MonotonicInstant? { course.wakeAt }
  public var report: ProbeReport? { course.report }

  public init(_ target: ProbeTarget) { course = TLSCourse(target, mode: .full, connections: Self.sheet.connections) }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { course.begin(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    course.handle(event, at: now)
  }
}

/// An examination over connections: what both probes do.
struct TLSCourse: Sendable {
  private let target: ProbeTarget
  private let connections: Int
  private let opening: StartTLS.Dialect?
  private var examination: TLSExamination
  private var conversation: TLSConversation?
  /// What is asked when the pause is over.
  private var pending: (question: TLSQuestion, at: MonotonicInstant)?
  private var channel: ProbeChannel = 0
  private(set) var report: ProbeReport?

  init(_ target: ProbeTarget, mode: TLSMode, connections: Int) {
    self.target = target
    self.connections = connections
    opening = target.tls ? nil : target.protocolName.flatMap { StartTLS.Dialect(rawValue: $0.rawValue) }
    examination = TLSExamination(mode: mode, startTLS: opening?.rawValue)
  }

  var wakeAt: MonotonicInstant? { pending?.at ?? conversation?.wakeAt }

  mutating func begin(at now: MonotonicInstant) -> [ProbeAction] {
    let next = examination.begin()
    return go(next, at: now)
  }

  mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    if let pending {
      guard now >= pending.at else { return [] }
      self.pending = nil
      return ask(pending.question)
    }
    guard var talk = conversation else { return [] }
    let actions = talk.handle(event, at: now)
    guard let outcome = talk.outcome else {
      conversation = talk
      return actions
    }
    conversation = nil
    let next = examination.take(outcome)
    return actions + go(next, at: now)
  }

  private mutating func go(_ next: TLSExamination.Next, at now: MonotonicInstant) -> [ProbeAction] {
    switch next {
    case .ask(let question): return ask(question)
    case .askAfter(let pause, let question): pending = (question, now + pause)
    case .done: finish()
    }
    return []
  }

  private mutating func ask(_ question: TLSQuestion) -> [ProbeAction] {
    guard channel < connections else {
      examination.stop("connection-limit")
      finish()
      return []
    }
    let talk = TLSConversation(
      question, opening: opening.map(StartTLS.init), channel: channel, random: target.helloOctets(on: channel))
    conversation = talk
    channel += 1
    return talk.begin(port: target.endpoint.port)
  }

  private mutating func finish() { report = examination.report(on: target) }
}

extension TLSExamination {
  private static let longestChain = 10

  /// What it came to: verdicts, and the capture that they rest on.
  func report(on target: ProbeTarget) -> ProbeReport {
    var capture = capture
    // What never goes on to TLS is no TLS service; that it takes secrets in clear text is another question.
    let isTLS = capture.versions.contains { $0.answer != .inconclusive(reason: Self.noStartTLS) }
    guard isTLS else { return ProbeReport() }
    capture.certificates = chain.prefix(Self.longestChain).compactMap(CertificateReader.facts)
    if let known = target.authorities, !capture.certificates.isEmpty {
      capture.authority = TLSCapture.Authority(
        source: known.source, count: known.count,
        subject: known.authority(above: Array(chain.prefix(Self.longestChain))))
    }
    let certificates = CertificateJudgement.verdicts(
      chain: capture.certificates, names: Self.names(target), moment: target.moment, serverTime: capture.serverTime,
      authority: capture.authority)
    return ProbeReport(verdicts: TLSJudgement.verdicts(on: capture) + certificates, facts: [.tls(capture)])
  }

  /// Under which the device is known: its address, and what it calls itself.
  private static func names(_ target: ProbeTarget) -> [String] {
    ["\(target.address)"] + target.claims.filter { $0.kind == .host || $0.kind == .name }.map(\.value)
  }
}
