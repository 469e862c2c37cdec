internal import Addressing
internal import Checklist
internal import Engine
internal import Probes
internal import Records
internal import Wire

// Ordinary connections: at most one per device at a time, each within the device's frame budget.
extension AuditRun {
  /// Remembers an open port to connect to.
  func enqueue(_ port: UInt16, _ position: Int) {
    if records[position].queue.isEmpty, records[position].visit == nil { waitingVisits.append(position) }
    records[position].queue.append(port)
  }

  /// Starts, feeds and ends connections.
  /// - Returns: when the next one needs attention.
  func advanceVisits(now: MonotonicInstant) throws -> MonotonicInstant {
    guard !waitingVisits.isEmpty || !activeVisits.isEmpty else { return now + .milliseconds(250) }
    for event in dialer.poll() { try handle(event, now: now) }
    takeNextPorts(now: now)
    var wake = now + .milliseconds(250)
    for index in activeVisits {
      guard var visit = records[index].visit else { continue }
      if visit.session == nil {
        try begin(&visit, index, now: now)
        if records[index].visit != nil { records[index].visit = visit }
        wake = min(wake, now + .milliseconds(10))
      } else if let deadline = try endIfOver(&visit, index, now: now) {
        wake = min(wake, deadline)
      }
    }
    return wake
  }

  /// One connection per device, whatever the number of its addresses.
  private func takeNextPorts(now: MonotonicInstant) {
    var busy = Set(activeVisits.map { records[$0].device })
    var stillWaiting: [Int] = []
    for index in waitingVisits {
      // A queue is emptied when the device must not be touched any more.
      guard !records[index].queue.isEmpty else {
        endIfDone(index, now: now)
        continue
      }
      guard mayMeanSomething(index), busy.insert(records[index].device).inserted else {
        stillWaiting.append(index)
        continue
      }
      records[index].visit = Visit(port: records[index].queue.removeFirst())
      segments[records[index].segment].scan.reserveSession(records[index].address)
      activeVisits.append(index)
    }
    waitingVisits = stillWaiting
  }

  /// A device that has opened every port so far may be one that opens them all: no connection is made
  /// before another answer, a silence, or the end of the scan says otherwise.
  private func mayMeanSomething(_ index: Int) -> Bool {
    let record = records[index]
    guard !record.scanFinished, let target = segments[record.segment].scan.target(record.address) else { return true }
    let scan = target.scan
    return scan.cells.count(of: .closed) > 0 || scan.sent - scan.answers - scan.outstanding > 0
  }

  private func begin(_ visit: inout Visit, _ index: Int, now: MonotonicInstant) throws {
    let record = records[index]
    guard segments[record.segment].scan.sessionFits(record.address, now: now) else { return }
    visit.startedAt = environment.wall()
    let plan = segments[record.segment].plan
    let source = record.address.isIPv4 ? plan.source.map { IPAddress($0) } : plan.linkLocal.map { IPAddress($0) }
    let zone = record.address.isLinkLocal && !record.address.isIPv4 ? plan.index : nil
    switch dialer.open(record.address, zone: zone, mac: record.mac, port: visit.port, from: source) {
    case .started(let session):
      visit.session = session
    case .refused(let reason), .localFailure(let reason):
      records[index].visit = visit
      try failed(index, reason: reason, now: now)
    }
  }

  /// The device is in distress, or is not to be touched any more: the connection ends at once, and
  /// its port waits for another.
  func breakOff(_ index: Int) throws {
    guard let visit = records[index].visit else { return }
    if let session = visit.session { dialer.close(session) }
    records[index].visit = nil
    activeVisits.removeAll { $0 == index }
    segments[records[index].segment].scan.releaseSession(records[index].address)
    records[index].queue.insert(visit.port, at: 0)
    waitingVisits.append(index)
    try evidence.record(
      "session.broken-off", at: environment.wall(), PortEvent(address: records[index].address, port: visit.port))
  }

  /// - Returns: when to look again.
  private func endIfOver(_ visit: inout Visit, _ index: Int, now: MonotonicInstant) throws -> MonotonicInstant? {
    guard var conversation = visit.conversation, visit.outcome == nil, let session = visit.session else { return nil }
    guard conversation.isOver(at: now) else { return conversation.deadline }
    visit.outcome = conversation.outcome
    visit.conversation = conversation
    records[index].visit = visit
    dialer.close(session)
    return nil
  }

  private func handle(_ event: SessionEvent, now: MonotonicInstant) throws {
    switch event {
    case .opened(let session, let localPort):
      withVisit(session) { visit in
        visit.localPort = localPort
        visit.conversation = GreetingConversation(
          recogniser: recogniser, wait: plan.wait(for: visit.port), openedAt: now)
      }
    case .received(let session, let octets):
      withVisit(session) { visit in visit.conversation?.received(octets, at: now) }
    case .ended(let session, let ending):
      withVisit(session) { visit in visit.conversation?.ended(ending, at: now) }
    case .failed(let session, let reason):
      if let index = recordIndex(session) { try failed(index, reason: reason, now: now) }
    case .finished(let session):
      if let index = recordIndex(session) { try finish(index, now: now) }
    }
  }

  private func recordIndex(_ session: Int) -> Int? { activeVisits.first { records[$0].visit?.session == session } }

  private func withVisit(_ session: Int, _ change: (inout Visit) -> Void) {
    guard let index = recordIndex(session), var visit = records[index].visit else { return }
    change(&visit)
    records[index].visit = visit
  }

