internal import Addressing
internal import Audit
internal import Authority
internal import CLinux
internal import Documents
internal import Engine
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Probes
internal import Profiles
internal import Records
internal import Reports
internal import SessionIO

/// One `tenken audit`: wires the edges to the run and closes the pack whatever happens.
struct AuditSession {
  let targets: [AddressRange]
  let scope: Scope
  let scopeOctets: [UInt8]
  let ports: PortSelection
  let profiles: ProfileStore
  let deviceRate: Int
  let totalRate: Int
  let seed: ScanSeed
  let output: String
  let language: Language
  let quiet: Bool

  /// - Throws: ``CommandFailure``. When it throws after the pack was begun, the pack is closed and valid.
  func run() throws -> AuditResult {
    let selection = try selectTargets()
    let inputs = try reportInputs(profiles)
    let gate = TransmissionGate(scope: scope)
    let setup = try openSegments(selection, gate)
    let plan = AuditPlan(
      selection: selection, ports: ports, scope: scope, seed: seed, profiles: profiles, vendors: loadVendors(),
      deviceRate: deviceRate, totalRate: totalRate)
    do {
      let pack = try PackWriter(creating: output, software: "tenken \(tenkenVersion)")
      return try audit(plan, setup, gate, pack, inputs)
    } catch let error as PackError {
      throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
    }
  }

  private func selectTargets() throws -> TargetSelection {
    do {
      return try TargetSelection(targets: targets, scope: scope, at: SystemClock.wall)
    } catch {
      throw CommandFailure(.notPermitted, "\(error)\nNothing was sent.")
    }
  }

  private func openSegments(_ selection: TargetSelection, _ gate: TransmissionGate) throws -> SegmentSetup {
    do {
      let setup = try SegmentSetup(addresses: selection.addresses, gate: gate)
      guard !setup.segments.isEmpty else {
        let reasons = setup.omitted.map { "\($0.addresses): \($0.detail.text(language))" }.joined(separator: "\n  ")
        throw CommandFailure(.failed, "no target can be looked at from here:\n  \(reasons)")
      }
      return setup
    } catch let error as LinkError {
      throw CommandFailure(error.code == .notPermitted ? .notPermitted : .failed, "\(error)\nNothing was sent.")
    }
  }

  private func loadVendors() -> VendorRegistry? {
    do {
      return try VendorRegistry()
    } catch {
      if !quiet { complain("vendors stay unknown: \(error)") }
      return nil
    }
  }

