internal import CWorkbook

extension Workbook {
  /// Rows that a sheet takes, the heading's among them (Microsoft, "Excel specifications and limits").
  static let mostRows = 1_048_576
  /// Links that a sheet takes (ibid.); those beyond are texts.
  static let mostLinks = 65_530

  /// The workbook in the form of ECMA-376 (.xlsx). Equal workbooks are equal octets.
  /// - Throws: ``WorkbookError`` when a sheet has more rows than a workbook can have, or the library refuses.
  public func octets() throws(WorkbookError) -> [UInt8] {
    if let full = sheets.first(where: { $0.rows.count >= Self.mostRows }) {
      throw WorkbookError(
        "The sheet \(full.name) would have \(full.rows.count) rows, and a workbook takes \(Self.mostRows - 1); use --format csv or json."
      )
    }
    guard let file = WorkbookFile(title: CellText.visible(title), application: application, created: created) else {
      throw WorkbookError("There is no memory for a workbook.")
    }
    for sheet in sheets { file.write(sheet) }
    return try file.finish()
  }
}

/// The library's workbook. The only type that calls it.
@safe
private final class WorkbookFile {
  private let book: OpaquePointer

  init?(title: String, application: String, created: Int64) {
    guard let book = unsafe CWorkbook_open(title, application, created) else { return nil }
    unsafe self.book = book
  }

  deinit { unsafe CWorkbook_free(book) }

  func write(_ sheet: Workbook.Sheet) {
    unsafe CWorkbook_sheet(book, sheet.name, UInt16(clamping: sheet.frozen))
    for (number, column) in sheet.columns.enumerated() {
      let place = UInt16(clamping: number)
      unsafe CWorkbook_width(book, place, Double(column.width))
      text(column.title, 0, place, CWORKBOOK_HEAD)
      if column.takesMarks, !sheet.rows.isEmpty {
        unsafe CWorkbook_marks(book, 1, UInt32(clamping: sheet.rows.count), place)
      }
    }
    unsafe CWorkbook_filter(book, UInt32(clamping: sheet.rows.count), UInt16(clamping: sheet.columns.count))
    var links = 0
    let heading = sheet.columns.map { Workbook.Cell.text($0.title) }
    for (number, row) in ([heading] + sheet.rows).enumerated() {
      unsafe CWorkbook_height(book, UInt32(clamping: number), RowHeight.points(row, sheet.columns))
    }
    for (number, row) in sheet.rows.enumerated() {
      for (column, cell) in row.enumerated() {
        write(cell, UInt32(clamping: number + 1), UInt16(clamping: column), &links)
      }
    }
  }

  private func write(_ cell: Workbook.Cell, _ row: UInt32, _ column: UInt16, _ links: inout Int) {
    switch cell {
    case .empty: text("", row, column, CWORKBOOK_TEXT)
    case .text(let said, let style): text(said, row, column, Self.number(style))
    case .number(let number): unsafe CWorkbook_number(book, row, column, Double(number), Int32(CWORKBOOK_TEXT))
    case .file(let path, let said): link("external:" + path, said, row, column, &links)
    case .row(let sheet, let target, let said):
      link("internal:'\(sheet.replacing("'", with: "''"))'!A\(target + 1)", said, row, column, &links)
    }
  }

  private func text(_ text: String, _ row: UInt32, _ column: UInt16, _ style: some BinaryInteger) {
    unsafe CWorkbook_text(book, row, column, CellText.escaped(CellText.visible(text)), Int32(style))
  }

  private func link(_ target: String, _ said: String, _ row: UInt32, _ column: UInt16, _ links: inout Int) {
    links += 1
    // The library takes no target beyond 2,079 characters.
    guard links <= Workbook.mostLinks, target.utf8.count <= 2000 else { return text(said, row, column, CWORKBOOK_TEXT) }
    unsafe CWorkbook_link(book, row, column, target, CellText.escaped(CellText.visible(said)))
  }

  private static func number(_ style: Workbook.Style) -> Int32 {
    switch style {
    case .text: Int32(CWORKBOOK_TEXT)
    case .strong: Int32(CWORKBOOK_STRONG)
    case .centred: Int32(CWORKBOOK_CENTRED)
    case .proposal: Int32(CWORKBOOK_PROPOSAL)
    case .centredProposal: Int32(CWORKBOOK_CENTRED_PROPOSAL)
    }
  }

  func finish() throws(WorkbookError) -> [UInt8] {
    var problem = [CChar](repeating: 0, count: 256)
    let length = unsafe CWorkbook_finish(book, &problem, problem.count)
    guard length >= 0 else {
      let words = String(decoding: problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw WorkbookError("The workbook could not be written: \(words)")
    }
    var octets = [UInt8](repeating: 0, count: Int(length))
    guard unsafe CWorkbook_copy(book, &octets, length) == length else {
      throw WorkbookError("The workbook could not be read back from memory.")
    }
    return octets
  }
}
