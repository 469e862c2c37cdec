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
    let record = records[position]
    guard let target = segments[record.segment].scan.target(record.address) else { return }
    let table = target.scan.table
    var tcp = record.coverage.tcp
    tcp.sent = target.scan.sent
    tcp.open = table.count(of: .open)
    tcp.closed = table.count(of: .closed)
    tcp.silent = table.count(of: .silent)
    tcp.unresolved = target.scan.unresolved
    tcp.complete = plan.ports.isFullRange && target.scan.unresolved == 0
    records[position].coverage.tcp = tcp
    let frames = segments[record.segment].scan.frames(to: record.address)
    records[position].coverage.peakFramesPerSecond = frames.peak
    records[position].coverage.framesSent = frames.total
    records[position].coverage.to = environment.wall()
    let ports = PortRecord(
      device: record.coverage.device, address: record.address, requested: plan.ports.description,
      seed: "\(plan.seed)", open: table.ports(.open), closed: table.ports(.closed), silent: table.ports(.silent))
    // The pack has one file of ports for a device; those of a further address stand in the log.
    if devicesWithPorts.insert(record.mac).inserted {
      try evidence.ports(ports)
    } else {
      try evidence.record("ports", at: environment.wall(), ports)
    }
    try evidence.record("coverage", at: environment.wall(), records[position].coverage)
  }

  /// Ends what is still under way: its figures are kept, marked as unfinished, even when the
  /// evidence cannot be written any more. The first problem is the one that is reported.
  func conclude() {
    for position in records.indices where records[position].phase != .done {
      records[position].phase = .done
      if records[position].coverage.stopped == nil {
        records[position].coverage.stopped = LocalizedText(
          ja: problem.map { "続けられなくなりました: \($0)" } ?? "検査が中断されました。",
          en: problem.map { "The run could not go on: \($0)" } ?? "The run was interrupted.")
      }
      if let session = records[position].visit?.session { dialer.close(session) }
      keepFirstProblem { try measure(position) }
    }
    if wasStopped || problem != nil { noteUnaskedAddresses() }
    keepFirstProblem { try evidence.synchronise() }
  }

  private func keepFirstProblem(_ body: () throws -> Void) {
    do { try body() } catch { problem = problem ?? error }
  }

  private func noteUnaskedAddresses() {
    for segment in segments where !segment.scan.sweep.isFinished {
      let silent = segment.scan.sweep.addresses.filter { !segment.scan.sweep.answered.contains($0) }
      omitted.append(
        Coverage.Omission(
          addresses: TargetSelection.list(silent), reason: .incomplete,
          detail: LocalizedText(
            ja: "機器の探索が終わる前に検査が中断されました。", en: "The run ended before the search for devices was over.")))
    }
  }

  /// Everything the run came to. May be asked for after ``run()`` threw, too.
  public func result(run summary: RunSummary) -> AuditResult {
    let inventory = devices.values.sorted { ($0.addresses.first, $0.id) < ($1.addresses.first, $1.id) }.map(ordered)
    let facts = records.compactMap { record -> DeviceFacts? in
      guard let device = devices[record.mac].map(ordered) else { return nil }
      return DeviceFacts(
        device: device, coverage: record.coverage,
        findings: findings.filter { $0.device.id == device.id },
        observations: observations.filter { $0.subject.device == device.id })
    }
    var rows = omitted
    let answered = segments.contains { !$0.scan.sweep.answered.isEmpty }
    let asked = segments.allSatisfy { $0.scan.sweep.isFinished }
    if !answered, asked, !segments.isEmpty || rows.isEmpty { rows.append(nothingAnswered) }
    let context = ChecklistContext(
      profiles: plan.profiles,
      serviceIdentificationAllowed: plan.scope.techniques.contains(.serviceIdentification))
    let coverage = Coverage(
      devices: records.map(\.coverage), addressesAsked: segments.reduce(0) { $0 + $1.plan.addresses.count },
      addressesAnswered: segments.reduce(0) { $0 + $1.scan.sweep.answered.count }, omitted: rows,
      receiveDrops: segments.reduce(0) { $0 + $1.plan.link.receiveDrops() }, partial: summary.partial)
    return AuditResult(
      run: summary, inventory: Inventory(devices: inventory), findings: findings,
      verdicts: Checklist.verdicts(devices: facts, omitted: rows, in: context), coverage: coverage)
  }

  private var nothingAnswered: Coverage.Omission {
    Coverage.Omission(
      addresses: TargetSelection.list(plan.selection.addresses), reason: .vantage,
      detail: LocalizedText(
        ja: "この場所からのARPに応答した機器はありませんでした。機器が存在しないことを意味しません。",
        en: "No device answered ARP from this vantage. That does not mean that there is none."))
  }

  private func ordered(_ device: Device) -> Device {
    var device = device
    device.services.sort { $0.endpoint < $1.endpoint }
    device.addresses.sort()
    return device
  }

  public var totalFramesSent: Int { framesSent }
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
