internal import Addressing
public import Records
public import Wire

extension SegmentScan {
  /// Takes a frame from the capture.
  /// - Parameters:
  ///   - octets: the frame that `frame` was read from.
  ///   - outbound: it left this host.
  public mutating func receive(
    _ frame: InboundFrame, octets: Span<UInt8>, outbound: Bool, at now: MonotonicInstant
  ) {
    if outbound { return observe(frame, at: now) }
    if case .tcp(let header, let payload) = frame.content {
      return receive(header, frame, octets, payload, at: now)
    }
    if case .arp(let packet) = frame.content, !storms.admit(packet.senderMAC, at: now) {
      return receiveInStorm(packet, at: now)
    }
    sensor.receive(frame, octets: octets, at: now)
    if let neighbour = discovery.neighbour(in: frame) { found(IPAddress(neighbour.address), neighbour.mac) }
    switch frame.content {
    case .arp(let packet): receive(packet, at: now)
    case .unreachable(let message): receive(message, at: now)
    case .udp(let header, let payload):
      guard let source = frame.source else { return }
      receiveDatagram(from: source, header, octets.extracting(payload), at: now)
    case .neighbourAdvertisement(let message): receive(message, frame, at: now)
    case .echoReply(let identifier, let sequence):
      guard let source = frame.source else { return }
      receiveEcho(from: source, identifier, sequence, at: now)
    case .tcp, .neighbourSolicitation, .routerSolicitation, .routerAdvertisement, .listenerReport, .other: break
    }
  }

  /// A frame that left this host without being a probe: it counts against the device's budget.
  private mutating func observe(_ frame: InboundFrame, at now: MonotonicInstant) {
    if case .arp(let packet) = frame.content {
      if configuration.countsUnicastARP || frame.ethernet.destination.isGroup { arpBudget.observe(at: now) }
      guard let index = positions[IPAddress(packet.target)] else { return }
      let device = targets[index].device
      // The kernel asks too, by broadcast, before it opens a connection.
      if devices[device].ownARP > 0 { devices[device].ownARP -= 1 } else { devices[device].budget.charge(at: now) }
      return
    }
    // Our own datagrams, echo requests and solicitations were charged when they were made.
    guard case .tcp = frame.content, let destination = frame.destination, let index = positions[destination]
    else { return }
    let device = targets[index].device
    devices[device].budget.charge(at: now)
    if devices[device].owed > 0 { devices[device].owed -= 1 }
    // An ordinary connection keeps the device busy: it is watched meanwhile.
    devices[device].health.probed()
    let wake = devices[device].health.wakeAt
    if wake < Self.whenCalled { queue.schedule(device, at: wake, now: now) }
  }

  // MARK: Addresses

  private mutating func receive(_ packet: ARPPacket, at now: MonotonicInstant) {
    guard packet.operation == .reply, packet.target == configuration.source, !packet.senderMAC.isGroup else { return }
    let sender = IPAddress(packet.sender)
    if discovery.answered(packet.sender, packet.senderMAC) { return found(sender, packet.senderMAC) }
    claim(sender, packet.senderMAC, at: now)
  }

  /// Of the replies that are turned away, one is the answer to a heartbeat: a device that talks too much is not gone.
  private mutating func receiveInStorm(_ packet: ARPPacket, at now: MonotonicInstant) {
    let sender = IPAddress(packet.sender)
    guard packet.operation == .reply, packet.target == configuration.source, owners[sender] == packet.senderMAC,
      let index = positions[sender],
      targets[index].check != nil || devices[targets[index].device].health.askedSince != nil
    else { return }
    heartbeatAnswered(index, at: now)
  }

  private mutating func found(_ address: IPAddress, _ mac: MACAddress, isOffLink: Bool = false) {
    guard owners[address] == nil else { return }
    owners[address] = mac
    pending.append(.found(address, mac, isOffLink: isOffLink))
  }

  private mutating func receive(_ message: NeighbourAdvertisement, _ frame: InboundFrame, at now: MonotonicInstant) {
    claim(IPAddress(message.target), message.targetMAC ?? frame.ethernet.source, at: now)
  }

