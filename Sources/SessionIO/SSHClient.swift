public import Addressing
public import Authority
internal import CLinux
internal import CSSH
public import Credentials
internal import Glibc
public import Probes
public import Records

/// Logins by SSH through libssh (CSSH), each on a connection of its own that this file makes for the one address that the
/// gate has permitted. The gate is asked before the connection, before each step, and again before the password.
///
/// Reading keeps to a pace as ``SocketDialer`` does, by stepping no more often than the segments of the last step allow.
public final class SSHClient: LoginShellClient {
  private enum Phase {
    case connecting(until: MonotonicInstant)
    case talking
    /// Its end is told; nothing is done until it is closed.
    case told
    /// The goodbye and FIN are sent; what still comes is read until EOF or the time is up.
    case closing(until: MonotonicInstant)
  }

  private struct Session {
    let descriptor: CInt
    let address: IPAddress
    let mac: MACAddress?
    let port: UInt16
    let technique: Technique
    let account: [UInt8]
    /// Empty once it was entered.
    var secret: [UInt8]
    var phase: Phase
    /// The library's.
    var number: CInt = -1
    var pace = SegmentPace(perSecond: SocketDialer.standardPace)
    /// Segments that the log has been told of, and those that the pace was charged with.
    var told = 0
    var charged = SegmentPace.handshake

    /// Something is still to come.
    var waits: Bool { if case .told = phase { false } else { true } }
  }

  /// How often a session is looked at that no descriptor tells of.
  private static let tick = Duration.milliseconds(20)

  private let gate: TransmissionGate
  private let log: DepartureLog?
  private let monotonic: @Sendable () -> MonotonicInstant
  private let wall: @Sendable () -> Timestamp
  private var sessions: [Int: Session] = [:]
  private var nextNumber = 0

  /// - Parameter log: is told of every segment that leaves; nil where a capture sees them.
  public init(
    gate: TransmissionGate, log: DepartureLog? = nil, monotonic: @escaping @Sendable () -> MonotonicInstant,
    wall: @escaping @Sendable () -> Timestamp
  ) {
    self.gate = gate
    self.log = log
    self.monotonic = monotonic
    self.wall = wall
  }

  deinit {
    for session in sessions.values {
      CSSH_end(session.number)
      _ = Glibc.close(session.descriptor)
    }
  }

  /// The sockets that are waited for.
  public var descriptors: [CInt] {
    let now = monotonic()
    return sessions.values.filter { $0.waits && $0.pace.next <= now }.map(\.descriptor)
  }

  public var wakeAt: MonotonicInstant? {
    let now = monotonic()
    return sessions.values.filter(\.waits).map { max($0.pace.next, now + Self.tick) }.min()
  }

  public func begin(
    _ account: [UInt8], _ secret: [UInt8], to address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16,
    from source: IPAddress?, spending permit: consuming LoginPermit
  ) -> SessionOpening {
    guard permit.isFor(address, .tcp, port) else { return .refused(permitElsewhere) }
    let technique = permit.technique
    if let refusal = gate.refusal(ofConnectionTo: address, port: port, mac: mac, at: wall()) {
      return .refused("\(refusal)")
    }
    if let refusal = refusal(address, port, mac, technique) { return .refused("\(refusal)") }
    let descriptor = beginConnect(
      to: address, zone: zone, port: port, from: source, receiveBuffer: SocketDialer.receiveBuffer, reportICMP: false)
    guard descriptor >= 0 else { return .localFailure(errorText(-descriptor)) }
    nextNumber += 1
    sessions[nextNumber] = Session(
      descriptor: descriptor, address: address, mac: mac, port: port, technique: technique, account: account,
      secret: secret, phase: .connecting(until: monotonic() + SocketDialer.connectTimeout))
    noteSegments(of: nextNumber, monotonic())
    return .started(nextNumber)
  }

