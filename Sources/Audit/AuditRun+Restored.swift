public import Addressing
public import Engine
internal import Probes
internal import Profiles
internal import Records

// The continuation of an interrupted run: what it found out is taken over and not asked again.
extension AuditRun {
  func takeOver(_ restored: RestoredRun) {
    observations = restored.observations
    findings = restored.findings
    lastObservation = restored.lastObservation
    lastFinding = restored.lastFinding
    omitted += restored.omitted.filter { !omitted.contains($0) }
    devices = restored.devices
    for (address, mac) in restored.sighted where address.v6?.isMulticast != true && !plan.selection.contains(address) {
      noteBystander(address, mac)
    }
    for device in devices.values {
      if let mac = device.mac { addressesPerMAC[mac] = device.addresses.count }
    }
    restoreProtocols(restored)
    for (device, entries) in Dictionary(grouping: restored.entries, by: \.key.device) {
      allowances[device] = HTTPAllowance(used: entries.reduce(0) { $0 + $1.requests })
    }
    for entry in restored.entries {
      if entry.isDone { append(entry, coverage: entry.coverage) } else { unsettled[entry.key] = entry }
    }
    for tcp in records.compactMap(\.coverage?.tcp) {
      openPorts += tcp.open
      settledBefore += tcp.open + tcp.closed + tcp.silent
    }
  }

  /// What services are, as the conversations with them came to.
  private func restoreProtocols(_ restored: RestoredRun) {
    for observation in restored.observations {
      if case .claimed(let claims) = observation.fact { add(claims, to: observation.subject.device) }
      guard case .service(let device, let endpoint) = observation.subject else { continue }
      switch observation.fact {
      case .serviceIdentified(let name, let tls, _): setProtocol(name, tls: tls == true, of: endpoint, device: device)
      default: break
      }
    }
    for entry in restored.entries {
      for datagram in entry.datagrams where datagram.isAnswer {
        guard let probe = question(datagram) else { continue }
        setProtocol(
          probe.protocolName, of: ServiceEndpoint(transport: .udp, port: datagram.port), device: entry.key.device)
      }
    }
  }

  /// Puts an address into the result on which nothing is left to do.
  private func append(_ entry: RestoredRun.Entry, coverage: DeviceCoverage?) {
    let segment = segments.firstIndex { $0.plan.asks(for: entry.key.address) } ?? 0
    var record = DeviceRecord(
      segment: segment, address: entry.key.address, device: entry.key.device, mac: entry.mac, from: entry.from,
      deviceClass: entry.deviceClass, dropsBefore: 0, to: entry.to)
    record.phase = .done
    record.scanFinished = true
    record.coverage = coverage
    record.distress = entry.distress
    // Two devices may have had the address one after the other; the later one has it now.
    if positions[entry.key.address] == nil { positions[entry.key.address] = records.count }
    devicesWithPorts.insert(entry.key.device)
    note(ports(of: entry))
    if entry.answersEverything { forgetUnknownServices(of: entry.key.device) }
    records.append(record)
    devicesFound += 1
    recordsDone += 1
  }

  func settled(_ entry: RestoredRun.Entry) -> SettledPorts {
    entry.settled(space: space, datagrams: datagrams)
  }

  /// An address was found again that an earlier run was not done with.
  func goOn(with entry: RestoredRun.Entry, _ position: Int) throws {
    let address = entry.key.address
    records[position].distress = entry.distress
    openPorts += entry.open.count
    try evidence.record(
      "device.resumed", at: environment.wall(), DeviceEvent(address: address, mac: entry.mac, vendor: nil))
    if entry.answersEverything { return noteAnswersEverything(position) }
    guard plan.keepsObservations else { return }
    records[position].chosen = entry.probed
    records[position].breaks = entry.breaks
    for port in entry.open where !entry.visited.contains(port) && plan.mayConnect(to: port) {
      try enqueue(port, position)
    }
    try chooseAgain(entry, position)
  }

  /// The probes that the earlier run chose and was not done with: chosen anew, by what it chose them by.
  private func chooseAgain(_ entry: RestoredRun.Entry, _ position: Int) throws {
    for known in entry.recognitions {
      try choose(
        known.endpoint, known.protocolName, tls: known.tls, said: said(known.said), answered: known.answered, position)
    }
    for datagram in entry.datagrams where datagram.isAnswer {
      guard let probe = question(datagram) else { continue }
      let endpoint = ServiceEndpoint(transport: .udp, port: datagram.port)
      try choose(endpoint, probe.protocolName, tls: false, said: said(datagram.said), position)
    }
  }

  private func said(_ path: String?) throws -> [UInt8] { try path.map { try evidence.response(at: $0) } ?? [] }

  private func question(_ datagram: RestoredRun.Datagram) -> UDPProbe? {
    datagrams.first { $0.port == datagram.port && $0.probe.id == datagram.probe }?.probe
  }

  /// The addresses that an earlier run was done with, for those who read them as they come.
  func reportRestored() {
    for record in records {
      guard let coverage = record.coverage, let device = devices[record.device] else { continue }
      let services = device.services.map(\.endpoint)
      environment.settled(
        HostReport(
          device: ordered(device), coverage: coverage,
          open: services.filter { $0.transport == .tcp }.map(\.port).sorted(),
          openUDP: services.filter { $0.transport == .udp }.map(\.port).sorted(),
          ports: PortRecord(
            device: record.device, address: record.address, requested: plan.requestedPorts, seed: "\(plan.seed)",
            open: services.filter { $0.transport == .tcp }.map(\.port).sorted(), closed: [], silent: [])))
    }
  }

