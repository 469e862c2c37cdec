internal import Checklist
internal import Evidence
internal import Profiles
internal import Records
internal import Reports
internal import RunComparison
internal import Sheets

extension ChecklistOverview {
  /// The sheet of one run that nobody has marked or determined anything in yet. The run's phase is not known to it: it stands as
  /// production until `tenken report --phase` says otherwise. nil where the rule data has no check sheet.
  /// - Parameter difference: what changed since the run before; nil where none was compared.
  static func ofRun(
    _ result: AuditResult, _ store: ProfileStore, _ difference: DifferenceDocument? = nil
  ) -> ChecklistOverview? {
    guard let index = try? ChecklistFiles.index(store, ChecklistFiles.standardCatalogue) else { return nil }
    let results = PhaseResults(
      .production, packs: [result.run.runID], devices: result.inventory.devices, findings: result.findings,
      difference: difference, verdicts: result.verdicts, index: index)
    return ChecklistOverview(
      index: index, sheet: nil, determinations: Determinations(file: "", entries: []), phases: [results],
      attachments: [], wording: store.wording, today: Day(of: result.run.started))
  }
}

extension PackWriter {
  /// The rows of the check sheet for whoever attaches the pack to it (checklist.md §5.2): a file for each, the boxes, what was not
  /// tested and what to do about it, and what no result says.
  func write(_ overview: ChecklistOverview, limitations: [LocalizedText], _ language: Language) throws {
    guard let results = overview.phases.first else { return }
    for record in overview.records(results) { try writeJSON(record, to: "items/\(record.id).json") }
    try writeJSON(overview.boxRecords(results), to: "boxes.json")
    try write(overview.notTested(results, language), to: "not-tested.csv")
    let lines = limitations.map { "- \($0.ja)\n  \($0.en)\n" }.joined()
    try write(Array("# この結果から言えないこと / What this result does not say\n\n\(lines)".utf8), to: "limitations.md")
  }
}
