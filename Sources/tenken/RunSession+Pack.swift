internal import Addressing
internal import Audit
internal import Authority
internal import Engine
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Redaction
internal import Reports
internal import RunComparison
internal import SessionIO
internal import Sheets
internal import Wire

/// What a run writes into its pack beside what it hears.
extension RunSession {
  func seal(
    _ pack: PackWriter, _ setup: SegmentSetup, _ result: AuditResult, _ original: AuditResult,
    _ observations: [Observation], _ past: PastReading, _ redaction: CaptureRedaction, _ problem: (any Error)?,
    _ prepared: ReportInputs
  ) throws {
    let unread = past.known?.past.unread
    let inputs = try unread.map { try reportInputs(profiles, notes: setup.notes + [$0]) } ?? prepared
    if let unread { try pack.append(RunEvent(type: "run.note", at: SystemClock.wall, fields: unread)) }
    try past.write(to: pack)
    try pack.append(
      RunEvent(
        type: "run.ended", at: result.run.ended,
        fields: EndEvent(
          partial: result.run.partial, framesSent: result.run.framesSent, problem: problem.map { "\($0)" })))
    for segment in setup.segments {
      guard let captured = segment.link.capturedFrames else { continue }
      try pack.appendCaptureStatistics(
        interface: CaptureInterface(name: segment.interface, filter: segment.captureFilter, snapLength: 2048),
        at: result.run.ended, received: captured, dropped: segment.link.receiveDrops())
    }
    try ledger?.writeResult(original, options.lang, to: pack, masked: { redaction.text($0) })
    let services = guidelines.map { TLSServiceComparison.list(observations, $0) } ?? []
    let page = try HTMLReport(inputs).render(
      result, language: options.lang, services: services, sheet: SheetTable.ofRun(result, profiles, past.difference),
      scope: ScopeStatement(scope), history: try RunHistory(in: PackReader(pack.path), named: pack.path))
    try pack.write(Array(page.utf8), to: "report/report.html")
    if let overview = ChecklistOverview.ofRun(result, profiles, past.difference) {
      try pack.write(overview, limitations: inputs.limitations, options.lang)
    }
    for event in redaction.takeGrowing() {
      try pack.append(RunEvent(type: RedactedEvent.type, at: SystemClock.wall, fields: event))
    }
    let masked = try RedactionList.entries(in: PackReader(pack.path))
    pack.masked = Dictionary(grouping: masked, by: \.path).mapValues { $0.map(\.rule).sorted() }
    try pack.writeJSON(
      RedactionList(key: RedactionList.key(isKept: originals != nil), redactionRules, masked: masked),
      to: RedactionList.path)
    try pack.close(result: result, extras: [try redaction.closeOriginals()].compactMap(\.self))
    handOver(pack.path)
  }

  func makeSummary() -> RunSummary {
    let now = resuming?.plan.started ?? SystemClock.wall
    let stamp = now.rfc3339().filter { $0.isNumber }.prefix(14)
    return RunSummary(
      runID: resuming?.plan.runID ?? "run-\(stamp)-\("\(plan.seed)".prefix(6))", toolVersion: tenkenVersion,
      // Only a pack tells it, and only a whole rule set has one.
      rulesDigest: output == nil ? "" : rulesDigest(profiles, fingerprints: furtherFingerprints?.digest),
      engagement: scope.engagement,
      scopeDigest: SHA256.hex(SHA256.digest(of: scopeOctets)), targets: options.targets, ports: plan.requestedPorts,
      host: ProcessInfo.processInfo.hostName, started: now, ended: now, offsetMinutes: scope.offsetMinutes,
      seed: "\(plan.seed)", partial: false, framesSent: 0, clock: SystemClock.state)
  }

  /// What a continuation needs to know.
  func runPlan(_ run: RunSummary, _ setup: SegmentSetup) -> RunPlan {
    var recorded = RunPlan(
      run: run, purpose: purpose.recorded, ports: ports ?? "", profile: options.profile, link: options.link?.rawValue,
      deviceRate: options.deviceRate, maxRate: options.maxRate, window: options.window, shard: options.shard,
      unprivileged: options.unprivileged, language: options.lang, seedWasGiven: options.seed != nil,
      interfaces: setup.segments.map(\.interface))
    recorded.listen = options.listen
    recorded.connectionGap = options.connectionGap
    recorded.failOn = failOn
    recorded.profiles = options.profiles.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    recorded.loginJournal = logins?.journal
    recorded.credentialList = logins?.listFile
    recorded.originals = originals?.name
    recorded.fingerprints = furtherFingerprints?.directory
    recorded.fingerprintsDigest = furtherFingerprints?.digest
    return recorded
  }
}

struct EndEvent: Encodable, Sendable {
  let partial: Bool
  let framesSent: Int
  let problem: String?
}
