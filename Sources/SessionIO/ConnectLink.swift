internal import Addressing
public import Authority
public import Engine
public import Records
internal import Wire

/// The back-end for users without the right to send raw frames, and for interfaces that carry no
/// Ethernet: takes the scan's SYN frames, connects to where they go, and gives the outcome back as the
/// frame that the device would have sent.
///
/// Scheduler, state, cookies and budgets are those of the raw back-end. What differs:
/// - Only SYN frames are taken. There is no ARP, no echo, no heartbeat and no UDP here.
/// - The kernel chooses the source port of each connection, and resolves neighbours by itself.
/// - An open port costs its device an acknowledgement and the end of the connection beside the SYN. They
///   are given to the scan as frames that left, as a capture would show them (``ConnectScanner`` counts
///   them by connection).
/// - The frames that are given back are made here, from the kernel's word. They are no evidence.
///
/// Trouble of this host says nothing about a device. A connection that cannot be begun is offered again, and
/// the run ends when none can be for ``patience``. One that this host itself breaks off (its own firewall) is
/// begun again at once, and the run ends after ``attempts``, before the scan takes the silence for the device's.
public final class ConnectLink: FrameDevice {
  /// How long this host may fail to connect before the run ends.
  public static let patience = Duration.seconds(5)
  /// How often this host may break one probe off.
  public static let attempts = 3
  /// Offered in the SYN-ACK that is made here; nothing reads it.
  private static let window: UInt16 = 0xffff
  /// Stands in both places of the frames that are made here; nobody has it.
  private static let ownMAC = MACAddress(rawValue: 0x0200_0000_0000)

  /// A SYN that was taken, as the scan laid it down.
  private struct Probe {
    let frame: [UInt8]
    let address: IPAddress
    let source: IPAddress
    let sourcePort: UInt16
    let port: UInt16
    let sequence: UInt32
    /// How often this host broke it off.
    var failures = 0
  }

  private struct Answer {
    let octets: [UInt8]
    let outbound: Bool
  }

  public let interface: String
  /// The interface's number, the zone of link-local addresses.
  public let index: Int32
  /// Connections under way at a time, at most.
  public let limit: Int
  private let gate: TransmissionGate
  private let log: DepartureLog
  private let monotonic: @Sendable () -> MonotonicInstant
  private let wall: @Sendable () -> Timestamp
  private let scanner: ConnectScanner
  private var probes: [Int: Probe] = [:]
  /// Probes that this host failed in the middle of; they go first.
  private var again: [Probe] = []
  private var answers: [Answer] = []
  private var delivered = 0
  /// The scan's own address and port, for frames that leave without a probe.
  private var ends: [IPAddress: Probe] = [:]
  private var failingSince: MonotonicInstant?
  /// Probes that were taken so far.
  public private(set) var started = 0

  /// - Parameters:
  ///   - limit: connections under way at a time; each takes a descriptor.
  ///   - log: what other connections of this run send to the devices, such as ``SocketDialer``'s.
  public init(
    interface: String, index: Int32, gate: TransmissionGate, limit: Int, log: DepartureLog = DepartureLog(),
    monotonic: @escaping @Sendable () -> MonotonicInstant, wall: @escaping @Sendable () -> Timestamp
  ) {
    self.interface = interface
    self.index = index
    self.limit = limit
    self.gate = gate
    self.log = log
    self.monotonic = monotonic
    self.wall = wall
    scanner = ConnectScanner(gate: gate, limit: limit, monotonic: monotonic, wall: wall)
  }

  /// Readable when an outcome waits.
  public var descriptors: [CInt] { scanner.descriptors }

  /// Begins to connect to where the batch's SYN frames go, in order.
  ///
  /// The gate is asked about every one of them before the first leaves.
  /// - Returns: how many were taken. The others wait for room, or for this host to recover.
  /// - Throws: ``ConnectLinkError``.
  public func transmit(_ batch: borrowing FrameBatch, from first: Int) throws(ConnectLinkError) -> Int {
    var offered: [Probe] = []
    for index in first..<batch.count {
      let probe = try batch.withFrame(index) { (frame) throws(ConnectLinkError) in try Self.probe(frame) }
      if let refusal = gate.refusal(ofConnectProbeTo: probe.address, port: probe.port, mac: nil, at: wall()) {
        throw .refused(refusal)
      }
      offered.append(probe)
    }
    while let probe = again.first {
      guard try start(probe) else { return 0 }
      again.removeFirst()
    }
    for (number, probe) in offered.enumerated() {
      guard try start(probe) else { return number }
      started += 1
    }
    return offered.count
  }

