internal import Records
internal import Reports
internal import Workbooks

extension XLSX {
  /// The sheet in its own order, POC and production side by side.
  func checkSheet(_ evidence: Evidence) -> Workbook.Sheet {
    Workbook.Sheet(
      say("チェックシート", "Check sheet"), rowColumns + table.phases.flatMap(columns), frozen: 3,
      rows: table.lines.map { line in
        rowCells(line)
          + zip(table.phases, line.columns).flatMap { phase, column in cells(line, phase, column, evidence) }
      })
  }

  /// Something came from the company's own copy of the sheet.
  private var hasOwnWords: Bool { table.lines.contains { $0.localText != nil || $0.recommended != nil } }

  private var rowColumns: [Workbook.Column] {
    let own: [Workbook.Column] = [
      .init(say("自社シートの文言", "The company's own words"), 28),
      .init(say("推奨(自社シートから)", "Recommended (from the company's copy)"), 8),
    ]
    let row: [Workbook.Column] = [
      .init(say("章", "Chapter"), 10), .init(say("項目", "Item"), 14), .init(say("項目名", "Title"), 28),
    ]
    return row + (hasOwnWords ? own : []) + [
      .init(say("ネットワークからの確認 D 全部 P 一部 N 不可", "Seen from the network: D wholly, P in part, N not"), 9),
      .init(say("確認先", "Who is asked"), 20), .init(say("この結果から言えないこと", "Not shown by this"), 24),
    ]
  }

  private func rowCells(_ line: SheetTable.Line) -> [Workbook.Cell] {
    let style: Workbook.Style = line.kind == .box ? .strong : .text
    let own = hasOwnWords ? [text(line.localText ?? ""), text(line.recommended ?? "", .centred)] : []
    return [
      text(line.chapter.map(source.words) ?? "", style), text(line.id, style), text(source.words(line.title), style),
    ] + own + [
      text(line.visibility, .centred),
      text(line.asked.map(source.words) ?? ""), text(line.cannotConclude.map(source.words) ?? ""),
    ]
  }

  /// Of a phase that nobody looked at, only the marks are worth the paper.
  private func isAudited(_ phase: SheetTable.Phase) -> Bool {
    guard let place = table.phases.firstIndex(of: phase) else { return false }
    return table.lines.contains { $0.columns[place].status != nil }
  }

  private func columns(_ phase: SheetTable.Phase) -> [Workbook.Column] {
    let name = phase.label.text(source.language)
    func head(_ ja: String, _ en: String) -> String { "\(name): \(say(ja, en))" }
    let decided: [Workbook.Column] = [
      .init(head("印(斜体は本ツールの提案)", "mark (italic: this tool's proposal)"), 9, takesMarks: true),
      .init(head("判定案", "proposal"), 12),
    ]
    guard isAudited(phase) else { return decided }
    let shown: [Workbook.Column] = [
      .init(head("件数", "counts"), 13),
      .init(head("未検査の理由", "why not tested"), 20), .init(head("状況", "standing"), 10),
      .init(head("判定者の記録", "determinations"), 20), .init(head("残る作業", "left to do"), 24),
    ]
    return decided + shown + (audience == .auditor ? [.init(head("証跡", "evidence"), 8)] : [])
  }

  private func cells(
    _ line: SheetTable.Line, _ phase: SheetTable.Phase, _ column: SheetTable.Column, _ evidence: Evidence
  ) -> [Workbook.Cell] {
    let mark = column.mark.map { text($0.sign, $0.isProposal ? .centredProposal : .centred) }
    let audited = column.status.map(source.status) ?? say("点検なし", "not audited")
    let decided = [mark ?? .empty, text(audited, column.status == .fail ? .strong : .text)]
    guard isAudited(phase) else { return decided }
    let shown: [Workbook.Cell] = [
      text(counts(column.counts)),
      text(reasons(column.reasons)), text(column.standing.map(source.words) ?? ""), lines(column.determinations),
      lines(column.left.map(source.words)),
    ]
    return decided + shown + (audience == .auditor ? [evidence.cell(line.id, phase.key)] : [])
  }
}