  /// Somebody says that an address is his: the device that is watched, or another.
  private mutating func claim(_ address: IPAddress, _ mac: MACAddress, at now: MonotonicInstant) {
    guard let owner = owners[address] else { return }
    if owner == mac {
      if let index = positions[address] { heartbeatAnswered(index, at: now) }
    } else if conflicts[address, default: []].insert(mac).inserted {
      pending.append(.conflict(address, mac))
    }
  }

  private mutating func receiveEcho(
    from address: IPAddress, _ identifier: UInt16, _ sequence: UInt16, at now: MonotonicInstant
  ) {
    if discovery.echoed(address, identifier: identifier, sequence: sequence), let gateway = offLink[address] {
      return found(address, gateway, isOffLink: true)
    }
    guard identifier == echoIdentifier, let index = positions[address],
      UInt16(truncatingIfNeeded: index) == sequence
    else { return }
    heartbeatAnswered(index, at: now)
  }

  /// What the sensor heard, and the storms.
  mutating func reportPassive() {
    for sighting in sensor.takeSightings() {
      discovery.heard(sighting.mac, sighting.address)
      pending.append(.sighted(sighting))
    }
    for sign in sensor.takeRebootSigns() { rebootSign(of: sign.mac) }
    for storm in storms.takeStorms() { pending.append(.storm(storm.mac)) }
  }

  // MARK: Ports

  private mutating func receive(
    _ header: TCPHeader, _ frame: InboundFrame, _ octets: Span<UInt8>, _ payload: Range<Int>, at now: MonotonicInstant
  ) {
    guard header.destinationPort == configuration.sourcePort, header.flags.contains(.ack),
      let source = frame.source
    else { return }
    guard let index = position(of: source) else { return receiveStranger(header, source, at: now) }
    guard targets[index].prepared.isValid(acknowledging: header.acknowledgement, port: header.sourcePort)
    else { return }
    noteLiveness(index, header, at: now)
    if !header.flags.contains(.rst), configuration.backEnd == .frames {
      let place = configuration.space.place(of: header.sourcePort)
      owe(header, index, isRepeated: place.map { targets[index].scan.cells[$0] == .open } ?? true)
    }
    if header.flags.contains(.rst) {
      settle(index, header.sourcePort, .closed, try: nil, at: now)
    } else if !header.flags.contains(.syn) {
      // To a port that waits for the handshake's end the SYN was out of its window, and it says so by
      // an ACK (RFC 9293 §3.10.7.4): the port is open.
      settle(index, header.sourcePort, .open, try: nil, at: now)
    } else {
      let number = header.timestampEcho(in: octets, payload: payload).flatMap { ProbeCookie.tryNumber(echo: $0) }
      if configuration.backEnd == .connections {
        devices[targets[index].device].owed += configuration.backEnd.framesOfKernel
      } else if !targets[index].reportedStack {
        targets[index].reportedStack = true
        pending.append(.stack(source, timeToLive: frame.timeToLive ?? 0, window: header.window))
      }
      settle(index, header.sourcePort, .open, try: number, at: now)
    }
  }

  private mutating func position(of address: IPAddress) -> Int? {
    if let last = lastAnswered, last.address == address { return last.index }
    guard let index = positions[address] else { return nil }
    lastAnswered = (address, index)
    return index
  }

  /// A port that was asked whether its device is there answered.
  private mutating func noteLiveness(_ index: Int, _ header: TCPHeader, at now: MonotonicInstant) {
    guard let check = targets[index].check, check.port == header.sourcePort, check.sent > 0 else { return }
    concludeLiveness(index, alive: true)
    // Another address of the device may have waited for this.
    queue.schedule(targets[index].device, at: now, now: now)
  }

  /// An address behind a gateway that ignored echo requests answers a single SYN, or one that was forgotten answers
  /// late.
  private mutating func receiveStranger(_ header: TCPHeader, _ address: IPAddress, at now: MonotonicInstant) {
    let gateway = offLink[address]
    guard gateway != nil || owners[address] != nil, let source = source(for: address),
      cookie.prepared(source: source, target: address, sourcePort: configuration.sourcePort)
        .isValid(acknowledging: header.acknowledgement, port: header.sourcePort)
    else { return }
    let isFirst = discovery.answeredSYN(address)
    if isFirst, let gateway { found(address, gateway, isOffLink: true) }
    guard !header.flags.contains(.rst), configuration.backEnd == .frames else { return }
    oweStranger(header, address, isFirst: isFirst, now: now)
  }

