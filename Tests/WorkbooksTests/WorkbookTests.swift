import Foundation
import Testing

@testable import Workbooks

struct WorkbookTests {
  /// What a text may begin with that spreadsheets take for a formula, and what XML forbids.
  static let hostile = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1+1", "http://example.com/", "mailto:a@b",
    "<c><f>1</f></c>",
    "a&b\"c'd]]>", "\u{1b}[2J", "\u{0}", "\u{202e}gpj.exe", "_x0041_", "\u{fffe}", "日本語\n二行目", "12345678901234567890",
  ]

  private func workbook(_ texts: [String]) -> Workbook {
    Workbook(
      title: "t", application: "tenken test", created: 1_795_399_331,
      sheets: [
        .init(
          "一覧", [.init("=HEAD()", 20, takesMarks: true), .init("b", 10)], frozen: 1,
          rows: texts.map { [.text($0), .text($0, .proposal)] } + [[.number(7), .empty]]),
        .init(
          "links", [.init("l", 20)],
          rows: [
            [.file(path: "pack/data/a%20b%23c.txt", text: "data/a b#c.txt")],
            [.row(sheet: "一覧", row: 1, text: "1 file")],
          ]),
      ])
  }

  /// The members of a ZIP file, by Python's own reader.
  private func members(_ octets: [UInt8]) throws -> [String: String] {
    let file = NSTemporaryDirectory() + "tenken-workbook-\(UUID().uuidString).xlsx"
    try Data(octets).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      """
      import json, sys, zipfile, xml.dom.minidom
      z = zipfile.ZipFile(sys.argv[1])
      assert z.testzip() is None
      assert all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist())
      for n in z.namelist(): xml.dom.minidom.parseString(z.read(n))
      print(json.dumps({n: z.read(n).decode() for n in z.namelist()}))
      """, file,
    ]
    process.standardOutput = pipe
    try process.run()
    let read = try #require(try pipe.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    return try JSONDecoder().decode([String: String].self, from: read)
  }

  @Test func `equal workbooks are equal octets, whenever they are written`() throws {
    let first = try workbook(Self.hostile).octets()
    // The times in a ZIP file are of two seconds.
    Thread.sleep(forTimeInterval: 2.1)
    #expect(try workbook(Self.hostile).octets() == first)
    #expect(try workbook(["other"]).octets() != first)
  }

  @Test func `every text is a text, and nothing computes or leads away`() throws {
    let parts = try members(try workbook(Self.hostile).octets())
    let sheet = try #require(parts["xl/worksheets/sheet1.xml"])
    #expect(!sheet.contains("<f>") && !sheet.contains("<f "))
    // Two columns, each a heading and the texts.
    #expect(sheet.components(separatedBy: "t=\"s\"").count - 1 == 2 * (Self.hostile.count + 1))
    #expect(parts["xl/worksheets/_rels/sheet1.xml.rels"] == nil)
    let strings = try #require(parts["xl/sharedStrings.xml"])
    #expect(strings.contains("<t>=1+1</t>") && strings.contains("&lt;c&gt;&lt;f&gt;1&lt;/f&gt;&lt;/c&gt;"))
    #expect(strings.contains("<t>_x005F_x0041_</t>"))
    #expect(strings.contains("<t>␛[2J</t>") && strings.contains("<t>␀</t>"))
    #expect(!strings.contains("\u{202e}"))
    #expect(strings.contains("日本語\n二行目"))
  }

  @Test func `links are relative references, and marks are chosen from three`() throws {
    let parts = try members(try workbook(["a"]).octets())
    let links = try #require(parts["xl/worksheets/_rels/sheet2.xml.rels"])
    #expect(links.contains("Target=\"pack/data/a%20b%23c.txt\" TargetMode=\"External\""))
    let sheet = try #require(parts["xl/worksheets/sheet2.xml"])
    #expect(sheet.contains("location=\"'一覧'!A2\""))
    #expect(parts["xl/sharedStrings.xml"]?.contains("<t>data/a b#c.txt</t>") == true)
    let first = try #require(parts["xl/worksheets/sheet1.xml"])
    #expect(first.contains("<formula1>\"●,○,−\"</formula1>") && first.contains("sqref=\"A2:A3\""))
    #expect(first.contains("paperSize=\"8\"") && first.contains("orientation=\"landscape\""))
    #expect(parts["docProps/core.xml"]?.contains("2026-11-23T02:02:11Z") == true)
  }

  /// The limit is Excel's, in characters of UTF-16.
  @Test func `a text that is too long is cut, and says so`() {
    let fits = String(repeating: "a", count: 32_767)
    #expect(CellText.visible(fits) == fits)
    let cut = CellText.visible(fits + "b")
    #expect(cut.utf16.count == 32_767 && cut.hasSuffix("[32768 characters, cut / 32768文字のため省略]"))
    let pairs = CellText.visible(String(repeating: "𠮷", count: 20_000))
    #expect(pairs.utf16.count <= 32_767 && !pairs.contains("\u{fffd}") && pairs.contains("40000"))
  }

  @Test func `more rows than a workbook takes are refused`() {
    let rows = Array(repeating: [Workbook.Cell.empty], count: 1_048_576)
    let book = Workbook(title: "", application: "", created: 0, sheets: [.init("a", [.init("h", 1)], rows: rows)])
    #expect(throws: WorkbookError.self) { try book.octets() }
  }
}
