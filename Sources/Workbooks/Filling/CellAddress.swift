/// A cell of a sheet: `D27`.
public struct CellAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Excel's last row and column, `XFD`.
  static let lastRow = 1_048_576
  static let lastColumn = 16_384

  /// Counted from 1.
  public let row: Int
  /// Counted from 1: `A`.
  public let column: Int

  /// nil outside of what a sheet has.
  public init?(row: Int, column: Int) {
    guard (1...Self.lastRow).contains(row), (1...Self.lastColumn).contains(column) else { return nil }
    self.row = row
    self.column = column
  }

  /// Reads `D27`, with or without `$`.
  public init?(_ text: some StringProtocol) {
    let plain = text.utf8.filter { $0 != UInt8(ascii: "$") }
    let letters = plain.prefix { !(0x30...0x39).contains($0) }
    let digits = plain[letters.endIndex...]
    guard let column = Self.column(String(decoding: letters, as: UTF8.self)), (1...7).contains(digits.count),
      digits.allSatisfy({ (0x30...0x39).contains($0) }), let row = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    self.init(row: row, column: column)
  }

  /// 4 of `D`; nil for what is no column.
  public static func column(_ letters: String) -> Int? {
    guard (1...3).contains(letters.utf8.count) else { return nil }
    var number = 0
    for letter in letters.utf8 {
      guard (0x41...0x5a).contains(letter) else { return nil }
      number = number * 26 + Int(letter) - 0x40
    }
    return number <= lastColumn ? number : nil
  }

  public var description: String {
    var (letters, left) = ("", column)
    while left > 0 {
      letters = String(UnicodeScalar(UInt8(0x41 + (left - 1) % 26))) + letters
      left = (left - 1) / 26
    }
    return letters + "\(row)"
  }

  public static func < (left: Self, right: Self) -> Bool { (left.row, left.column) < (right.row, right.column) }
}

/// A rectangle of cells: `B5:D6`.
struct CellRange: Hashable, Sendable {
  let first: CellAddress
  let last: CellAddress

  init?(_ text: String) {
    let ends = text.split(separator: ":", maxSplits: 1)
    guard let first = ends.first.flatMap({ CellAddress($0) }), let last = ends.last.flatMap({ CellAddress($0) }) else {
      return nil
    }
    self.first = first
    self.last = last
  }

  func contains(_ cell: CellAddress) -> Bool {
    (first.row...max(first.row, last.row)).contains(cell.row)
      && (first.column...max(first.column, last.column)).contains(cell.column)
  }
}