  private mutating func receive(_ message: Unreachable, at now: MonotonicInstant) {
    guard let index = positions[message.destination] else { return }
    if message.proto == .tcp, message.sourcePort == configuration.sourcePort, let sequence = message.sequence,
      targets[index].prepared.isValid(sequence: sequence, port: message.destinationPort)
    {
      // A filter said no. That is no answer of the port itself, but asking again is of no use.
      settle(index, message.destinationPort, .silent, try: nil, at: now)
    } else if message.proto == .udp {
      let isPort = message.meaning == .port
      for (place, probe) in configuration.datagrams.enumerated()
      where probe.port == message.destinationPort && sourcePort(of: probe) == message.sourcePort {
        _ = targets[index].datagrams.resolve(place, as: isPort ? .closed : .silent, at: now)
      }
      queue.schedule(targets[index].device, at: now, now: now)
    }
  }

  private mutating func settle(
    _ index: Int, _ port: UInt16, _ cell: CellTable.Cell, try number: Int?, at now: MonotonicInstant
  ) {
    let device = targets[index].device
    devices[device].ceiling.gotAnswer(at: now)
    devices[device].health.heard(at: now)
    targets[index].control?.answered(port, open: cell == .open)
    if devices[device].waitsForAnswers { queue.schedule(device, at: now, now: now) }
    guard let place = configuration.space.place(of: port) else { return }
    let result = targets[index].scan.resolve(place, as: cell, try: number, loss: &devices[device].loss, at: now)
    guard result.isNew else { return }
    adapt(device, lostTries: result.lostTries)
    if configuration.keepsChanges {
      changes.append(Change(target: Int32(truncatingIfNeeded: index), port: port, cell: cell))
    }
    guard cell == .open else { return }
    pending.append(.open(targets[index].address, port))
    if targets[index].scan.cells.count(of: .open) == ControlProbes.openPortsBeforeCheck {
      let (high, low) = targets[index].address.words
      targets[index].control = ControlProbes(
        seed: configuration.seed, tweak: high ^ low, timeout: targets[index].scan.roundTrip.timeout(try: 0))
      queue.schedule(device, at: now, now: now)
    }
  }

  /// More probes on their way while answers come, half as many after a loss (as TCP does: RFC 5681 §3.1).
  private mutating func adapt(_ device: Int, lostTries: Int) {
    guard devices[device].limits.inFlight == 0 else { return }
    if lostTries == 0 {
      devices[device].window = min(Self.largestWindow, devices[device].window + 1)
    } else if devices[device].window > Self.smallestWindow * 4, devices[device].loss.lost % 64 == 0 {
      devices[device].window /= 2
    }
  }

  /// A datagram is believed only on the port that its question left from, and only from the port that was
  /// asked unless the protocol answers from others.
  private mutating func receiveDatagram(
    from address: IPAddress, _ header: UDPHeader, _ payload: Span<UInt8>, at now: MonotonicInstant
  ) {
    guard let index = positions[address] else { return }
    let places = configuration.datagrams.indices.filter { place in
      let probe = configuration.datagrams[place]
      return sourcePort(of: probe) == header.destinationPort
        && (probe.port == header.sourcePort || probe.answersFromAnyPort)
    }
    guard !places.isEmpty else { return }
    queue.schedule(targets[index].device, at: now, now: now)
    let octets = [UInt8](copying: payload)
    // Several questions may have gone to one port, and an answer may come from any, so the octets decide first.
    let answered = places.first { configuration.datagrams[$0].isAnswer(octets, transaction($0, index)) }
    guard let place = answered ?? places.first(where: { configuration.datagrams[$0].port == header.sourcePort }),
      targets[index].datagrams.resolve(place, as: .open, at: now)
    else { return }
    pending.append(.datagram(address, place: place, isAnswer: answered != nil, octets: octets))
  }
}

extension [UInt8] {
  /// The octets that a span lends.
  public init(copying span: Span<UInt8>) {
    self.init(capacity: span.count) { output in
      for index in span.indices { output.append(span[index]) }
    }
  }
}
