internal import Addressing
internal import Credentials
internal import Engine
internal import Probes
internal import Records
internal import Wire

// Probes: one at a time for a device, each action within the device's frame budget.
extension AuditRun {
  /// Remembers an open port to identify.
  func enqueue(_ port: UInt16, _ position: Int) throws {
    let endpoint = ServiceEndpoint(transport: .tcp, port: port)
    if let presumed = plan.presumed {
      return try choose(endpoint, presumed.name, tls: presumed.tls, said: [], position)
    }
    let manner = ServiceIdentification.Manner(wait: plan.wait(for: port), mayAsk: plan.mayAsk(port))
    let probe = ServiceIdentification(
      port: port, manner: manner, recogniser: recogniser, seed: seed(for: endpoint, position))
    enqueue(ProbeTask(endpoint: endpoint, probe: probe), position)
  }

  func enqueue(_ task: ProbeTask, _ position: Int) {
    guard records[position].phase == .scanning else { return }
    if records[position].queue.isEmpty, records[position].visit == nil { waitingVisits.append(position) }
    records[position].queue.append(task)
  }

  /// Chooses the probes for a service by what is known of it.
  /// - Parameter answered: questions to which there is a verdict about the service already.
  func choose(
    _ endpoint: ServiceEndpoint, _ name: ProtocolName?, tls: Bool, said: [UInt8], answered: Set<String> = [],
    _ position: Int
  ) throws {
    guard plan.keepsObservations else { return }
    let record = records[position]
    let target = ProbeTarget(
      address: record.address, endpoint: endpoint, protocolName: name, tls: tls, said: said,
      answered: answered, claims: devices[record.device]?.claims ?? [], seed: seed(for: endpoint, position),
      moment: environment.wall(), authorities: plan.authorities)
    for probe in plan.registry.probes(for: target) {
      var task = ProbeTask(endpoint: endpoint, probe: probe)
      let key = ProbeTask.key(endpoint, task.sheet.id)
      guard records[position].chosen.insert(key).inserted else { continue }
      task.breaks = record.breaks[key] ?? 0
      if task.sheet.datagrams > 0 && exchanger == nil || task.sheet.fetches > 0 && client == nil { continue }
      guard plan.permits(task.sheet, at: endpoint) else {
        try evidence.record(
          "probe.not-permitted", at: environment.wall(),
          ProbeEventRecord(address: record.address, endpoint: endpoint, probe: task.sheet.id))
        continue
      }
      enqueue(task, position)
    }
  }

