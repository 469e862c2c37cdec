internal import Addressing
internal import Authority
internal import Checklist
internal import Engine
internal import Probes
internal import Profiles
public import Records

extension AuditRun {
  /// Fixes the figures of a target.
  func measure(_ position: Int) throws {
    records[position].to = environment.wall()
    guard let coverage = coverage(of: position) else { return }
    records[position].coverage = coverage
    let record = records[position]
    guard let target = segments[record.segment].scan.target(record.address), let device = devices[record.device]
    else { return }
    let cells = target.scan.cells
    let ports = PortRecord(
      device: record.device, address: record.address, requested: plan.requestedPorts, seed: "\(plan.seed)",
      open: space.ports(.open, in: cells), closed: space.ports(.closed, in: cells),
      silent: space.ports(.silent, in: cells))
    note(ports)
    // The pack has one file of ports for a device; those of a further address stand in the log.
    if devicesWithPorts.insert(record.device).inserted {
      try evidence.ports(ports)
    } else {
      try evidence.record("ports", at: record.to, ports)
    }
    try evidence.record("coverage", at: record.to, coverage)
    let answered = target.datagrams.cells.places(.open).map { datagrams[$0].port }
    environment.settled(
      HostReport(
        device: ordered(device), coverage: coverage, open: ports.open, openUDP: Set(answered).sorted(), ports: ports))
  }

  func note(_ ports: PortRecord) {
    guard !plan.references.isEmpty, settledPorts[ports.device] == nil else { return }
    settledPorts[ports.device] = ports
  }

  private func coverage(of position: Int) -> DeviceCoverage? {
    let record = records[position]
    let segment = segments[record.segment]
    guard let target = segment.scan.target(record.address), let figures = segment.scan.figures(of: record.address)
    else { return nil }
    let source =
      record.address.isIPv4 ? segment.plan.source.map { IPAddress($0) } : segment.plan.linkLocal.map { IPAddress($0) }
    var coverage = DeviceCoverage(
      device: record.device, address: record.address, tcp: tcp(target), aliveBefore: true, from: record.from,
      vantage: Vantage(interface: segment.plan.interface, address: source ?? record.address))
    if segment.plan.backEnd == .frames { coverage.udp = udp(target) }
    coverage.deviceClass = record.deviceClass.rawValue
    coverage.rateCeiling = figures.limits.rate > 0 ? figures.limits.rate : nil
    if figures.loss.probes > 0 {
      coverage.loss = DeviceCoverage.Loss(
        probes: figures.loss.probes, lost: figures.loss.lost, rateUpperBound: figures.loss.upperBound,
        missBound: target.scan.triesOfSilent.map { figures.loss.missBound(tries: $0) } ?? 0)
    }
    // A pass with drops was repeated, so nothing is left of them once the scan was done.
    let drops = segment.plan.link.receiveDrops() - record.dropsBefore
    coverage.receiveDrops = target.scan.unresolved == 0 ? 0 : drops
    coverage.rstLimit = figures.answerLimit
    coverage.icmpLimit = target.datagrams.icmpLimit
    coverage.answersEverything = target.answersEverything
    coverage.distress = record.distress
    coverage.aliveAfter = record.aliveAfter
    coverage.peakFramesPerSecond = figures.peak
    coverage.framesSent = figures.frames
    coverage.to = record.to
    coverage.stopped = record.stopped
    return coverage
  }

  private func tcp(_ target: SegmentScan.Target) -> DeviceCoverage.TCP {
    let scan = target.scan
    var tcp = DeviceCoverage.TCP(
      requested: plan.requestedPorts, requestedCount: plan.ports.count + plan.portsNotPermitted)
    tcp.sent = scan.sent
    tcp.answered = scan.answers
    tcp.retried = scan.retried
    tcp.open = scan.cells.count(of: .open)
    tcp.closed = scan.cells.count(of: .closed)
    tcp.silent = scan.cells.count(of: .silent)
    tcp.filtered = scan.filtered
    tcp.notPermitted = plan.portsNotPermitted
    tcp.unresolved = scan.unresolved
    tcp.complete = plan.ports.isFullRange && scan.unresolved == 0
    return tcp
  }

  private func udp(_ target: SegmentScan.Target) -> DeviceCoverage.UDP? {
    guard !datagrams.isEmpty else { return nil }
    let cells = target.datagrams.cells
    // Two questions may go to one port; the port is open when either was answered.
    var states: [UInt16: CellTable.Cell] = [:]
    for (place, probe) in datagrams.enumerated() {
      let known = states[probe.port]
      if known != .open { states[probe.port] = cells[place] == .open ? .open : known ?? cells[place] }
    }
    let ports = states.keys.sorted()
    var udp = DeviceCoverage.UDP(
      requested: PortRecord.expression(ports), requestedCount: ports.count)
    udp.sent = target.datagrams.sent
    udp.open = states.values.count { $0 == .open }
    udp.closed = states.values.count { $0 == .closed }
    udp.openOrFiltered = states.values.count { $0 == .silent }
    udp.silentPorts = ports.filter { states[$0] == .silent }
    udp.unresolved = states.values.count { $0 == .unknown }
    return udp
  }

