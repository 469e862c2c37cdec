public import Addressing
internal import Records
internal import Wire

// Building frames, and charging them to who pays for them.
extension SegmentScan {
  mutating func sendSYN(to port: UInt16, try number: Int, _ index: Int, device: Int, now: MonotonicInstant) {
    appendSYN(to: port, try: number, index)
    devices[device].recent.note(.syn(port: port, try: UInt8(truncatingIfNeeded: number)), target: index, at: now)
    noteProbe(device, at: now)
    charge(device, now: now)
  }

  private mutating func noteProbe(_ device: Int, at now: MonotonicInstant) {
    let known = devices[device].ceiling.limit
    devices[device].ceiling.sentProbe(at: now)
    let pace = devices[device].ceiling.pace
    if pace != devices[device].pace.rate { devices[device].pace.setRate(pace) }
    devices[device].pace.charge(at: now)
    guard known == nil, devices[device].ceiling.limit != nil else { return }
    // Until now the limit, and no filter, was why ports stayed silent.
    devices[device].loss.forgetResets()
    for index in devices[device].targets {
      targets[index].scan.askSilentAgain()
      targets[index].scan.resetsWereWithheld()
    }
  }

  private mutating func appendSYN(to port: UInt16, try number: Int, _ index: Int) {
    let sequence = targets[index].prepared.sequence(port: port)
    appendSYN(to: port, sequence, try: number, targets[index].address, targets[index].nextHop)
  }

  private mutating func appendSYN(
    to port: UInt16, _ sequence: UInt32, try number: Int, _ target: IPAddress, _ mac: MACAddress
  ) {
    let timestamp = ProbeCookie.timestamp(try: number)
    if let address = target.v4 {
      syn4?.aim(at: address, mac: mac, port: port, sequence: sequence, timestamp: timestamp)
      syn4?.withSpan { batch.append($0) }
    } else if let address = target.v6 {
      syn6?.aim(at: address, mac: mac, port: port, sequence: sequence, timestamp: timestamp)
      syn6?.withSpan { batch.append($0) }
    }
  }

  mutating func sendDatagram(_ place: Int, _ index: Int, device: Int, now: MonotonicInstant) {
    append(datagram(place, index))
    targets[index].datagrams.commit(place, at: now)
    devices[device].recent.note(.datagram(place: UInt16(truncatingIfNeeded: place)), target: index, at: now)
    charge(device, now: now)
  }

  private mutating func charge(_ device: Int, now: MonotonicInstant) {
    devices[device].budget.chargeProbe(at: now)
    devices[device].health.probed()
    if let relay = devices[device].relay { relays[relay].pacer.charge(at: now) }
  }

  /// The number by which an answer names its question: keyed, and the same for each try, so that a
  /// late answer counts too.
  func transaction(_ place: Int, _ index: Int) -> UInt32 {
    targets[index].prepared.sequence(port: UInt16(truncatingIfNeeded: place)) | 1
  }

  /// The payload of the UDP question at a place of the configuration's list, as this address gets it;
  /// empty when it is no target.
  public func question(_ place: Int, to address: IPAddress) -> [UInt8] {
    guard let index = positions[address] else { return [] }
    return configuration.datagrams[place].payload(transaction(place, index))
  }

  func sourcePort(of probe: DatagramProbe) -> UInt16 { probe.sourcePort ?? configuration.datagramPort }

  private func datagram(_ place: Int, _ index: Int) -> [UInt8] {
    let probe = configuration.datagrams[place]
    guard let addresses = addresses(to: index) else { return [] }
    let payload = probe.payload(transaction(place, index))
    return UDPHeader.frame(
      addresses, sourcePort: sourcePort(of: probe), destinationPort: probe.port, payload: payload) ?? []
  }

  private func addresses(to index: Int) -> FrameAddresses? {
    guard let source = source(for: targets[index].address) else { return nil }
    return FrameAddresses(
      sourceMAC: configuration.mac, destinationMAC: targets[index].nextHop, source: source,
      destination: targets[index].address)
  }

  /// Sends the question whether the device is there: ARP or neighbour solicitation to its own MAC
  /// address, or an echo request when a gateway lies between.
  /// - Returns: nil when it was sent, else when it can be.
  mutating func askWhetherThere(_ number: Int, now: MonotonicInstant) -> MonotonicInstant? {
    guard let index = devices[number].targets.first(where: { !targets[$0].isReleased }) else { return now }
    if let earliest = sendHeartbeat(index, device: number, now: now) { return earliest }
    devices[number].health.asked(at: now)
    // A service that is listened to costs no frames, and its device is watched all the same.
    if devices[number].session == .open { devices[number].health.probed() }
    devices[number].recent.note(.heartbeat, target: index, at: now)
    return nil
  }

  /// - Returns: nil when it was sent, else when it can be.
  private mutating func sendHeartbeat(_ index: Int, device number: Int, now: MonotonicInstant) -> MonotonicInstant? {
    let isARP =
      targets[index].address.isIPv4 && !devices[number].isOffLink && configuration.heartbeat == .neighbour
    let limit = devices[number].limits.rate
    // Frames of an open connection cannot be held back: where it may take the whole budget, none is before them.
    let isTight = devices[number].session == .open && limit > 0 && limit <= Self.sessionReserve
    let earliest = devices[number].budget.earliestProbe(now: now, reserve: isTight ? limit - 1 : 0)
    guard earliest <= now else { return earliest }
    if isARP, configuration.countsUnicastARP {
      guard mayPass(.arp, device: number, now: now) else { return Self.whenCalled }
    } else if let relay = devices[number].relay {
      guard mayPass(.relay(relay), device: number, now: now) else { return Self.whenCalled }
    }
    append(heartbeat(index, device: number))
    devices[number].budget.charge(at: now)
    if let relay = devices[number].relay { relays[relay].pacer.charge(at: now) }
    if isARP {
      if configuration.countsUnicastARP { arpBudget.charge(at: now) }
      storms.noteQuestion(at: now)
      devices[number].ownARP += 1
    }
    return nil
  }