  private func refusal(
    _ address: IPAddress, _ port: UInt16, _ mac: MACAddress?, _ technique: Technique
  ) -> Refusal? {
    let service = ServiceEndpoint(transport: .tcp, port: port)
    return gate.refusal(ofLoginTo: address, service: service, mac: mac, technique: technique, at: wall())
  }

  public func pace(_ session: Int, perSecond segments: Int) { sessions[session]?.pace.set(perSecond: segments) }

  public func poll() -> [ShellProgress] {
    var progress: [ShellProgress] = []
    for number in sessions.keys.sorted() {
      guard let session = sessions[number] else { continue }
      let now = monotonic()
      switch session.phase {
      case .connecting(let until): connect(number, session, until: until, now, &progress)
      case .talking: talk(number, session, now, &progress)
      case .told: break
      case .closing(let until): drain(number, session, until: until, now, &progress)
      }
    }
    return progress
  }

  // MARK: One login

  private func connect(
    _ number: Int, _ session: Session, until: MonotonicInstant, _ now: MonotonicInstant,
    _ progress: inout [ShellProgress]
  ) {
    guard isWritable(session.descriptor) else {
      if now >= until { tell(.failed("no answer within \(SocketDialer.connectTimeout)"), number, &progress) }
      return
    }
    let error = CLinux_socket_error(session.descriptor)
    guard error == 0 else { return tell(.failed(errorText(error)), number, &progress) }
    CLinux_delay_acknowledgements(session.descriptor)
    let login = unsafe CSSH_begin(session.descriptor, session.account, CInt(clamping: session.account.count))
    guard login >= 0 else { return tell(.failed("no room for another login"), number, &progress) }
    sessions[number]?.number = login
    sessions[number]?.phase = .talking
    progress.append(ShellProgress(number, .opened))
  }

  private func talk(
    _ number: Int, _ session: Session, _ now: MonotonicInstant, _ progress: inout [ShellProgress]
  ) {
    noteSegments(of: number, now)
    guard sessions[number].map({ $0.pace.next <= now }) == true else { return }
    if let refusal = refusal(session.address, session.port, session.mac, session.technique) {
      return tell(.failed("\(refusal)"), number, &progress)
    }
    switch Int(CSSH_step(session.number)) {
    case CSSH_AGREED: progress.append(ShellProgress(number, .agreed(ShellHost(of: session.number))))
    case CSSH_ASKED: enter(number, session, &progress)
    case CSSH_OVER: tell(ShellEnding(of: session.number), number, &progress)
    default: break
    }
    noteSegments(of: number, now)
  }

  private func enter(_ number: Int, _ session: Session, _ progress: inout [ShellProgress]) {
    let methods = ShellMethod.all(CSSH_methods(session.number))
    progress.append(ShellProgress(number, .asked(methods)))
    guard let method = ShellMethod.choice(of: methods) else {
      sessions[number]?.phase = .told
      return
    }
    let isTaken = unsafe CSSH_enter(
      session.number, method.bit, session.secret, CInt(clamping: session.secret.count))
    sessions[number]?.secret = []
    guard isTaken else { return tell(.failed("the password cannot be entered"), number, &progress) }
    progress.append(ShellProgress(number, .entered(method)))
  }

  private func tell(_ ending: ShellEnding, _ number: Int, _ progress: inout [ShellProgress]) {
    guard let session = sessions[number] else { return }
    let said = [CSSH_BANNER, CSSH_QUESTION].map { session.number < 0 ? [] : part(session.number, $0) }
    sessions[number]?.phase = .told
    sessions[number]?.secret = []
    progress.append(
      ShellProgress(number, .ended(ending, said: Array(said.filter { !$0.isEmpty }.joined(separator: [10])))))
  }

  // MARK: The end

  public func close(_ session: Int) {
    guard let known = sessions[session] else { return }
    if case .closing = known.phase { return }
    sessions[session]?.phase = .closing(until: monotonic() + SocketDialer.closingTime)
    sessions[session]?.secret = []
    CSSH_end(known.number)
    sessions[session]?.number = -1
    _ = shutdown(known.descriptor, CInt(SHUT_WR))
    noteSegments(of: session, monotonic())
  }

