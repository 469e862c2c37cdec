public import Addressing
public import Authority
internal import CLinux
internal import Glibc
public import Records

/// Probes TCP ports by connect(), for users without the right to send raw frames and for interfaces
/// that carry no Ethernet.
///
/// - Octets sent: none beyond the handshake and the goodbye.
/// - Connections opened: one for each probe of an open port.
/// - State left behind: a log entry of a service that logs connections.
/// - Worst known reaction: services that fork for each connection do so; single-connection servers
///   are busy for up to ``closingTime``.
///
/// **How an open port is left.** FIN first, and what comes is read until the device's FIN: its
/// application sees an ordinary end, which the RST of a SYN scan after accept() is not. A device whose
/// application does not close within ``closingTime`` gets a RST: FIN alone would leave it in
/// CLOSE-WAIT for as long as it runs (half-closed connections exhausted the sockets of Modbus cards,
/// ipscan #467). TIME-WAIT stays on this host, for open ports only, and binds one of our ports
/// towards that one port of that one device, so it runs out only after 28,000 connections to the
/// same port within a minute. A probe without an answer is dropped without a frame; should its SYN-ACK
/// come late, the kernel answers with RST, so no half-open connection stays either.
public final class ConnectScanner {
  /// Below the second after which the kernel would repeat the SYN (RFC 6298 §2.1), so that a
  /// probe is one SYN; whether there is another one is for the scan to decide.
  public static let standardTimeout = Duration.milliseconds(900)
  /// How long a device may take to close its side of an open port.
  public static let closingTime = Duration.milliseconds(500)
  private static let receiveBuffer: CInt = 4096
  /// A device that sends without end is not read beyond this.
  private static let drainOctets = 2048

  private enum Phase {
    case connecting, closing
  }

  private struct Probe {
    let descriptor: CInt
    let address: IPAddress
    let port: UInt16
    let started: MonotonicInstant
    var until: MonotonicInstant
    var phase = Phase.connecting
    /// Segments told so far; the SYN is known to whoever started the probe.
    var told = 1
  }

  private let gate: TransmissionGate
  private let limit: Int
  private let timeout: Duration
  private let monotonic: @Sendable () -> MonotonicInstant
  private let wall: @Sendable () -> Timestamp
  private let readySet: CInt
  private var probes: [Int: Probe] = [:]
  /// No probe's time is up before this.
  private var earliest = MonotonicInstant(nanoseconds: .max)
  private var nextNumber = 0
  private var departures: [Departure] = []

  /// - Parameters:
  ///   - limit: the most connections under way at a time, the ones being closed included. Each
  ///     takes a descriptor.
  ///   - timeout: the silence after which a port counts as silent. From one second on the kernel
  ///     repeats the SYN by itself.
  public init(
    gate: TransmissionGate, limit: Int = 512, timeout: Duration = standardTimeout,
    monotonic: @escaping @Sendable () -> MonotonicInstant, wall: @escaping @Sendable () -> Timestamp
  ) {
    self.gate = gate
    self.limit = limit
    self.timeout = timeout
    self.monotonic = monotonic
    self.wall = wall
    readySet = CLinux_open_ready_set()
  }

  deinit {
    for probe in probes.values {
      CLinux_reset_on_close(probe.descriptor)
      _ = Glibc.close(probe.descriptor)
    }
    if readySet >= 0 { _ = Glibc.close(readySet) }
  }

  /// Readable when ``poll(now:)`` has something to tell; time-outs do not show here.
  public var descriptors: [CInt] { readySet >= 0 ? [readySet] : [] }

  /// Connections under way, the ones being closed included.
  public var underWay: Int { probes.count }

  /// Sends one SYN by way of the kernel, once the gate allows it.
  /// - Parameter zone: the interface index of a link-local address (RFC 4007 §6).
  public func start(_ address: IPAddress, zone: Int32?, port: UInt16) -> ConnectStart {
    if let refusal = gate.refusal(ofConnectProbeTo: address, port: port, mac: nil, at: wall()) {
      return .refused(refusal)
    }
    guard readySet >= 0 else { return .local(errno: -readySet, text: errorText(-readySet)) }
    guard probes.count < limit else { return .full }
    let now = monotonic()
    let descriptor = beginConnect(
      to: address, zone: zone, port: port, from: nil, receiveBuffer: Self.receiveBuffer, reportICMP: true)
    guard descriptor >= 0 else { return .local(errno: -descriptor, text: errorText(-descriptor)) }
    let number = nextNumber + 1
    let watched = CLinux_watch(readySet, descriptor, UInt64(number), true)
    guard watched == 0 else {
      _ = Glibc.close(descriptor)
      return .local(errno: -watched, text: errorText(-watched))
    }
    nextNumber = number
    probes[number] = Probe(
      descriptor: descriptor, address: address, port: port, started: now, until: now + timeout)
    earliest = min(earliest, now + timeout)
    return .started(number)
  }

