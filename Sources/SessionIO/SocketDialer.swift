public import Addressing
public import Authority
internal import CLinux
internal import Glibc
public import Probes
public import Records

/// Ordinary TCP connections, non-blocking, many at a time, one loop.
///
/// The gate is asked before a socket is made, and about every write; a port that must get no payload gets none,
/// whatever the caller says. Both directions keep to a pace (``SegmentPace``) in the device's frames a second, not
/// in octets: 100 KB in full segments cost it some 60 acknowledgements, but one that sends single octets gets one
/// for a few octets each.
public final class SocketDialer: SessionDialer {
  private enum Phase: Sendable {
    case connecting(until: MonotonicInstant)
    case open
    /// FIN is sent once nothing waits to be; what still comes is read until EOF or the time is up.
    case closing(until: MonotonicInstant)
  }

  private struct Session: Sendable {
    let descriptor: CInt
    let address: IPAddress
    let mac: MACAddress?
    let port: UInt16
    var phase: Phase
    var pace = SegmentPace(perSecond: standardPace)
    /// Segments that the log has been told of, and those that the pace was charged with.
    var told = 0
    var charged = SegmentPace.handshake
    /// Octets that the kernel has not taken yet.
    var waiting: [UInt8] = []
    /// A write found it broken, which the next read does not say again.
    var isBroken = false
    var ended = false
    var wasReset = false
    var saidGoodbye = false
    /// The device's FIN had not come yet when ours was sent.
    var endedFirst = false
  }

  /// A LAN device that does not complete the handshake in this time has no free slot for it.
  static let connectTimeout = Duration.seconds(4)
  static let closingTime = Duration.seconds(1)
  /// Segments a second for one connection, unless the caller knows better: with the handshake and the end, what
  /// a running port scan leaves free for it. A service that never stops talking is heard at this pace
  /// (measured without one: 1185 frames in a second).
  public static let standardPace = 10
  /// Octets that may wait for a device that does not take them.
  static let mostWaiting = 65_536
  /// What the device may send before anybody reads, which the kernel acknowledges by itself.
  static let receiveBuffer: CInt = 4096

  private let gate: TransmissionGate
  private let monotonic: @Sendable () -> MonotonicInstant
  private let wall: @Sendable () -> Timestamp
  private var sessions: [Int: Session] = [:]
  private let log: DepartureLog?
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

  deinit { for session in sessions.values { _ = Glibc.close(session.descriptor) } }

  /// The sockets that are waited for.
  public var descriptors: [CInt] {
    let now = monotonic()
    return sessions.values.filter { !$0.ended && $0.pace.next <= now }.map(\.descriptor)
  }

  /// When ``poll()`` has something to do though no descriptor says so; nil when nothing is under way.
  public var wakeAt: MonotonicInstant? {
    sessions.values.map { session in
      switch session.phase {
      case .connecting(let until): until
      case .open: session.ended ? MonotonicInstant(nanoseconds: .max) : session.pace.next
      case .closing(let until): min(until, session.pace.next)
      }
    }.filter { $0 > monotonic() }.min()
  }

  public func open(
    _ address: IPAddress, zone: Int32?, mac: MACAddress?, port: UInt16, from source: IPAddress?
  ) -> SessionOpening {
    if let refusal = gate.refusal(ofConnectionTo: address, port: port, mac: mac, at: wall()) {
      return .refused("\(refusal)")
    }
    let descriptor = beginConnect(
      to: address, zone: zone, port: port, from: source, receiveBuffer: Self.receiveBuffer, reportICMP: false)
    guard descriptor >= 0 else { return .localFailure(errorText(-descriptor)) }
    nextNumber += 1
    sessions[nextNumber] = Session(
      descriptor: descriptor, address: address, mac: mac, port: port,
      phase: .connecting(until: monotonic() + Self.connectTimeout))
    noteDepartures(nextNumber)
    return .started(nextNumber)
  }

