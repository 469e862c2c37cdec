public import Addressing
public import Records
public import Wire

/// Discovery and port scan of one interface's targets: decides which frame leaves when, and what
/// the frames that arrive mean. It does no I/O and reads no clock.
public struct SegmentScan: Sendable {
  public struct Configuration: Sendable {
    public var mac: MACAddress
    public var source: IPv4Address
    /// Reserved by a bound socket of this process.
    public var sourcePort: UInt16
    public var seed: ScanSeed
    /// The telling ports in their order, then the others in any.
    public var priority: [UInt16]
    public var rest: [UInt16]
    public var tries: Int
    /// Frames a second for one device.
    public var deviceRate: Int
    /// Frames a second for the interface.
    public var totalRate: Int
    /// ARP questions a second (arp-scan's default is the same; engine.md §1).
    public var arpRate = 500

    public init(
      mac: MACAddress, source: IPv4Address, sourcePort: UInt16, seed: ScanSeed, priority: [UInt16], rest: [UInt16],
      tries: Int = 3, deviceRate: Int, totalRate: Int
    ) {
      self.mac = mac
      self.source = source
      self.sourcePort = sourcePort
      self.seed = seed
      self.priority = priority
      self.rest = rest
      self.tries = tries
      self.deviceRate = deviceRate
      self.totalRate = totalRate
    }
  }

  public enum Event: Hashable, Sendable {
    /// An address of the sweep answered for the first time.
    case found(IPv4Address, MACAddress)
    /// Another device answers for an address that has an owner already.
    case conflict(IPv4Address, MACAddress)
    case port(IPv4Address, UInt16, PortStateTable.Cell)
    /// Nothing is left to send to the address.
    case finished(IPv4Address)
    /// The device stopped answering in the middle; nothing more is sent to it.
    case lost(IPv4Address)
    /// The answer to ``checkAlive(_:now:)``.
    case alive(IPv4Address, Bool)
  }

  public let configuration: Configuration
  public private(set) var sweep: ARPSweep
  /// In the order in which they were found. Elements are changed in place: a copy of one would copy
  /// its 16 KiB of cells.
  var list: [Target] = []
  var positions: [IPv4Address: Int] = [:]
  var budgets: [MACAddress: DeviceBudget] = [:]
  /// Devices with an ordinary connection. The budget is the device's, so every address of it leaves
  /// room for the connection.
  var inSession: Set<MACAddress> = []
  /// Who answered first for an address. Two answers to one question arrive together, before the
  /// address is a target.
  private var owners: [IPv4Address: MACAddress] = [:]
  private var conflicts: [IPv4Address: Set<MACAddress>] = [:]
  private var turn = 0
  private var pacer: Pacer
  private var arpPacer: Pacer
  private var syn: SYNFrame
  private let cookie: ProbeCookie
  private var pending: [Event] = []

  /// Probes without any answer, on a device that answered before, after which it is asked whether
  /// it is still there. 64 at 100 frames a second notices within a second.
  static let silenceBeforeCheck = 64
  /// Frames of a device's window that probes leave free for the kernel's resets.
  static let reserve = 4
  /// The same while an ordinary connection is open: handshake, acknowledgements, close.
  static let sessionReserve = 14

  public init(addresses: [IPv4Address], configuration: Configuration) {
    self.configuration = configuration
    sweep = ARPSweep(addresses: addresses)
    pacer = Pacer(rate: configuration.totalRate)
    arpPacer = Pacer(rate: min(configuration.arpRate, configuration.totalRate))
    syn = SYNFrame(mac: configuration.mac, source: configuration.source, sourcePort: configuration.sourcePort)
    cookie = ProbeCookie(seed: configuration.seed)
  }

  /// Nothing is left to send or to wait for.
  public var isFinished: Bool {
    sweep.isFinished && pending.isEmpty && list.allSatisfy { $0.reportedFinished && $0.check == nil }
  }

  /// Begins to probe an address that was found.
  public mutating func scan(_ address: IPv4Address, mac: MACAddress, now: MonotonicInstant) {
    let order = ProbeOrder(
      priority: configuration.priority, rest: configuration.rest, seed: configuration.seed,
      tweak: UInt64(address.rawValue))
    if owners[address] == nil { owners[address] = mac }
    positions[address] = list.count
    list.append(Target(address: address, mac: mac, scan: PortScan(order: order, tries: configuration.tries)))
    if budgets[mac] == nil { budgets[mac] = DeviceBudget(limit: configuration.deviceRate) }
    // The questions that it has had already are frames of its budget too.
    for _ in 0..<sweep.questionsToEach { budgets[mac]?.charge(at: now) }
  }

