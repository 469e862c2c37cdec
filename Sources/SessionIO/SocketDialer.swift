public import Addressing
public import Authority
internal import CLinux
internal import Glibc
public import Probes
public import Records

/// Ordinary TCP connections, non-blocking, many at a time, one loop.
///
/// There is no way to send: the conversations of this version only listen.
public final class SocketDialer: SessionDialer {
  private enum Phase: Sendable {
    case connecting(until: MonotonicInstant)
    case open
    /// FIN is sent; what still comes is read until EOF or the time is up.
    case closing(until: MonotonicInstant)
  }

  private struct Session: Sendable {
    let descriptor: CInt
    let address: IPAddress
    let port: UInt16
    var phase: Phase
    /// Segments that the log has been told of.
    var told = 0
    var ended = false
    /// The earliest moment of the next read.
    var readable = MonotonicInstant(nanoseconds: .min)
  }

  /// A LAN device that does not complete the handshake in this time has no free slot for it.
  static let connectTimeout = Duration.seconds(4)
  static let closingTime = Duration.seconds(1)
  /// Each read lets the device send more and makes this kernel acknowledge it, which counts against
  /// the device's frame budget. A greeting fits one read; a service that never stops talking is
  /// heard at this pace (measured: 1185 frames in a second without it).
  static let readOctets = 2048
  static let readDistance = Duration.milliseconds(250)
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
    return sessions.values.filter { !$0.ended && $0.readable <= now }.map(\.descriptor)
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
      descriptor: descriptor, address: address, port: port,
      phase: .connecting(until: monotonic() + Self.connectTimeout))
    noteDepartures(nextNumber)
    return .started(nextNumber)
  }

  public func send(_ session: Int, _ octets: [UInt8]) -> SendOutcome { .refused("this dialer only listens") }

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
      case .open: if state.revents != 0, !session.ended, session.readable <= now { read(number, session, now, &events) }
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

  public func close(_ session: Int) {
    guard var known = sessions[session] else { return }
    _ = shutdown(known.descriptor, CInt(SHUT_WR))
    known.phase = .closing(until: monotonic() + Self.closingTime)
    sessions[session] = known
    noteDepartures(session)
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

  private func read(
    _ number: Int, _ session: Session, _ now: MonotonicInstant, _ events: inout [SessionEvent]
  ) {
    sessions[number]?.readable = now + Self.readDistance
    switch receive(session.descriptor, atMost: Self.readOctets) {
    case .octets(let octets): events.append(.received(number, octets))
    case .nothing: break
    case .closed: end(number, .closed, &events)
    case .broken: end(number, .reset, &events)
    }
  }

  private func end(_ number: Int, _ ending: ConversationEnding, _ events: inout [SessionEvent]) {
    sessions[number]?.ended = true
    events.append(.ended(number, ending))
  }

  /// Reads to EOF after our FIN, so that the connection ends orderly on the device's side too
  /// (half-closed connections exhausted the sockets of Modbus cards, ipscan #467).
  private func drain(
    _ number: Int, _ session: Session, ready: Bool, until: MonotonicInstant, _ now: MonotonicInstant,
    _ events: inout [SessionEvent]
  ) {
    var over = session.ended || now >= until
    if ready, !over, session.readable <= now {
      sessions[number]?.readable = now + Self.readDistance
      switch receive(session.descriptor, atMost: Self.readOctets) {
      case .octets, .nothing: break
      case .closed, .broken: over = true
      }
    }
    if over {
      events.append(.finished(number))
      remove(number)
    }
  }

  private func remove(_ number: Int) {
    noteDepartures(number)
    guard let session = sessions.removeValue(forKey: number) else { return }
    _ = Glibc.close(session.descriptor)
  }
}
