/// Text of a table that is safe to print.
package struct Cell {
  package enum Colour: Int {
    case red = 31
    case yellow = 33
  }

  package let text: String
  package let colour: Colour?

  package init(_ text: String, colour: Colour? = nil) {
    self.text = inert(text)
    self.colour = colour
  }
}

/// How rows become lines.
package struct Layout {
  package let width: Int
  package let colour: Bool

  package init(width: Int, colour: Bool) {
    self.width = width
    self.colour = colour
  }

  private static let gap = 2
  private static let narrowest = 8

  package func bold(_ text: String) -> String { colour ? "\u{1b}[1m\(text)\u{1b}[0m" : text }

  package func table(head: [Cell], rows: [[Cell]]) -> [String] {
    let widths = self.widths(of: [head] + rows)
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return [bold(line(head, widths)), rule] + rows.map { line($0, widths) }
  }

  private func line(_ cells: [Cell], _ widths: [Int]) -> String {
    let parts = zip(cells, widths).map { cell, width in
      let text = DisplayWidth.fit(cell.text, to: width)
      guard colour, let tint = cell.colour else { return text }
      return "\u{1b}[\(tint.rawValue)m\(text)\u{1b}[0m"
    }
    return parts.joined(separator: "  ")
  }

  /// What each column needs; the widest give way one column at a time until all fit.
  private func widths(of rows: [[Cell]]) -> [Int] {
    var widths = rows[0].indices.map { column in
      rows.map { DisplayWidth.columns($0[column].text) }.max() ?? 0
    }
    let room = width - Self.gap * (widths.count - 1)
    while widths.reduce(0, +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > Self.narrowest
    {
      widths[widest] -= 1
    }
    return widths
  }
}
