internal import Certificates
internal import Records
internal import Wire

/// Which questions a TLS service is asked, in which order, and what its answers come to. Knows neither connections nor time.
///
/// A refusal counts only beside a control: when a question is not answered, the best hello known to work is sent again. A later
/// question that is answered would show the same, but not that the service was well at that moment.
struct TLSExamination: Sendable {
  enum Step: Hashable, Sendable {
    /// The highest version that is offered.
    case version(TLSVersion)
    /// What is left of a list of suites in one version.
    case suites(TLSVersion, [CipherSuite])
    /// The suites of the version in the reverse order.
    case order(TLSVersion)
    /// Finite-field key exchange only; asked again to see whether its value changes.
    case finiteField(TLSVersion, again: Bool)
    case weakCurves(TLSVersion)
    /// Finite fields and weak curves in one hello, where each question costs datagrams.
    case parameters(TLSVersion)
    /// A version below the best, marked as a fallback (RFC 7507).
    case fallback(TLSVersion)
    case certificate
  }

  /// What is to be done next.
  enum Next: Hashable, Sendable {
    case ask(TLSQuestion)
    /// The same after a pause.
    case askAfter(Duration, TLSQuestion)
    case done
  }

  private enum Phase: Hashable {
    case asking
    /// The control, after `how`; `tries` so far. `ahead`: it is the next step's question, which cannot be declined either.
    case controlling(how: String, tries: Int, ahead: Bool)
  }

