import Documents
import Testing

@testable import Workbooks

struct CellAddressTests {
  /// Columns as Excel numbers them; XFD is its last (Microsoft, "Excel specifications and limits").
  @Test(arguments: [
    ("A1", 1, 1), ("Z9", 9, 26), ("AA10", 10, 27), ("AZ1", 1, 52), ("ZZ1", 1, 702), ("XFD1048576", 1_048_576, 16_384),
  ])
  func `addresses are read and written`(text: String, row: Int, column: Int) throws {
    let cell = try #require(CellAddress(text))
    #expect(cell.row == row && cell.column == column && cell.description == text)
  }

  @Test(arguments: ["", "A", "1", "a1", "A0", "XFE1", "A1048577", "A1B", "AAAA1", "A-1", "А1", "A99999999999999999999"])
  func `what is no address is none`(text: String) { #expect(CellAddress(text) == nil) }

  @Test(arguments: [
    ("columns: {poc: {mark: B, status: B}}", "given to two things"),
    ("columns: {poc: {mark: B}, production: {mark: B}}", "given to two things"),
    ("columns: {poc: {mark: XFE}}", "letters from A to XFD"), ("columns: {poc: {marks: B}}", "is not one of"),
    ("columns: {later: {mark: B}}", "unknown key"), ("columns: {}", "no column is named"),
  ])
  func `a map that cannot be followed is refused with its line`(columns: String, said: String) {
    let text = "version: 1\nsheet: S\nrows: {JSSEC-1.1: 3}\n\(columns)\n"
    let error = #expect(throws: DocumentError.self) { try CellMap(parsing: Array(text.utf8), file: "m.yaml") }
    #expect(error?.problem.contains(said) == true && error?.line == 4)
    let twice = "version: 1\nsheet: S\nrows: {JSSEC-1.1: 3, JSSEC-1.1.a: 3}\ncolumns: {poc: {mark: B}}"
    #expect(throws: DocumentError.self) { try CellMap(parsing: Array(twice.utf8), file: "m.yaml") }
  }
}
