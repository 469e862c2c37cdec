import Foundation
import Testing

@testable import Workbooks

struct WorksheetPartTests {
  private static let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

  private func fill(_ part: String, _ texts: [String: String]) throws -> String {
    var cells: [CellAddress: String] = [:]
    for (name, text) in texts { cells[try #require(CellAddress(name))] = text }
    return String(decoding: try WorksheetPart(parsing: Array(part.utf8), sheet: "S").filled(cells), as: UTF8.self)
  }

  private func inline(_ cell: String, _ text: String) -> String {
    "<c \(cell) t=\"inlineStr\"><is><t xml:space=\"preserve\">\(text)</t></is></c>"
  }

  @Test func `a cell is written in its place, keeps its style, and all else keeps its octets`() throws {
    let before =
      "<?xml version=\"1.0\"?>\n<!-- ä <c r=\"B3\"/> --><worksheet \(Self.main)  >\n <sheetData>\r\n<row r='3' ht=\"20\">"
    let after =
      "<c r=\"C3\"><f>B3&amp;\"\"</f><v>1</v></c></row></sheetData><drawing xmlns:r=\"x\" r:id=\"rId1\"/></worksheet>\n"
    for old in ["<c r=\"B3\" s=\"7\" t=\"s\"><v>12</v></c>", "<c s=\"7\" r=\"B3\" />", "<c r=\"B3\" s=\"7\"></c>"] {
      #expect(
        try fill(before + old + after, ["B3": "=1+1 <&>"])
          == before + inline("r=\"B3\" s=\"7\"", "=1+1 &lt;&amp;&gt;") + after)
    }
  }

  @Test func `cells and rows that do not exist come where they belong, with the look of their row or column`() throws {
    let part = """
      <worksheet \(Self.main)><cols><col min="2" max="3" style="4"/></cols><sheetData>\
      <row r="2"><c r="B2"/><c r="D2"/></row><row r="5" s="9" customFormat="1"/></sheetData></worksheet>
      """
    let filled = try fill(
      part, ["A2": "a", "C2": "c", "E2": "e", "F2": "f", "C5": "5", "A4": "4", "B1": "1", "B9": "9"])
    let rows = [
      "<row r=\"1\">" + inline("r=\"B1\" s=\"4\"", "1") + "</row>",
      "<row r=\"2\">" + inline("r=\"A2\"", "a") + "<c r=\"B2\"/>" + inline("r=\"C2\" s=\"4\"", "c") + "<c r=\"D2\"/>"
        + inline("r=\"E2\"", "e") + inline("r=\"F2\"", "f") + "</row>",
      "<row r=\"4\">" + inline("r=\"A4\"", "4") + "</row>",
      "<row r=\"5\" s=\"9\" customFormat=\"1\">" + inline("r=\"C5\" s=\"9\"", "5") + "</row>",
      "<row r=\"9\">" + inline("r=\"B9\" s=\"4\"", "9") + "</row>",
    ].joined()
    let head = part.components(separatedBy: "<sheetData>")[0]
    #expect(filled == head + "<sheetData>" + rows + "</sheetData></worksheet>")
  }

  @Test func `an empty sheet takes rows, and prefixes stay`() throws {
    #expect(
      try fill("<worksheet \(Self.main)><sheetData/></worksheet>", ["A1": "a", "A2": "b"])
        == "<worksheet \(Self.main)><sheetData><row r=\"1\">" + inline("r=\"A1\"", "a") + "</row><row r=\"2\">"
        + inline("r=\"A2\"", "b") + "</row></sheetData></worksheet>")
    let space = "xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
    #expect(
      try fill("<x:worksheet \(space)><x:sheetData></x:sheetData></x:worksheet>", ["A1": "a"])
        == "<x:worksheet \(space)><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"inlineStr\"><x:is>"
        + "<x:t xml:space=\"preserve\">a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>")
  }

  @Test(arguments: [
    ("<sheetData><row r=\"1\"><c r=\"B1\"><f>1</f></c></row></sheetData>", "B1 of the sheet S holds a formula"),
    ("<sheetData><row r=\"1\"><c r=\"A1\"><f t=\"array\" ref=\"A1:B2\">1</f></c></row></sheetData>", "holds a formula"),
    ("<sheetData/><mergeCells><mergeCell ref=\"A1:C1\"/></mergeCells>", "is merged into A1"),
    ("<sheetData/><sheetProtection sheet=\"1\"/>", "is protected"),
    ("<sheetData><row r=\"2\"/><row r=\"1\"/></sheetData>", "not in order"),
    ("<sheetData><row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row></sheetData>", "not in order"), ("", "no cells"),
  ])
  func `what must not be written into is refused by name`(inside: String, said: String) throws {
    let error = #expect(throws: WorkbookError.self) {
      try fill("<worksheet \(Self.main)>\(inside)</worksheet>", ["B1": "x"])
    }
    #expect(error?.description.contains(said) == true, "\(String(describing: error))")
  }

  /// The corner of a merged cell is the one that is seen.
  @Test func `the corner of a merged cell is written`() throws {
    let part = "<worksheet \(Self.main)><sheetData/><mergeCells><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>"
    #expect(try fill(part, ["A1": "x"]).contains("<mergeCell ref=\"A1:C1\"/>"))
  }

  @Test func `what is no workbook is told by its kind`() {
    let mark = Array("EncryptedPackage".utf16.flatMap { [UInt8($0 & 0xff), 0] })
    for (octets, said) in [
      ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "older form .xls"),
      ([0xd0, 0xcf, 0x11, 0xe0] + mark, "is encrypted"), (Array("a,b\n".utf8), "no .xlsx"), ([], "no .xlsx"),
      (Array("PK\u{3}\u{4}".utf8), "damaged"),
    ] as [([UInt8], String)] {
      let error = #expect(throws: WorkbookError.self) { try FilledWorkbook.octets(octets, sheet: "S", cells: [:]) }
      #expect(error?.description.contains(said) == true, "\(said)")
    }
  }
}
