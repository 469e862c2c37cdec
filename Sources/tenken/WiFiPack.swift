internal import Addressing
internal import Authority
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Redaction
internal import Reports
internal import WiFiAudit
internal import Wire

/// The evidence pack of a Wi-Fi audit: networks as JSON, the frames in which they describe themselves, findings, proposals, report.
struct WiFiPack {
  /// Names of networks are those of people where telephones open them.
  let redaction: CaptureRedaction
  let scope: Scope
  let scopeFile: String
  let store: ProfileStore
  let started: Timestamp
  /// An audit's pack, whose devices may be clients of what was heard.
  let inventory: FinishedPack?
  let language: Language

  /// - Throws: ``CommandFailure`` for a folder that holds something already.
  func write(_ report: WiFiReport, _ hearing: WiFiHearing, to output: String) throws -> AuditResult {
    let ended = SystemClock.wall
    let outcome = WiFiOutcome(
      report, checks: store.checks, cannotConclude: store.cannotConclude, kept: hearing.kept,
      inventory: inventory?.inventory.devices ?? [],
      // When it was heard, which for captures is not when they were read.
      from: hearing.coverage.firstTime.map { Timestamp(nanoseconds: $0) } ?? started,
      to: hearing.coverage.lastTime.map { Timestamp(nanoseconds: $0) } ?? ended)
    let scopeOctets = try contents(of: scopeFile, what: "the scope file")
    let result = AuditResult(
      run: summary(report, scopeOctets, ended), inventory: Records.Inventory(devices: outcome.devices),
      findings: outcome.findings, verdicts: outcome.verdicts,
      coverage: Coverage(
        devices: [], addressesAsked: 0, addressesAnswered: 0, omitted: [], receiveDrops: 0,
        partial: report.isPartial))
    let masked = try redaction.value(result)
    let page = try HTMLReport(reportInputs(store)).render(
      masked, language: language, networks: outcome.section, scope: ScopeStatement(scope))
    do {
      let pack = try PackWriter(creating: output, software: "tenken \(tenkenVersion)")
      try pack.append(RunEvent(type: "run.started", at: started, fields: result.run))
      try pack.write(scopeOctets, to: "scope/scope.yaml")
      if let networks = try redaction.fields(report) {
        try pack.writeJSON(networks, to: "wifi/networks.json")
      } else {
        try pack.writeJSON(report, to: "wifi/networks.json")
      }
      if let inventory {
        try pack.append(
          RunEvent(type: "wifi.inventory", at: ended, fields: InventoryEvent(runID: inventory.run.runID)))
      }
      for proof in outcome.proofs { try write(proof, hearing.kept, pack) }
      try pack.append(
        RunEvent(
          type: "run.ended", at: ended,
          fields: EndEvent(partial: result.run.partial, framesSent: 0, problem: nil)))
      try pack.write(Array(redaction.text(page).utf8), to: "report/report.html")
      try pack.writeJSON(
        RedactionList(
          key: RedactionList.key(isKept: false), redaction.redactor.rules,
          masked: try RedactionList.entries(in: PackReader(pack.path))), to: RedactionList.path)
      var closing = masked
      closing.run = result.run
      try pack.close(result: closing)
      handOver(pack.path)
    } catch let error as PackError {
      throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
    }
    return result
  }

  private func write(_ proof: WiFiOutcome.Proof, _ kept: WiFiFrames, _ pack: PackWriter) throws {
    guard let capture = kept.capture(of: [proof.network], software: pack.software) else { return }
    let path = "data/findings/\(proof.finding)/frames.pcapng"
    let (octets, redactions) = try redaction.file(capture, at: path)
    try pack.write(octets, to: "findings/\(proof.finding)/frames.pcapng")
    guard !redactions.isEmpty else { return }
    try pack.append(
      RunEvent(
        type: RedactedEvent.type, at: SystemClock.wall,
        fields: RedactedEvent(path: path, redactions: redactions.map(\.part))))
  }

  private func summary(_ report: WiFiReport, _ scopeOctets: [UInt8], _ ended: Timestamp) -> RunSummary {
    let stamp = started.rfc3339().filter { $0.isNumber }.prefix(14)
    return RunSummary(
      runID: "wifi-\(stamp)", toolVersion: tenkenVersion, rulesDigest: rulesDigest(store, fingerprints: nil),
      engagement: scope.engagement, scopeDigest: SHA256.hex(SHA256.digest(of: scopeOctets)),
      targets: report.coverage.sources.map(\.name), ports: "-", host: ProcessInfo.processInfo.hostName,
      started: started, ended: ended, offsetMinutes: scope.offsetMinutes, seed: "-", partial: report.isPartial,
      framesSent: 0, clock: SystemClock.state)
  }
}

private struct InventoryEvent: Encodable, Sendable {
  let runID: String
}
