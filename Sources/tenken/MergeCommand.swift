internal import ArgumentParser
internal import Audit
internal import Authority
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Reports
internal import RunComparison
internal import Sheets
internal import Wire

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Joins the packs of shards (--shard k/n) to one. / 分割実行の証跡パックを統合します。",
    discussion: """
      The packs must be sealed and of one engagement: the same scope, rules, targets and ports, the same ledger \
      and declarations. Findings and \
      observations get new numbers, verdicts are made anew from all of them, and the new pack names the \
      packs it was made of with their digests. A shard that is missing makes it partial. Nothing is sent.
      """)

  @Argument(help: "Pack folders of the shards / 分割実行の証跡パック") var packs: [String]
  @OptionGroup var seal: SealOptions
  @OptionGroup var history: HistoryOptions
  @Option(help: "Folder for the joined pack; must not exist yet / 統合した証跡パックの出力先") var output: String
  @Option(help: "Language of the report and the terminal: ja or en / 言語") var lang: Language?
  @Option(help: "Folder of the rule data that the shards were run with / ルールデータ") var profiles: String?
  @Option(
    name: .customLong("fail-on"), help: "Severity from which the exit status is 1: info, low, medium, high, critical")
  var failOn: Severity = .high
  @Flag(help: "No summary / 要約を表示しない") var quiet = false

  func run() throws {
    let signer = try seal.signer()
    let parents = try packs.map { try ShardPack($0) }
    let merge: ShardMerge
    do throws(MergeRefusal) {
      merge = try ShardMerge(parents.map(\.result))
    } catch {
      throw CommandFailure(.usage, "\(error); the packs are not merged")
    }
    guard let plan = parents.first?.result.plan,
      let scopeFile = parents.first.map({ "\($0.path)/data/scope/scope.yaml" })
    else { return }
    let store = try RunOptions.loadProfiles(profiles)
    guard rulesDigest(store, fingerprints: plan.fingerprintsDigest) == plan.rulesDigest else {
      throw CommandFailure(
        .usage,
        "the rule data in \(store.directory) is not what the shards were run with; name the old rules with --profiles")
    }
    let scope = try readScope(scopeFile)
    let language = lang ?? plan.language
    let declarations = try parents.first.flatMap { try DeclarationsReference(in: PackReader($0.path)) }
    let ledger = try parents.first.flatMap { try LedgerReference(in: PackReader($0.path)) }?.ledger
    let past = PastReading(history.isOff ? nil : history.place)
    let result = merge.result(
      runID: runID(plan), profiles: store, scope: scope, declarations: declarations?.cited, ledger: ledger,
      past: { bare in
        past.read(kept: PackReader(output)) { _ in
          (bare, merge.parts.flatMap(\.observations), try ports(merge, parents, bare))
        }
      }
    ) { shard in
      let targets = (try? plan.targets.map(rangeArgument)) ?? []
      return (try? TargetSelection(targets: targets, scope: scope, at: plan.started, shard: shard))?.addresses ?? []
    }
    if let trouble = past.trouble { throw trouble }
    let inputs = try reportInputs(store, notes: [past.known?.past.unread].compactMap(\.self))
    let services = TLSServiceComparison.list(merge.parts.flatMap(\.observations), try TLSGuidelines(store))
    do {
      let page = try HTMLReport(inputs).render(
        result, language: language, services: services, sheet: SheetTable.ofRun(result, store, past.difference),
        scope: ScopeStatement(scope), history: past.shown)
      try MergedPack(parents: parents, merge: merge, result: result).write(to: output, language) { pack in
        try past.write(to: pack)
        try pack.write(Array(page.utf8), to: "report/report.html")
        guard let overview = ChecklistOverview.ofRun(result, store, past.difference) else { return }
        try pack.write(overview, limitations: inputs.limitations, language)
      }
    } catch let error as PackError {
      throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
    }
    if let signer {
      try signer.sign(output)
      handOver(output)
    }
    history.remember(output)
    if !quiet { try AuditCommand.summarise(result, inputs, output: output, language: language) }
    if result.run.partial { throw ExitStatus.interrupted.code }
    if result.findings.contains(where: { $0.severity >= failOn }) { throw ExitStatus.findings.code }
  }

  /// Of a device that several shards saw, those that the joined pack has under the device's own name: the first one's.
  private func ports(
    _ merge: ShardMerge, _ parents: [ShardPack], _ result: AuditResult
  ) throws -> [DeviceID: PortRecord] {
    var ports: [DeviceID: PortRecord] = [:]
    for part in merge.parts {
      guard let parent = parents.first(where: { $0.path == part.source.name }) else { continue }
      let own = try FinishedPack.ports(of: result.inventory.devices, in: PackReader(parent.path))
      ports.merge(own) { first, _ in first }
    }
    return ports
  }

  private func runID(_ plan: RunPlan) -> String {
    let stamp = SystemClock.wall.rfc3339().filter { $0.isNumber }.prefix(14)
    return "merge-\(stamp)-\(plan.seed.prefix(6))"
  }
}