  /// What has become of the probes since the last call, each reported once; never waits.
  public func poll(now: MonotonicInstant) -> [ConnectOutcome] {
    var outcomes: [ConnectOutcome] = []
    var numbers = [UInt64](repeating: 0, count: 64)
    // Each ready socket is either finished or waits for something else afterwards, but for one whose
    // device goes on sending; so the rounds are bounded.
    for _ in 0...limit / numbers.count {
      let count = unsafe Int(CLinux_take_ready(readySet, &numbers, CInt(numbers.count)))
      for number in numbers.prefix(count) { advance(Int(number), now, &outcomes) }
      if count < numbers.count { break }
    }
    if now >= earliest { expire(now, &outcomes) }
    return outcomes
  }

  /// What left since the last call on connections whose outcome was reported: acknowledgements and the
  /// end of each. The device's load is more than the SYN that was asked for.
  public func takeDepartures() -> [Departure] {
    defer { departures.removeAll(keepingCapacity: true) }
    return departures
  }

  /// - Parameter further: segments that leave with the close that follows.
  private func noteDepartures(_ number: Int, further: Int = 0) {
    guard let probe = probes[number] else { return }
    let sent = Int(CLinux_segments_sent(probe.descriptor)) + further
    guard sent > probe.told else { return }
    departures.append(Departure(address: probe.address, port: probe.port, segments: sent - probe.told))
    probes[number]?.told = sent
  }

  private func advance(_ number: Int, _ now: MonotonicInstant, _ outcomes: inout [ConnectOutcome]) {
    guard let probe = probes[number] else { return }
    switch probe.phase {
    case .connecting:
      var error = CLinux_socket_error(probe.descriptor)
      // Towards an address of its own, a host may meet itself on the port it happens to come from
      // (simultaneous open, RFC 9293 §3.5): that is nobody's service.
      if wasOpen(error), CLinux_local_port(probe.descriptor) == probe.port { error = EADDRINUSE }
      if error == 0 { sayGoodbye(number, now) }
      report(number, Self.result(error, probe), now, &outcomes)
      if error != 0 { remove(number) }
    case .closing:
      let received = receive(probe.descriptor, atMost: Self.drainOctets)
      noteDepartures(number)
      switch received {
      case .octets, .nothing: break
      case .closed, .broken: remove(number)
      }
    }
  }

  private func sayGoodbye(_ number: Int, _ now: MonotonicInstant) {
    guard var probe = probes[number] else { return }
    _ = shutdown(probe.descriptor, CInt(SHUT_WR))
    _ = CLinux_watch(readySet, probe.descriptor, UInt64(number), false)
    probe.phase = .closing
    probe.until = now + Self.closingTime
    probes[number] = probe
    earliest = min(earliest, probe.until)
  }

  private func expire(_ now: MonotonicInstant, _ outcomes: inout [ConnectOutcome]) {
    for (number, probe) in probes.sorted(by: { $0.key < $1.key }) where probe.until <= now {
      if probe.phase == .connecting {
        report(number, .silent, now, &outcomes)
      } else {
        CLinux_reset_on_close(probe.descriptor)
        noteDepartures(number, further: 1)
      }
      remove(number)
    }
    earliest = probes.values.map(\.until).min() ?? MonotonicInstant(nanoseconds: .max)
  }

  private func report(
    _ number: Int, _ result: ConnectOutcome.Result, _ now: MonotonicInstant, _ outcomes: inout [ConnectOutcome]
  ) {
    guard let probe = probes[number] else { return }
    let sent = max(probe.told, Int(CLinux_segments_sent(probe.descriptor)))
    outcomes.append(
      ConnectOutcome(
        number: number, address: probe.address, port: probe.port, result: result, segments: sent - probe.told,
        elapsed: now - probe.started))
    probes[number]?.told = sent
  }

  private func remove(_ number: Int) {
    guard let probe = probes.removeValue(forKey: number) else { return }
    // Closing takes it out of the ready set too.
    _ = Glibc.close(probe.descriptor)
  }

  /// What the error of a handshake says. Only a RST makes a port closed; whatever may be this host's own
  /// trouble says nothing about the device.
  private static func result(_ error: CInt, _ probe: Probe) -> ConnectOutcome.Result {
    if wasOpen(error) { return .open }
    if error == ETIMEDOUT { return .silent }
    let icmp = CLinux_take_icmp_error(probe.descriptor, CLinux_address(probe.address))
    if icmp.from_self {
      // The kernel tells its own sockets so when a neighbour does not answer: "host unreachable" by this
      // host (RFC 1122 §2.3.2.2), address unreachable in IPv6. Other codes are a filter of this host.
      return icmp.code == (probe.address.isIPv4 ? 1 : 3)
        ? .unresolved : .local(errno: error, text: errorText(error))
    }
    switch error {
    case ECONNREFUSED:
      // The kernel gives "port unreachable" the same number (RFC 1122 §4.2.3.9).
      return icmp.was_icmp ? .unreachable(code: icmp.code, "ICMP: \(errorText(error))") : .closed
    case EHOSTUNREACH, ENETUNREACH, EACCES, EPROTO, ENOPROTOOPT, EOPNOTSUPP, EHOSTDOWN, ENONET:
      if !icmp.was_icmp { return error == EHOSTUNREACH ? .unresolved : .local(errno: error, text: errorText(error)) }
      return .unreachable(code: icmp.code, errorText(error))
    default: return .local(errno: error, text: errorText(error))
    }
  }
}