  /// The service did not go on to TLS.
  static let noStartTLS = "no-starttls"
  static let silence = "silence"
  /// No more datagrams may be sent.
  static let datagramLimit = "datagram-limit"
  static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]

  let mode: TLSMode
  /// From the oldest to the newest.
  let versions: [TLSVersion]
  var capture: TLSCapture
  /// The DER of the certificates, for which `capture` has the facts.
  var chain: [[UInt8]] = []
  var steps: [Step]
  private var phase = Phase.asking
  /// How often the step at hand was asked.
  private var attempts = 0
  var control: TLSQuestion?
  /// Ways in which the service has declined while the control was answered.
  private var manners: Set<String> = []
  /// Versions that were not answered before any hello was.
  var unresolved: [(version: TLSVersion, how: String)] = []
  private var hasPlannedRest = false
  /// Why nothing more is asked.
  private var stopped: String?
  /// The public value of the finite-field exchange.
  var exchangeValue: [UInt8]?
  /// Questions that were planned before the versions were known.
  var asked: Set<Step> = []
  /// What the hello of each version was answered with.
  var choices: [TLSVersion: CipherSuite] = [:]

  init(mode: TLSMode, startTLS: String? = nil) {
    self.mode = mode
    capture = TLSCapture(mode: mode.rawValue)
    capture.startTLS = startTLS
    versions = TLSVersion.all
    steps = versions.reversed().map(Step.version)
  }

  /// Over datagrams: DTLS. Compression and fallbacks are not asked for; who asks says a hello again when nothing comes.
  init(datagrams mode: TLSMode) {
    self.mode = mode
    capture = TLSCapture(mode: mode.rawValue)
    capture.transport = "udp"
    versions = TLSVersion.allOverDatagrams
    steps = versions.reversed().map(Step.version)
  }

  var isOverDatagrams: Bool { capture.transport == "udp" }

  /// What is asked first.
  mutating func begin() -> Next { next() }

  /// Takes what came of the question at hand.
  mutating func take(_ outcome: TLSOutcome) -> Next {
    guard let step = steps.first, stopped == nil else { return .done }
    capture.connections += 1
    switch phase {
    case .asking:
      attempts += 1
      if let how = Self.refusal(outcome) { return refused(step, how) }
      settle(step, outcome)
    case .controlling(let how, let tries, let ahead):
      guard Self.refusal(outcome) == nil else {
        // Ahead of its time the next question is no control that was seen to work.
        return controlFailed(step, how, tries: ahead ? 0 : tries + 1)
      }
      if tries > 0, attempts < 3 {
        // The service was away: what it did before says nothing.
        return again(step)
      }
      manners.insert(how)
      decline(step, how)
      let following = advance()
      guard ahead, let next = steps.first else { return following }
      settle(next, outcome)
    }
    return advance()
  }

  /// Nothing more can be asked: everything that is open stays so, for this reason.
  mutating func stop(_ reason: String) {
    guard stopped == nil else { return }
    stopped = reason
    for step in steps { leaveOpen(step, reason) }
    closeUnresolved()
    steps = []
  }

  // MARK: Refusals

  private static func refusal(_ outcome: TLSOutcome) -> String? {
    switch outcome {
    case .answered, .ssl2, .certificates: nil
    case .declined(let how): how
    case .failed(let reason): reason
    }
  }

  /// An orderly no; everything else may be an accident of the moment.
  static func isAlert(_ how: String) -> Bool { how.hasPrefix("alert ") || how.hasPrefix("error ") }

  private mutating func refused(_ step: Step, _ how: String) -> Next {
    if ["connection-limit", Self.datagramLimit, "not-permitted", Self.noStartTLS].contains(how) {
      stop(how)
      return .done
    }
    // Before anything was answered a silence is no accident yet; it is asked again when something was. A hello in datagrams
    // was said three times by then.
    let maySayAgain = how != "silence" || control != nil && !isOverDatagrams
    let mayBeAccident = !Self.isAlert(how) && !manners.contains(how) && maySayAgain
    if mayBeAccident, attempts < 2 { return again(step) }
    guard let control else {
      if case .version(let version) = step { unresolved.append((version, how)) }
      return advance()
    }
    let next = steps.dropFirst().first.flatMap(sureQuestion)
    phase = .controlling(how: how, tries: 0, ahead: next != nil)
    return .ask(next ?? control)
  }

  /// The question of a step, where it holds something that the service has already agreed to.
  private func sureQuestion(_ step: Step) -> TLSQuestion? {
    switch step {
    case .order(let version): choices[version].map { _ in question(step) }
    case .finiteField(_, again: true): question(step)
    case .suites(let version, let suites) where mode == .full || followsClient:
      sureQuestion(version, left(of: suites, version))
    case .finiteField(let version, again: false) where followsClient: question(.finiteField(version, again: false))
    case .version, .suites, .finiteField, .weakCurves, .parameters, .fallback, .certificate: nil
    }
  }

  private func sureQuestion(_ version: TLSVersion, _ left: [CipherSuite]) -> TLSQuestion? {
    guard let known = choices[version], !left.isEmpty else { return nil }
    // Last, so that a service which follows the client shows something new all the same.
    return .hello(TLSHellos.only(version, left.filter { $0 != known } + [known]))
  }

  private mutating func controlFailed(_ step: Step, _ how: String, tries: Int) -> Next {
    guard tries <= Self.pauses.count, let control else {
      stop("control-failed")
      return .done
    }
    phase = .controlling(how: how, tries: tries, ahead: false)
    return tries == 0 ? .ask(control) : .askAfter(Self.pauses[tries - 1], control)
  }

  private mutating func again(_ step: Step) -> Next {
    phase = .asking
    return .askAfter(Self.pauses[0], question(step))
  }

  // MARK: The order of questions

  private mutating func advance() -> Next {
    if !steps.isEmpty { steps.removeFirst() }
    phase = .asking
    attempts = 0
    let isPast = steps.allSatisfy { if case .version = $0 { false } else { true } }
    if isPast, !hasPlannedRest {
      hasPlannedRest = true
      if control == nil { closeUnresolved() } else { steps += rest }
    }
    return next()
  }

  /// Nothing was ever answered, so that no refusal counts.
  private mutating func closeUnresolved() {
    for (version, how) in unresolved { note(version, .inconclusive(reason: how)) }
    unresolved = []
  }

  private mutating func next() -> Next {
    // What was shown in the best version need not be shown in the oldest.
    while case .suites(let version, let offered) = steps.first {
      let left = left(of: offered, version)
      guard left.isEmpty else {
        steps[0] = .suites(version, left)
        break
      }
      steps.removeFirst()
    }
    return steps.first.map { .ask(question($0)) } ?? .done
  }

  /// What of a list can still show something new.
  func left(of offered: [CipherSuite], _ version: TLSVersion) -> [CipherSuite] {
    guard mode == .full else { return TLSHellos.left(of: offered, after: accepted) }
    let shown = Set(capture.suites.first { $0.version == version.rawValue }?.accepted ?? [])
    return offered.filter { !shown.contains($0.rawValue) }
  }

  /// Puts steps in front of those that are left, behind the one at hand.
  mutating func insert(_ more: [Step]) { steps.insert(contentsOf: more, at: min(1, steps.count)) }

  private func question(_ step: Step) -> TLSQuestion {
    switch step {
    case .version(.ssl2): .ssl2
    case .version(let version): .hello(TLSHellos.version(version))
    case .suites(let version, let suites):
      followsClient && mode == .audit
        ? sureQuestion(version, suites) ?? .hello(TLSHellos.only(version, suites))
        : .hello(TLSHellos.only(version, suites))
    case .order(let version): .hello(TLSHellos.reversed(version))
    case .finiteField(let version, _):
      .hello(TLSHellos.finiteField(version, otherwise: followsClient ? choices[version] : nil))
    case .weakCurves(let version): .hello(TLSHellos.weakCurves(version))
    case .parameters(let version): .hello(TLSHellos.parameters(version))
    case .fallback(let version): .hello(TLSHellos.fallback(version))
    case .certificate: .handshake
    }
  }

  // MARK: Suites

  /// The service picks what the client names first: what stands behind it is picked only where that is not there.
  var followsClient: Bool { capture.hasOwnOrder == false }

  /// Puts questions that cannot be declined between those for older versions, which mostly are: each is the control of the one
  /// before it.
  mutating func interleave(_ best: TLSVersion) {
    guard followsClient, mode == .audit, !hasPlannedRest, !isOverDatagrams else { return }
    var sure: [Step] = [.suites(best, TLSHellos.weak), .finiteField(best, again: false)]
    var mixed: [Step] = []
    for step in steps.dropFirst() {
      mixed.append(step)
      if case .version = step, !sure.isEmpty { mixed.append(sure.removeFirst()) }
    }
    asked.formUnion(mixed)
    steps = Array(steps.prefix(1)) + mixed
  }

  /// What was accepted in any version.
  var accepted: [CipherSuite] {
    capture.suites.filter { $0.version > TLSVersion.ssl2.rawValue }.flatMap(\.accepted).map(CipherSuite.init(rawValue:))
  }

  /// A suite that was picked by the way.
  mutating func learn(_ hello: TLSServerHello) {
    if mode == .full || !hello.suite.weaknesses.isEmpty { accept(hello.suite, in: hello.version) }
  }

  mutating func accept(_ suite: CipherSuite, in version: TLSVersion) {
    let place = capture.suites.firstIndex { $0.version == version.rawValue }
    let before = place.map { capture.suites[$0].accepted } ?? []
    guard !before.contains(suite.rawValue) else { return }
    let suites = TLSCapture.Suites(
      version: version.rawValue, accepted: before + [suite.rawValue], offered: mode.offered, end: .notAsked)
    if let place { capture.suites[place] = suites } else { capture.suites.append(suites) }
  }

  mutating func close(_ version: TLSVersion, _ end: TLSCapture.Answer) {
    let place = capture.suites.firstIndex { $0.version == version.rawValue }
    let suites = TLSCapture.Suites(
      version: version.rawValue, accepted: place.map { capture.suites[$0].accepted } ?? [], offered: mode.offered,
      end: end)
    if let place { capture.suites[place] = suites } else { capture.suites.append(suites) }
  }

  /// What is asked when the versions are known.
  private var rest: [Step] {
    let spoken = capture.versions.filter { $0.answer == .accepted }.map { TLSVersion(rawValue: $0.number) }
    let classic = spoken.filter { $0 >= .ssl3 && $0 <= .tls12 }
    var parameters: [Step] = []
    if isOverDatagrams {
      parameters = classic.suffix(1).map(Step.parameters)
    } else if let best = classic.last {
      parameters.append(.finiteField(best, again: false))
      if best > .ssl3 { parameters.append(.weakCurves(best)) }
      // A client that was pushed down to TLS 1.2 is no worse off.
      if best == .tls12, let lower = spoken.last(where: { $0 >= .tls10 && $0 < .tls12 }) {
        parameters.append(.fallback(lower))
      }
    }
    // After a question that may be declined comes one that cannot be, so that it is the control as well.
    var rest: [Step] = []
    if mode == .full {
      rest = parameters + spoken.filter { $0 > .ssl2 }.reversed().map { .suites($0, TLSHellos.all($0)) }
    } else if let best = classic.last {
      rest = [.suites(best, TLSHellos.weak)]
      // Old versions may have what the best one has not.
      if let oldest = classic.first, oldest != best { rest.append(.suites(oldest, TLSHellos.weak)) }
      rest += parameters
    }
    if chain.isEmpty, spoken.contains(.tls13) { rest.append(.certificate) }
    return rest.filter { !asked.contains($0) }
  }
}

/// How much is asked.
enum TLSMode: String, Hashable, Sendable {
  /// At most 25 connections: versions, weak families, parameters, certificate.
  case audit
  /// Every suite of every version.
  case full

  var offered: String { self == .full ? "all" : "weak" }
}
