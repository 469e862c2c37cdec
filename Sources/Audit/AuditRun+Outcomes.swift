internal import Addressing
internal import Checklist
internal import Engine
internal import Probes
internal import Records
internal import Wire

// What a probe came to: evidence, observations, findings, and the probes that follow from it.
extension AuditRun {
  /// The probe is over and its channels are closed.
  func finish(_ visit: Visit, _ index: Int, now: MonotonicInstant) throws {
    if visit.task.login == nil {
      try conclude(visit, visit.probe.report ?? ProbeReport(), index, now: now)
    } else {
      try concludeLogin(visit, index, now: now)
    }
    release(index)
    try endIfDone(index, now: now)
  }

  private func conclude(_ visit: Visit, _ report: ProbeReport, _ index: Int, now: MonotonicInstant) throws {
    if case .unreachable(let reason) = report.identification { return try unreachable(reason, visit, index) }
    let paths = try keepConversations(visit, index)
    switch report.identification {
    case .identified(let name, let tls, let basis):
      try identified(name, tls: tls, .serviceIdentified(name, tls: tls ? true : nil, basis: basis), visit, index, paths)
    case .unidentified(let ended):
      let octets = visit.channels.reduce(0) { $0 + $1.received.count }
      if !plan.mayAsk(visit.endpoint.port) { muteConnections[subject(visit, index)] = visit.frames }
      try observe(
        visit.task.sheet.technique, subject(visit, index), .serviceUnidentified(octets: octets, ended: ended),
        at: moment(visit), evidence: paths)
    case .unreachable, nil: break
    }
    try tellClaims(
      report.claims + heard(on: visit, report, index), by: visit.task.sheet.technique, of: visit.endpoint, index,
      at: moment(visit), paths)
    for fact in report.facts {
      try observe(visit.task.sheet.technique, subject(visit, index), fact, at: moment(visit), evidence: paths)
    }
    let judged = report.facts.flatMap { fact in plan.judges.flatMap { $0.verdicts(on: fact) } }
    for verdict in report.verdicts + judged {
      let observation = try observe(
        visit.task.sheet.technique, subject(visit, index), .probed(verdict), at: moment(visit), evidence: paths)
      try makeFindings(observation, of: visit, index)
    }
    try commit(visit, report, index)
    try heedClaims(index, now: now)
    let answered = Set(report.verdicts.map(\.question))
    switch report.identification {
    case .identified(let name, let tls, _):
      try choose(visit.endpoint, name, tls: tls, said: visit.said, answered: answered, index)
    case .unidentified: try choose(visit.endpoint, nil, tls: false, said: visit.said, index)
    case .unreachable, nil: break
    }
  }

  /// After what follows from it: this line says that the probe need not be repeated.
  private func commit(_ visit: Visit, _ report: ProbeReport, _ index: Int) throws {
    let address = records[index].address
    guard visit.task.isIdentification else {
      return try evidence.record(
        "probe.done", at: environment.wall(),
        ProbeEventRecord(
          address: address, endpoint: visit.endpoint, probe: visit.task.sheet.id,
          ended: visit.probe.report == nil ? "time" : nil, requests: visit.used.fetches))
    }
    var word = "unidentified"
    if case .identified(let name, _, _) = report.identification { word = name.rawValue }
    try evidence.record(
      "session.closed", at: environment.wall(),
      SessionEventRecord(
        address: address, port: visit.endpoint.port, outcome: word,
        octets: visit.channels.reduce(0) { $0 + $1.received.count }))
  }

  private func unreachable(_ reason: String, _ visit: Visit, _ index: Int) throws {
    let now = environment.wall()
    try observe(visit.task.sheet.technique, subject(visit, index), .connectionFailed(reason: reason), at: now)
    try evidence.record(
      "session.failed", at: now,
      SessionFailedEvent(address: records[index].address, port: visit.endpoint.port, reason: reason))
  }

