internal import Checklist
public import Records
internal import Reports

/// What is answered, by what, and what is left for whom. POC and production stand side by side.
public struct StatusView: Sendable {
  private let overview: ChecklistOverview
  private let language: Language
  private let layout: Layout

  /// - Parameter columns: the terminal's width; nothing is narrower than 48.
  public init(_ overview: ChecklistOverview, _ language: Language, columns: Int, colour: Bool) {
    self.overview = overview
    self.language = language
    layout = Layout(width: max(48, columns), colour: colour)
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  public func text() -> String {
    var lines = SheetHead(overview, language, layout).lines
    lines += ["", layout.bold(say("行", "Rows"))] + rowCounts
    lines += ["", layout.bold(say("章ごとのボックス(□)", "Boxes (□) by chapter"))] + chapters
    lines += ["", layout.bold(say("ボックス(□)", "Boxes (□)"))] + boxes
    lines += ["", legend] + expired + attachments
    for results in overview.phases { lines += left(results) }
    return lines.map { $0 + "\n" }.joined()
  }

  private var legend: String {
    let words = StatusWords.order.prefix(4).map { StatusWords.short($0).text(language) }.joined(separator: "/")
    return Paragraph.lines(
      say("数は \(words)(対象数)。", "Counts: \(words) (in scope)."), width: layout.width
    ).joined(separator: "\n")
  }

  private var rowCounts: [String] {
    let head =
      [Cell(say("段階", "Phase"))] + Standing.allCases.map { Cell($0.label.text(language)) } + [Cell(say("全行", "All"))]
    let rows = overview.phases.map { results -> [Cell] in
      let states = overview.states(results)
      return [Cell(results.phase.label.text(language))]
        + Standing.allCases.map { standing in Cell("\(states.count { $0.standing == standing })") } + [
          Cell("\(states.count)")
        ]
    }
    return layout.table(head: head, rows: rows)
  }

  private var chapters: [String] {
    var groups: [LocalizedText?] = []
    for row in overview.index.rows where row.kind == .box && !groups.contains(row.group) { groups.append(row.group) }
    let head =
      [Cell(say("章", "Chapter")), Cell(say("段階", "Phase"))]
      + StatusWords.order.map { Cell(StatusWords.short($0).text(language)) } + [Cell(say("全", "All"))]
    let rows = groups.flatMap { group in
      overview.phases.enumerated().map { position, results -> [Cell] in
        let boxes = results.rollUp.boxes.filter { $0.row.group == group }
        let counts = RollUp.Counts(boxes.map(\.status))
        return [Cell(position == 0 ? group?.text(language) ?? "-" : ""), Cell(results.phase.label.text(language))]
          + StatusWords.order.map { Cell("\(counts[$0])") } + [Cell("\(counts.total)")]
      }
    }
    return layout.table(head: head, rows: rows)
  }

  private var boxes: [String] {
    let head =
      [Cell("ID"), Cell(say("題", "Title"))] + overview.phases.map { Cell($0.phase.label.text(language)) }
    let rows = overview.index.rows.filter { $0.kind == .box }.map { row in
      [Cell(row.id), Cell(row.title.text(language))]
        + overview.phases.map { results in
          let box = results.rollUp.box(row.id)
          return Cell(box.map { shown($0, results) } ?? "", colour: box?.status == .fail ? .red : nil)
        }
    }
    return layout.table(head: head, rows: rows)
  }

  private func shown(_ box: RollUp.Box, _ results: PhaseResults) -> String {
    let figures = StatusWords.order.prefix(4).map { String(box.counts[$0]) }.joined(separator: "/")
    var text =
      "\(StatusWords.sign(box.status)) \(StatusWords.short(box.status).text(language)) \(figures) (\(box.counts.inScope))"
    if let whole = overview.determinations.current(whole: box.row.id, results.phase), whole.settles(on: overview.today)
    {
      text += " → \(whole.answer.label.text(language))"
    }
    return text
  }

  private var expired: [String] {
    let entries = overview.determinations.expired(on: overview.today)
    guard !entries.isEmpty else { return [] }
    return ["", layout.bold(say("期限切れ(未回答として数えます)", "Ended (counted as open)"))]
      + entries.flatMap { entry in
        Paragraph.lines(
          "\(entry.id)  \(entry.item)  \(entry.phase.label.text(language))  \(entry.kind.label.text(language))  "
            + say("期限 ", "until ") + "\(entry.expires?.description ?? "")  \(entry.by)", width: layout.width, indent: 2,
          hanging: 2)
      }
  }

  private var attachments: [String] {
    guard !overview.attachments.isEmpty else { return [] }
    return ["", layout.bold(say("添付ファイルの異常", "Attached files that are not what they were"))]
      + overview.attachments.flatMap { problem in
        let what =
          problem.kind == .missing
          ? say("見つかりません", "is missing") : say("添付時から内容が変わっています", "was changed after it was attached")
        return Paragraph.lines(
          "\(problem.determination)  \(problem.path): \(what)", width: layout.width, indent: 2, hanging: 2)
      }
  }

  /// Grouped by who, in the order in which they first come up; rows with the same to do on one line.
  private func left(_ results: PhaseResults) -> [String] {
    let tasks = overview.states(results).flatMap(\.left)
    let phase = results.phase.label.text(language)
    var lines = ["", layout.bold(say("\(phase): 残っていることと担当", "\(phase): what is left, and who does it"))]
    guard !tasks.isEmpty else { return lines + ["  " + say("残りはありません。", "Nothing is left.")] }
    for who in ordered(tasks.map { $0.who.text(language) }) {
      let own = tasks.filter { $0.who.text(language) == who }
      let rows = Set(own.map(\.row)).count
      lines.append("  " + inert(who) + say("(\(rows)行)", " (rows: \(rows))"))
      for what in ordered(own.map { $0.what.text(language) }) {
        let ids = own.filter { $0.what.text(language) == what }.map(\.row)
        lines += Paragraph.lines(
          "\(ids.joined(separator: ", ")): \(what)", width: layout.width, indent: 4, hanging: 2)
      }
    }
    let unset = overview.index.rows.filter {
      $0.kind != .rule && CompanySheet.mark(for: $0, results.phase, in: overview.sheet)?.origin != .company
    }
    if !unset.isEmpty {
      lines.append("  " + PersonRows.promoter.text(language))
      lines += Paragraph.lines(
        say(
          "\(unset.count)行で自社の印(●・○・−)が未記入。シートに記入する",
          "\(unset.count) rows have no mark of the company's (●, ○, −): fill in the sheet"), width: layout.width,
        indent: 4, hanging: 2)
    }
    return lines
  }

  private func ordered(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}

/// What every view begins with.
struct SheetHead {
  let overview: ChecklistOverview
  let language: Language
  let layout: Layout

  init(_ overview: ChecklistOverview, _ language: Language, _ layout: Layout) {
    self.overview = overview
    self.language = language
    self.layout = layout
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  var lines: [String] {
    var lines: [String] = []
    if let project = overview.sheet?.project {
      if let warning = project.excludedUse.warning {
        lines += Paragraph.lines("! " + warning.text(language), width: layout.width, hanging: 2) + [""]
      }
      lines += Paragraph.lines(
        say("案件 \(project.name)、拠点 \(project.site)", "Project \(project.name), site \(project.site)"),
        width: layout.width)
    }
    lines += Paragraph.lines(
      say(
        "チェックシート \(overview.index.catalogue)、\(overview.today) 現在",
        "Checklist \(overview.index.catalogue), as of \(overview.today)"),
      width: layout.width)
    for results in overview.phases {
      let packs = results.packs.isEmpty ? say("証跡パックなし", "no pack") : results.packs.joined(separator: ", ")
      lines += Paragraph.lines(
        "\(results.phase.label.text(language)): \(packs)\(say("、機器 \(results.devices.count)台", "; devices: \(results.devices.count)"))",
        width: layout.width, hanging: 2)
    }
    return lines
  }
}