  /// Sets the segments a second that a connection may cost its device from now on, 0 for no ceiling; until
  /// then it is ``standardPace``.
  public func pace(_ session: Int, perSecond segments: Int) { sessions[session]?.pace.set(perSecond: segments) }

  /// What the kernel does not take at once, or what the pace holds back, leaves by ``poll()``; octets that wait
  /// when the connection is closed still go before the FIN.
  public func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome {
    guard let known = sessions[session], case .open = known.phase, !known.ended else {
      return .refused("the connection is not open")
    }
    if let refusal = refusal(ofWriting: octets, to: known) { return .refused("\(refusal)") }
    guard known.waiting.count + octets.count <= Self.mostWaiting else {
      return .refused("the device does not take what was sent before")
    }
    sessions[session]?.waiting += octets
    flush(session, monotonic())
    return .taken
  }

  private func refusal(ofWriting octets: [UInt8], to session: Session) -> Refusal? {
    gate.refusal(
      ofPayloadTo: session.address, port: session.port, mac: session.mac,
      technique: TransmissionGate.technique(of: octets), at: wall())
  }

  /// Whom a session is with; nil for a number that means nothing.
  func place(of session: Int) -> (address: IPAddress, port: UInt16, mac: MACAddress?)? {
    sessions[session].map { ($0.address, $0.port, $0.mac) }
  }

  func loginRefusal(
    _ place: (address: IPAddress, port: UInt16, mac: MACAddress?), _ technique: Technique
  ) -> Refusal? {
    gate.refusal(
      ofLoginTo: place.address, service: ServiceEndpoint(transport: .tcp, port: place.port), mac: place.mac,
      technique: technique, at: wall())
  }

  /// Hands waiting octets to the kernel. What the gate refuses by now, because the scope's window has closed, and
  /// what a broken connection does not take, is thrown away.
  private func flush(_ number: Int, _ now: MonotonicInstant) {
    guard let session = sessions[number], !session.waiting.isEmpty, session.pace.next <= now else { return }
    guard refusal(ofWriting: session.waiting, to: session) == nil else {
      sessions[number]?.waiting = []
      return
    }
    switch transmit(session.descriptor, session.waiting) {
    case .taken(let count): sessions[number]?.waiting.removeFirst(count)
    case .full: break
    case .broken:
      sessions[number]?.waiting = []
      sessions[number]?.isBroken = true
    }
    charge(number, now)
    noteDepartures(number)
  }

  public func poll() -> [SessionEvent] {
    guard !sessions.isEmpty else { return [] }
    let numbers = sessions.keys.sorted()
    var set = numbers.compactMap { number in
      sessions[number].map { pollfd(fd: $0.descriptor, events: Self.interest($0.phase), revents: 0) }
    }
    _ = unsafe Glibc.poll(&set, nfds_t(set.count), 0)
    let now = monotonic()
    var events: [SessionEvent] = []
    for (number, state) in zip(numbers, set) {
      guard let session = sessions[number] else { continue }
      switch session.phase {
      case .connecting(let until): connect(number, session, ready: state.revents != 0, until: until, now, &events)
      case .open:
        flush(number, now)
        if state.revents != 0, !session.ended, isDue(number, now) { read(number, now, &events) }
      case .closing(let until): drain(number, session, ready: state.revents != 0, until: until, now, &events)
      }
      noteDepartures(number)
    }
    return events
  }

  private func noteDepartures(_ number: Int) {
    guard let log, let session = sessions[number] else { return }
    let sent = Int(CLinux_segments_sent(session.descriptor))
    guard sent > session.told else { return }
    log.note(Departure(address: session.address, port: session.port, segments: sent - session.told))
    sessions[number]?.told = sent
  }

  private func isDue(_ number: Int, _ now: MonotonicInstant) -> Bool {
    charge(number, now)
    return sessions[number].map { $0.pace.next <= now } ?? false
  }

