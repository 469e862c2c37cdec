internal import Documents
internal import Records
internal import Reports

/// What people wrote, on one line and without anything that acts on a reader's terminal, page or spreadsheet: so a text is the
/// same in YAML and in CSV, and harmless wherever it is shown.
func oneLine(_ text: String) -> String {
  inert(text).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
}

/// The same for a cell or an option; nothing where it is empty or a word by which YAML says nothing, so that all forms agree.
func filled(_ text: String) -> String? {
  let line = oneLine(text)
  return ["", "~", "null", "Null", "NULL"].contains(line) ? nil : line
}

func quoted(_ text: String) -> String { "\"\(oneLine(text).cut(to: 80))\"" }

extension YAMLValue {
  /// Text of one line; see ``oneLine(_:)``.
  func words() throws(DocumentError) -> String {
    let text = oneLine(try string())
    guard !text.isEmpty else { throw error("expected text", remedy: "write it, or leave the key out") }
    return text
  }

  var place: String { "\(file):\(line ?? 0)" }
}

/// Formula guards, to be taken off again: a file that was written and read says what it said.
enum Guarded {
  private static let signs = Set("=+-@＝＋－＠".unicodeScalars)

  private static func isFormula(_ text: some StringProtocol) -> Bool {
    guard let first = text.unicodeScalars.first(where: { $0 != "'" && !$0.properties.isWhitespace }) else {
      return false
    }
    return signs.contains(first)
  }

  /// A cell that already begins with an apostrophe gets another, since one will be taken off.
  static func cell(_ text: String) -> String { text.hasPrefix("'") && isFormula(text) ? "'" + text : text }

  static func text(_ cell: String) -> String {
    cell.hasPrefix("'") && isFormula(cell) ? String(cell.dropFirst()) : cell
  }
}
