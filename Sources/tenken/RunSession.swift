internal import Addressing
internal import Audit
internal import Authority
internal import CLinux
internal import Documents
internal import Engine
internal import Evidence
internal import Fingerprints
internal import Foundation
internal import LinkIO
internal import Probes
internal import Profiles
internal import Records
internal import Redaction
internal import Reports
internal import RunComparison
internal import SessionIO
internal import Sheets

/// One run from its options to its result: wires the edges to the loop, and closes the pack whatever
/// happens.
struct RunSession {
  enum Purpose: Hashable {
    case audit, scan, discover
    case service(ServiceQuestion)

    /// What of the rule set it needs: what asks single services makes no pack.
    var rules: ProfileStore.Reading {
      if case .service(let question) = self { .service(question.rules) } else { .everything }
    }

    var judgesSSH: Bool { self == .audit || self == .service(.ssh) }

    /// Only datagrams, or nothing at all, go to ports.
    var scansNoTCP: Bool { self == .discover || self == .service(.dtls) }
  }

  let purpose: Purpose
  let options: RunOptions
  let scope: Scope
  let scopeOctets: [UInt8]
  let profiles: ProfileStore
  /// By what devices are known; files are read when a text of their kind comes.
  let fingerprints: FingerprintSet
  /// The folder of `--fingerprints`.
  let furtherFingerprints: AdditionalFingerprints?
  /// What TLS services are held against in the report; nil where no service is asked.
  let guidelines: TLSGuidelines?
  private(set) var plan: AuditPlan
  /// nil when no pack is wanted.
  let output: String?
  let ports: String?
  /// The interrupted run that this one continues.
  let resuming: ResumedRun?
  /// The owner's list, when the devices are to be held against it.
  let ledger: LedgerReference?
  /// What the owner declared, likewise.
  let declarations: DeclarationsReference?
  /// From which severity a finding makes the exit status 1; nil where nothing is judged.
  let failOn: Severity?
  /// What logins need; nil where nobody asked for them.
  let logins: LoginPreparation?
  /// Octets of a capture of every frame; nil where none is wanted. A run that is continued keeps no further frames.
  var everything: Int?
  /// The run's schedule holds the lock of this computer's runs.
  var isScheduled = false
  /// Where earlier runs are taken from, to judge rows about changes; nil for none.
  var history: HistoryPlace?
  /// What is masked in everything that is written or shown.
  let redactionRules: RedactionRules
  /// To whom the originals of it are encrypted; nil where none are kept.
  let originals: OriginalsFile.Recipient?

  /// - Parameters:
  ///   - ports: an expression; nil for none.
  ///   - read: the rule set, where it was read before.
  init(
    _ options: RunOptions, purpose: Purpose, ports: String?, output: String?, resuming: ResumedRun? = nil,
    ledger: LedgerReference? = nil, declarations: DeclarationsReference? = nil, failOn: Severity? = nil,
    logins: LoginOptions? = nil, profiles read: ProfileStore? = nil, originals: String? = nil
  ) throws {
    self.originals = try originals.map { try OriginalsFile.Recipient($0) }
    self.failOn = failOn
    self.ledger = ledger
    self.declarations = declarations
    self.purpose = purpose
    self.ports = ports
    self.resuming = resuming
    self.options = options
    self.output = output
    scope = try readScope(options.scope)
    scopeOctets = try contents(of: options.scope, what: "the scope file")
    // What takes long to read at the start, side by side.
    let authorities = Ahead { [asks = purpose.seesCertificates] in asks ? AuthoritiesFile.read() : nil }
    let vendors = Ahead { [quiet = options.quiet] in Self.loadVendors(quiet: quiet) }
    profiles = try read ?? options.loadProfiles(purpose.rules)
    redactionRules = try CaptureRedaction.rules(in: profiles.directory)
    guidelines = purpose.seesCertificates ? try TLSGuidelines(profiles) : nil
    self.logins = try logins?.prepare(scope, scopeFile: options.scope, profiles: profiles)
    fingerprints = try options.fingerprintSet(profiles)
    furtherFingerprints = try options.furtherFingerprints()
    var scanProfile = try options.scanProfile(profiles)
    if case .service = purpose { scanProfile.udp = false }
    // Who says how much the interface may send has thought of what lies behind it.
    if options.maxRate != nil { scanProfile.segmentRate = 0 }
    let selection = try purpose.scansNoTCP ? PortSelection.none : options.selection(ports, profiles)
    try options.checkRates(scope)
    let targets = try Self.select(options, scope, technique: scanProfile.probes ? .arpDiscovery : .passive)
    var plan = AuditPlan(
      selection: targets, ports: selection, scope: scope, seed: options.seed.flatMap { ScanSeed($0) } ?? .random(),
      profiles: profiles, scanProfile: scanProfile, link: options.link ?? .wired,
      vendors: vendors.value, deviceRate: options.deviceRate,
      totalRate: options.totalRate(scanProfile, scope), identifiesServices: purpose.asksServices,
      findsOnly: purpose == .discover)
    plan.keepsResults = output != nil
    plan.authorities = authorities.value
    plan.declarations = declarations?.cited
    plan.ledger = ledger?.ledger
    if case .service(let question) = purpose {
      plan.registry = question.registry
      plan.presumed = question.presumed
      if question == .dtls {
        try Self.checkDatagrams(options, scope)
        plan.presumedDatagrams = ports.flatMap { UInt16($0) }.map { (.dtls, $0) }
      }
    }
    plan.references = try Self.references(purpose, ledger, declarations, profiles)
    if purpose.judgesSSH { plan.judges = [SSHJudge(try SSHRules(profiles))] }
    if let gap = options.connectionGap { plan.connectionGap = .milliseconds(gap) }
    if let seconds = options.listen { plan.listening = .seconds(seconds) }
    self.plan = plan
  }

