internal import Addressing
internal import Authority
internal import Checklist
internal import Credentials
public import Engine
public import Probes
internal import Profiles
public import Records
internal import Wire

/// One audit from the first ARP question to the last liveness check. It owns the loop and all
/// state; the interfaces, sockets, clocks and files are given to it.
///
/// A turn of the loop costs the same whatever the number of devices: what has nothing to do is not
/// looked at.
public final class AuditRun<Link: FrameDevice> {
  /// A class, because it is used for each frame and copying it would cost more than the frame.
  final class Segment {
    let plan: SegmentPlan<Link>
    var scan: SegmentScan

    init(plan: SegmentPlan<Link>, scan: SegmentScan) {
      self.plan = plan
      self.scan = scan
    }
  }

  let plan: AuditPlan
  let environment: RunEnvironment
  /// What an interrupted run found out about addresses that were not found again yet.
  var unsettled: [RestoredRun.Key: RestoredRun.Entry] = [:]
  /// Addresses that are not asked for, because nothing is left to do on them.
  var withheld = 0
  /// Ports of addresses that an earlier run was done with.
  var settledBefore = 0
  /// The numbers given last.
  var lastObservation = 0
  var lastFinding = 0
  let dialer: any SessionDialer
  /// nil where no datagrams can be exchanged: then no probe asks by UDP.
  let exchanger: (any DatagramExchanger)?
  /// nil where no HTTP client is there: then no probe asks by HTTP.
  let client: (any HTTPClient)?
  /// HTTP requests that devices still get.
  var allowances: [DeviceID: HTTPAllowance] = [:]
  /// When small devices may be connected to again.
  var connectionsDue: [DeviceID: MonotonicInstant] = [:]
  let evidence: any EvidenceSink
  /// nil where nobody asked for logins: then none is ever attempted.
  let logins: LoginSetup?
  /// What came of the logins.
  public internal(set) var loginTally = LoginTally()
  /// Services on which logins were attempted, whichever address of the device they were reached by.
  var loginServices: Set<LoginService> = []
  /// Where which secret was accepted in this part of the run. Secrets have no text, and none is written.
  var acceptedSecrets: [Secret: [LoginAcceptance]] = [:]
  /// nil leaves what services say to the probes alone.
  let fingerprints: (any TextRecogniser)?
  /// Rules that were given up and are not in the evidence yet, and all that ever were.
  /// Connections of which no frame is kept, also when they are over.
  var withheldFlows: Set<Flow> = []
  var undecided: [String] = []
  var toldUndecided: Set<String> = []
  let recogniser: GreetingRecogniser
  let findingMaker: FindingMaker
  let datagrams: [PlannedDatagram]
  let space: ProbeSpace
  var segments: [Segment]
  /// In the order in which they were found.
  var records: [DeviceRecord] = []
  var positions: [IPAddress: Int] = [:]
  var devices: [DeviceID: Device] = [:]
  public internal(set) var observations: [Observation] = []
  /// Frames of the connections to ports that must get no payload, for findings that only come at the end.
  var muteConnections: [Observation.Subject: [CapturedFrame]] = [:]
  var findings: [Finding] = []
  var omitted: [Coverage.Omission]
  /// Addresses that were seen on the link and are none of the targets. MAC addresses can be made up, so
  /// no more than ``bystanderLimit`` are remembered.
  var bystanders: [IPAddress: MACAddress?] = [:]
  static var bystanderLimit: Int { 512 }
  /// Addresses that a listening run has judged already.
  var judged: Set<IPAddress> = []
  /// Devices whose ports have their file in the evidence.
  var devicesWithPorts: Set<DeviceID> = []
  /// What the ports of a device came to, at its first address, for the references.
  var settledPorts: [DeviceID: PortRecord] = [:]
  /// Records with probes that wait, and those with one under way.
  var waitingVisits: [Int] = []
  var activeVisits: [Int] = []
  var devicesFound = 0
  var recordsDone = 0
  /// Places of records that are done with and need not be kept.
  var freeRecords: [Int] = []
  var addressesPerMAC: [MACAddress: Int] = [:]
  var framesSent = 0
  var openPorts = 0
  var problem: (any Error)?
  /// Why the run ended before it was done; nil when it was not stopped.
  public private(set) var stopReason: StopReason?

  private let started: MonotonicInstant
  private var lastSynchronised: MonotonicInstant
  private var lastLooked: MonotonicInstant

