import Foundation
import Records
import Testing

/// A company's own workbook, filled from a pack; nothing here reaches a network.
@Suite struct FillEndToEndTests {
  private let scratch: Scratch
  private let pack: String
  private let workbook: String

  init() throws {
    scratch = try Scratch()
    pack = scratch.path + "/pack"
    workbook = scratch.path + "/own.xlsx"
    try ChecklistPack.write(to: pack, runID: "run-production", telnet: .fail)
    let made = try oracle(["make", workbook])
    try #require(made.status == 0, "\(made.errors)")
  }

  private func oracle(_ arguments: [String]) throws -> Outcome {
    try Program.run(
      Program.repository + "/.build/oracles/bin/python",
      [Program.repository + "/Tests/Oracles/fill_workbook.py"] + arguments)
  }

  private func fill(_ map: String, workbook: String? = nil, to name: String = "filled.xlsx") throws -> Outcome {
    let cells = scratch.path + "/cells-\(UUID().uuidString).yaml"
    try Data(map.utf8).write(to: URL(fileURLWithPath: cells))
    return try Program.run(
      Program.tenken,
      [
        "report", pack, "--format", "xlsx", "--lang", "en", "--fill", workbook ?? self.workbook, "--cells", cells,
        "--output", scratch.path + "/" + name,
      ])
  }

  private func map(sheet: String = "チェックシート", row: String, columns: String, words: String = "{fail: =×}") -> String {
    "version: 1\nsheet: \(sheet)\nrows: {JSSEC-14.2.c: \(row)}\ncolumns: {\(columns)}\nwords: \(words)\n"
  }

  struct Comparison: Decodable {
    let changed: [String]
    let cells: [String: [String?]]
    let column: String?
  }

  @Test func `only the named cells change, and every other member stays as it is packed`() throws {
    let filled = try fill(map(row: "5", columns: "production: {status: B, counts: F, evidence: J, mark: E}"))
    #expect(filled.status == 0, "\(filled.errors)")
    let compared = try oracle(["compare", workbook, scratch.path + "/filled.xlsx"])
    try #require(compared.status == 0, "\(compared.errors)")
    let found = try JSONDecoder().decode(Comparison.self, from: Data(compared.output.utf8))
    #expect(found.changed == ["xl/worksheets/sheet1.xml"])
    // Without a company's sheet every mark is a proposal, and none is written.
    #expect(Set(found.cells.keys) == ["B5", "F5", "J5"])
    #expect(found.cells["B5"] == ["=×", "inlineStr"] || found.cells["B5"] == ["=×", "s"])
    #expect(found.cells["F5"]?.first??.contains("=× 1\n") == true)
    #expect(found.cells["J5"]?.first == "data/ports/x.json")
    // A cell that did not exist looks as its column does.
    #expect(found.column == "00FFFF00")
    let again = try fill(
      map(row: "5", columns: "production: {status: B, counts: F, evidence: J, mark: E}"), to: "again.xlsx")
    #expect(again.status == 0)
    #expect(
      FileManager.default.contents(atPath: scratch.path + "/again.xlsx")
        == FileManager.default.contents(atPath: scratch.path + "/filled.xlsx"))
  }

  @Test func `what must not be written into is refused with place and advice, and nothing is written`() throws {
    let xls = scratch.path + "/old.xls"
    try Data([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).write(to: URL(fileURLWithPath: xls))
    for (map, workbook, said) in [
      (map(row: "10", columns: "production: {status: G}"), nil, "G10 of the sheet チェックシート holds a formula"),
      (map(row: "23", columns: "production: {status: C}"), nil, "merged into B22"),
      (map(sheet: "保護", row: "1", columns: "production: {status: A}"), nil, "is protected"),
      (map(sheet: "x", row: "1", columns: "production: {status: A}"), nil, "It has: チェックシート, 別のシート, 表, 保護"),
      (
        map(sheet: "表", row: "1", columns: "production: {status: B}"), nil,
        "B1 of the sheet 表 is in the heading of a table"
      ),
      (map(row: "5", columns: "production: {status: A}").replacing("14.2.c", with: "99"), nil, "no row JSSEC-99"),
      (map(row: "0", columns: "production: {status: A}"), nil, "a row is a number"),
      (map(row: "5", columns: "production: {status: B}"), xls, "older form .xls"),
      (map(row: "5", columns: "production: {status: B}"), pack + "/bagit.txt", "no .xlsx workbook"),
    ] as [(String, String?, String)] {
      let refused = try fill(map, workbook: workbook, to: "refused.xlsx")
      #expect(refused.status == 2 && refused.errors.contains(said), "\(said): \(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: scratch.path + "/refused.xlsx"))
    }
  }

  @Test func `LibreOffice opens what was filled`() throws {
    #expect(try fill(map(row: "5", columns: "production: {status: B, note: F}")).status == 0)
    let made = try Program.run(
      "soffice",
      [
        "--headless", "-env:UserInstallation=file://\(scratch.path)/office", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", scratch.path, scratch.path + "/filled.xlsx",
      ])
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: scratch.path + "/filled.csv", encoding: .utf8)
    // 16 texts from B5 to B20, as before; and what was put in is no formula.
    #expect(text.contains("=×") && text.contains(",16,3"), "\(text)")
  }

  /// A4 is 210 × 297 mm: 595 × 842 points (ISO 216); A3 landscape 1191 × 842.
  @Test func `the page is printed by Chromium`() throws {
    let file = scratch.path + "/a.pdf"
    let made = try Program.run(Program.tenken, ["report", pack, "--format", "pdf", "--lang", "en", "--output", file])
    #expect(made.status == 0, "\(made.errors)")
    let pages = try Program.run("pdfinfo", ["-f", "1", "-l", "99", file])
    let sizes = pages.output.split(separator: "\n").filter { $0.contains(" size:") && $0.hasPrefix("Page") }
    #expect(!sizes.isEmpty, "\(pages.errors)")
    #expect(
      sizes.allSatisfy { $0.contains("59") && $0.contains("84") || $0.contains("119") && $0.contains("84") }, "\(sizes)"
    )
    let text = try Program.run("pdftotext", [file, "-"])
    #expect(text.output.contains("run-production"))
  }
}
