/// How high a row must be for its wrapped texts. Programs that open a workbook do not all find out by themselves.
enum RowHeight {
  /// Of a line of Yu Gothic in 10 points, which stands wide.
  static let line = 16.5
  /// Excel takes no more (Microsoft, "Excel specifications and limits").
  static let most = 409.0

  static func points(_ row: [Workbook.Cell], _ columns: [Workbook.Column]) -> Double {
    let lines = zip(row, columns).map { Self.lines(of: $0, in: $1.width) }.max() ?? 1
    return min(most, line * Double(max(1, lines)))
  }

  private static func lines(of cell: Workbook.Cell, in width: Int) -> Int {
    switch cell {
    case .text(let text, _):
      // A character is left free, since words are not broken where they would fit best.
      text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) { sum, line in
        sum + max(1, (Self.width(line) + max(1, width - 1) - 1) / max(1, width - 1))
      }
    case .empty, .number, .file, .row: 1
    }
  }

  /// In characters of Latin: those from the radicals of Chinese (U+2E80) on take two.
  private static func width(_ line: Substring) -> Int {
    line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2e80 ? 2 : 1) }
  }
}