/// A sealed pack of a shard, read whole but for its captures.
private struct ShardPack {
  let path: String
  let result: ShardResult
  /// SHA-256 of its `tagmanifest-sha256.txt`.
  let digest: String

  init(_ name: String) throws {
    let path = try PackFolder.path(of: name)
    self.path = path
    let verification = PackVerifier.verify(directory: path)
    guard verification.isIntact, let digest = verification.packDigest else {
      let unsealed = verification.problems.contains { $0.kind == .notSealed }
      throw CommandFailure(
        .failed,
        unsealed
          ? "\(name) is not sealed: its run did not come to an end; continue it with tenken resume"
          : "\(name) does not verify (tenken evidence verify says why); it is not merged")
    }
    self.digest = digest
    let reader = PackReader(path)
    func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
      guard let octets = try reader.octets(of: name) else {
        throw CommandFailure(.usage, "\(path) holds no data/\(name): it is no pack of a single run")
      }
      return try ResumedRun.decode(type, octets, "\(path)/data/\(name)")
    }
    let files = try reader.files()
    var given: [String: String] = [:]
    for file in files where file.hasPrefix(ShardResult.givenFolder) {
      given[file] = SHA256.hex(try SHA256.digest(ofFile: "\(path)/data/\(file)"))
    }
    result = ShardResult(
      name: path, plan: try read(RunPlan.self, ResumedRun.planPath), run: try read(RunSummary.self, "run.json"),
      inventory: try read(Inventory.self, "inventory.json"), findings: try read([Finding].self, "findings.json"),
      coverage: try read(Coverage.self, "coverage.json"),
      observations: try ResumedRun.journal(reader, portCount: 0).observations, files: files, given: given)
  }
}

/// The joined pack on its way to the disk.
private struct MergedPack {
  let parents: [ShardPack]
  let merge: ShardMerge
  let result: AuditResult

  /// - Parameter reports: writes what is made of the whole result.
  func write(to output: String, _ language: Language, reports: (PackWriter) throws -> Void) throws {
    let pack = try PackWriter(creating: output, software: "tenken \(tenkenVersion)")
    let byPath = Dictionary(uniqueKeysWithValues: parents.map { ($0.path, $0) })
    let named = merge.parts.compactMap { part in byPath[part.source.name].map { (part, $0) } }
    let facts = named.map { part, parent in
      ParentEvent(runID: part.source.run.runID, shard: part.shard.description, tagManifestSHA256: parent.digest)
    }
    try pack.append(
      RunEvent(
        type: "run.merged", at: SystemClock.wall,
        fields: MergedEvent(parents: facts, missing: merge.missing.map(\.description))))
    if let first = parents.first { try pack.copy(from: "\(first.path)/data/scope/scope.yaml", to: "scope/scope.yaml") }
    for (part, parent) in named {
      for copy in part.copies { try pack.copy(from: "\(parent.path)/data/\(copy.from)", to: copy.to) }
      for observation in part.observations {
        try pack.append(RunEvent(type: "observation", at: observation.at, fields: observation))
      }
      for (old, finding) in part.findings { try write(finding, old, PackReader(parent.path), pack) }
      for coverage in part.source.coverage.devices {
        try pack.append(RunEvent(type: "coverage", at: coverage.to, fields: coverage))
      }
    }
    try pack.append(
      RunEvent(
        type: "run.ended", at: result.run.ended,
        fields: EndEvent(partial: result.run.partial, framesSent: result.run.framesSent, problem: nil)))
    // The lines of the ledger, held against the devices of all shards.
    if let first = parents.first {
      try LedgerReference(in: PackReader(first.path))?.writeResult(result, language, to: pack)
    }
    try reports(pack)
    try pack.close(
      result: result,
      extras: facts.map { ("Tenken-Parent", "\($0.runID) \($0.shard) tagmanifest-sha256 \($0.tagManifestSHA256)") })
    handOver(output)
  }

  /// The same octets and frames under the new number.
  private func write(_ finding: Finding, _ old: String, _ reader: PackReader, _ pack: PackWriter) throws {
    // The octets of logins are in no pack.
    guard let files = try FindingFiles(old, in: reader) else {
      try pack.writeJSON(finding, to: "findings/\(finding.id)/finding.json")
      return try pack.append(RunEvent(type: "finding", at: finding.at, fields: finding))
    }
    try pack.write(
      finding: finding, stimulus: files.request, response: files.response, withheld: files.withheld,
      frames: files.frames, notes: files.notes, interface: files.interface)
    try pack.append(RunEvent(type: "finding", at: finding.at, fields: finding))
  }
}

private struct ParentEvent: Encodable, Sendable {
  let runID: String
  let shard: String
  let tagManifestSHA256: String
}

private struct MergedEvent: Encodable, Sendable {
  let parents: [ParentEvent]
  /// Shards that were not given.
  let missing: [String]
}
