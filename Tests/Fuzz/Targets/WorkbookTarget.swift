internal import Documents
internal import Workbooks

extension FuzzTarget {
  /// A cell map, a sheet's part alone, and a whole package: each reader gets the same octets.
  static let workbooks = FuzzTarget(
    "workbooks", ["CellMap", "WorksheetPart"], longest: 16_384, seeds: WorkbookSeeds.all
  ) { octets in
    try Files.allowing {
      let map = try CellMap(parsing: octets, file: "f")
      try promise(map.rows.allSatisfy { (1...1_048_576).contains($0.row) }, "a row that no sheet has")
      let columns = map.columns.values.flatMap(\.values)
      try promise(Set(columns).count == columns.count, "two things in one cell")
    }
    guard let cell = CellAddress("B3"), let far = CellAddress("XFD1048576") else { return }
    let texts = [cell: "=1+1 & <x>", far: "終わり"]
    do {
      let filled = try SheetCells.filled(octets, texts)
      // What was put in is read back, and a second filling of the same changes nothing.
      try promise(try SheetCells.filled(filled, texts) == filled, "the second filling is another")
      try promise(filled.count > octets.count, "nothing was put in")
    } catch is WorkbookError {}
    do { _ = try FilledWorkbook.octets(octets, sheet: "S", cells: texts) } catch is WorkbookError {}
  }
}

private enum WorkbookSeeds {
  static let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

  static let all: [[UInt8]] = [
    "version: 1\nsheet: S\nrows: {JSSEC-1.1: 3}\ncolumns: {poc: {mark: B, status: C}, production: {note: XFD}}\nwords: {fail: x}",
    "<worksheet \(main)><sheetData/></worksheet>",
    """
    <?xml version="1.0" encoding="UTF-8"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:cols>\
    <x:col min="1" max="3" style="4"/></x:cols><x:sheetData><x:row r="1"/><x:row r="3" s="2" customFormat="1"><x:c r="A3" t="s">\
    <x:v>0</x:v></x:c><x:c r="B3" s="1"/></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A5:B6"/></x:mergeCells></x:worksheet>
    """,
    "<worksheet \(main)><sheetProtection sheet=\"1\"/><sheetData><row><c><f t=\"array\" ref=\"A1:B9\">1</f></c></row></sheetData></worksheet>",
    "PK\u{3}\u{4}",
  ].map { Array($0.utf8) }
}
