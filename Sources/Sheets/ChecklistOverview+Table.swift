internal import Checklist
internal import Profiles
internal import Records
public import Reports

extension ChecklistOverview {
  /// The sheet for a page or a workbook.
  public var table: SheetTable {
    let audited = Phase.allCases.map { phase in (phase, phases.first { $0.phase == phase }) }
    return SheetTable(
      catalogue: index.catalogue,
      phases: audited.map { phase, results in
        SheetTable.Phase(key: phase.rawValue, label: phase.label, runs: results?.packs ?? [])
      },
      lines: index.rows.map { row in line(row, audited.map { column(row, $0, $1) }) },
      hasSheet: sheet != nil, warning: sheet?.project.excludedUse.warning)
  }

  private func line(_ row: ChecklistRow, _ columns: [SheetTable.Column]) -> SheetTable.Line {
    let own = sheet?.row(row.id)
    return SheetTable.Line(
      id: row.id, qualifiedID: row.qualifiedID, kind: Self.kind(row.kind), box: row.box, chapter: row.group,
      title: row.title, localText: own?.localText, recommended: own?.recommended?.rawValue,
      visibility: Self.letter(row), cannotConclude: row.cannotConclude, asked: asked(row), columns: columns,
      companyNote: own.flatMap(note))
  }

  /// Who answers the row, and why it is marked as it is.
  private func note(_ own: CompanySheet.Row) -> LocalizedText? {
    let signed = [own.by, own.at?.description].compactMap { $0 }.joined(separator: " ")
    func text(_ owner: String, _ reason: String) -> String {
      [own.owner.map { "\(owner): \($0)" }, own.reason.map { "\(reason): \($0)" }, signed.isEmpty ? nil : signed]
        .compactMap { $0 }.joined(separator: " · ")
    }
    let note = LocalizedText(ja: text("担当", "理由"), en: text("answers", "reason"))
    return note.en.isEmpty ? nil : note
  }

  private static func kind(_ kind: ChecklistRow.Kind) -> SheetTable.Line.Kind {
    switch kind {
    case .box: .box
    case .item: .item
    case .rule: .rule
    case .custom: .custom
    }
  }

  private static func letter(_ row: ChecklistRow) -> String {
    switch row.visibility {
    case .direct: "D"
    case .partial: "P"
    case .none: "N"
    }
  }

  private func asked(_ row: ChecklistRow) -> LocalizedText? {
    guard let asked = row.asked else { return nil }
    let who = owner(of: row) ?? asked.who
    return LocalizedText(ja: "\(who.ja): \(asked.record.ja)", en: "\(who.en): \(asked.record.en)")
  }

  private func column(_ row: ChecklistRow, _ phase: Phase, _ results: PhaseResults?) -> SheetTable.Column {
    let mark = CompanySheet.mark(for: row, phase, in: sheet).map {
      SheetTable.Mark(sign: $0.mark.rawValue, isProposal: $0.origin == .proposal)
    }
    guard let results, !results.packs.isEmpty || !determinations.current(row.id, phase).isEmpty else {
      return SheetTable.Column(mark: mark, status: nil)
    }
    let rolled = results.rollUp.row(row.id)
    let state = rolled.map { self.state($0, results) }
    let box = results.rollUp.box(row.id)
    let verdicts = (rolled?.verdicts ?? []) + (box?.items.flatMap(\.verdicts) ?? [])
    var seen: Set<String> = []
    return SheetTable.Column(
      mark: mark, status: box?.status ?? rolled?.status, counts: counts(box?.counts ?? rolled?.counts),
      reasons: rolled?.reasons ?? [:], standing: state?.standing.label,
      determinations: determinations.current(row.id, phase).map(text),
      tasks: state?.left.map { SheetTable.Task(who: $0.who, what: $0.what) } ?? [],
      evidence: verdicts.flatMap(\.evidence).filter { seen.insert($0).inserted })
  }

  private func counts(_ counts: RollUp.Counts?) -> [VerdictStatus: Int] {
    guard let counts else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: VerdictStatus.allCases.filter { counts[$0] > 0 }.map { ($0, counts[$0]) })
  }

  private func text(_ entry: Determination) -> String {
    let about = entry.device?.description ?? entry.model
    let attached = entry.files.map { "\($0.path) (SHA-256 \($0.digest))" }
    return [
      "\(entry.id) \(entry.kind.label.ja) / \(entry.kind.label.en): \(entry.answer.label.ja) / \(entry.answer.label.en)",
      about.map { "[\($0)]" } ?? "", "\(entry.by) \(entry.at)", entry.expires.map { "– \($0)" } ?? "",
      entry.why.map { "· \($0)" } ?? "", entry.compensating.map { "· 代替策 / meanwhile: \($0)" } ?? "",
      list("証跡 / evidence", entry.evidence), list("添付 / attached", attached),
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private func list(_ label: String, _ texts: [String]) -> String {
    texts.isEmpty ? "" : "· \(label): \(texts.joined(separator: ", "))"
  }
}