  /// - Returns: whether it was begun; else it is to be offered again.
  private func start(_ probe: Probe) throws(ConnectLinkError) -> Bool {
    let zone = probe.address.isLinkLocal && !probe.address.isIPv4 ? index : nil
    switch scanner.start(probe.address, zone: zone, port: probe.port) {
    case .started(let number):
      probes[number] = probe
      ends[probe.address] = probe
      failingSince = nil
      return true
    case .full: return false
    case .refused(let refusal): throw .refused(refusal)
    case .local(let number, let text):
      try noteFailure(number, text, probe)
      return false
    }
  }

  private func noteFailure(_ number: Int32, _ text: String, _ probe: Probe) throws(ConnectLinkError) {
    let now = monotonic()
    let since = failingSince ?? now
    failingSince = since
    if now - since >= Self.patience { throw .local(errno: number, text, probe.address) }
  }

  /// Reads where a frame goes. It is a SYN of the scan or nothing that may be sent here.
  private static func probe(_ frame: Span<UInt8>) throws(ConnectLinkError) -> Probe {
    guard let read = try? InboundFrame(parsing: frame), case .tcp(let header, _) = read.content,
      header.flags == .syn, let source = read.source, let destination = read.destination
    else { throw .notASYN(octets: frame.count) }
    return Probe(
      frame: [UInt8](copying: frame), address: destination, source: source, sourcePort: header.sourcePort,
      port: header.destinationPort, sequence: header.sequence)
  }

  public func receive(limit: Int, _ body: (Span<UInt8>, CapturedFrameInfo) -> Void) throws(ConnectLinkError) {
    for outcome in scanner.poll(now: monotonic()) { try take(outcome) }
    while let probe = again.first, try start(probe) { again.removeFirst() }
    for departure in scanner.takeDepartures() + log.take(of: { ends[$0] != nil }) { note(departure) }
    let moment = wall()
    for answer in answers[delivered...].prefix(limit) {
      delivered += 1
      body(
        answer.octets.span,
        CapturedFrameInfo(at: moment, outbound: answer.outbound, originalLength: answer.octets.count))
    }
    guard delivered == answers.count else { return }
    answers.removeAll(keepingCapacity: true)
    delivered = 0
  }

  private func take(_ outcome: ConnectOutcome) throws(ConnectLinkError) {
    guard let probe = probes.removeValue(forKey: outcome.number) else { return }
    if case .local = outcome.result {} else { failingSince = nil }
    switch outcome.result {
    case .open:
      answer(probe, [.syn, .ack])
      // Whatever became of the connection, its device is charged for an acknowledgement and a FIN.
      note(Departure(address: probe.address, port: probe.port, segments: max(outcome.segments, 2)))
    case .closed: answer(probe, [.rst, .ack])
    case .unreachable(let code, _): sayUnreachable(probe, code: code)
    case .silent, .unresolved: break
    case .local(let number, let text): try beginAgain(probe, number, text)
    }
  }

  private func beginAgain(_ probe: Probe, _ number: Int32, _ text: String) throws(ConnectLinkError) {
    var probe = probe
    probe.failures += 1
    guard probe.failures < Self.attempts else { throw .local(errno: number, text, probe.address) }
    again.append(probe)
  }

  private func answer(_ probe: Probe, _ flags: TCPHeader.Flags) {
    guard let addresses = Self.addresses(from: probe.address, to: probe.source) else { return }
    let frame = TCPHeader.frame(
      addresses, sourcePort: probe.port, destinationPort: probe.sourcePort, sequence: 0,
      acknowledgement: probe.sequence &+ 1, flags: flags, window: flags.contains(.syn) ? Self.window : 0)
    answers.append(Answer(octets: frame, outbound: false))
  }

  private func sayUnreachable(_ probe: Probe, code: UInt8) {
    guard let addresses = Self.addresses(from: probe.address, to: probe.source),
      let frame = Unreachable.frame(addresses, code: code, about: probe.frame.span)
    else { return }
    answers.append(Answer(octets: frame, outbound: false))
  }

  /// Tells the scan of segments that left beside the SYN.
  private func note(_ departure: Departure) {
    guard let end = ends[departure.address], let addresses = Self.addresses(from: end.source, to: end.address)
    else { return }
    let frame = TCPHeader.frame(
      addresses, sourcePort: end.sourcePort, destinationPort: departure.port, sequence: 0, acknowledgement: 0,
      flags: .ack, window: 0)
    for _ in 0..<departure.segments { answers.append(Answer(octets: frame, outbound: true)) }
  }

  private static func addresses(from source: IPAddress, to destination: IPAddress) -> FrameAddresses? {
    FrameAddresses(sourceMAC: ownMAC, destinationMAC: ownMAC, source: source, destination: destination)
  }

  /// The kernel says so by itself when a connection is begun.
  public func checkLink() throws(ConnectLinkError) {}

  /// Outcomes wait in the kernel; none is dropped.
  /// What it sends it never showed.
  public func ignoreOutgoing() {}

  public func receiveDrops() -> Int { 0 }
}
