public import Documents
public import Records

/// Where in a user's own workbook what is told of a row goes (Profiles/schema/cell-map.schema.json).
public struct CellMap: Hashable, Sendable {
  /// What can be told.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    /// What the company marked: `●`, `○`, `−`. A proposal is never written.
    case mark
    case status, counts, reasons, standing, determinations, left, evidence
    /// Counts, reasons and what is left, in one cell.
    case note
  }

  public struct Row: Hashable, Sendable {
    /// `JSSEC-14.2.c`.
    public let id: String
    /// Counted from 1.
    public let row: Int
    /// Where the file says so.
    public let line: Int?
  }

  public let file: String
  public let sheet: String
  public let rows: [Row]
  /// By the phase's key: `poc`, `production`.
  public let columns: [String: [Field: Int]]
  /// The company's own words for statuses.
  public let words: [VerdictStatus: String]

  /// - Throws: ``DocumentError`` for what is not of the schema, and where two things would go into one cell.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(["version", "sheet", "rows", "columns", "words"])
    let version = try root.required("version")
    guard try version.integer() == 1 else {
      throw version.error("this program reads version 1 of the cell map", remedy: "write version: 1")
    }
    self.file = file
    sheet = try root.required("sheet").string()
    rows = try Self.rows(try root.required("rows"))
    columns = try Self.columns(try root.required("columns"))
    words = try Self.words(try root.optional("words"))
  }

  private static func rows(_ value: YAMLValue) throws(DocumentError) -> [Row] {
    var (rows, taken): ([Row], Set<Int>) = ([], [])
    for (id, place) in try value.pairs() {
      let row = try place.integer()
      guard (1...CellAddress.lastRow).contains(row) else {
        throw place.error("a row is a number from 1 to \(CellAddress.lastRow)")
      }
      guard taken.insert(row).inserted else { throw place.error("row \(row) is given to two rows of the check sheet") }
      rows.append(Row(id: id, row: row, line: place.line))
    }
    guard !rows.isEmpty else { throw value.error("no row is named", remedy: "write lines such as JSSEC-1.1: 5") }
    return rows
  }

  private static func columns(_ value: YAMLValue) throws(DocumentError) -> [String: [Field: Int]] {
    var (columns, taken): ([String: [Field: Int]], Set<Int>) = ([:], [])
    try value.allowOnly(["poc", "production"])
    for (phase, fields) in try value.pairs() {
      for (name, letters) in try fields.pairs() {
        guard let field = Field(rawValue: name) else {
          let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
          throw letters.error("\(name) is not one of \(known)")
        }
        guard let column = CellAddress.column(try letters.string()) else {
          throw letters.error("a column is letters from A to XFD")
        }
        guard taken.insert(column).inserted else {
          throw letters.error("column \(try letters.string()) is given to two things")
        }
        columns[phase, default: [:]][field] = column
      }
    }
    guard !columns.isEmpty else { throw value.error("no column is named") }
    return columns
  }

  private static func words(_ value: YAMLValue?) throws(DocumentError) -> [VerdictStatus: String] {
    var words: [VerdictStatus: String] = [:]
    for (name, word) in try value?.pairs() ?? [] {
      guard let status = VerdictStatus(rawValue: name) else {
        let known = VerdictStatus.allCases.map(\.rawValue).joined(separator: ", ")
        throw word.error("\(name) is not one of \(known)")
      }
      words[status] = try word.string()
    }
    return words
  }
}
