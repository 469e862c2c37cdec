internal import XMLReading

/// The part of a package that holds a sheet's cells (ECMA-376 part 1 §18.3.1.99), and where in its octets each cell stands.
struct WorksheetPart {
  private static let spaces: Set = [
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
  ]

  private struct Cell {
    var octets: Range<Int>
    let attributes: [XMLAttribute]
    var hasFormula = false
  }

  private struct Row {
    let start: Range<Int>
    var end: Range<Int>
    let style: String?
    var cells: [Int: Cell] = [:]
  }

  private let octets: [UInt8]
  private let sheet: String
  private var rows: [Int: Row] = [:]
  private var data: (start: Range<Int>, end: Range<Int>)?
  private var columnStyles: [(columns: ClosedRange<Int>, style: String)] = []
  private var merged: [CellRange] = []
  /// Cells whose values one formula fills.
  private var arrays: [CellRange] = []
  private var isProtected = false
  /// `x:` where names are written with it.
  private var prefix = ""

  /// - Parameter sheet: its name, for what is said.
  init(parsing octets: [UInt8], sheet: String) throws(WorkbookError) {
    self.octets = octets
    self.sheet = sheet
    let document: XMLEvents
    do throws(XMLError) {
      document = try XMLEvents(parsing: octets, limits: .file)
    } catch {
      throw WorkbookError("The sheet \(sheet) cannot be read: \(error). Open the workbook and save it again as .xlsx.")
    }
    // What is put in is UTF-8, as spreadsheets write it (part 2 §8.1.4 allows UTF-16 as well).
    guard String(validating: octets, as: UTF8.self) != nil, !octets.contains(0) else {
      throw WorkbookError("The sheet \(sheet) is not in UTF-8. Open the workbook and save it again as .xlsx.")
    }
    try read(document)
    guard data != nil else { throw WorkbookError("The sheet \(sheet) has no cells: it is no worksheet.") }
  }

  private mutating func read(_ document: XMLEvents) throws(WorkbookError) {
    var (path, row, column): ([String], Int, Int) = ([], 0, 0)
    for (event, place) in zip(document.events, document.places) {
      switch event {
      case .text: continue
      case .start(let name, let attributes, _):
        path.append(Self.spaces.contains(name.namespace ?? "") ? name.local : "?")
        func value(_ name: String) -> String? { attributes.first { $0.name == XMLName(name) }?.value }
        switch path.dropFirst() {
        case []:
          guard path == ["worksheet"] else { throw WorkbookError("The sheet \(sheet) is no worksheet.") }
          prefix = Self.prefix(octets[place])
        case ["sheetData"]: data = (place, place.upperBound..<place.upperBound)
        case ["sheetData", "row"]:
          row = try number(value("r"), after: row, CellAddress.lastRow)
          column = 0
          guard rows[row] == nil else { throw damaged("row \(row) stands in it twice") }
          let hasStyle = ["1", "true"].contains(value("customFormat"))
          rows[row] = Row(start: place, end: place.upperBound..<place.upperBound, style: hasStyle ? value("s") : nil)
        case ["sheetData", "row", "c"]:
          column = try columnNumber(value("r"), after: column, in: row)
          guard rows[row]?.cells[column] == nil else { throw damaged("a cell of row \(row) stands in it twice") }
          rows[row]?.cells[column] = Cell(octets: place, attributes: attributes)
        case ["sheetData", "row", "c", "f"]:
          rows[row]?.cells[column]?.hasFormula = true
          if let range = value("ref").flatMap({ CellRange($0) }), value("t") != "shared" { arrays.append(range) }
        case ["cols", "col"]:
          if let first = value("min").flatMap({ Int($0) }), let last = value("max").flatMap({ Int($0) }), first <= last,
            let style = value("style")
          {
            columnStyles.append((first...last, style))
          }
        case ["mergeCells", "mergeCell"]:
          if let range = value("ref").flatMap({ CellRange($0) }) { merged.append(range) }
        case ["sheetProtection"]: isProtected = ["1", "true"].contains(value("sheet"))
        default: break
        }
      case .end:
        switch path.dropFirst() {
        case ["sheetData"]: data?.end = place
        case ["sheetData", "row"]: rows[row]?.end = place
        case ["sheetData", "row", "c"]:
          if let cell = rows[row]?.cells[column] {
            rows[row]?.cells[column]?.octets = cell.octets.lowerBound..<place.upperBound
          }
        default: break
        }
        path.removeLast()
      }
    }
  }

  private func damaged(_ how: String) -> WorkbookError {
    WorkbookError("The sheet \(sheet) is damaged: \(how). Open the workbook and save it again.")
  }

  /// A row without a number stands behind the one before (part 1 §18.3.1.73).
  private func number(_ text: String?, after last: Int, _ most: Int) throws(WorkbookError) -> Int {
    let number = text.map { Int($0) } ?? last + 1
    guard let number, number > last, number <= most else { throw damaged("its rows are not in order") }
    return number
  }

  private func columnNumber(_ text: String?, after last: Int, in row: Int) throws(WorkbookError) -> Int {
    guard let text else { return last + 1 }
    guard let cell = CellAddress(text), cell.row == row, cell.column > last else {
      throw damaged("the cells of row \(row) are not in order")
    }
    return cell.column
  }

  private static func prefix(_ tag: ArraySlice<UInt8>) -> String {
    let name = tag.dropFirst().prefix { !" \t\r\n/>".utf8.contains($0) }
    guard let colon = name.firstIndex(of: UInt8(ascii: ":")) else { return "" }
    return String(decoding: name[...colon], as: UTF8.self)
  }

  // MARK: Writing

