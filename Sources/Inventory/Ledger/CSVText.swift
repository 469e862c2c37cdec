/// Comma-separated values as people's spreadsheets write them, read strictly (RFC 4180 §2): what is not understood is an
/// error at its place, never a guess.
public struct CSVText: Hashable, Sendable {
  /// A cell without its quotes.
  public struct Cell: Hashable, Sendable {
    public let text: String
    public let line: Int
    public let column: Int
  }

  /// A ledger is a table that people keep; these are far beyond any.
  public static let mostColumns = 1_000
  public static let mostRows = 200_000
  public static let mostCellOctets = 65_536

  /// In file order. Lines of nothing but commas and spaces are left out.
  public let rows: [[Cell]]

  /// Lines may end with CR LF, LF or CR; the last one need not end at all.
  public init(parsing text: String, file: String) throws(LedgerProblem) {
    var reader = CSVReader(octets: Array(text.utf8), file: file)
    var rows: [[Cell]] = []
    while !reader.isAtEnd {
      let row = try reader.row()
      guard row.contains(where: { !$0.text.allSatisfy(\.isWhitespace) }) else { continue }
      guard rows.count < Self.mostRows else {
        throw reader.problem("the file has more than \(Self.mostRows) rows", "split it")
      }
      rows.append(row)
    }
    self.rows = rows
  }
}

private struct CSVReader {
  let octets: [UInt8]
  let file: String
  private var index = 0
  private var line = 1
  private var column = 1

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")

  init(octets: [UInt8], file: String) {
    self.octets = octets
    self.file = file
  }

  var isAtEnd: Bool { index >= octets.count }

  func problem(_ problem: String, _ remedy: String) -> LedgerProblem {
    LedgerProblem(file: file, line: line, column: column, problem: problem, remedy: remedy)
  }

  mutating func row() throws(LedgerProblem) -> [CSVText.Cell] {
    var cells: [CSVText.Cell] = []
    while true {
      guard cells.count < CSVText.mostColumns else {
        throw problem("the row has more than \(CSVText.mostColumns) columns", "keep only the ledger's own columns")
      }
      cells.append(try cell())
      guard !isAtEnd else { return cells }
      if octets[index] == Self.comma {
        advance()
        continue
      }
      endLine()
      return cells
    }
  }

  private mutating func cell() throws(LedgerProblem) -> CSVText.Cell {
    let (line, column) = (self.line, self.column)
    let isQuoted = !isAtEnd && octets[index] == Self.quote
    let content = isQuoted ? try quoted() : try plain()
    guard content.count <= CSVText.mostCellOctets else {
      throw LedgerProblem(
        file: file, line: line, column: column, problem: "the cell is longer than \(CSVText.mostCellOctets) octets",
        remedy: "look for a quotation mark that was not closed")
    }
    return CSVText.Cell(text: String(decoding: content, as: UTF8.self), line: line, column: column)
  }

  private mutating func plain() throws(LedgerProblem) -> [UInt8] {
    let start = index
    while !isAtEnd, octets[index] != Self.comma, !isLineEnd(octets[index]) {
      if octets[index] == Self.quote {
        throw problem(
          "a quotation mark stands inside a cell that does not begin with one",
          "put the whole cell between quotation marks and double those inside")
      }
      try refuseNUL()
      advance()
    }
    return Array(octets[start..<index])
  }

  private mutating func quoted() throws(LedgerProblem) -> [UInt8] {
    let opening = problem("the quotation mark is never closed", "close it, or double it where it is meant as text")
    advance()
    var content: [UInt8] = []
    while !isAtEnd {
      let octet = octets[index]
      if octet == Self.quote {
        advance()
        guard !isAtEnd, octets[index] == Self.quote else {
          guard isAtEnd || octets[index] == Self.comma || isLineEnd(octets[index]) else {
            throw problem(
              "text follows the closing quotation mark", "double quotation marks that are meant as text")
          }
          return content
        }
      }
      try refuseNUL()
      content.append(octet)
      // What an unclosed mark swallows is bounded before the end of the file is reached.
      guard content.count <= CSVText.mostCellOctets else { throw opening }
      if isLineEnd(octet) { endLine(keeping: &content) } else { advance() }
    }
    throw opening
  }

  private func refuseNUL() throws(LedgerProblem) {
    guard octets[index] == 0 else { return }
    throw problem("there is a NUL character", "save the file as CSV in UTF-8; UTF-16 is not read")
  }

  private func isLineEnd(_ octet: UInt8) -> Bool { octet == 0x0a || octet == 0x0d }

  private mutating func advance() {
    // Continuation octets of UTF-8 are no characters of their own.
    if octets[index] & 0xc0 != 0x80 { column += 1 }
    index += 1
  }

  /// Over CR LF, LF or CR.
  private mutating func endLine() {
    if octets[index] == 0x0d, index + 1 < octets.count, octets[index + 1] == 0x0a { index += 1 }
    index += 1
    line += 1
    column = 1
  }

  private mutating func endLine(keeping content: inout [UInt8]) {
    if octets[index] == 0x0d, index + 1 < octets.count, octets[index + 1] == 0x0a { content.append(0x0a) }
    endLine()
  }
}
