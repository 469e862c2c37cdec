import LabSupport
import Testing

@testable import Inventory

@Suite struct CSVTextTests {
  private func cells(_ text: String) throws -> [[String]] {
    try CSVText(parsing: text, file: "l.csv").rows.map { $0.map(\.text) }
  }

  private func complaint(_ text: String) -> LedgerProblem? {
    do throws(LedgerProblem) {
      _ = try CSVText(parsing: text, file: "l.csv")
      return nil
    } catch {
      return error
    }
  }

  /// RFC 4180 §2, rules 1 to 7.
  @Test(arguments: [
    ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", [["aaa", "bbb", "ccc"], ["zzz", "yyy", "xxx"]]),
    ("aaa,bbb\r\nzzz,yyy", [["aaa", "bbb"], ["zzz", "yyy"]]),
    ("\"aaa\",\"b\r\nbb\",ccc\r\nzzz,yyy,xxx", [["aaa", "b\r\nbb", "ccc"], ["zzz", "yyy", "xxx"]]),
    ("\"aaa\",\"b\"\"bb\",\"c,c\"", [["aaa", "b\"bb", "c,c"]]), ("a,b\rc,d\n\n,\n", [["a", "b"], ["c", "d"]]),
    (",", []), ("", []), ("\"\"", [[""]].filter { _ in false }), ("台帳,名前\n", [["台帳", "名前"]]),
  ]) func `the format of RFC 4180 is read`(text: String, expected: [[String]]) throws {
    #expect(try cells(text) == expected)
  }

  @Test(arguments: [
    ("a,b\nc,\"d", 2, 3), ("a,b\"c\n", 1, 4), ("\"a\"b,c", 1, 4), ("a,\0", 1, 3), ("台帳,\"x\ny\"z", 2, 3),
    ("\"a\0\"", 1, 3),
  ]) func `a fault is told with line and column`(text: String, line: Int, column: Int) throws {
    let problem = try #require(complaint(text))
    #expect(problem.line == line && problem.column == column, "\(problem)")
    #expect("\(problem)".hasPrefix("l.csv:\(line):\(column): "))
  }

  @Test func `a hundred thousand columns are refused, quickly`() throws {
    let clock = ContinuousClock()
    let time = clock.measure { #expect(complaint(String(repeating: ",", count: 100_000))?.column == 1_001) }
    #expect(time < .seconds(5))
  }

  @Test func `a mark that swallows the file is told where it was opened`() throws {
    let text = "a,b\n1,\"" + String(repeating: "x,y\n", count: 100_000)
    let problem = try #require(complaint(text))
    #expect(problem.line == 2 && problem.column == 3)
  }

  @Test func `lines inside cells are counted`() throws {
    let rows = try CSVText(parsing: "a,b\r\n\"1\r\n2\n3\",x\r\nlast,y\r\n", file: "l.csv").rows
    #expect(rows.map { $0[0].line } == [1, 2, 5])
  }

  @Test func `no text makes the reader fail in another way than with a complaint`() {
    var random = SeededRandom(seed: 4180)
    let pieces = ["\"", ",", "\r", "\n", "a", "台", "\0", "=1", " ", "\u{202e}", "\"\"", "\u{fffd}"]
    for _ in 0..<20_000 {
      let text = (0..<Int(random.next() % 24)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      guard complaint(text) == nil else { continue }
      // What was read and is written again, every cell quoted, reads the same.
      guard let rows = try? cells(text) else { continue }
      let again = rows.map { $0.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") }
        .joined(separator: "\n")
      #expect((try? cells(again)) == rows, "\(text.debugDescription)")
    }
  }
}