  private func heartbeat(_ index: Int, device number: Int) -> [UInt8] {
    let target = targets[index]
    if devices[number].isOffLink || configuration.heartbeat == .echo {
      let sequence = UInt16(truncatingIfNeeded: index)
      return addresses(to: index).flatMap {
        EchoMessage.request($0, identifier: echoIdentifier, sequence: sequence)
      } ?? []
    }
    if let address = target.address.v4, let source = configuration.source {
      return ARPPacket.request(for: address, to: target.nextHop, from: configuration.mac, source)
    }
    guard let address = target.address.v6, let source = configuration.linkLocal else { return [] }
    return NeighbourSolicitation.frame(for: address, to: target.nextHop, from: configuration.mac, source)
  }

  /// Appends a question about an address that is not probed yet.
  mutating func ask(_ question: Discovery.Question, now: MonotonicInstant) {
    switch question {
    case .arp(let address, let mac):
      guard let source = configuration.source else { return }
      append(ARPPacket.request(for: address, to: mac ?? .broadcast, from: configuration.mac, source))
    case .echoToAllNodes(let source, let identifier, let sequence):
      let group = IPv6Address.allNodes
      let addresses = FrameAddresses(
        sourceMAC: configuration.mac, destinationMAC: group.multicastMAC, source: source, destination: group)
      if let frame = EchoMessage.request(addresses, identifier: identifier, sequence: sequence) { append(frame) }
    case .listenerQuery:
      guard let source = configuration.linkLocal else { return }
      append(ListenerQuery.frame(from: configuration.mac, source))
    case .solicitation(let address, let mac):
      guard let source = configuration.linkLocal else { return }
      append(NeighbourSolicitation.frame(for: address, to: mac, from: configuration.mac, source))
      // An address that a known device may have: the question reaches it whether it has it or not.
      if let device = mac.flatMap({ devicesByMAC[$0] }) { devices[device].budget.charge(at: now) }
    case .echo(let address, let identifier, let sequence):
      guard let gateway = offLink[address], let source = source(for: address),
        let addresses = FrameAddresses(
          sourceMAC: configuration.mac, destinationMAC: gateway, source: source, destination: address),
        let frame = EchoMessage.request(addresses, identifier: identifier, sequence: sequence)
      else { return }
      append(frame)
    case .syn(let address, let port, let number):
      guard let gateway = offLink[address], let source = source(for: address) else { return }
      let sequence = cookie.prepared(source: source, target: address, sourcePort: configuration.sourcePort)
        .sequence(port: port)
      appendSYN(to: port, sequence, try: number, address, gateway)
    }
  }

  /// Echo answers with another identifier belong to somebody else.
  var echoIdentifier: UInt16 { UInt16(truncatingIfNeeded: configuration.seed.low >> 16) }

  /// The unicast questions of a liveness check, and its end.
  /// - Returns: nil when no check is under way.
  mutating func checkLivenessStep(_ index: Int, device number: Int, now: MonotonicInstant) -> LivenessStep? {
    guard var check = targets[index].check else { return nil }
    guard check.nextAt <= now else { return .wait(check.nextAt) }
    guard check.sent < LivenessCheck.tries else {
      concludeLiveness(index, alive: false)
      return .over
    }
    if let port = check.port {
      if let earliest = askByPort(port, try: check.sent, index, device: number, now: now) { return .wait(earliest) }
    } else if let earliest = sendHeartbeat(index, device: number, now: now) {
      return .wait(earliest)
    }
    check.sent += 1
    check.nextAt = now + LivenessCheck.interval
    targets[index].check = check
    return .sent
  }

  /// - Returns: nil when the SYN was sent, else when it can be.
  private mutating func askByPort(
    _ port: UInt16, try number: Int, _ index: Int, device: Int, now: MonotonicInstant
  ) -> MonotonicInstant? {
    let reserve = Self.reserve + devices[device].owed + configuration.backEnd.framesOfKernel
    let earliest = devices[device].budget.earliestProbe(now: now, reserve: reserve)
    guard earliest <= now else { return earliest }
    if let relay = devices[device].relay {
      guard mayPass(.relay(relay), device: device, now: now) else { return Self.whenCalled }
    }
    sendSYN(to: port, try: number, index, device: device, now: now)
    return nil
  }

  enum LivenessStep {
    case sent, over
    case wait(MonotonicInstant)
  }

  mutating func concludeLiveness(_ index: Int, alive: Bool?) {
    targets[index].check = nil
    pending.append(.alive(targets[index].address, alive))
    release(index)
  }

  /// The octets of frames that were sent, built again.
  func rebuilt(_ frames: [RecentFrames.Frame], device number: Int) -> [SentFrame] {
    var builder = self
    return frames.map { frame in
      builder.batch.removeAll()
      let target = Int(frame.target)
      switch frame.kind {
      case .syn(let port, let number): builder.appendSYN(to: port, try: Int(number), target)
      case .reset(let port): builder.append(reset(of: port, target))
      case .datagram(let place): builder.append(datagram(Int(place), target))
      case .heartbeat: builder.append(heartbeat(target, device: number))
      }
      return SentFrame(at: frame.at, octets: Array(builder.batch.octets[builder.batch.range(0)]))
    }
  }
}
