internal import Records
public import Reports
public import Workbooks

/// What goes into the cells of a user's own workbook. What is empty goes nowhere: a cell is never cleared.
public struct WorkbookFilling {
  public let cells: [CellAddress: String]

  /// - Throws: ``WorkbookError`` when the map names a row that the check sheet does not have.
  public init(_ source: ExportSource, table: SheetTable, map: CellMap) throws(WorkbookError) {
    let lines = Dictionary(table.lines.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var cells: [CellAddress: String] = [:]
    for row in map.rows {
      guard let line = lines[row.id] else {
        let place = row.line.map { "\(map.file):\($0)" } ?? map.file
        throw WorkbookError("\(place): \(table.catalogue) has no row \(row.id); tenken checklist status lists them.")
      }
      for (phase, column) in zip(table.phases, line.columns) {
        for (field, place) in map.columns[phase.key] ?? [:] {
          let text = Self.text(field, column, source, map)
          if !text.isEmpty, let cell = CellAddress(row: row.row, column: place) { cells[cell] = text }
        }
      }
    }
    self.cells = cells
  }

  private static func text(
    _ field: CellMap.Field, _ column: SheetTable.Column, _ source: ExportSource, _ map: CellMap
  ) -> String {
    func word(_ status: VerdictStatus) -> String { map.words[status] ?? source.status(status) }
    let counts = VerdictStatus.allCases.compactMap { status in column.counts[status].map { "\(word(status)) \($0)" } }
    let reasons = NotTestedReason.allCases.compactMap { reason in
      column.reasons[reason].map { "\(reason.rawValue) \(source.label(reason)) \($0)" }
    }
    let lines: [String]
    switch field {
    case .mark: lines = column.mark.map { $0.isProposal ? [] : [$0.sign] } ?? []
    case .status: lines = column.status.map { [word($0)] } ?? []
    case .counts: lines = counts
    case .reasons: lines = reasons
    case .standing: lines = column.standing.map { [source.words($0)] } ?? []
    case .determinations: lines = column.determinations
    case .left: lines = column.left.map(source.words)
    case .evidence: lines = column.evidence
    case .note: lines = counts + reasons + column.left.map(source.words)
    }
    return lines.map(inert).joined(separator: "\n")
  }
}
