internal import Records

/// The owner's list of devices, read from CSV.
public struct Ledger: Hashable, Sendable {
  public let file: String
  public let assignment: ColumnAssignment
  /// In file order.
  public let entries: [LedgerEntry]

  public init(file: String, assignment: ColumnAssignment, entries: [LedgerEntry]) {
    self.file = file
    self.assignment = assignment
    self.entries = entries
  }

  /// Titles and dates stand above the headings of many ledgers.
  private static let mostLinesBeforeHeadings = 20

  /// - Parameters:
  ///   - text: the whole file, decoded, without a byte order mark.
  ///   - map: which heading is which column; nil to go by the usual headings.
  /// - Throws: ``LedgerProblems`` with every fault that was found.
  public init(parsing text: String, file: String, map: ColumnMap? = nil) throws(LedgerProblems) {
    let rows: [[CSVText.Cell]]
    do throws(LedgerProblem) {
      rows = try CSVText(parsing: text, file: file).rows
    } catch {
      throw LedgerProblems([error])
    }
    let (start, columns) = try Self.headings(rows, file, map)
    let headings = rows[start]
    var problems: [LedgerProblem] = []
    var entries: [LedgerEntry] = []
    for row in rows[(start + 1)...] {
      guard row.count == headings.count else {
        problems.append(
          Self.problem(
            file, row.count > headings.count ? row[headings.count] : row[row.count - 1],
            "the row has \(row.count) cells and the headings in line \(headings[0].line) have \(headings.count)",
            "put a cell that contains a comma between quotation marks"))
        continue
      }
      entries.append(Self.entry(row, columns, file, &problems))
    }
    guard problems.isEmpty else { throw LedgerProblems(problems) }
    self.init(
      file: file,
      assignment: ColumnAssignment(
        line: headings[0].line, columns: zip(headings, columns).map { ($0.text, $1) }), entries: entries)
  }

  private static func problem(_ file: String, _ cell: CSVText.Cell, _ problem: String, _ remedy: String)
    -> LedgerProblem
  {
    LedgerProblem(file: file, line: cell.line, column: cell.column, problem: problem, remedy: remedy)
  }

  // MARK: Headings

  /// The row of the headings, and what each of its cells is taken for.
  private static func headings(
    _ rows: [[CSVText.Cell]], _ file: String, _ map: ColumnMap?
  ) throws(LedgerProblems) -> (Int, [LedgerColumn?]) {
    for (index, row) in rows.prefix(mostLinesBeforeHeadings).enumerated() {
      let columns = row.map { cell in column(cell.text, map) }
      let known = Set(columns.compactMap(\.self))
      guard map.map({ known.count == $0.headings.count }) ?? (known.count >= 2 && known.contains(where: \.identifies))
      else { continue }
      var problems: [LedgerProblem] = []
      for (position, column) in columns.enumerated() {
        guard let column, !column.mayRepeat, let first = columns.firstIndex(of: column), first < position else {
          continue
        }
        problems.append(
          problem(
            file, row[position],
            "the headings \(quoted(row[first].text)) and \(quoted(row[position].text)) are both taken for \(column.rawValue)",
            "say with --map which of them it is"))
      }
      if let missing = map?.headings.first(where: { entry in
        entry.value.contains { heading in !row.contains { Folded.text($0.text) == Folded.text(heading) } }
      }) {
        problems.append(
          problem(
            file, row[0], "a heading of the map for \(missing.key.rawValue) is not in the ledger",
            "write it in the map as it stands in the ledger"))
      }
      guard problems.isEmpty else { throw LedgerProblems(problems) }
      return (index, columns)
    }
    let place = rows.first?.first ?? CSVText.Cell(text: "", line: 1, column: 1)
    let hint = place.text.contains("\t") || place.text.contains(";") ? " (cells must be separated by commas)" : ""
    throw LedgerProblems([
      problem(
        file, place, rows.isEmpty ? "the ledger is empty" : "no line holds the headings of a ledger\(hint)",
        map == nil
          ? "name columns as in `tenken ledger draft`, or map them with --map FILE"
          : "write the headings in the map as they stand in the ledger")
    ])
  }

  private static func column(_ heading: String, _ map: ColumnMap?) -> LedgerColumn? {
    guard let map else { return LedgerColumn(heading: heading) }
    return LedgerColumn.allCases.first { column in
      map.headings[column]?.contains { Folded.text($0) == Folded.text(heading) } == true
    }
  }

  // MARK: Rows

  private static func entry(
    _ row: [CSVText.Cell], _ columns: [LedgerColumn?], _ file: String, _ problems: inout [LedgerProblem]
  ) -> LedgerEntry {
    var values: [LedgerColumn: String] = [:]
    for (cell, column) in zip(row, columns) {
      guard let column, let text = LedgerEntry.meant(cell.text) else { continue }
      if column == .mac, LedgerEntry.macs(text) == nil {
        problems.append(problem(file, cell, "\(quoted(text)) is no MAC address", "write it as 00:11:22:aa:bb:cc"))
        continue
      }
      if column == .ip, LedgerEntry.addresses(text) == nil {
        problems.append(
          problem(
            file, cell, "\(quoted(text)) is no IP address", "write it as 192.168.1.5, without leading zeros, or DHCP"))
        continue
      }
      values[column] = values[column].map { $0 + " " + text } ?? text
    }
    return LedgerEntry(
      line: row[0].line, values: values, macs: values[.mac].flatMap(LedgerEntry.macs) ?? [],
      addresses: values[.ip].flatMap(LedgerEntry.addresses) ?? [])
  }

  /// The text as an error shows it: short, and without anything that a terminal would obey.
  private static func quoted(_ text: String) -> String { "\"\(text.cut(to: 40).withoutControls)\"" }
}