  /// Asks a device by unicast ARP whether it is there; ``Event/alive(_:_:)`` is the answer.
  public mutating func checkAlive(_ address: IPv4Address, now: MonotonicInstant) {
    guard let index = positions[address] else { return }
    list[index].check = LivenessCheck(purpose: .requested, now: now)
  }

  /// Sends nothing more to an address; what is unknown stays unknown.
  public mutating func abandon(_ address: IPv4Address) {
    guard let index = positions[address] else { return }
    list[index].scan.abandon()
  }

  /// The events since the last call.
  public mutating func takeEvents() -> [Event] {
    defer { pending.removeAll(keepingCapacity: true) }
    return pending
  }
}

// MARK: Sending

extension SegmentScan {
  /// Offers what is due to `send`, at most `limit` frames.
  /// - Parameter send: returns false when the link's queue is full; the frame is offered again later.
  /// - Returns: when to call again.
  public mutating func transmit<Failure: Error>(
    now: MonotonicInstant, limit: Int = 64, _ send: (Span<UInt8>) throws(Failure) -> Bool
  ) throws(Failure) -> MonotonicInstant {
    for _ in 0..<limit {
      let earliest = pacer.earliest(now: now)
      if earliest > now { return earliest }
      switch try transmitOne(now: now, send) {
      case .sent: pacer.charge(at: now)
      case .linkFull: return now + .milliseconds(1)
      case .wait(let until): return until
      }
    }
    return now
  }

  private enum Outcome {
    case sent, linkFull
    case wait(MonotonicInstant)
  }

  private mutating func transmitOne<Failure: Error>(
    now: MonotonicInstant, _ send: (Span<UInt8>) throws(Failure) -> Bool
  ) throws(Failure) -> Outcome {
    var wake = now + .milliseconds(250)
    let arpAt = arpPacer.earliest(now: now)
    if arpAt <= now {
      if let address = sweep.next(now: now) {
        let frame = ARPPacket.request(for: address, from: configuration.mac, configuration.source)
        guard try send(frame.span) else { return .linkFull }
        sweep.commit()
        arpPacer.charge(at: now)
        return .sent
      }
      if !sweep.isFinished, let until = sweep.waitingUntil { wake = min(wake, until) }
    } else if !sweep.isFinished {
      wake = min(wake, arpAt)
    }
    for _ in list.indices {
      turn = (turn + 1) % list.count
      switch try transmit(toTargetAt: turn, now: now, send) {
      case .sent: return .sent
      case .linkFull: return .linkFull
      case .wait(let until): wake = min(wake, until)
      }
    }
    return .wait(max(wake, now + .microseconds(50)))
  }

  private mutating func transmit<Failure: Error>(
    toTargetAt index: Int, now: MonotonicInstant, _ send: (Span<UInt8>) throws(Failure) -> Bool
  ) throws(Failure) -> Outcome {
    if list[index].check != nil { return try sendCheck(index, now: now, send) }
    guard !list[index].reportedFinished else { return .wait(now + .milliseconds(250)) }
    if list[index].isSuspiciouslySilent {
      list[index].check = LivenessCheck(purpose: .silence, now: now)
      return try sendCheck(index, now: now, send)
    }
    let reserve =
      (inSession.contains(list[index].mac) ? Self.sessionReserve : Self.reserve)
      + list[index].scan.resetsToExpect(rate: configuration.deviceRate)
    let earliest = budgets[list[index].mac]?.earliestProbe(now: now, reserve: reserve) ?? now
    guard earliest <= now else { return .wait(earliest) }
    guard let probe = list[index].scan.next(now: now) else { return idle(index, now: now) }
    let address = list[index].address
    syn.aim(
      at: address, mac: list[index].mac, port: probe.port,
      sequence: cookie.sequence(
        source: configuration.source, sourcePort: configuration.sourcePort, target: address, port: probe.port,
        try: probe.try))
    guard try syn.withSpan({ (frame: Span<UInt8>) throws(Failure) -> Bool in try send(frame) }) else {
      return .linkFull
    }
    list[index].scan.commit(probe, at: now)
    budgets[list[index].mac]?.chargeProbe(at: now)
    return .sent
  }

  /// No probe is due: either answers are awaited, or the target is finished.
  private mutating func idle(_ index: Int, now: MonotonicInstant) -> Outcome {
    guard list[index].scan.isFinished else { return .wait(list[index].scan.waitingUntil ?? now) }
    list[index].reportedFinished = true
    pending.append(.finished(list[index].address))
    return .wait(now)
  }