  /// Somebody answered for the address, in this run or before it.
  func isKnown(_ address: IPAddress) -> Bool { positions[address] != nil }

  /// What is left of devices that were not found again: their earlier results stand, and say so.
  func concludeUnsettled() throws {
    let left = unsettled.values.sorted { ($0.key.address, $0.key.device) < ($1.key.address, $1.key.device) }
    unsettled = [:]
    for entry in left {
      let isOver = stopReason == nil && problem == nil
      let coverage = coverage(of: entry, isOver: isOver)
      let hadPorts = !devicesWithPorts.insert(entry.key.device).inserted
      append(entry, coverage: coverage)
      let ports = ports(of: entry)
      let moment = environment.wall()
      if hadPorts {
        try evidence.record("ports", at: moment, ports)
      } else {
        try evidence.ports(ports)
      }
      try evidence.record("coverage", at: moment, coverage)
      guard isOver else { continue }
      try evidence.record(
        "device.done", at: moment,
        AliveEvent(address: entry.key.address, device: entry.key.device, aliveAfter: false))
    }
  }

  private func ports(of entry: RestoredRun.Entry) -> PortRecord {
    let known = settled(entry)
    let isOpen = Set(known.open)
    return PortRecord(
      device: entry.key.device, address: entry.key.address, requested: plan.requestedPorts, seed: "\(plan.seed)",
      open: known.open.sorted(), closed: known.closed.filter { !isOpen.contains($0) }.sorted(),
      silent: known.silent.filter { !isOpen.contains($0) }.sorted())
  }

  private func coverage(of entry: RestoredRun.Entry, isOver: Bool) -> DeviceCoverage {
    let segment = segments.first { $0.plan.asks(for: entry.key.address) } ?? segments.first
    let source =
      entry.key.address.isIPv4
      ? segment?.plan.source.map { IPAddress($0) } : segment?.plan.linkLocal.map { IPAddress($0) }
    var coverage = DeviceCoverage(
      device: entry.key.device, address: entry.key.address, tcp: tcp(of: entry), aliveBefore: true,
      from: entry.from,
      vantage: Vantage(interface: segment?.plan.interface ?? "", address: source ?? entry.key.address))
    coverage.deviceClass = entry.deviceClass.rawValue
    let rate = plan.limits(for: entry.deviceClass).rate
    coverage.rateCeiling = rate > 0 ? rate : nil
    coverage.answersEverything = entry.answersEverything
    coverage.distress = entry.distress
    coverage.aliveAfter = isOver ? false : nil
    coverage.peakFramesPerSecond = entry.figures.peak
    coverage.framesSent = entry.figures.frames
    coverage.to = entry.to
    coverage.stopped =
      isOver
      ? LocalizedText(
        ja: "中断された検査を再開した際、この機器は応答しませんでした。中断前の結果を示します。",
        en: "The device did not answer when the interrupted run was continued. What is said here was found before.")
      : problem.map { LocalizedText(ja: "続けられなくなりました: \($0)", en: "The run could not go on: \($0)") }
        ?? stopReason?.text
    return coverage
  }

  private func tcp(of entry: RestoredRun.Entry) -> DeviceCoverage.TCP {
    var tcp = DeviceCoverage.TCP(
      requested: plan.requestedPorts, requestedCount: plan.ports.count + plan.portsNotPermitted)
    // A port that was silent first and open later is open.
    let overruled = entry.open.compactMap(space.place).map { entry.turns[$0] }
    tcp.sent = entry.figures.sent
    tcp.answered = entry.figures.answered
    tcp.retried = entry.figures.retried
    tcp.filtered = entry.figures.filtered
    tcp.open = entry.open.count
    tcp.closed = entry.turns.count(of: .closed) - overruled.count { $0 == .closed }
    tcp.silent = entry.turns.count(of: .silent) - overruled.count { $0 == .silent }
    tcp.notPermitted = plan.portsNotPermitted
    tcp.unresolved = plan.ports.count - tcp.open - tcp.closed - tcp.silent
    tcp.complete = plan.ports.isFullRange && tcp.unresolved == 0
    return tcp
  }
}

extension AuditPlan {
  /// The ports, and the order in which they are first asked; the run's checkpoints count in it.
  public var probeSpace: ProbeSpace { ProbeSpace(priority: ports.priority, rest: ports.rest, seed: seed) }
}

extension RestoredRun {
  /// Addresses that nothing is left to do on.
  public var doneAddresses: Set<IPAddress> { Set(entries.filter(\.isDone).map(\.key.address)) }
}

extension SegmentPlan {
  /// Addresses that are asked for one by one.
  var addressCount: Int { addresses.count + addresses6.count + offLink.count }

  func asks(for address: IPAddress) -> Bool {
    if let v4 = address.v4, addresses.contains(v4) { return true }
    if let v6 = address.v6, addresses6.contains(v6) { return true }
    return offLink[address] != nil
  }

  /// The same without addresses that nothing is left to do on.
  func without(_ done: Set<IPAddress>) -> SegmentPlan {
    var rest = self
    rest.addresses.removeAll { done.contains(IPAddress($0)) }
    rest.addresses6.removeAll { done.contains(IPAddress($0)) }
    rest.offLink = offLink.filter { !done.contains($0.key) }
    rest.known = known.filter { !done.contains(IPAddress($0.key)) }
    return rest
  }
}

private func < <Address: Comparable, ID: Comparable>(left: (Address, ID), right: (Address, ID)) -> Bool {
  left.0 == right.0 ? left.1 < right.1 : left.0 < right.0
}
