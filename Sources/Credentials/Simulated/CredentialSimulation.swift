internal import Addressing
internal import Authority
internal import Probes
public import Records

/// A profile of default credentials against its own devices, in memory: for each service one that accepts each of its pairs,
/// one that accepts none and one that accepts everything. The machines and the course are those of an audit.
public struct CredentialSimulation: Sendable {
  /// A device on which it did not come to what it should.
  public struct Failure: Hashable, Sendable {
    public let transport: LoginTransport
    public let device: LocalizedText
    public let expected: String
    public let came: String
  }

  private struct Trial {
    var door: SimulatedDoor
    var words = SimulatedWords()
    /// Nobody is asked for a name where the pair has none.
    let asksForName: Bool
    let device: LocalizedText
    let expected: LoginCourse.Conclusion
  }

  public let id: String
  public let simulated: [LoginTransport]
  /// SSH is a library's conversation from the first octet on.
  public let notSimulated: [LoginTransport]
  public let failures: [Failure]

  public init(_ profile: CredentialProfile) {
    let resolved = profile.resolved(for: Self.device)
    // By SSH a library talks; an engine of SNMP version 3 would be a second implementation of what is to be shown.
    let isSimulated: (LoginTransport) -> Bool = { $0 != .ssh && !($0 == .snmp && profile.snmp.hasUsers) }
    id = profile.id
    simulated = profile.transports.filter(isSimulated)
    notSimulated = profile.transports.filter { !isSimulated($0) }
    failures = simulated.flatMap { transport in
      Self.trials(transport, resolved).compactMap { Self.failure(of: $0, transport, resolved) }
    }
  }

  /// It says what formulas need.
  static let device: Device = {
    var device = Device(mac: MACAddress(rawValue: 0x0200_5e10_0fab), addresses: [])
    device.claims = [Claim(.serial, "SIM4Q70123", source: "simulated", confidence: .high)]
    return device
  }()

  /// What a negative control enters.
  private static let random = CredentialPair(account: "sim-x2v8", secret: Secret(Array("sim-k4x9q7".utf8)))

  // MARK: Devices

  private static func trials(_ transport: LoginTransport, _ profile: CredentialProfile) -> [Trial] {
    let words = words(transport, profile)
    var trials: [Trial] = []
    for (index, pair) in profile.pairs.enumerated() {
      let named = !pair.account.isEmpty
      for text in index == 0 ? words.success : Array(words.success.prefix(1)) {
        let shown = text.map { " \u{201c}\($0)\u{201d}" } ?? ""
        trials.append(
          Trial(
            door: .pair(pair), words: SimulatedWords(success: text, failure: words.failure[0]), asksForName: named,
            device: LocalizedText(
              ja: "\(index + 1)番を受け付ける機器\(shown)", en: "a device that accepts #\(index + 1)\(shown)"),
            expected: .accepted(first(like: index, transport, profile), passwordAsked: true)))
      }
    }
    let named = profile.pairs.first?.account.isEmpty == false
    for text in words.failure {
      let shown = text.map { " \u{201c}\($0)\u{201d}" } ?? ""
      trials.append(
        Trial(
          door: .nobody, words: SimulatedWords(success: words.success[0], failure: text), asksForName: named,
          device: LocalizedText(ja: "何も受け付けない機器\(shown)", en: "a device that accepts nothing\(shown)"),
          expected: .refused))
    }
    for text in words.lockedOut {
      trials.append(
        Trial(
          door: .nobody, words: SimulatedWords(success: words.success[0], failure: text), asksForName: named,
          device: LocalizedText(
            ja: "ロックする機器 \u{201c}\(text)\u{201d}", en: "a device that locks \u{201c}\(text)\u{201d}"),
          expected: .inconclusive("locked-out")))
    }
    trials.append(
      Trial(
        door: .everybody, words: SimulatedWords(success: words.success[0], failure: words.failure[0]),
        asksForName: named, device: LocalizedText(ja: "何でも受け付ける機器", en: "a device that accepts everything"),
        expected: .inconclusive("accepts-everything")))
    return trials
  }