  /// Unicast ARP questions of a liveness check: 3 tries, 300 ms apart.
  private mutating func sendCheck<Failure: Error>(
    _ index: Int, now: MonotonicInstant, _ send: (Span<UInt8>) throws(Failure) -> Bool
  ) throws(Failure) -> Outcome {
    guard var check = list[index].check else { return .wait(now) }
    guard check.nextAt <= now else { return .wait(check.nextAt) }
    guard check.sent < LivenessCheck.tries else {
      conclude(check, index, alive: false)
      return .wait(now)
    }
    let mac = list[index].mac
    let earliest = budgets[mac]?.earliestProbe(now: now, reserve: 0) ?? now
    guard earliest <= now else { return .wait(earliest) }
    let frame = ARPPacket.request(
      for: list[index].address, to: mac, from: configuration.mac, configuration.source)
    guard try send(frame.span) else { return .linkFull }
    budgets[mac]?.charge(at: now)
    list[index].ownARP += 1
    check.sent += 1
    check.nextAt = now + LivenessCheck.interval
    list[index].check = check
    return .sent
  }

  private mutating func conclude(_ check: LivenessCheck, _ index: Int, alive: Bool) {
    list[index].check = nil
    switch (check.purpose, alive) {
    case (.requested, _):
      pending.append(.alive(list[index].address, alive))
    case (.silence, true):
      list[index].silenceExplained = true  // it filters; the rest of the scan need not ask again
    case (.silence, false):
      list[index].scan.abandon()
      list[index].reportedFinished = true
      pending.append(.lost(list[index].address))
    }
  }
}

// MARK: Receiving

extension SegmentScan {
  /// Takes a frame from the capture.
  public mutating func receive(_ frame: InboundFrame, outbound: Bool, at now: MonotonicInstant) {
    if outbound { return observe(frame, at: now) }
    switch frame.content {
    case .arp(let packet): receive(packet, at: now)
    case .tcp(let header, _): receive(header, frame, at: now)
    case .unreachable(let message): receive(message, at: now)
    case .other: break
    }
  }

  /// A frame that left this host without being a probe: it counts against the device's budget.
  private mutating func observe(_ frame: InboundFrame, at now: MonotonicInstant) {
    if case .arp(let packet) = frame.content {
      guard let index = positions[packet.target] else { return }
      // The kernel asks too, by broadcast, before it opens a connection.
      if list[index].ownARP > 0 { list[index].ownARP -= 1 } else { budgets[list[index].mac]?.charge(at: now) }
      return
    }
    budgets[frame.ethernet.destination]?.charge(at: now)
  }

  private mutating func receive(_ packet: ARPPacket, at now: MonotonicInstant) {
    guard packet.operation == .reply, packet.target == configuration.source, !packet.senderMAC.isGroup else { return }
    if sweep.answer(from: packet.sender) {
      owners[packet.sender] = packet.senderMAC
      pending.append(.found(packet.sender, packet.senderMAC))
      return
    }
    guard let owner = owners[packet.sender] else { return }
    guard owner == packet.senderMAC else {
      if conflicts[packet.sender, default: []].insert(packet.senderMAC).inserted {
        pending.append(.conflict(packet.sender, packet.senderMAC))
      }
      return
    }
    if let index = positions[packet.sender], let check = list[index].check { conclude(check, index, alive: true) }
  }

  private mutating func receive(_ header: TCPHeader, _ frame: InboundFrame, at now: MonotonicInstant) {
    guard header.destinationPort == configuration.sourcePort, header.flags.contains(.ack), let ip = frame.ipv4,
      ip.destination == configuration.source, positions[ip.source] != nil,
      let number = cookie.validTry(
        acknowledging: header.acknowledgement, source: configuration.source, sourcePort: configuration.sourcePort,
        target: ip.source, port: header.sourcePort)
    else { return }
    if header.flags.contains(.rst) {
      settle(ip.source, header.sourcePort, .closed, try: number, at: now)
    } else if header.flags.contains(.syn) {
      settle(ip.source, header.sourcePort, .open, try: number, at: now)
    }
  }

  private mutating func receive(_ message: ICMPUnreachable, at now: MonotonicInstant) {
    guard message.sourcePort == configuration.sourcePort, positions[message.destination] != nil,
      let number = cookie.validTry(
        sequence: message.sequence, source: configuration.source, sourcePort: configuration.sourcePort,
        target: message.destination, port: message.destinationPort)
    else { return }
    // A filter said no. That is no answer of the port itself, but asking again is of no use.
    settle(message.destination, message.destinationPort, .silent, try: number, at: now)
  }

  private mutating func settle(
    _ address: IPv4Address, _ port: UInt16, _ cell: PortStateTable.Cell, try number: Int, at now: MonotonicInstant
  ) {
    guard let index = positions[address], list[index].scan.resolve(port, as: cell, try: number, at: now) else { return }
    pending.append(.port(address, port, cell))
  }
}