  /// Datagrams need their own consent, and raw frames for the question that finds out whether anybody is there.
  private static func checkDatagrams(_ options: RunOptions, _ scope: Scope) throws {
    guard !options.unprivileged else {
      throw CommandFailure(.usage, "--udp needs raw frames; it does not go with --unprivileged.\nNothing was sent.")
    }
    guard scope.techniques.contains(.udpProbe) else {
      throw CommandFailure(
        .notPermitted, "the scope does not name the technique \(Technique.udpProbe.rawValue)\nNothing was sent.")
    }
  }

  /// What the devices of an audit are held against.
  private static func references(
    _ purpose: Purpose, _ ledger: LedgerReference?, _ declarations: DeclarationsReference?, _ profiles: ProfileStore
  ) throws -> [any ReferenceCheck] {
    let given: [(any ReferenceCheck)?] = [ledger]
    guard purpose == .audit else { return given.compactMap(\.self) }
    let services = ServiceReference(
      declarations?.declarations, mud: declarations?.mud ?? [:], profiles: profiles.deviceProfiles)
    return given.compactMap(\.self)
      + [
        FirmwareReference(profiles.deviceProfiles), services, RawPrintingReference(profiles), SharedHostKeyReference(),
        SharedKeyReference(), KnownKeyReference(try KnownKeysFile.read()), PlainTwinReference(),
      ]
  }

  private static func select(_ options: RunOptions, _ scope: Scope, technique: Technique) throws -> TargetSelection {
    do {
      let targets = try options.targets.map(rangeArgument)
      return try TargetSelection(
        targets: targets, scope: scope, at: SystemClock.wall, shard: options.shard.flatMap { Shard($0) },
        technique: options.unprivileged ? .tcpSYN : technique)
    } catch let refusal as Refusal {
      throw CommandFailure(.notPermitted, "\(refusal)\nNothing was sent.")
    }
  }

  private static func loadVendors(quiet: Bool) -> VendorRegistry? {
    do {
      return try VendorRegistry()
    } catch {
      if !quiet { complain("vendors stay unknown: \(error)") }
      return nil
    }
  }