  /// The recipe's texts, nil for the protocol's own where it has none.
  private static func words(_ transport: LoginTransport, _ profile: CredentialProfile)
    -> (success: [String?], failure: [String?], lockedOut: [String])
  {
    let (success, failure, lockedOut) =
      switch transport {
      case .telnet: (profile.telnet.success, profile.telnet.failure, profile.telnet.lockedOut)
      case .http: (profile.http.success, profile.http.failure, profile.http.lockedOut)
      case .ssh, .ftp, .snmp, .mqtt, .rtsp, .onvif, .vnc, .redis: ([], [], [])
      }
    return (success.isEmpty ? [nil] : success, failure.isEmpty ? [nil] : failure, lockedOut)
  }

  /// Where no name is asked for, an earlier pair with the same password is as right.
  private static func first(like index: Int, _ transport: LoginTransport, _ profile: CredentialProfile) -> Int {
    let pair = profile.pairs[index]
    let hasNames: Bool =
      switch transport {
      case .vnc, .snmp: false
      case .telnet: !pair.account.isEmpty
      case .http: profile.http.success.isEmpty || !pair.account.isEmpty
      case .ssh, .ftp, .mqtt, .rtsp, .onvif, .redis: true
      }
    return profile.pairs.firstIndex { $0.secret == pair.secret && (!hasNames || $0.account == pair.account) } ?? index
  }

  /// nil where it is not simulated.
  private static func service(_ trial: Trial, _ transport: LoginTransport, _ profile: CredentialProfile)
    -> (any SimulatedService)?
  {
    let door = trial.door
    return switch transport {
    case .telnet:
      SimulatedConsole(
        door, trial.words, greeting: profile.greeting ?? "Simulated device", asksForName: trial.asksForName,
        logout: profile.telnet.logout)
    case .ftp: SimulatedFileServer(door, greeting: profile.greeting ?? "Simulated server ready")
    case .vnc: SimulatedScreen(door)
    case .redis: SimulatedStore(door: door)
    case .mqtt: SimulatedBroker(door: door)
    case .rtsp: SimulatedStream(door: door)
    case .http:
      SimulatedWeb(door: door, words: trial.words, recipe: profile.http, asksForName: trial.asksForName)
    case .onvif: SimulatedCamera(door: door)
    case .snmp: profile.snmp.hasUsers ? nil : SimulatedAgent(door: door)
    case .ssh: nil
    }
  }

  // MARK: Courses

  private static func failure(of trial: Trial, _ transport: LoginTransport, _ profile: CredentialProfile) -> Failure? {
    let came = conclusion(trial, transport, profile)
    guard came != trial.expected else { return nil }
    return Failure(
      transport: transport, device: trial.device, expected: trial.expected.word, came: came?.word ?? "no attempt")
  }

  private static func conclusion(_ trial: Trial, _ transport: LoginTransport, _ profile: CredentialProfile)
    -> LoginCourse.Conclusion?
  {
    let port = ServiceEndpoint(transport: transport == .snmp ? .udp : .tcp, port: 1024)
    let service = Service(endpoint: port, state: .open)
    guard let address = IPAddress("192.0.2.1"),
      let machine = transport.machine(service, profile, at: address, seed: 1)
    else { return nil }
    var course = LoginCourse(profile: profile, service: service, transport: transport, machine: machine)
    while let step = course.next, let simulated = Self.service(trial, transport, profile) {
      let pair = course.pair(of: step) { random }
      let (ended, outcome) = SimulatedAttempt.outcome(of: course.machine, entering: pair, on: simulated)
      course.note(outcome, latency: ended.latency, ending: ended.ending)
    }
    return course.conclusion
  }
}

extension CredentialProfile {
  /// What a device of the family says before anything is entered, where the profile knows it by that.
  fileprivate var greeting: String? {
    for rule in rules { if case .greeting(let text) = rule.sign { return text } }
    return nil
  }
}

extension LoginCourse.Conclusion {
  /// A word for people, with the pair's number.
  fileprivate var word: String {
    switch self {
    case .accepted(let index, let passwordAsked): "accepted #\(index + 1)\(passwordAsked ? "" : " without a password")"
    case .refused: "refused"
    case .inconclusive(let reason): "inconclusive (\(reason))"
    }
  }
}
