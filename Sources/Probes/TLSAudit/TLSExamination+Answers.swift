internal import Records
internal import Wire

// What answers and refusals come to.
extension TLSExamination {
  mutating func settle(_ step: Step, _ outcome: TLSOutcome) {
    switch (step, outcome) {
    case (.version(.ssl2), .ssl2(let certificate, let kinds)): settleSSL2(certificate, kinds)
    case (.version(let version), .answered(let flight)): settle(version, flight)
    case (.suites(let version, let offered), .answered(let flight)): settle(version, offered, flight)
    case (.order(let version), .answered(let flight)):
      guard let hello = flight.hello, hello.version == version else { return leaveOpen(step, "other-answer") }
      // One and the same from either end: its own order, unless it has only this one.
      capture.hasOwnOrder = hello.suite == choices[version]
      learn(hello)
      keep(flight, hello, offeredCompression: !isOverDatagrams)
      interleave(version)
    case (.finiteField(let version, let again), .answered(let flight)): settleExchange(version, again, flight)
    case (.weakCurves, .answered(let flight)):
      capture.weakCurves = .accepted
      if let curve = TLSHellos.curve(of: flight) { capture.curves.append(curve) }
    case (.parameters(let version), .answered(let flight)): settleParameters(version, flight)
    case (.fallback, .answered): capture.honoursFallbackSCSV = false
    case (.certificate, .certificates(let chain)): self.chain = chain
    default: leaveOpen(step, "other-answer")
    }
  }

  private mutating func settle(_ version: TLSVersion, _ flight: TLSServerFlight) {
    guard let hello = flight.hello, hello.version <= version else {
      return leaveOpen(.version(version), "other-answer")
    }
    let got = hello.version
    // Whoever speaks a version would have picked it (RFC 5246 §E.1): what lies between is not spoken.
    for skipped in versions where skipped > got && skipped <= version {
      note(skipped, .declined(how: "\(got)"))
    }
    note(got, .accepted)
    steps =
      [steps[0]]
      + steps.dropFirst().filter { step in
        if case .version(let other) = step { other < got } else { true }
      }
    choices[got] = hello.suite
    learn(hello)
    if got <= .tls12, !asked.contains(where: { if case .order = $0 { true } else { false } }) {
      // The next older version may well be declined.
      asked.insert(.order(got))
      steps.insert(.order(got), at: min(2, steps.count))
    }
    if control == nil {
      capture.preferred = TLSCapture.Choice(
        version: got.rawValue, suite: UInt16(truncatingIfNeeded: hello.suite.rawValue))
      adopt(.hello(TLSHellos.version(version)))
    }
    keep(flight, hello, offeredCompression: version != .tls13 && !isOverDatagrams)
  }

  /// The first hello that was answered is the control for what was asked before it, too.
  private mutating func adopt(_ question: TLSQuestion) {
    control = question
    var open: [Step] = []
    for (version, how) in unresolved {
      if Self.isAlert(how) { note(version, .declined(how: how)) } else { open.append(.version(version)) }
    }
    unresolved = []
    insert(open)
  }

  private mutating func keep(_ flight: TLSServerFlight, _ hello: TLSServerHello, offeredCompression: Bool) {
    if chain.isEmpty { chain = flight.certificates }
    guard hello.version <= .tls12 else { return }
    if offeredCompression { capture.compresses = capture.compresses == true || hello.compression != 0 }
    if capture.announcesSecureRenegotiation == nil {
      capture.announcesSecureRenegotiation = hello.extensions.contains(0xff01)
      if hello.version > .ssl3 { capture.hasExtendedMasterSecret = hello.extensions.contains(23) }
      capture.serverTime = hello.random.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
      if flight.state == .complete { capture.asksForCertificate = flight.asksForCertificate }
    }
    if let curve = TLSHellos.curve(of: flight), !capture.curves.contains(curve) { capture.curves.append(curve) }
  }

  private mutating func settleSSL2(_ certificate: [UInt8], _ kinds: [CipherSuite]) {
    note(.ssl2, .accepted)
    capture.suites.append(
      TLSCapture.Suites(
        version: TLSVersion.ssl2.rawValue, accepted: kinds.map(\.rawValue), offered: "all", end: .accepted))
    if control == nil { adopt(.ssl2) }
    if chain.isEmpty, !certificate.isEmpty { chain = [certificate] }
  }

