internal import Addressing
internal import Checklist
public import Records
internal import Reports

/// Rows against devices, phase by phase; or, without devices, against the phases.
public struct MatrixView: Sendable {
  private let overview: ChecklistOverview
  private let language: Language
  private let byPhase: Bool

  /// - Parameter byPhase: a column for each phase instead of one for each device.
  public init(_ overview: ChecklistOverview, _ language: Language, byPhase: Bool) {
    self.overview = overview
    self.language = language
    self.byPhase = byPhase
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  private struct Column {
    let results: PhaseResults
    /// nil: the row as a whole.
    let device: Device?
  }

  private var columns: [Column] {
    overview.phases.flatMap { results in
      [Column(results: results, device: nil)]
        + (byPhase
          ? []
          : results.devices.sorted {
            ($0.addresses.first.map(\.description) ?? "", $0.id) < ($1.addresses.first.map(\.description) ?? "", $1.id)
          }
          .map { Column(results: results, device: $0) })
    }
  }

  private func status(_ row: ChecklistRow, _ column: Column) -> VerdictStatus? {
    guard let device = column.device else {
      return row.kind == .box ? column.results.rollUp.box(row.id)?.status : column.results.rollUp.row(row.id)?.status
    }
    guard row.kind == .box else { return column.results.rollUp.row(row.id)?.devices[device.id] }
    guard let box = column.results.rollUp.box(row.id) else { return nil }
    return RollUp.Counts(((box.own.map { [$0] } ?? []) + box.items).compactMap { $0.devices[device.id] }).status
  }

  private func determination(_ row: ChecklistRow, _ column: Column) -> Determination? {
    if let device = column.device {
      return overview.determinations.current(row.id, column.results.phase, for: device)
    }
    return overview.determinations.current(whole: row.id, column.results.phase)
  }

  private func heading(_ column: Column) -> String {
    let phase = column.results.phase.label.text(language)
    guard let device = column.device else { return phase }
    return "\(phase) \(device.addresses.first?.description ?? device.id.rawValue)"
  }

  /// Signs in a column for each device; as many as fit, the others named under it.
  public func table(columns width: Int, colour: Bool) -> String {
    let layout = Layout(width: max(48, width), colour: colour)
    let columns = columns
    let idWidth = overview.index.rows.map { DisplayWidth.columns($0.id) }.max() ?? 12
    let word = overview.phases.count > 0 && (byPhase || columns.count == overview.phases.count)
    let room = layout.width - idWidth - 2 - 24
    let each = word ? 18 : 5
    let fitting = max(1, room / each)
    let shown = Array(columns.prefix(fitting))
    let head =
      [Cell("ID"), Cell(say("題", "Title"))] + shown.enumerated().map { Cell(word ? heading($1) : "#\($0 + 1)") }
    let titles = max(16, layout.width - idWidth - 2 - shown.count * (each + 2) - 2)
    let rows = overview.index.rows.map { row in
      [Cell(row.id), Cell(DisplayWidth.fit(inert(row.title.text(language)), to: titles))]
        + shown.map { column in cell(row, column, word) }
    }
    var lines = SheetHead(overview, language, layout).lines + [""] + layout.table(head: head, rows: rows) + [""]
    if !word {
      for (number, column) in shown.enumerated() { lines.append("  #\(number + 1)  \(inert(heading(column)))") }
    }
    if shown.count < columns.count {
      lines += Paragraph.lines(
        say("表示できない列: ", "Columns left out for lack of room: ")
          + columns.dropFirst(fitting).map(heading).joined(separator: ", ") + say("(--csv ですべて出力)", " (--csv has all)"),
        width: layout.width, indent: 2, hanging: 2)
    }
    let legend = StatusWords.order.map { "\(StatusWords.sign($0)) \(StatusWords.short($0).text(language))" }
    lines += Paragraph.lines(
      legend.joined(separator: "  ") + say("  空欄: 判定なし  *: 人の判定あり", "  empty: no verdict  *: a person determined"),
      width: layout.width,
      indent: 2, hanging: 2)
    return lines.map { $0 + "\n" }.joined()
  }

  private func cell(_ row: ChecklistRow, _ column: Column, _ word: Bool) -> Cell {
    guard let status = status(row, column) else { return Cell("") }
    let mark = determination(row, column)?.settles(on: overview.today) == true ? "*" : ""
    let text = StatusWords.sign(status) + (word ? " \(StatusWords.short(status).text(language))" : "") + mark
    return Cell(text, colour: status == .fail ? .red : nil)
  }

  public func csv() -> [UInt8] {
    let columns = columns
    let head =
      ["ID", say("章", "Chapter"), say("題", "Title")]
      + columns.flatMap { [heading($0), heading($0) + say(" 人の判定", " determination")] }
    return CSVWriting.octets(
      [head]
        + overview.index.rows.map { row in
          [row.id, row.group?.text(language) ?? "", row.title.text(language)]
            + columns.flatMap { column in
              [
                status(row, column).map { StatusWords.short($0).text(language) } ?? "",
                determination(row, column).map { described($0) } ?? "",
              ]
            }
        })
  }

  private func described(_ entry: Determination) -> String {
    let ended = entry.isExpired(on: overview.today) ? say("(期限切れ)", " (ended)") : ""
    return "\(entry.answer.label.text(language))\(ended) \(entry.id)"
  }

  /// The same for programs.
  public struct JSON: Encodable, Sendable {
    public struct Row: Encodable, Sendable {
      public let id: String
      public let title: LocalizedText
      public let cells: [Field]
    }

    public struct Field: Encodable, Sendable {
      public let phase: String
      /// nil: the row as a whole.
      public let device: DeviceID?
      public let status: VerdictStatus?
      public let determination: String?
      public let answer: String?

      private enum Key: String, CodingKey { case phase, device, status, determination, answer }

      // By hand so that what is not known is written as null.
      public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(phase, forKey: .phase)
        try container.encode(device, forKey: .device)
        try container.encode(status, forKey: .status)
        try container.encode(determination, forKey: .determination)
        try container.encode(answer, forKey: .answer)
      }
    }

    public let catalogue: String
    public let rows: [Row]
  }

  public func json() -> JSON {
    let columns = columns
    return JSON(
      catalogue: overview.index.catalogue,
      rows: overview.index.rows.map { row in
        JSON.Row(
          id: row.id, title: row.title,
          cells: columns.map { column in
            let entry = determination(row, column)
            return JSON.Field(
              phase: column.results.phase.rawValue, device: column.device?.id, status: status(row, column),
              determination: entry?.id, answer: entry?.answer.rawValue)
          })
      })
  }
}