  /// - Parameters:
  ///   - noted: is given what the back-ends of this run cannot do, before it begins.
  ///   - settled: is given each address as soon as nothing is left to do on it.
  /// - Throws: ``CommandFailure``. When it throws after the pack was begun, the pack is closed and valid.
  func run(
    noted: ([LocalizedText]) -> Void = { _ in }, settled: @escaping (HostReport) -> Void = { _ in },
    observed: @escaping ([Observation]) -> Void = { _ in }
  ) throws -> AuditResult {
    let windowEnd = try openWindow()
    let lock = try isScheduled ? nil : RunLock.shared()
    defer { withExtendedLifetime(lock) {} }
    let gate = TransmissionGate(scope: scope, otPorts: profiles.otPorts, neverWritePorts: profiles.neverWritePorts)
    let setup = try openSegments(gate)
    try resuming?.checkInterfaces(setup.segments.map(\.interface))
    noted(setup.notes)
    if !options.quiet { for note in setup.notes { complain(note.text(options.lang)) } }
    guard let output else { return try run(setup, gate, nil, windowEnd, nil, settled, observed: observed) }
    // Before anything is sent: a report that cannot be made is not worth the questions.
    let inputs = try reportInputs(profiles, notes: setup.notes)
    do {
      if let resuming { return try run(continuing: resuming, setup, gate, windowEnd, inputs, settled) }
      let pack = try PackWriter(creating: output, software: Self.software)
      return try run(setup, gate, pack, windowEnd, inputs, settled)
    } catch let error as PackError {
      throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
    }
  }

  private static let software = "tenken \(tenkenVersion)"

  private func run(
    continuing resumed: ResumedRun, _ setup: SegmentSetup, _ gate: TransmissionGate, _ windowEnd: Timestamp?,
    _ inputs: ReportInputs, _ settled: @escaping (HostReport) -> Void
  ) throws -> AuditResult {
    let restored = try resumed.read(portCount: plan.ports.count)
    let (pack, repair) = try resumed.pack.reopen(
      software: Self.software, keeping: Set(restored.findings.map(\.id)))
    let done = restored.entries.count(where: \.isDone)
    try pack.append(
      RunEvent(
        type: "run.resumed", at: SystemClock.wall,
        fields: ResumedEvent(
          toolVersion: tenkenVersion, repair: repair, discarded: restored.discarded, devicesDone: done,
          devicesUnderWay: restored.entries.count - done, interfaces: setup.segments.map(\.interface))))
    return try run(setup, gate, pack, windowEnd, inputs, settled, restored)
  }

  /// When the window of time that is open now closes.
  private func openWindow() throws -> Timestamp? {
    guard let window = options.window.flatMap({ TimeWindow($0) }) else { return nil }
    guard let end = window.end(at: SystemClock.wall, offsetMinutes: scope.offsetMinutes) else {
      throw CommandFailure(
        .notPermitted,
        "it is outside the window \(window); start again when it is open.\nNothing was sent.")
    }
    return end
  }

  private func openSegments(_ gate: TransmissionGate) throws -> SegmentSetup {
    do {
      let setup = try SegmentSetup(
        plan, gate: gate, unprivileged: options.unprivileged, detectsKind: options.link == nil)
      guard !setup.segments.isEmpty else {
        let language = options.lang
        let reasons = setup.omitted.map { "\($0.addresses): \($0.detail.text(language))" }.joined(separator: "\n  ")
        throw CommandFailure(.failed, "no target can be looked at from here:\n  \(reasons)")
      }
      return setup
    } catch let error as LinkError {
      throw CommandFailure(error.code == .notPermitted ? .notPermitted : .failed, "\(error)\nNothing was sent.")
    }
  }