  private mutating func settle(_ version: TLSVersion, _ offered: [CipherSuite], _ flight: TLSServerFlight) {
    let isKnown = flight.hello?.suite == choices[version]
    guard let hello = flight.hello, hello.version <= version, isKnown || offered.contains(hello.suite) else {
      return leaveOpen(.suites(version, offered), "other-answer")
    }
    if isKnown, followsClient, !offered.contains(hello.suite) {
      // It would have picked one of those in front, had it any.
      return close(version, .declined(how: hello.suite.shown))
    }
    accept(hello.suite, in: hello.version)
    if chain.isEmpty { chain = flight.certificates }
    if let curve = TLSHellos.curve(of: flight), !capture.curves.contains(curve) { capture.curves.append(curve) }
    let left = left(of: offered, version)
    if left.isEmpty { close(version, .accepted) } else { insert([.suites(version, left)]) }
  }

  private mutating func settleExchange(_ version: TLSVersion, _ again: Bool, _ flight: TLSServerFlight) {
    if let suite = flight.hello?.suite, !suite.isDHE, followsClient, suite == choices[version] {
      capture.finiteField = .declined(how: suite.shown)
      return
    }
    guard let suite = flight.hello?.suite, let body = flight.keyExchange,
      case .finiteField(let prime, _, let value)? = try? TLSKeyExchange(parsing: body, suite: suite), !prime.isEmpty
    else { return leaveOpen(.finiteField(version, again: again), "other-answer") }
    capture.finiteField = .accepted
    let digits = Hexadecimal.number(prime)
    let bits = prime.count * 8 - prime[0].leadingZeroBitCount
    let isReused = exchangeValue.map { $0 == value }
    exchangeValue = value
    if let hello = flight.hello { learn(hello) }
    capture.dhGroup = TLSCapture.DHGroup(
      bits: bits, prime: digits, known: PublishedPrimes.name(of: prime), isValueReused: isReused)
    if !again, !isOverDatagrams { insert([.finiteField(version, again: true)]) }
  }

  /// What was not picked of the two is asked for alone.
  private mutating func settleParameters(_ version: TLSVersion, _ flight: TLSServerFlight) {
    guard let suite = flight.hello?.suite, suite.isDHE || suite.isECDHE else {
      return leaveOpen(.parameters(version), "other-answer")
    }
    if suite.isDHE {
      settleExchange(version, false, flight)
      return insert([.weakCurves(version)])
    }
    capture.weakCurves = .accepted
    if let curve = TLSHellos.curve(of: flight) { capture.curves.append(curve) }
    insert([.finiteField(version, again: false)])
  }

  mutating func decline(_ step: Step, _ how: String) {
    switch step {
    case .version(let version): note(version, .declined(how: how))
    case .suites(let version, _): close(version, .declined(how: how))
    case .finiteField(_, again: false): capture.finiteField = .declined(how: how)
    case .weakCurves: capture.weakCurves = .declined(how: how)
    case .parameters:
      capture.finiteField = .declined(how: how)
      capture.weakCurves = .declined(how: how)
    case .order, .finiteField: break
    case .fallback: capture.honoursFallbackSCSV = how == "alert 86"
    case .certificate: break
    }
  }

  mutating func leaveOpen(_ step: Step, _ reason: String) {
    switch step {
    case .version(let version): note(version, .inconclusive(reason: reason))
    case .suites(let version, _): close(version, .inconclusive(reason: reason))
    case .finiteField(_, again: false): capture.finiteField = .inconclusive(reason: reason)
    case .weakCurves: capture.weakCurves = .inconclusive(reason: reason)
    case .parameters:
      capture.finiteField = .inconclusive(reason: reason)
      capture.weakCurves = .inconclusive(reason: reason)
    case .order, .finiteField, .fallback, .certificate: break
    }
  }

  mutating func note(_ version: TLSVersion, _ answer: TLSCapture.Answer) {
    guard !capture.versions.contains(where: { $0.number == version.rawValue }) else { return }
    capture.versions.append(TLSCapture.Version(number: version.rawValue, answer: answer))
    capture.versions.sort { TLSVersion(rawValue: $0.number) < TLSVersion(rawValue: $1.number) }
  }

  /// Datagrams were lost, so that a hello to which nothing came may have been lost each time: no silence is a refusal.
  mutating func distrustSilence() {
    func open(_ answer: TLSCapture.Answer) -> TLSCapture.Answer {
      answer == .declined(how: Self.silence) ? .inconclusive(reason: "loss") : answer
    }
    capture.versions = capture.versions.map { TLSCapture.Version(number: $0.number, answer: open($0.answer)) }
    capture.suites = capture.suites.map {
      TLSCapture.Suites(version: $0.version, accepted: $0.accepted, offered: $0.offered, end: open($0.end))
    }
    capture.finiteField = open(capture.finiteField)
    capture.weakCurves = open(capture.weakCurves)
  }
}