  private func release(_ index: Int, now: MonotonicInstant) {
    records[index].visit = nil
    activeVisits.removeAll { $0 == index }
    segments[records[index].segment].scan.releaseSession(records[index].address)
    if !records[index].queue.isEmpty { waitingVisits.append(index) }
    endIfDone(index, now: now)
  }

  private func failed(_ index: Int, reason: String, now: MonotonicInstant) throws {
    guard let visit = records[index].visit else { return }
    let endpoint = ServiceEndpoint(transport: .tcp, port: visit.port)
    let device = records[index].device
    release(index, now: now)
    let moment = environment.wall()
    try observe(.serviceIdentification, .service(device, endpoint), .connectionFailed(reason: reason), at: moment)
    try evidence.record(
      "session.failed", at: moment,
      SessionFailedEvent(address: records[index].address, port: visit.port, reason: reason))
  }

  /// The connection is closed on both sides: what it brought becomes evidence.
  private func finish(_ index: Int, now: MonotonicInstant) throws {
    guard let visit = records[index].visit, let outcome = visit.outcome else { return release(index, now: now) }
    let record = records[index]
    let endpoint = ServiceEndpoint(transport: .tcp, port: visit.port)
    let response = visit.conversation?.response ?? []
    release(index, now: now)
    let device = record.device
    // Every address of a device is listened to: behind one MAC there may be several hosts (RFC 1027).
    let name = "\(place(index))-tcp-\(visit.port)"
    let moment = visit.startedAt ?? environment.wall()
    try evidence.conversation(name, request: [], response: response)
    let fact: Observation.Fact
    let word: String
    switch outcome {
    case .identified(let protocolName, let basis):
      fact = .serviceIdentified(protocolName, basis: basis)
      word = protocolName.rawValue
      setProtocol(protocolName, of: endpoint, device: device)
    case .unidentified(let ended):
      fact = .serviceUnidentified(octets: response.count, ended: ended)
      word = "unidentified"
    }
    let observation = try observe(
      .serviceIdentification, .service(device, endpoint), fact, at: moment,
      evidence: [PackPath.conversation(name).response])
    try makeFindings(observation, request: [], response: response, frames: visit.frames, record)
    // After what follows from it: this line says that the conversation need not be repeated.
    try evidence.record(
      "session.closed", at: environment.wall(),
      SessionEventRecord(address: record.address, port: visit.port, outcome: word, octets: response.count))
  }

  func setProtocol(_ name: ProtocolName, tls: Bool = false, of endpoint: ServiceEndpoint, device: DeviceID) {
    guard let position = devices[device]?.services.firstIndex(where: { $0.endpoint == endpoint }) else { return }
    devices[device]?.services[position].protocolName = name
    devices[device]?.services[position].tls = tls
  }

  func makeFindings(
    _ observation: Observation, request: [UInt8], response: [UInt8], frames: [CapturedFrame], _ record: DeviceRecord
  ) throws {
    guard let device = devices[record.device] else { return }
    for check in findingMaker.matches(observation) {
      lastFinding += 1
      let id = numbered("F-", lastFinding, digits: 4)
      let finding = findingMaker.finding(
        id: id, check: check, observation: observation, device: device, evidence: PackPath.finding(id))
      findings.append(finding)
      try evidence.finding(
        finding, request: request, response: response, frames: frames,
        interface: segments[record.segment].plan.interface)
      try evidence.record("finding", at: finding.at, finding)
      environment.announce(finding)
    }
  }

  /// Keeps the frames that are evidence: ARP answers and everything of an ordinary connection.
  func keep(_ frame: Span<UInt8>, _ inbound: InboundFrame, _ info: CapturedFrameInfo, segment: Int) throws {
    let plan = segments[segment].plan
    switch inbound.content {
    case .arp(let packet):
      guard !info.outbound, packet.operation == .reply, packet.target == plan.source else { return }
      try evidence.frame(captured(frame, info), interface: plan.interface, filter: plan.captureFilter)
    case .tcp(let header, _):
      guard !activeVisits.isEmpty, let source = inbound.source, let destination = inbound.destination else { return }
      let (remote, remotePort, localPort) =
        info.outbound
        ? (destination, header.destinationPort, header.sourcePort)
        : (source, header.sourcePort, header.destinationPort)
      guard localPort != plan.sourcePort, let position = positions[remote], let visit = records[position].visit,
        visit.port == remotePort, visit.localPort ?? localPort == localPort
      else { return }
      let copy = captured(frame, info)
      if visit.frames.count < Visit.frameLimit { records[position].visit?.frames.append(copy) }
      try evidence.frame(copy, interface: plan.interface, filter: plan.captureFilter)
    case .udp(let header, _)
    where !info.outbound
      && (header.destinationPort == plan.datagramPort || plan.fixedDatagramPorts.contains(header.destinationPort)):
      try evidence.frame(captured(frame, info), interface: plan.interface, filter: plan.captureFilter)
    case .udp, .unreachable, .echoReply, .neighbourSolicitation, .neighbourAdvertisement, .routerSolicitation,
      .routerAdvertisement, .listenerReport, .other:
      return
    }
  }

  private func captured(_ frame: Span<UInt8>, _ info: CapturedFrameInfo) -> CapturedFrame {
    CapturedFrame(
      nanoseconds: info.at.nanoseconds, octets: [UInt8](copying: frame), originalLength: info.originalLength,
      outbound: info.outbound)
  }
}