  private func run(
    _ setup: SegmentSetup, _ gate: TransmissionGate, _ pack: PackWriter?, _ windowEnd: Timestamp?,
    _ inputs: ReportInputs?, _ settled: @escaping (HostReport) -> Void, _ restored: RestoredRun? = nil,
    observed: ([Observation]) -> Void = { _ in }
  ) throws -> AuditResult {
    let kept = try pack.flatMap { pack in
      try originals.map { try OriginalsFile($0, at: OriginalsFile.path(beside: pack.path)) }
    }
    let redaction = try CaptureRedaction(redactionRules, originals: kept)
    let evidence: any EvidenceSink =
      pack.map { PackEvidence($0, space: self.plan.probeSpace, redaction, capturesEverything: everything != nil) }
      ?? NoEvidence()
    let dialer = SocketDialer(
      gate: gate, log: setup.log, monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
    let exchanger = SocketExchanger(gate: gate, log: setup.log, wall: { SystemClock.wall })
    let client = CurlClient(
      gate: gate, agent: "tenken/\(tenkenVersion)", log: setup.log, monotonic: { SystemClock.monotonic },
      wall: { SystemClock.wall })
    let shell = SSHClient(
      gate: gate, log: setup.log, monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
    let display = ProgressDisplay(quiet: options.quiet, language: options.lang)
    CLinux_count_stop_signals()
    let links = setup.segments.map(\.link)
    let environment = RunEnvironment(
      monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall },
      wait: {
        SystemClock.wait(
          for: links.flatMap(\.descriptors) + dialer.descriptors + exchanger.descriptors + client.descriptors
            + shell.descriptors, until: $0)
      },
      stopReason: {
        if CLinux_stop_signals() > 0 { return .interrupted }
        return windowEnd.map { SystemClock.wall >= $0 } == true ? .windowClosed : nil
      }, progress: display.show, announce: display.announce,
      // A device whose words cannot be masked is shown without them.
      settled: { host in settled(host.of((try? redaction.value(host.device)) ?? host.device.silent)) })
    let loginSetup = try logins?.setup(gate, dialer, exchanger, client, shell)
    var summary = makeSummary()
    pack?.captureComment = summary.clock?.description
    if let everything { pack?.captureEverything(octets: everything) }
    try begin(setup, pack, evidence, summary, isContinued: restored != nil)
    var plan = plan
    plan.takenPorts = setup.takenPorts
    let run = AuditRun(
      plan: plan, segments: setup.segments, omitted: setup.omitted, dialer: dialer, exchanger: exchanger,
      client: client, evidence: evidence, environment: environment,
      fingerprints: FingerprintRecogniser(set: fingerprints), logins: loginSetup, restored: restored)
    var problem: (any Error)?
    do { try run.run() } catch { problem = error }
    display.finish()
    summary.ended = SystemClock.wall
    summary.partial = run.stopReason != nil || problem != nil
    summary.framesSent = (restored?.framesSent ?? 0) + run.totalFramesSent
    let seen = try redaction.value(run.observations)
    observed(seen)
    let past = PastReading(history)
    let original = run.result(run: summary) { bare in
      pack.flatMap { pack in
        past.read(kept: PackReader(pack.path)) { reader in
          // As the pack will tell it, which is what later runs are held against too.
          (try redaction.value(bare), seen, try FinishedPack.ports(of: bare.inventory.devices, in: reader))
        }
      }
    }
    if let trouble = past.trouble { throw trouble }
    var result = try redaction.value(original)
    // Who looked, and where, is the owner's own record.
    result.run = original.run
    if loginSetup != nil {
      try evidence.record("logins.ended", at: summary.ended, run.loginTally)
      if !options.quiet { print(run.loginTally.text(options.lang)) }
    }
    if let pack, let inputs { try seal(pack, setup, result, original, seen, past, redaction, problem, inputs) }
    if let problem {
      let kept = output.map { "\nWhat was seen until then is in \($0), marked partial." } ?? ""
      throw CommandFailure(.failed, "\(problem)\(kept)")
    }
    return result
  }

  /// What stands at the beginning of a run's record: the papers that it rests on, and from where it looks.
  private func begin(
    _ setup: SegmentSetup, _ pack: PackWriter?, _ evidence: any EvidenceSink, _ summary: RunSummary, isContinued: Bool
  ) throws {
    if !isContinued {
      try pack?.write(scopeOctets, to: "scope/scope.yaml")
      if let pack {
        try ledger?.write(to: pack)
        try declarations?.write(to: pack)
        try logins?.write(to: pack)
      }
      try pack?.writeJSON(runPlan(summary, setup), to: ResumedRun.planPath)
      try evidence.record("run.started", at: summary.started, summary)
    }
    for segment in setup.segments {
      try evidence.record(
        "interface.chosen", at: SystemClock.wall,
        InterfaceEvent(
          interface: segment.interface, source: segment.source, linkLocal: segment.linkLocal,
          targets: segment.addresses.count + segment.offLink.count,
          by: segment.backEnd == .frames ? "frames" : "connections", kind: segment.kind?.rawValue ?? plan.link.rawValue)
      )
    }
    for note in setup.notes { try evidence.record("run.note", at: SystemClock.wall, note) }
  }
}

extension Device {
  /// Without what it says of itself.
  fileprivate var silent: Device {
    var copy = self
    copy.claims = []
    copy.model = nil
    copy.firmware = nil
    return copy
  }
}

private struct InterfaceEvent: Encodable, Sendable {
  let interface: String
  let source: IPv4Address?
  let linkLocal: IPv6Address?
  let targets: Int
  let by: String
  let kind: String
}