  /// - Parameters:
  ///   - exchanger: nil leaves out probes that ask by UDP, `client` those that ask by HTTP.
  ///   - fingerprints: know devices by what their services say.
  ///   - logins: try the few passwords that devices are known to have; nil for none.
  ///   - restored: what an interrupted run found out already: it is not asked again.
  public init(
    plan: AuditPlan, segments: [SegmentPlan<Link>], omitted: [Coverage.Omission], dialer: any SessionDialer,
    exchanger: (any DatagramExchanger)? = nil, client: (any HTTPClient)? = nil, evidence: any EvidenceSink,
    environment: RunEnvironment, fingerprints: (any TextRecogniser)? = nil, logins: LoginSetup? = nil,
    restored: RestoredRun? = nil
  ) {
    let all = segments
    let segments = restored.map { restored in all.map { $0.without(restored.doneAddresses) } } ?? all
    self.plan = plan
    self.environment = environment
    self.dialer = dialer
    self.exchanger = exchanger
    self.client = client
    self.evidence = evidence
    self.fingerprints = fingerprints
    self.logins = logins
    self.omitted = plan.selection.omitted + omitted
    recogniser = GreetingRecogniser(promptStems: plan.profiles.telnetPromptStems)
    findingMaker = FindingMaker(checks: plan.profiles.checks)
    datagrams = plan.datagrams
    let space = plan.probeSpace
    self.space = space
    self.segments = segments.map { segment -> Segment in
      var configuration = plan.configuration(of: segment, space: space)
      configuration.keepsChanges = evidence.isKept
      return Segment(
        plan: segment,
        scan: SegmentScan(addresses: plan.onlyListens ? [] : segment.addresses, configuration: configuration))
    }
    for segment in segments where !plan.hearsOwnHost(on: segment.kind ?? plan.link) { segment.link.ignoreOutgoing() }
    started = environment.monotonic()
    lastSynchronised = started
    lastLooked = started
    if let restored {
      withheld = all.reduce(0) { $0 + $1.addressCount } - segments.reduce(0) { $0 + $1.addressCount }
      takeOver(restored)
    }
  }

  /// Runs until nothing is left to look at, or until it is told to stop; both are normal.
  /// - Throws: what an interface or the evidence folder reported. What was seen until then is kept:
  ///   ``result(run:)`` can still be asked for.
  public func run() throws {
    reportRestored()
    do {
      while true {
        let now = environment.monotonic()
        if isFinished(now: now) { break }
        let wake = max(now, try step(now: now))
        if stopReason != nil { break }
        environment.wait(wake)
        notePause(since: wake)
      }
    } catch {
      problem = error
    }
    conclude()
    if let problem { throw problem }
  }

  /// A turn that took long, or a wait that ended late, is this host's doing.
  private func notePause(since wake: MonotonicInstant) {
    let pause = environment.monotonic() - wake
    guard pause >= .milliseconds(20) else { return }
    for index in segments.indices { segments[index].scan.hostPaused(for: pause) }
  }

  private func isFinished(now: MonotonicInstant) -> Bool {
    if plan.onlyListens { return now - started >= plan.listening }
    return recordsDone == devicesFound && segments.allSatisfy { $0.scan.isFinished }
  }

  /// One turn of the loop.
  /// - Returns: when the next is due if nothing arrives before.
  private func step(now: MonotonicInstant) throws -> MonotonicInstant {
    var wake = now + .milliseconds(250)
    for index in segments.indices {
      try receive(index, now: now)
      wake = min(wake, try transmit(index, now: now))
      let events = segments[index].scan.takeEvents()
      for event in events { try handle(event, segment: index, now: now) }
      // What follows from them is due at once.
      if !events.isEmpty { wake = now }
    }
    wake = min(wake, try advanceVisits(now: now))
    if now - lastLooked >= .milliseconds(100) {
      lastLooked = now
      try lookAround(now: now)
    }
    return wake
  }

  /// What need not be done in each turn.
  private func lookAround(now: MonotonicInstant) throws {
    stopReason = environment.stopReason()
    for index in segments.indices {
      segments[index].scan.note(receiveDrops: segments[index].plan.link.receiveDrops())
      try segments[index].plan.link.checkLink()
    }
    if now - lastSynchronised >= .seconds(1) {
      // Each second from the start, however late this turn is; what was missed is not made up for.
      lastSynchronised = now - lastSynchronised < .seconds(2) ? lastSynchronised + .seconds(1) : now
      try promoteDevices(now: now)
      try checkpoint()
    }
    environment.progress(progress(now: now))
  }

  /// What was found out in the past second survives a power cut.
  func checkpoint() throws {
    guard evidence.isKept else { return }
    for index in segments.indices {
      let settled = segments[index].scan.takeSettled()
      if !settled.isEmpty { try evidence.settled(settled, at: environment.wall()) }
    }
    try evidence.synchronise()
  }