  /// The same for the same run, address and service, and for nothing else (FNV-1a).
  func seed(for endpoint: ServiceEndpoint, _ position: Int) -> UInt64 {
    "\(records[position].address) \(endpoint)".utf8.reduce(0xcbf2_9ce4_8422_2325 ^ plan.seed.low) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
    }
  }

  /// Starts, feeds and ends probes.
  /// - Returns: when the next one needs attention.
  func advanceVisits(now: MonotonicInstant) throws -> MonotonicInstant {
    // Also when nothing is under way: a connection that was broken off is still saying goodbye, and its socket would wake
    // the loop for ever.
    for event in dialer.poll() { take(event, .stream, now: now) }
    for event in logins?.shell?.poll() ?? [] { take(event, now: now) }
    guard !waitingVisits.isEmpty || !activeVisits.isEmpty else {
      return [now + .milliseconds(250), dialer.wakeAt, logins?.shell?.wakeAt].compactMap(\.self).min() ?? now
    }
    for event in exchanger?.poll() ?? [] { take(event, .datagrams, now: now) }
    for (exchange, result) in client?.poll() ?? [] { take(result, exchange, now: now) }
    try takeNextTasks(now: now)
    var wake =
      [now + .milliseconds(250), dialer.wakeAt, client?.wakeAt, logins?.shell?.wakeAt].compactMap(\.self).min() ?? now
    for index in activeVisits {
      guard let visit = records[index].visit else { continue }
      wake = min(wake, try drive(visit, index, now: now))
    }
    return wake
  }

  /// One probe per device, whatever the number of its addresses.
  private func takeNextTasks(now: MonotonicInstant) throws {
    var busy = Set(activeVisits.map { records[$0].device })
    var stillWaiting: [Int] = []
    let waiting = waitingVisits
    waitingVisits = []
    for index in waiting {
      // A queue is emptied when the device must not be touched any more.
      guard let task = records[index].queue.first else {
        try endIfDone(index, now: now)
        continue
      }
      guard mayMeanSomething(task, index), busy.insert(records[index].device).inserted else {
        stillWaiting.append(index)
        continue
      }
      records[index].queue.removeFirst()
      records[index].visit = Visit(task)
      segments[records[index].segment].scan.reserveSession(records[index].address)
      activeVisits.append(index)
    }
    // Devices that the end of their queue has given a login are behind the others.
    waitingVisits = stillWaiting + waitingVisits
  }

  /// A device that has opened every port so far may be one that opens them all: no connection is made
  /// before another answer, a silence, or the end of the scan says otherwise.
  private func mayMeanSomething(_ task: ProbeTask, _ index: Int) -> Bool {
    let record = records[index]
    guard task.endpoint.transport == .tcp, !record.scanFinished,
      let target = segments[record.segment].scan.target(record.address)
    else { return true }
    let scan = target.scan
    return scan.cells.count(of: .closed) > 0 || scan.sent - scan.answers - scan.outstanding > 0
  }

  /// The device is in distress, or is not to be touched any more: the probe ends at once, and begins anew when the
  /// device is well. A probe in which it fell twice is not begun a third time; only listening and the like is.
  func breakOff(_ index: Int) throws {
    guard let visit = records[index].visit else { return }
    closeChannels(of: visit)
    var task = visit.task
    task.breaks += 1
    let isGivenUp = task.breaks > 1 && !task.isIdentification || task.login != nil
    if task.login != nil { try breakOffLogin(visit, index) }
    if !isGivenUp { records[index].queue.insert(task, at: 0) }
    leave(index)
    // Also with an empty queue, so that the device is looked at once more and comes to an end.
    waitingVisits.append(index)
    let moment = environment.wall()
    let address = records[index].address
    if task.isIdentification {
      try evidence.record("session.broken-off", at: moment, PortEvent(address: address, port: task.endpoint.port))
    } else {
      try evidence.record(
        isGivenUp ? "probe.given-up" : "probe.broken-off", at: moment,
        ProbeEventRecord(
          address: address, endpoint: task.endpoint, probe: task.sheet.id, requests: visit.used.fetches))
    }
  }

  func release(_ index: Int) {
    leave(index)
    if !records[index].queue.isEmpty { waitingVisits.append(index) }
  }

  private func leave(_ index: Int) {
    records[index].visit = nil
    activeVisits.removeAll { $0 == index }
    segments[records[index].segment].scan.releaseSession(records[index].address)
  }

  /// Keeps the frames that are evidence: ARP answers and everything of a probe's conversations.
  func keep(_ frame: Span<UInt8>, _ inbound: InboundFrame, _ info: CapturedFrameInfo, segment: Int) throws {
    let plan = segments[segment].plan
    switch inbound.content {
    case .arp(let packet):
      guard !info.outbound, packet.operation == .reply, packet.target == plan.source else { return }
      try evidence.frame(captured(frame, info), interface: plan.interface, filter: plan.captureFilter)
    case .tcp(let header, let payload):
      guard !activeVisits.isEmpty else { return }
      let ports = (header.sourcePort, header.destinationPort)
      let (remotePort, localPort) = info.outbound ? (ports.1, ports.0) : ports
      // Of a login not a frame is kept.
      guard localPort != plan.sourcePort, !withheldFlows.contains(Flow(remotePort, localPort)),
        let visit = visit(inbound, info), visit.task.login == nil,
        visit.channels.contains(where: {
          $0.carrier != .datagrams && $0.port == remotePort && (port(of: $0) ?? localPort) == localPort
        })
      else { return }
      let copy = captured(frame, info)
      if visit.frames.count < Visit.frameLimit { visit.frames.append(copy) }
      if !info.outbound {
        visit.capturedOctets += payload.count
        if header.flags.contains(.fin) || header.flags.contains(.rst) { visit.capturedEnds.insert(localPort) }
      }
      try evidence.frame(copy, interface: plan.interface, filter: plan.captureFilter)
    case .udp(let header, let payload):
      let isScan =
        header.destinationPort == plan.datagramPort || plan.fixedDatagramPorts.contains(header.destinationPort)
      let remotePort = info.outbound ? header.destinationPort : header.sourcePort
      let visit = visit(inbound, info).flatMap { visit in
        visit.channels.contains { $0.carrier == .datagrams && ($0.takesAnyPort || $0.port == remotePort) } ? visit : nil
      }
      // Of a login not a frame is kept.
      guard visit?.task.login == nil, visit != nil || (isScan && !info.outbound) else { return }
      let copy = captured(frame, info)
      // A probe may share a port of this host with the scan, which has its answer by then.
      let localPort = info.outbound ? header.sourcePort : header.destinationPort
      let isProbe = visit?.channels.contains { $0.carrier == .datagrams && $0.localPort == localPort } == true
      if let visit, isProbe || !isScan {
        if visit.frames.count < Visit.frameLimit { visit.frames.append(copy) }
        if !info.outbound { visit.capturedOctets += payload.count }
      }
      try evidence.frame(copy, interface: plan.interface, filter: plan.captureFilter)
    case .unreachable, .echoReply, .neighbourSolicitation, .neighbourAdvertisement, .routerSolicitation,
      .routerAdvertisement, .listenerReport, .other:
      return
    }
  }

  /// Remembers the ports of a connection of which no frame is kept: what comes late, when its probe is over, is not kept either.
  func noteFlow(_ channel: Visit.Channel) {
    guard let localPort = channel.localPort else { return }
    let flow = Flow(channel.port, localPort)
    if channel.isWithheld { withheldFlows.insert(flow) } else { withheldFlows.remove(flow) }
  }

  /// The two ports of a connection; without addresses, so that rather too little is kept than too much.
  struct Flow: Hashable {
    let remotePort, localPort: UInt16

    init(_ remotePort: UInt16, _ localPort: UInt16) { (self.remotePort, self.localPort) = (remotePort, localPort) }
  }

  private func port(of channel: Visit.Channel) -> UInt16? {
    channel.localPort ?? (channel.carrier == .http ? client?.localPort(channel.session) : nil)
  }

  /// The probe that is under way with the device at the other end of a frame.
  func visit(_ inbound: InboundFrame, _ info: CapturedFrameInfo) -> Visit? {
    (info.outbound ? inbound.destination : inbound.source).flatMap { positions[$0] }.flatMap { records[$0].visit }
  }

  func captured(_ frame: Span<UInt8>, _ info: CapturedFrameInfo) -> CapturedFrame {
    CapturedFrame(
      nanoseconds: info.at.nanoseconds, octets: [UInt8](copying: frame), originalLength: info.originalLength,
      outbound: info.outbound)
  }
}