  private func identified(
    _ name: ProtocolName, tls: Bool, _ fact: Observation.Fact, _ visit: Visit, _ index: Int, _ paths: [String]
  ) throws {
    setProtocol(name, tls: tls, of: visit.endpoint, device: records[index].device)
    if name == .telnet { records[index].greetings[visit.endpoint.port] = Array(visit.said.prefix(Self.greetingLimit)) }
    // The request that found it counts, as a probe's would.
    if visit.task.isIdentification, name == .http, visit.channels.contains(where: { !$0.sent.isEmpty }) {
      _ = allowances[records[index].device, default: HTTPAllowance()].take()
    }
    let observation = try observe(
      visit.task.sheet.technique, subject(visit, index), fact, at: moment(visit), evidence: paths)
    try makeFindings(observation, of: visit, index)
  }

  func tellClaims(
    _ claims: [Claim], by technique: Technique, of endpoint: ServiceEndpoint, _ index: Int, at moment: Timestamp,
    _ paths: [String]
  ) throws {
    guard !claims.isEmpty else { return }
    let device = records[index].device
    add(claims, to: device)
    try observe(technique, .service(device, endpoint), .claimed(claims), at: moment, evidence: paths)
  }

  func add(_ claims: [Claim], to device: DeviceID) {
    let known = devices[device]?.claims ?? []
    devices[device]?.claims += claims.filter { !known.contains($0) }.prefix(max(0, Self.claimLimit - known.count))
  }

  /// Claims kept of a device; what was said beyond them is in the evidence.
  private static var claimLimit: Int { 256 }

  private func subject(_ visit: Visit, _ index: Int) -> Observation.Subject {
    .service(records[index].device, visit.endpoint)
  }

  private func moment(_ visit: Visit) -> Timestamp { visit.startedAt ?? environment.wall() }

  /// Every address of a device is asked: behind one MAC there may be several hosts (RFC 1027).
  /// - Returns: the paths of what was sent, where something was, and of what came back.
  private func keepConversations(_ visit: Visit, _ index: Int) throws -> [String] {
    var name = "\(place(index))-\(visit.endpoint.transport.rawValue)-\(visit.endpoint.port)"
    if !visit.task.isIdentification { name += "-\(visit.task.sheet.id)" }
    var paths: [String] = []
    for (number, channel) in visit.channels.enumerated() where number == 0 || !channel.isMute {
      let own = number == 0 ? name : "\(name)-\(number + 1)"
      let files = PackPath.conversation(own)
      if !channel.sent.isEmpty { paths.append(files.request) }
      if channel.isWithheld {
        try evidence.withheld(own, request: channel.sent, response: channel.received)
        paths.append(PackPath.withheld(own))
      } else {
        try evidence.conversation(own, request: channel.sent, response: channel.received)
        paths.append(files.response)
      }
    }
    return paths
  }

  /// Octets kept of a greeting, for choosing credentials.
  private static var greetingLimit: Int { 2048 }

  func setProtocol(_ name: ProtocolName, tls: Bool = false, of endpoint: ServiceEndpoint, device: DeviceID) {
    guard let position = devices[device]?.services.firstIndex(where: { $0.endpoint == endpoint }) else { return }
    devices[device]?.services[position].protocolName = name
    devices[device]?.services[position].tls = tls
  }

  private func makeFindings(_ observation: Observation, of visit: Visit, _ index: Int) throws {
    try makeFindings(
      observation, request: visit.channels.flatMap(\.sent),
      response: visit.channels.filter { !$0.isWithheld }.flatMap(\.received),
      withheld: visit.channels.filter(\.isWithheld).map(\.received), frames: visit.frames, records[index])
  }

  /// - Parameter withheld: what came on connections of which only digests are kept.
  func makeFindings(
    _ observation: Observation, request: [UInt8], response: [UInt8], withheld: [[UInt8]] = [], frames: [CapturedFrame],
    _ record: DeviceRecord
  ) throws {
    guard let device = devices[record.device] else { return }
    for check in findingMaker.matches(observation) {
      lastFinding += 1
      let id = numbered("F-", lastFinding, digits: 4)
      let finding = findingMaker.finding(
        id: id, check: check, observation: observation, device: device, evidence: PackPath.finding(id))
      findings.append(finding)
      try evidence.finding(
        finding, request: request, response: response, withheld: withheld, frames: frames,
        interface: segments[record.segment].plan.interface)
      try evidence.record("finding", at: finding.at, finding)
      environment.announce(finding)
    }
  }
}