  private func receive(_ index: Int, now: MonotonicInstant) throws {
    var failure: (any Error)?
    let segment = segments[index]
    let keepsTCP = !activeVisits.isEmpty
    let capturesEverything = evidence.capturesEverything
    try segment.plan.link.receive(limit: 512) { frame, info in
      // A frame that cannot be read is somebody else's business on the wire.
      let parsed = try? InboundFrame(parsing: frame)
      if capturesEverything {
        do { try keepAny(frame, parsed, info, segment: index) } catch { failure = error }
      }
      guard let inbound = parsed else { return }
      segment.scan.receive(inbound, octets: frame, outbound: info.outbound, at: now)
      // Nearly every frame of a fast scan ends here.
      if case .tcp = inbound.content, !keepsTCP { return }
      do { try keep(frame, inbound, info, segment: index) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func transmit(_ index: Int, now: MonotonicInstant) throws -> MonotonicInstant {
    // Whatever else goes wrong, a run that only listens has no way to a cable.
    if plan.onlyListens { return now + .milliseconds(250) }
    let link = segments[index].plan.link
    var sent = 0
    defer { framesSent += sent }
    var failure: (any Error)?
    let wake = try segments[index].scan.transmit(now: now) {
      (batch: borrowing FrameBatch, first: Int) throws(Link.Failure) -> Int in
      let taken = try link.transmit(batch, from: first)
      sent += taken
      if evidence.capturesEverything {
        do { try keepSent(batch, first..<(first + taken), segment: index) } catch { failure = error }
      }
      return taken
    }
    if let failure { throw failure }
    return wake
  }

  private func progress(now: MonotonicInstant) -> AuditProgress {
    var progress = AuditProgress()
    progress.devices = devicesFound
    progress.devicesDone = recordsDone
    progress.portsTotal = devicesFound * plan.ports.count
    for segment in segments {
      progress.portsSettled += segment.scan.portsSettled
      progress.left = max(progress.left, segment.scan.timeLeft)
    }
    progress.portsSettled += settledBefore
    progress.sweeping = plan.onlyListens || segments.contains { !$0.scan.discovery.isFinished }
    progress.openPorts = openPorts
    progress.findings = findings.count
    progress.framesSent = framesSent
    progress.elapsed = now - started
    return progress
  }

  public var totalFramesSent: Int { framesSent }
}

extension AuditPlan {
  func configuration<Link>(of segment: SegmentPlan<Link>, space: ProbeSpace) -> SegmentScan.Configuration {
    var configuration = SegmentScan.Configuration(
      mac: segment.mac, source: segment.source, linkLocal: segment.linkLocal, sourcePort: segment.sourcePort,
      datagramPort: segment.datagramPort, seed: seed, space: space, totalRate: totalRate)
    configuration.backEnd = segment.backEnd
    // Connections carry no datagrams.
    configuration.datagrams = (segment.backEnd == .frames ? datagrams : []).map { planned in
      DatagramProbe(
        id: planned.probe.id, port: planned.port, sourcePort: planned.probe.sourcePort,
        answersFromAnyPort: planned.probe.answersFromAnyPort, payload: { planned.probe.payload(transaction: $0) },
        isAnswer: { planned.probe.isAnswer($0.span, transaction: $1) })
    }
    configuration.datagramRate = scanProfile.udpRate
    configuration.tries = TryPolicy(
      least: scanProfile.tries.least, most: scanProfile.tries.most, missBound: scanProfile.tries.missBound)
    configuration.segmentRate = scanProfile.segmentRate
    let link = segment.kind ?? link
    configuration.arpRate = scanProfile.arp(on: link).rate
    if onlyListens {
      configuration.discovery = Discovery.Configuration(rounds: [])
    } else {
      configuration.countsUnicastARP = link == .managedSwitch
      configuration.discovery = discovery(of: segment)
    }
    configuration.offLink = segment.offLink
    configuration.watchesByEcho = scope.techniques.contains(.icmpEcho) && segment.backEnd == .frames
    if segment.backEnd == .connections {
      configuration.heartbeat = .none
    } else if link == .managedSwitch {
      // Ten ARP questions a second are not enough to watch many devices.
      configuration.heartbeat = scope.techniques.contains(.icmpEcho) ? .echo : .none
    }
    configuration.health = HealthGuard.Timing(
      interval: scanProfile.health.heartbeat, timeout: scanProfile.health.heartbeatTimeout,
      recovery: scanProfile.health.recoveryWait)
    return configuration
  }

  /// For an address that nobody has, the kernel asks so often by ARP (net.ipv4.neigh.default.mcast_solicit)
  /// when a connection to it is begun.
  private static var kernelQuestions: Int { 3 }

  private func discovery<Link>(of segment: SegmentPlan<Link>) -> Discovery.Configuration {
    let pacing = scanProfile.arp(on: segment.kind ?? link)
    var discovery = Discovery.Configuration(rounds: pacing.rounds, rate: pacing.rate)
    discovery.offLink = segment.offLink.keys.sorted()
    guard segment.backEnd == .frames else {
      discovery.rate = pacing.rate == 0 ? 0 : max(1, pacing.rate / Self.kernelQuestions)
      return discovery
    }
    if scope.techniques.contains(.ipv6Discovery), let source = segment.linkLocal {
      // A question to all nodes of the link needs consent for all of them.
      if scope.allNodesRefusal == nil { discovery.sources6 = [source] }
      discovery.addresses6 = segment.addresses6
    }
    discovery.usesEcho = scope.techniques.contains(.icmpEcho)
    discovery.known = segment.known
    discovery.untouchable = Set(scope.exclusions.compactMap(\.device))
    return discovery
  }
}