  /// Reads to EOF after the FIN, so that the connection ends orderly on the device's side too.
  private func drain(
    _ number: Int, _ session: Session, until: MonotonicInstant, _ now: MonotonicInstant,
    _ progress: inout [ShellProgress]
  ) {
    noteSegments(of: number, now)
    var isOver = now >= until
    if !isOver, sessions[number].map({ $0.pace.next <= now }) == true {
      switch receive(session.descriptor, atMost: session.pace.readOctets) {
      case .octets, .nothing: break
      case .closed, .broken: isOver = true
      }
    }
    guard isOver else { return }
    noteSegments(of: number, now)
    sessions[number] = nil
    _ = Glibc.close(session.descriptor)
    progress.append(ShellProgress(number, nil))
  }

  /// Charges the pace, and tells the log, of what has left.
  private func noteSegments(of number: Int, _ now: MonotonicInstant) {
    guard let session = sessions[number] else { return }
    let sent = Int(CLinux_segments_sent(session.descriptor))
    if case .connecting = session.phase {
    } else if sent > session.charged {
      sessions[number]?.pace.charge(sent - session.charged, at: now)
      sessions[number]?.charged = sent
    }
    guard let log, sent > session.told else { return }
    log.note(Departure(address: session.address, port: session.port, segments: sent - session.told))
    sessions[number]?.told = sent
  }
}

private func isWritable(_ descriptor: CInt) -> Bool {
  var set = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
  return unsafe Glibc.poll(&set, 1, 0) > 0
}

/// What the library keeps of a login.
private func part(_ number: CInt, _ part: Int) -> [UInt8] {
  let size = CSSH_size(number, CInt(part))
  var octets = [UInt8](repeating: 0, count: Int(size))
  let count = unsafe CSSH_copy(number, CInt(part), &octets, size)
  return Array(octets.prefix(Int(count)))
}

private func text(_ number: CInt, _ name: Int) -> String { String(decoding: part(number, name), as: UTF8.self) }

extension ShellHost {
  fileprivate init(of number: CInt) {
    self.init(
      identification: part(number, CSSH_VERSION), keyType: text(number, CSSH_KEY_TYPE),
      fingerprint: text(number, CSSH_FINGERPRINT))
  }
}

extension ShellEnding {
  fileprivate init(of number: CInt) {
    let words = text(number, CSSH_ERROR)
    switch Int(CSSH_result(number)) {
    case CSSH_ACCEPTED: self = .accepted(passwordAsked: true)
    case CSSH_ACCEPTED_NAME: self = .accepted(passwordAsked: false)
    case CSSH_REFUSED: self = .refused
    case CSSH_PARTIAL: self = .partial
    case CSSH_OTHER_QUESTION: self = .otherQuestion
    // The library's words for what it has no name for (0.10): it closes the connection over both.
    case CSSH_CLOSED where words.hasPrefix(Self.goodbye): self = .closed(String(words.dropFirst(Self.goodbye.count)))
    case CSSH_CLOSED where !words.hasPrefix(Self.noKeys): self = .closed("")
    default: self = .misunderstood(words)
    }
  }

  private static let goodbye = "Received SSH_MSG_DISCONNECT: "
  private static let noKeys = "kex error"
}

extension ShellMethod {
  fileprivate static func all(_ bits: CInt) -> Set<ShellMethod> { Set(allCases.filter { bits & $0.bit != 0 }) }

  fileprivate var bit: CInt {
    switch self {
    case .password: CInt(CSSH_PASSWORD)
    case .keyboardInteractive: CInt(CSSH_INTERACTIVE)
    case .publicKey: CInt(CSSH_PUBLIC_KEY)
    case .hostBased: CInt(CSSH_HOST_BASED)
    case .other: CInt(CSSH_OTHER)
    }
  }
}