  private func charge(_ number: Int, _ now: MonotonicInstant) {
    guard let session = sessions[number] else { return }
    let sent = Int(CLinux_segments_sent(session.descriptor))
    guard sent > session.charged else { return }
    sessions[number]?.pace.charge(sent - session.charged, at: now)
    sessions[number]?.charged = sent
  }

  public func close(_ session: Int) {
    guard let known = sessions[session] else { return }
    let now = monotonic()
    sessions[session]?.phase = .closing(until: now + Self.closingTime)
    // A connection that was never made has nothing to say.
    if case .connecting = known.phase { sessions[session]?.waiting = [] }
    sayGoodbye(session, now)
  }

  private func sayGoodbye(_ number: Int, _ now: MonotonicInstant) {
    flush(number, now)
    guard let session = sessions[number], session.waiting.isEmpty, !session.saidGoodbye else { return }
    sessions[number]?.endedFirst = !session.ended && !CLinux_peer_closed(session.descriptor)
    _ = shutdown(session.descriptor, CInt(SHUT_WR))
    sessions[number]?.saidGoodbye = true
    noteDepartures(number)
  }

  private static func interest(_ phase: Phase) -> Int16 {
    if case .connecting = phase { return Int16(POLLOUT) }
    return Int16(POLLIN)
  }

  private func connect(
    _ number: Int, _ session: Session, ready: Bool, until: MonotonicInstant, _ now: MonotonicInstant,
    _ events: inout [SessionEvent]
  ) {
    if ready {
      let error = CLinux_socket_error(session.descriptor)
      if wasOpen(error) {
        sessions[number]?.phase = .open
        CLinux_delay_acknowledgements(session.descriptor)
        events.append(.opened(number, localPort: CLinux_local_port(session.descriptor)))
        if error != 0 { end(number, .reset, &events) }
      } else {
        events.append(.failed(number, reason: errorText(error)))
        remove(number)
      }
    } else if now >= until {
      events.append(.failed(number, reason: "no answer within \(Self.connectTimeout)"))
      remove(number)
    }
  }

  private func read(_ number: Int, _ now: MonotonicInstant, _ events: inout [SessionEvent]) {
    guard let session = sessions[number] else { return }
    switch receive(session.descriptor, atMost: session.pace.readOctets) {
    case .octets(let octets): events.append(.received(number, octets))
    case .nothing: break
    case .closed: end(number, session.isBroken ? .reset : .closed, &events)
    case .broken: end(number, .reset, &events)
    }
    charge(number, now)
  }

  private func end(_ number: Int, _ ending: ConversationEnding, _ events: inout [SessionEvent]) {
    sessions[number]?.ended = true
    sessions[number]?.wasReset = ending == .reset
    sessions[number]?.waiting = []
    events.append(.ended(number, ending))
  }

  /// Reads to EOF after our FIN, so that the connection ends orderly on the device's side too
  /// (half-closed connections exhausted the sockets of Modbus cards, ipscan #467).
  private func drain(
    _ number: Int, _ session: Session, ready: Bool, until: MonotonicInstant, _ now: MonotonicInstant,
    _ events: inout [SessionEvent]
  ) {
    sayGoodbye(number, now)
    var over = session.ended || now >= until
    var isReleased = session.wasReset
    if ready, !over, isDue(number, now) {
      switch receive(session.descriptor, atMost: session.pace.readOctets) {
      case .octets, .nothing: break
      case .closed: (over, isReleased) = (true, sessions[number]?.endedFirst == true)
      case .broken: (over, isReleased) = (true, true)
      }
      charge(number, now)
    }
    if over {
      events.append(.finished(number, isReleased: isReleased))
      remove(number)
    }
  }

  private func remove(_ number: Int) {
    noteDepartures(number)
    guard let session = sessions.removeValue(forKey: number) else { return }
    _ = Glibc.close(session.descriptor)
  }
}