  private func audit(
    _ plan: AuditPlan, _ setup: SegmentSetup, _ gate: TransmissionGate, _ pack: PackWriter, _ inputs: ReportInputs
  ) throws -> AuditResult {
    let evidence = PackEvidence(pack)
    let dialer = SocketDialer(gate: gate, monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall })
    let display = ProgressDisplay(quiet: quiet, language: language)
    CLinux_count_stop_signals()
    let links = setup.segments.map(\.link)
    let environment = RunEnvironment(
      monotonic: { SystemClock.monotonic }, wall: { SystemClock.wall },
      wait: { SystemClock.wait(for: links.map(\.descriptor) + dialer.descriptors, until: $0) },
      shouldStop: { CLinux_stop_signals() > 0 }, progress: display.show, announce: display.announce)
    var summary = makeSummary()
    try pack.write(scopeOctets, to: "scope/scope.yaml")
    try evidence.record("run.started", at: summary.started, summary)
    for segment in setup.segments {
      try evidence.record(
        "interface.chosen", at: SystemClock.wall,
        InterfaceEvent(interface: segment.interface, source: segment.source, targets: segment.addresses.count))
    }
    let run = AuditRun(
      plan: plan, segments: setup.segments, omitted: setup.omitted, dialer: dialer, evidence: evidence,
      environment: environment)
    var problem: (any Error)?
    do { try run.run() } catch { problem = error }
    display.finish()
    summary.ended = SystemClock.wall
    summary.partial = run.wasStopped || problem != nil
    summary.framesSent = run.totalFramesSent
    let result = run.result(run: summary)
    try seal(pack, setup, result, problem, inputs)
    if !quiet { summarise(result, inputs) }
    if let problem {
      throw CommandFailure(.failed, "\(problem)\nWhat was seen until then is in \(output), marked partial.")
    }
    return result
  }

  private func seal(
    _ pack: PackWriter, _ setup: SegmentSetup, _ result: AuditResult, _ problem: (any Error)?, _ inputs: ReportInputs
  ) throws {
    try pack.append(
      RunEvent(
        type: "run.ended", at: result.run.ended,
        fields: EndEvent(
          partial: result.run.partial, framesSent: result.run.framesSent, problem: problem.map { "\($0)" })))
    for segment in setup.segments {
      let drops = segment.link.receiveDrops()
      try pack.appendCaptureStatistics(
        interface: CaptureInterface(name: segment.interface, filter: segment.captureFilter, snapLength: 2048),
        at: result.run.ended, received: segment.link.receivedFrames(), dropped: drops)
    }
    let page = try HTMLReport(inputs).render(result, language: language)
    try pack.write(Array(page.utf8), to: "report/report.html")
    try pack.close(result: result)
    handOver()
  }

  /// Under sudo the pack belongs to the person who called it: raw sockets need root, reading does not.
  private func handOver() {
    let environment = ProcessInfo.processInfo.environment
    guard geteuid() == 0, let user = environment["SUDO_UID"].flatMap({ Int($0) }),
      let group = environment["SUDO_GID"].flatMap({ Int($0) })
    else { return }
    let owner: [FileAttributeKey: Any] = [.ownerAccountID: user, .groupOwnerAccountID: group]
    let below = (try? FileManager.default.subpathsOfDirectory(atPath: output)) ?? []
    for path in [output] + below.map({ "\(output)/\($0)" }) {
      // A file system without owners is no reason to fail: the pack is complete as it is.
      try? FileManager.default.setAttributes(owner, ofItemAtPath: path)
    }
  }

  private func summarise(_ result: AuditResult, _ inputs: ReportInputs) {
    let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? terminalColumns() ?? 100
    print(
      SummaryTable(inputs).render(result, language, columns: columns, colour: isatty(STDOUT_FILENO) == 1),
      terminator: "")
    print(language == .ja ? "証跡パック: \(output)" : "evidence pack: \(output)")
    print(language == .ja ? "報告書: \(output)/data/report/report.html" : "report: \(output)/data/report/report.html")
    // Whoever can write to the folder could seal it anew; a digest noted elsewhere shows that.
    if let seal = try? SHA256.digest(ofFile: "\(output)/tagmanifest-sha256.txt") {
      print("tagmanifest-sha256.txt SHA-256: \(SHA256.hex(seal))")
    }
  }

  private func terminalColumns() -> Int? {
    let columns = Int(CLinux_terminal_columns(STDOUT_FILENO))
    return columns > 0 ? columns : nil
  }

  private func makeSummary() -> RunSummary {
    let now = SystemClock.wall
    let stamp = now.rfc3339().filter { $0.isNumber }.prefix(14)
    return RunSummary(
      runID: "run-\(stamp)-\("\(seed)".prefix(6))", toolVersion: tenkenVersion, rulesDigest: rulesDigest(profiles),
      engagement: scope.engagement, scopeDigest: SHA256.hex(SHA256.digest(of: scopeOctets)),
      targets: targets.map(\.description), ports: ports.description, host: ProcessInfo.processInfo.hostName,
      started: now, ended: now, offsetMinutes: scope.offsetMinutes, seed: "\(seed)", partial: false, framesSent: 0)
  }

  static func parse(seed text: String) -> ScanSeed? {
    guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    return ScanSeed(high: high, low: low)
  }
}

extension ScanSeed {
  /// From the system's generator.
  static func random() -> ScanSeed {
    var generator = SystemRandomNumberGenerator()
    return ScanSeed(high: generator.next(), low: generator.next())
  }
}

private struct InterfaceEvent: Encodable, Sendable {
  let interface: String
  let source: IPv4Address
  let targets: Int
}

private struct EndEvent: Encodable, Sendable {
  let partial: Bool
  let framesSent: Int
  let problem: String?
}
