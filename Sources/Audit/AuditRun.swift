internal import Addressing
internal import Authority
internal import Checklist
public import Engine
public import Probes
internal import Profiles
public import Records
internal import Wire

/// One audit from the first ARP question to the last liveness check. It owns the loop and all
/// state; the interfaces, sockets, clocks and files are given to it.
public final class AuditRun<Link: FrameDevice> {
  struct Segment {
    let plan: SegmentPlan<Link>
    var scan: SegmentScan
  }

  let plan: AuditPlan
  let environment: RunEnvironment
  let dialer: any SessionDialer
  let evidence: any EvidenceSink
  let recogniser: GreetingRecogniser
  let findingMaker: FindingMaker
  var segments: [Segment]
  /// In the order in which they were found.
  var records: [DeviceRecord] = []
  var positions: [IPv4Address: Int] = [:]
  var devices: [MACAddress: Device] = [:]
  var observations: [Observation] = []
  var findings: [Finding] = []
  var omitted: [Coverage.Omission]
  /// Devices whose ports have their file in the evidence.
  var devicesWithPorts: Set<MACAddress> = []
  var framesSent = 0
  var problem: (any Error)?
  public private(set) var wasStopped = false

  private let started: MonotonicInstant
  private var lastSynchronised: MonotonicInstant
  private var lastProgress: MonotonicInstant

  public init(
    plan: AuditPlan, segments: [SegmentPlan<Link>], omitted: [Coverage.Omission], dialer: any SessionDialer,
    evidence: any EvidenceSink, environment: RunEnvironment
  ) {
    self.plan = plan
    self.environment = environment
    self.dialer = dialer
    self.evidence = evidence
    self.omitted = plan.selection.omitted + omitted
    recogniser = GreetingRecogniser(promptStems: plan.profiles.telnetPromptStems)
    findingMaker = FindingMaker(checks: plan.profiles.checks)
    self.segments = segments.map { segment in
      let configuration = SegmentScan.Configuration(
        mac: segment.mac, source: segment.source, sourcePort: segment.sourcePort, seed: plan.seed,
        priority: plan.ports.priority, rest: plan.ports.rest, deviceRate: plan.deviceRate, totalRate: plan.totalRate)
      return Segment(plan: segment, scan: SegmentScan(addresses: segment.addresses, configuration: configuration))
    }
    started = environment.monotonic()
    lastSynchronised = started
    lastProgress = started
  }

  /// Runs until nothing is left to look at, or until it is told to stop; both are normal.
  /// - Throws: what an interface or the evidence folder reported. What was seen until then is kept:
  ///   ``result(run:)`` can still be asked for.
  public func run() throws {
    do {
      while !isFinished {
        if environment.shouldStop() {
          wasStopped = true
          break
        }
        let wake = try step(now: environment.monotonic())
        environment.wait(wake)
      }
    } catch {
      problem = error
    }
    conclude()
    if let problem { throw problem }
  }

  private var isFinished: Bool {
    segments.allSatisfy { $0.scan.isFinished } && records.allSatisfy { $0.phase == .done }
  }

  /// One turn of the loop.
  /// - Returns: when the next is due if nothing arrives before.
  private func step(now: MonotonicInstant) throws -> MonotonicInstant {
    var wake = now + .milliseconds(250)
    for index in segments.indices {
      try receive(index, now: now)
      wake = min(wake, try transmit(index, now: now))
      for event in segments[index].scan.takeEvents() { try handle(event, segment: index, now: now) }
    }
    wake = min(wake, try advanceVisits(now: now))
    try advancePhases(now: now)
    if now - lastSynchronised >= .seconds(1) {
      try evidence.synchronise()
      lastSynchronised = now
    }
    if now - lastProgress >= .milliseconds(200) {
      environment.progress(progress(now: now))
      lastProgress = now
    }
    return wake
  }

  private func receive(_ index: Int, now: MonotonicInstant) throws {
    var failure: (any Error)?
    try segments[index].plan.link.receive(limit: 512) { frame, info in
      // A frame that cannot be read is somebody else's business on the wire.
      guard let inbound = try? InboundFrame(parsing: frame) else { return }
      segments[index].scan.receive(inbound, outbound: info.outbound, at: now)
      do { try keep(frame, inbound, info, segment: index) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func transmit(_ index: Int, now: MonotonicInstant) throws -> MonotonicInstant {
    let link = segments[index].plan.link
    var sent = 0
    defer { framesSent += sent }
    return try segments[index].scan.transmit(now: now) { (frame: Span<UInt8>) throws(Link.Failure) -> Bool in
      let accepted = try link.transmit(frame)
      if accepted { sent += 1 }
      return accepted
    }
  }

  private func progress(now: MonotonicInstant) -> AuditProgress {
    var progress = AuditProgress()
    progress.devices = records.count
    progress.devicesDone = records.count { $0.phase == .done }
    progress.portsTotal = records.count * plan.ports.count
    for record in records {
      guard let scan = segments[record.segment].scan.target(record.address)?.scan else { continue }
      progress.portsSettled += plan.ports.count - scan.unresolved
      progress.openPorts += scan.table.count(of: .open)
      progress.left = max(progress.left, .seconds(scan.probesLeft) / max(1, plan.deviceRate))
    }
    progress.findings = findings.count
    progress.framesSent = framesSent
    progress.elapsed = now - started
    progress.sweeping = segments.contains { !$0.scan.sweep.isFinished }
    return progress
  }
}
