import Addressing
import Documents
import Testing

@testable import Inventory

@Suite struct LedgerReadingTests {
  private func complaints(_ text: String, map: ColumnMap? = nil) -> [LedgerProblem] {
    do throws(LedgerProblems) {
      _ = try Ledger(parsing: text, file: "l.csv", map: map)
      return []
    } catch {
      return error.problems
    }
  }

  @Test func `a ledger with a title and Japanese headings is understood`() throws {
    let text = """
      IoT機器管理台帳,,,,,,
      ,,,,,,
      管理No,ＭＡＣアドレス（有線）,MACアドレス(無線),ＩＰアドレス,ﾒｰｶｰ,設置場所,状態
      A-1,00-11-22-AA-BB-CC,0011.22aa.bbcd,192.168.1.5/24,"バッファロー","本社, 3階",稼働
      A-2,－,なし,DHCP,不明,倉庫,廃棄済
      """.replacing("管理No", with: "管理番号")
    let ledger = try Ledger(parsing: text, file: "l.csv")
    #expect(ledger.assignment.line == 3)
    #expect(ledger.assignment.columns.map(\.column) == [.asset, .mac, .mac, .ip, .maker, .place, .status])
    #expect(ledger.entries.count == 2)
    #expect(ledger.entries[0].macs.map(\.description) == ["00:11:22:aa:bb:cc", "00:11:22:aa:bb:cd"])
    #expect(ledger.entries[0].addresses.map(\.description) == ["192.168.1.5"])
    #expect(ledger.entries[0].values[.place] == "本社, 3階")
    #expect(ledger.entries[1].macs.isEmpty && ledger.entries[1].addresses.isEmpty && ledger.entries[1].isRetired)
    #expect(ledger.entries[1].values[.maker] == nil)
  }

  @Test func `every heading that is known belongs to one column`() {
    for (column, heading) in LedgerColumn.headings { #expect(LedgerColumn(heading: heading) == column, "\(heading)") }
  }

  @Test func `every faulty cell is told at its place, at once`() {
    let text = "asset,mac,ip\n1,00:11:22:33:44,192.168.1.5\n2,,192.168.001.005\n3,00:11:22:33:44:55\n4,,,x\n"
    let problems = complaints(text)
    #expect(problems.map { [$0.line, $0.column] } == [[2, 3], [3, 4], [4, 3], [5, 5]], "\(problems)")
  }

  @Test func `more faults than anybody reads are counted`() throws {
    let text = "asset,mac\n" + String(repeating: "1,x\n", count: 30)
    do throws(LedgerProblems) {
      _ = try Ledger(parsing: text, file: "l.csv")
      Issue.record("the ledger was read")
    } catch {
      #expect(error.problems.count == 20 && error.more == 10)
    }
  }

  @Test(arguments: ["", "a,b\n1,2\n", "MAC;IP\n1;2\n", "備考,状態\nx,y\n"])
  func `a file without headings that are known is refused`(text: String) {
    #expect(complaints(text).count == 1)
  }

  @Test func `two headings for one column need a map`() throws {
    let text = "mac,serial,製造番号\n,1234,5678\n"
    #expect(complaints(text).map(\.column) == [12])
    let map = try ColumnMap(
      parsing: Array("version: 1\ncolumns: {mac: [mac], serial: 製造番号}".utf8), file: "map.yaml")
    #expect(try Ledger(parsing: text, file: "l.csv", map: map).entries[0].values[.serial] == "5678")
  }

  @Test(arguments: [
    ("version: 2\ncolumns: {mac: a}", 1), ("version: 1\ncolumns: {makc: a}", 2),
    ("version: 1\ncolumns: {place: a}", 2), ("version: 1\ncolumns:\n  asset: a\n  serial: [a, b]", 4),
  ]) func `a map that is not understood is refused with its line`(text: String, line: Int) {
    do throws(DocumentError) {
      _ = try ColumnMap(parsing: Array(text.utf8), file: "map.yaml")
      Issue.record("the map was read")
    } catch {
      #expect(error.line == line, "\(error)")
    }
  }

  @Test func `a map names headings that are there`() throws {
    let map = ColumnMap(headings: [.mac: ["MAC A", "MAC B"]])
    #expect(complaints("MAC A,x\n,\n", map: map).count == 1)
  }

  @Test func `cells that look like formulas stay text and lose their guard`() throws {
    let ledger = try Ledger(parsing: "asset,mac,備考\n'=1+1,,'@x\n=2+2,,'t\n", file: "l.csv")
    #expect(ledger.entries.map { $0.values[.asset] } == ["=1+1", "=2+2"])
    #expect(ledger.entries.map { $0.values[.note] } == ["@x", "'t"])
  }

  /// Headings are compared without what cannot be seen, and shown without what a terminal would obey.
  @Test func `a complaint shows two headings for one column without their control characters`() throws {
    let problem = try #require(complaints("mac,vendor,vendor\u{1b}\n").first)
    #expect(problem.problem.contains("both taken for"))
    #expect(!problem.problem.unicodeScalars.contains("\u{1b}") && !"\(problem)".unicodeScalars.contains("\u{1b}"))
  }

  @Test(arguments: ["\u{1b}[2J", "\u{202e}evil", "x\ty"])
  func `a complaint shows a cell without what a terminal would obey`(cell: String) throws {
    let problem = try #require(complaints("asset,mac\n1,\"\(cell)\"\n").first)
    #expect(!problem.problem.unicodeScalars.contains { "\u{1b}\u{202e}\t".unicodeScalars.contains($0) })
  }
}
