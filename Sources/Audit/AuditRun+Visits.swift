internal import Addressing
internal import Checklist
internal import Engine
internal import Probes
internal import Records
internal import Wire

// Ordinary connections: at most one per device at a time, each within the device's frame budget.
extension AuditRun {
  /// Starts, feeds and ends connections.
  /// - Returns: when the next one needs attention.
  func advanceVisits(now: MonotonicInstant) throws -> MonotonicInstant {
    for event in dialer.poll() { try handle(event, now: now) }
    var wake = now + .milliseconds(250)
    for index in records.indices {
      if records[index].visit == nil { takeNextPort(index) }
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

  private func takeNextPort(_ index: Int) {
    let mac = records[index].mac
    // One connection per device, whatever the number of its addresses.
    guard !records[index].queue.isEmpty, !records.contains(where: { $0.mac == mac && $0.visit != nil }) else { return }
    records[index].visit = Visit(port: records[index].queue.removeFirst())
    segments[records[index].segment].scan.reserveSession(records[index].address)
  }

  private func begin(_ visit: inout Visit, _ index: Int, now: MonotonicInstant) throws {
    let record = records[index]
    guard segments[record.segment].scan.sessionFits(record.address, now: now) else { return }
    visit.startedAt = environment.wall()
    let source = segments[record.segment].plan.source
    switch dialer.open(record.address, mac: record.mac, port: visit.port, from: source) {
    case .started(let session):
      visit.session = session
    case .refused(let reason), .localFailure(let reason):
      records[index].visit = visit
      try failed(index, reason: reason)
    }
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
      if let index = recordIndex(session) { try failed(index, reason: reason) }
    case .finished(let session):
      if let index = recordIndex(session) { try finish(index) }
    }
  }

  private func recordIndex(_ session: Int) -> Int? { records.firstIndex { $0.visit?.session == session } }

  private func withVisit(_ session: Int, _ change: (inout Visit) -> Void) {
    guard let index = recordIndex(session), var visit = records[index].visit else { return }
    change(&visit)
    records[index].visit = visit
  }

  private func release(_ index: Int) {
    records[index].visit = nil
    segments[records[index].segment].scan.releaseSession(records[index].address)
  }

  private func failed(_ index: Int, reason: String) throws {
    guard let visit = records[index].visit else { return }
    let endpoint = ServiceEndpoint(transport: .tcp, port: visit.port)
    let device = DeviceID(mac: records[index].mac)
    release(index)
    try observe(
      .serviceIdentification, .service(device, endpoint), .connectionFailed(reason: reason), at: environment.wall())
  }

  /// The connection is closed on both sides: what it brought becomes evidence.
  private func finish(_ index: Int) throws {
    guard let visit = records[index].visit, let outcome = visit.outcome else { return release(index) }
    let record = records[index]
    let endpoint = ServiceEndpoint(transport: .tcp, port: visit.port)
    let response = visit.conversation?.response ?? []
    release(index)
    let device = DeviceID(mac: record.mac)
    // Every address of a device is listened to: behind one MAC there may be several hosts (RFC 1027).
    let isFirst = devices[record.mac]?.addresses.first == record.address
    let place = isFirst ? device.rawValue : "\(device.rawValue)-\(record.address)"
    let name = "\(place)-tcp-\(visit.port)"
    let moment = visit.startedAt ?? environment.wall()
    try evidence.conversation(name, request: [], response: response)
    let fact: Observation.Fact
    let word: String
    switch outcome {
    case .identified(let protocolName, let basis):
      fact = .serviceIdentified(protocolName, basis: basis)
      word = protocolName.rawValue
      setProtocol(protocolName, of: endpoint, mac: record.mac)
    case .unidentified(let ended):
      fact = .serviceUnidentified(octets: response.count, ended: ended)
      word = "unidentified"
    }
    try evidence.record(
      "session.closed", at: environment.wall(),
      SessionEventRecord(address: record.address, port: visit.port, outcome: word, octets: response.count))
    let observation = try observe(
      .serviceIdentification, .service(device, endpoint), fact, at: moment,
      evidence: [PackPath.conversation(name).response])
    try report(observation, visit, response, record)
  }

  private func setProtocol(_ name: ProtocolName, of endpoint: ServiceEndpoint, mac: MACAddress) {
    guard let position = devices[mac]?.services.firstIndex(where: { $0.endpoint == endpoint }) else { return }
    devices[mac]?.services[position].protocolName = name
  }

  private func report(_ observation: Observation, _ visit: Visit, _ response: [UInt8], _ record: DeviceRecord) throws {
    guard let device = devices[record.mac] else { return }
    for check in findingMaker.matches(observation) {
      let id = numbered("F-", findings.count + 1, digits: 4)
      let finding = findingMaker.finding(
        id: id, check: check, observation: observation, device: device, evidence: PackPath.finding(id))
      findings.append(finding)
      try evidence.finding(
        finding, request: [], response: response, frames: visit.frames,
        interface: segments[record.segment].plan.interface)
      try evidence.record("finding", at: environment.wall(), finding)
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
      guard let ip = inbound.ipv4 else { return }
      let (remote, remotePort, localPort) =
        info.outbound
        ? (ip.destination, header.destinationPort, header.sourcePort)
        : (ip.source, header.sourcePort, header.destinationPort)
      guard localPort != plan.sourcePort, let position = positions[remote], let visit = records[position].visit,
        visit.port == remotePort, visit.localPort ?? localPort == localPort
      else { return }
      let copy = captured(frame, info)
      if visit.frames.count < Visit.frameLimit { records[position].visit?.frames.append(copy) }
      try evidence.frame(copy, interface: plan.interface, filter: plan.captureFilter)
    case .unreachable, .other:
      return
    }
  }

  private func captured(_ frame: Span<UInt8>, _ info: CapturedFrameInfo) -> CapturedFrame {
    var octets: [UInt8] = []
    octets.reserveCapacity(frame.count)
    for index in frame.indices { octets.append(frame[index]) }
    return CapturedFrame(
      nanoseconds: info.at.nanoseconds, octets: octets, originalLength: info.originalLength, outbound: info.outbound)
  }
}
