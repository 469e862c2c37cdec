internal import ArgumentParser
internal import Checklist
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Reports
internal import Sheets

struct ChecklistRecord: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Seals verdicts, sheet and determinations in a new pack. / 判定案・シート・人の判定を新しい証跡パックに封印します。",
    discussion: """
      One phase at a time. The new pack names the packs it rests on with their digests, and holds an items/*.json for each \
      row, the files as they are, attached files, and not-tested.csv. tenken evidence verify checks it. Attached files that \
      are missing or changed stop it.
      """)

  @Option(help: "Folder for the new pack; must not exist yet / 出力先") var output: String
  @OptionGroup var options: ChecklistOptions

  func run() throws {
    guard !options.packs.isEmpty else { throw CommandFailure(.usage, "name the packs that the checklist rests on") }
    guard options.poc.isEmpty else {
      throw CommandFailure(.usage, "a record is of one phase: record the POC's packs by themselves with --phase poc")
    }
    let loaded = try options.load()
    let overview = loaded.overview
    if let problem = overview.attachments.first {
      throw CommandFailure(
        .failed,
        "\(problem.determination): the attached file \(inert(problem.path)) is \(problem.kind.rawValue); "
          + "restore it, or add an entry with the new file. Nothing was written.")
    }
    do {
      try RecordedPack(loaded: loaded, options: options).write(to: output)
    } catch let error as PackError {
      throw CommandFailure(error.code == .occupied ? .usage : .failed, "\(error)")
    }
    print(options.lang == .ja ? "\(inert(output)) に記録しました。" : "Recorded in \(inert(output)).")
  }
}

private struct RecordedPack {
  let loaded: ChecklistOptions.Loaded
  let options: ChecklistOptions

  func write(to output: String) throws {
    let parents = loaded.packs[loaded.phase] ?? []
    guard let first = parents.first, let results = loaded.overview.phases.first(where: { $0.phase == loaded.phase })
    else { return }
    let now = SystemClock.wall
    let pack = try PackWriter(creating: output, software: "tenken \(tenkenVersion)")
    let named = try parents.map { try parent($0) }
    try pack.append(
      RunEvent(type: "checklist.recorded", at: now, fields: RecordedEvent(phase: loaded.phase.rawValue, parents: named))
    )
    for record in loaded.overview.records(results) { try pack.writeJSON(record, to: "items/\(record.id).json") }
    try pack.writeJSON(loaded.overview.boxRecords(results), to: "boxes.json")
    try pack.write(loaded.overview.notTested(results, options.lang), to: "not-tested.csv")
    if let sheet = options.sheet {
      try pack.write(try contents(of: sheet, what: "the sheet"), to: "sheet/sheet.yaml")
    }
    if let file = options.determinations {
      let name = ChecklistFiles.isCSV(file) ? "determinations.csv" : "determinations.yaml"
      try pack.write(try contents(of: file, what: "the determinations"), to: "determinations/\(name)")
      try writeAttachments(pack)
    }
    let stamp = now.rfc3339().filter { $0.isNumber }.prefix(14)
    let run = RunSummary(
      runID: "checklist-\(stamp)", toolVersion: tenkenVersion,
      rulesDigest: rulesDigest(loaded.store, fingerprints: nil),
      engagement: first.run.engagement, scopeDigest: first.run.scopeDigest, targets: parents.flatMap(\.run.targets),
      ports: "-", host: ProcessInfo.processInfo.hostName, started: now, ended: now,
      offsetMinutes: first.run.offsetMinutes, seed: "-",
      partial: parents.contains { $0.run.partial || $0.coverage.partial }, framesSent: 0)
    try pack.close(
      result: AuditResult(
        run: run, inventory: Records.Inventory(devices: results.devices), findings: [],
        verdicts: results.rollUp.rows.flatMap(\.verdicts),
        coverage: Coverage(
          devices: [], addressesAsked: 0, addressesAnswered: 0, omitted: parents.flatMap(\.coverage.omitted),
          receiveDrops: 0, partial: run.partial)),
      extras: named.map { ("Tenken-Parent", "\($0.runID) tagmanifest-sha256 \($0.tagManifestSHA256)") })
    handOver(output)
  }

  /// Under their digests, so that equal names from different folders stay apart.
  private func writeAttachments(_ pack: PackWriter) throws {
    var seen: Set<String> = []
    for file in loaded.overview.determinations.entries.flatMap(\.files) where seen.insert(file.digest).inserted {
      let place = ChecklistFiles.place(of: file.path, beside: loaded.overview.determinations.file)
      let name = place.split(separator: "/").last.map { String($0.suffix(80)) } ?? "file"
      try pack.copy(from: place, to: "attachments/\(file.digest.prefix(16))-\(name)")
    }
  }

  private func parent(_ pack: FinishedPack) throws -> Parent {
    guard let digest = PackVerifier.verify(directory: pack.path).packDigest else {
      throw CommandFailure(.failed, "\(pack.path) does not verify any more; nothing was recorded")
    }
    return Parent(runID: pack.run.runID, tagManifestSHA256: digest)
  }
}

private struct Parent: Encodable, Sendable {
  let runID: String
  let tagManifestSHA256: String
}

private struct RecordedEvent: Encodable, Sendable {
  let phase: String
  let parents: [Parent]
}
