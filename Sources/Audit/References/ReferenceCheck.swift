public import Records

/// A question that data from outside answers once the devices are known, such as the owner's ledger: nothing is sent
/// for it.
public protocol ReferenceCheck: Sendable {
  /// - Parameter devices: the run's inventory, complete.
  func verdicts(of devices: [Device]) -> [ReferenceVerdict]
  /// The same for a check that also needs to know what was seen.
  func verdicts(of devices: [Device], observations: [Observation]) -> [ReferenceVerdict]
  /// The same for a check that also needs to know which ports were closed, or never asked.
  /// - Parameter ports: what the TCP ports came to, at one address of each device.
  func verdicts(
    of devices: [Device], observations: [Observation], ports: [DeviceID: PortRecord]
  ) -> [ReferenceVerdict]
}

extension ReferenceCheck {
  public func verdicts(of devices: [Device], observations: [Observation]) -> [ReferenceVerdict] {
    verdicts(of: devices)
  }

  public func verdicts(
    of devices: [Device], observations: [Observation], ports: [DeviceID: PortRecord]
  ) -> [ReferenceVerdict] {
    verdicts(of: devices, observations: observations)
  }
}

/// What a reference says of a device or one of its services.
public struct ReferenceVerdict: Hashable, Sendable {
  public let device: DeviceID
  /// nil when it is about no single service.
  public let service: ServiceEndpoint?
  public let verdict: ProbeVerdict
  /// Paths of the octets that it rests on, relative to the pack.
  public let evidence: [String]

  public init(
    device: DeviceID, service: ServiceEndpoint? = nil, verdict: ProbeVerdict, evidence: [String] = []
  ) {
    self.device = device
    self.service = service
    self.verdict = verdict
    self.evidence = evidence
  }
}

extension AuditRun {
  /// Asks the references of a run that came to its end; one that was interrupted is asked when it goes on, since until
  /// then devices are missing and what is known of the others is not complete.
  func consultReferences() throws {
    guard stopReason == nil, problem == nil else { return }
    let inventory = devices.values.map(ordered).sorted { $0.id < $1.id }
    let moment = environment.wall()
    var told = 0
    let verdicts = plan.references.flatMap {
      $0.verdicts(of: inventory, observations: observations, ports: settledPorts)
    }
    for said in verdicts {
      guard let record = records.first(where: { $0.device == said.device }) else { continue }
      let subject = said.service.map { Observation.Subject.service(said.device, $0) } ?? .device(said.device)
      // A run that is continued after it was complete has it already.
      guard !observations.contains(where: { $0.subject == subject && $0.fact == .probed(said.verdict) }) else {
        continue
      }
      let observation = try observe(.passive, subject, .probed(said.verdict), at: moment, evidence: said.evidence)
      try makeFindings(observation, request: [], response: [], frames: muteConnections[subject] ?? [], record)
      told += 1
    }
    // This line makes them count, for a merging of shards too.
    if told > 0 { try evidence.record("references.consulted", at: moment, ReferencesEvent(verdicts: told)) }
  }
}

struct ReferencesEvent: Encodable, Sendable { let verdicts: Int }
