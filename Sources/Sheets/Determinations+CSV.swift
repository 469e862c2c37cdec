internal import Documents
internal import Inventory
public import Records
internal import Reports

extension Determinations {
  /// Reads the CSV form: a line of headings in Japanese or English, in any order.
  /// - Throws: ``SheetProblems`` with everything that is wrong, each with file, line and what to do.
  public init(csv text: String, file: String, index: RowIndex) throws(SheetProblems) {
    let table = try DeterminationTable(text, file: file)
    var reader = EntryReader(index: index)
    for row in table.rows { reader.take { () throws(DocumentError) in try table.fields(row) } }
    self.init(file: file, entries: try reader.finish())
  }

  /// UTF-8 with a byte order mark, CR LF; answers in the words of the language.
  public func csv(_ language: Language) -> [UInt8] {
    CSVWriting.octets(
      [DeterminationColumn.allCases.map { $0.heading.text(language) }]
        + entries.map { entry in DeterminationColumn.allCases.map { Guarded.cell(entry.cell($0, language)) } })
  }
}

/// A CSV file of determinations, its columns found.
struct DeterminationTable {
  let file: String
  /// Of the file's columns in their order; nil for a column that is the owner's own.
  let columns: [DeterminationColumn?]
  let rows: [[CSVText.Cell]]

  init(_ text: String, file: String) throws(SheetProblems) {
    self.file = file
    do throws(LedgerProblem) {
      var all = try CSVText(parsing: text, file: file).rows
      guard !all.isEmpty else {
        throw LedgerProblem(
          file: file, line: 1, column: 1, problem: "there is no line of headings",
          remedy: "begin with item, phase, answer, by, at …")
      }
      columns = all.removeFirst().map { DeterminationColumn(heading: $0.text) }
      rows = all
    } catch {
      throw SheetProblems([DocumentError(error)])
    }
    let known = columns.compactMap(\.self)
    let missing = [DeterminationColumn.id, .item, .phase, .answer, .by, .at].filter { !known.contains($0) }
    guard missing.isEmpty, Set(known).count == known.count else {
      let names = missing.map { "\($0.rawValue) (\($0.heading.ja))" }.joined(separator: ", ")
      throw SheetProblems([
        DocumentError(
          .content, file: file, line: 1, problem: missing.isEmpty ? "a column is there twice" : "no column \(names)",
          remedy: "correct the headings: \(DeterminationColumn.allCases.map(\.rawValue).joined(separator: ", "))")
      ])
    }
  }

  func fields(_ row: [CSVText.Cell]) throws(DocumentError) -> DeterminationFields {
    let line = row.first?.line ?? 0
    guard row.count <= columns.count else {
      throw DocumentError(
        .content, file: file, line: line,
        problem: "the line has \(row.count) cells, and there are \(columns.count) headings",
        remedy: "put a cell with a comma between quotation marks")
    }
    var fields = DeterminationFields(file: file, line: line)
    for (column, cell) in zip(columns, row) {
      guard let column, let text = filled(Guarded.text(cell.text)) else { continue }
      func written(_ text: some StringProtocol) -> Written {
        Written(text: text.split(separator: " ").joined(separator: " "), file: file, line: cell.line)
      }
      let parts = text.split(separator: ";").map { written($0) }.filter { !$0.text.isEmpty }
      switch column {
      case .evidence: fields.evidence = parts
      case .files:
        fields.files = parts.map { part in
          guard let cut = part.text.ranges(of: Self.digestMark).last else { return (part, written("")) }
          return (written(part.text[..<cut.lowerBound]), written(part.text[cut.upperBound...]))
        }
      default: fields.values[column] = written(text)
      }
    }
    return fields
  }

  static let digestMark = " sha256:"

  /// A line of the file for an entry, columns as they are there.
  func line(_ entry: Determination, _ language: Language) -> [UInt8] {
    let cells = columns.map { column in column.map { Guarded.cell(entry.cell($0, language)) } ?? "" }
    return Array(CSVWriting.octets([cells]).dropFirst(CSVWriting.byteOrderMark.count))
  }

  /// Columns that this entry needs and the file does not have.
  func lacks(_ entry: Determination) -> [DeterminationColumn] {
    DeterminationColumn.allCases.filter { !columns.contains($0) && !entry.cell($0, .en).isEmpty }
      .filter { $0 != .kind || entry.kind != .determination }
  }
}

extension DeterminationFields {
  init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
}

extension DocumentError {
  init(_ problem: LedgerProblem) {
    self.init(.syntax, file: problem.file, line: problem.line, problem: problem.problem, remedy: problem.remedy)
  }
}

extension Determination {
  fileprivate func cell(_ column: DeterminationColumn, _ language: Language) -> String {
    func word(_ code: String, _ label: LocalizedText) -> String { language == .ja ? label.ja : code }
    return switch column {
    case .id: id
    case .item: item
    case .device: device?.description ?? ""
    case .model: model ?? ""
    case .phase: word(phase.rawValue, phase.label)
    case .kind: word(kind.rawValue, kind.label)
    case .answer: word(answer.rawValue, answer.label)
    case .by: by
    case .at: at.description
    case .why: why ?? ""
    case .evidence: evidence.joined(separator: "; ")
    case .files: files.map { $0.path + DeterminationTable.digestMark + $0.digest }.joined(separator: "; ")
    case .expires: expires?.description ?? ""
    case .compensating: compensating ?? ""
    }
  }
}