  /// The part with texts in cells; every octet outside of these cells, and of the rows that did not exist, stays.
  /// - Throws: ``WorkbookError`` for a protected sheet, a formula, and a cell inside a merged one.
  func filled(_ texts: [CellAddress: String]) throws(WorkbookError) -> [UInt8] {
    guard !isProtected else {
      throw WorkbookError(
        "The sheet \(sheet) is protected. Take the protection away (Review, Unprotect Sheet) or name a copy without it."
      )
    }
    var edits: [(range: Range<Int>, text: String)] = []
    for (number, cells) in Dictionary(grouping: texts.keys, by: \.row).sorted(by: { $0.key < $1.key }) {
      let cells = cells.sorted()
      for cell in cells { try refuse(cell) }
      if let row = rows[number] {
        edits += self.edits(row, cells.map { ($0, texts[$0] ?? "") })
      } else {
        let inside = cells.map { element($0, texts[$0] ?? "", style($0.column, nil), []) }.joined()
        edits.append((place(ofRow: number), "<\(prefix)row r=\"\(number)\">\(inside)</\(prefix)row>"))
      }
    }
    return spliced(edits)
  }

  private func refuse(_ cell: CellAddress) throws(WorkbookError) {
    if rows[cell.row]?.cells[cell.column]?.hasFormula == true || arrays.contains(where: { $0.contains(cell) }) {
      throw WorkbookError(
        "The cell \(cell) of the sheet \(sheet) holds a formula, which would be lost. Name another cell in the map, or clear this one."
      )
    }
    if let range = merged.first(where: { $0.contains(cell) && $0.first != cell }) {
      throw WorkbookError(
        "The cell \(cell) of the sheet \(sheet) is merged into \(range.first), so nothing would be seen in it. Name \(range.first) in the map."
      )
    }
  }

  private func edits(_ row: Row, _ cells: [(CellAddress, String)]) -> [(range: Range<Int>, text: String)] {
    var edits: [(range: Range<Int>, text: String)] = []
    var atEnd = ""
    for (address, text) in cells {
      if let cell = row.cells[address.column] {
        let style = cell.attributes.first { $0.name == XMLName("s") }?.value
        edits.append((cell.octets, element(address, text, style, cell.attributes)))
        continue
      }
      let new = element(address, text, style(address.column, row.style), [])
      if let next = row.cells.filter({ $0.key > address.column }).min(by: { $0.key < $1.key })?.value {
        edits.append((next.octets.lowerBound..<next.octets.lowerBound, new))
      } else {
        atEnd += new
      }
    }
    guard !atEnd.isEmpty else { return edits }
    guard row.end.isEmpty else { return edits + [(row.end.lowerBound..<row.end.lowerBound, atEnd)] }
    // `<row …/>`: its stroke makes room.
    return edits + [(row.start.upperBound - 2..<row.start.upperBound, ">\(atEnd)</\(prefix)row>")]
  }

  /// Before the next row that exists, or at the end of all.
  private func place(ofRow number: Int) -> Range<Int> {
    if let next = rows.filter({ $0.key > number }).min(by: { $0.key < $1.key })?.value {
      return next.start.lowerBound..<next.start.lowerBound
    }
    guard let data else { return 0..<0 }
    return data.end.isEmpty
      ? data.start.upperBound - 2..<data.start.upperBound : data.end.lowerBound..<data.end.lowerBound
  }

  /// How a cell looks that did not exist: as its row, else as its column.
  private func style(_ column: Int, _ row: String?) -> String? {
    row ?? columnStyles.first { $0.columns.contains(column) }?.style
  }

  private func element(_ address: CellAddress, _ text: String, _ style: String?, _ attributes: [XMLAttribute]) -> String
  {
    let look = style.flatMap { Int($0) }.map { " s=\"\($0)\"" } ?? ""
    let phonetic = attributes.contains { $0.name == XMLName("ph") && $0.value == "1" } ? " ph=\"1\"" : ""
    let said = CellText.escaped(CellText.visible(text)).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;")
    return "<\(prefix)c r=\"\(address)\"\(look)\(phonetic) t=\"inlineStr\"><\(prefix)is>"
      + "<\(prefix)t xml:space=\"preserve\">\(said)</\(prefix)t></\(prefix)is></\(prefix)c>"
  }

  private func spliced(_ edits: [(range: Range<Int>, text: String)]) -> [UInt8] {
    // Edits at one place keep their order; all that go to the end of the sheet's empty data are one element after the other.
    var (result, place): ([UInt8], Int) = ([], 0)
    let sorted = edits.enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }
    let (closing, stroke) = (closesEmptyData, data.map { $0.start.upperBound - 2 })
    var opened = false
    for edit in sorted.map(\.element) {
      if edit.range.lowerBound >= place { result += octets[place..<edit.range.lowerBound] }
      if closing, edit.range.lowerBound == stroke, !opened {
        result += Array(">".utf8)
        opened = true
      }
      result += Array(edit.text.utf8)
      place = max(place, edit.range.upperBound)
    }
    if opened { result += Array("</\(prefix)sheetData>".utf8) }
    return result + octets[place...]
  }

  /// `<sheetData/>`: rows put into it need its end.
  private var closesEmptyData: Bool {
    guard let data else { return false }
    return data.end.isEmpty && rows.isEmpty
  }
}

/// Fills a sheet's part by itself, as ``FilledWorkbook`` does inside a package.
package enum SheetCells {
  package static func filled(_ part: [UInt8], _ texts: [CellAddress: String]) throws(WorkbookError) -> [UInt8] {
    try WorksheetPart(parsing: part, sheet: "?").filled(texts)
  }
}