  /// Ends what is still under way: its figures are kept, marked as unfinished, even when the
  /// evidence cannot be written any more. The first problem is the one that is reported.
  func conclude() {
    for position in records.indices where records[position].phase != .done {
      records[position].phase = .done
      if records[position].stopped == nil {
        records[position].stopped =
          problem.map {
            LocalizedText(ja: "続けられなくなりました: \($0)", en: "The run could not go on: \($0)")
          } ?? stopReason?.text ?? (plan.onlyListens ? Self.onlyListened : nil)
      }
      if let visit = records[position].visit { closeChannels(of: visit) }
      keepFirstProblem { try measure(position) }
    }
    keepFirstProblem { try concludeUnsettled() }
    keepFirstProblem { try consultReferences() }
    if stopReason != nil || problem != nil { noteUnaskedAddresses() }
    keepFirstProblem { try checkpoint() }
  }

  func keepFirstProblem(_ body: () throws -> Void) {
    do { try body() } catch { problem = problem ?? error }
  }

  private func noteUnaskedAddresses() {
    for segment in segments where !segment.scan.discovery.isFinished {
      let unasked = segment.scan.discovery.silent.filter { !isKnown($0) }
      guard !unasked.isEmpty else { continue }
      omitted.append(
        Coverage.Omission(
          addresses: TargetSelection.list(unasked), reason: .incomplete,
          detail: LocalizedText(
            ja: "機器の探索が終わる前に検査が中断されました。", en: "The run ended before the search for devices was over.")))
    }
  }

  /// Everything the run came to. May be asked for after ``run()`` threw, too.
  /// - Parameter past: is given what was seen, without verdicts, and says what is known of earlier runs.
  public func result(
    run summary: RunSummary, past: (AuditResult) -> PastOfRun? = { _ in nil }
  ) -> AuditResult {
    let inventory = devices.values.sorted { ($0.addresses.first, $0.id) < ($1.addresses.first, $1.id) }.map(ordered)
    let coverages = records.compactMap(\.coverage)
    let findingsByDevice = Dictionary(grouping: findings) { $0.device.id }
    let observationsByDevice = Dictionary(grouping: observations) { $0.subject.device }
    let facts = records.compactMap { record -> DeviceFacts? in
      guard let device = devices[record.device].map(ordered), let coverage = record.coverage else { return nil }
      return DeviceFacts(
        device: device, coverage: coverage, findings: findingsByDevice[device.id] ?? [],
        observations: observationsByDevice[device.id] ?? [])
    }
    var rows = omitted + [bystanderRow].compactMap { $0 }
    let answered =
      !records.isEmpty || segments.contains { $0.scan.discovery.silent.count < $0.scan.discovery.askedCount }
    let isComplete = segments.allSatisfy { $0.scan.discovery.isFinished }
    if !answered, isComplete, !segments.isEmpty || rows.isEmpty {
      rows.append(plan.onlyListens ? nobodyHeard : nothingAnswered)
    }
    let context = ChecklistContext(
      profiles: plan.profiles,
      serviceQuestionsAllowed: plan.scope.techniques.contains(.serviceQuestions))
    let asked = withheld + segments.reduce(0) { $0 + $1.scan.discovery.askedCount }
    let silent = segments.flatMap { $0.scan.discovery.silent }.filter { !isKnown($0) }
    let coverage = Coverage(
      devices: coverages, addressesAsked: asked, addressesAnswered: max(0, asked - silent.count), omitted: rows,
      receiveDrops: segments.reduce(0) { $0 + $1.plan.link.receiveDrops() }, partial: summary.partial,
      neverResolved: TargetSelection.list(silent))
    var site = SiteFacts(at: summary.ended, records: facts, omitted: rows, declarations: plan.declarations)
    site.ledger = plan.ledger.map {
      LedgerFacts($0, inventory, summary, coverage, evidence: LedgerFacts.evidence(summary))
    }
    var result = AuditResult(
      run: summary, inventory: Records.Inventory(devices: inventory), findings: findings, verdicts: [],
      coverage: coverage)
    if let past = past(result) { site.add(past) }
    result.verdicts = Checklist.verdicts(site, in: context)
    return result
  }

  private var nothingAnswered: Coverage.Omission {
    let usesFrames = segments.isEmpty || segments.contains { $0.plan.backEnd == .frames }
    return Coverage.Omission(
      addresses: plan.selection.description, reason: .vantage,
      detail: usesFrames ? Coverage.Omission.noAnswerToARP : Coverage.Omission.noAnswerToConnections)
  }

  func ordered(_ device: Device) -> Device {
    var device = device
    device.services.sort { $0.endpoint < $1.endpoint }
    device.addresses.sort()
    device.settle()
    return device
  }
}

extension Coverage.Omission {
  static let noAnswerToARP = LocalizedText(
    ja: "この場所からのARPに応答した機器はありませんでした。機器が存在しないことを意味しません。",
    en: "No device answered ARP from this vantage. That does not mean that there is none.")
  static let noAnswerToConnections = LocalizedText(
    ja: "この場所からの接続に応答した機器はありませんでした。機器が存在しないことを意味しません。",
    en: "No device answered a connection from this vantage. That does not mean that there is none.")
}

extension Observation.Subject {
  var device: DeviceID {
    switch self {
    case .device(let id), .service(let id, _): return id
    }
  }
}

private func < <ID: Comparable, Address: Comparable>(left: (Address?, ID), right: (Address?, ID)) -> Bool {
  switch (left.0, right.0) {
  case (let a?, let b?) where a != b: return a < b
  case (nil, _?): return true
  case (_?, nil): return false
  default: return left.1 < right.1
  }
}
