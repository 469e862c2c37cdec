/// What a cell of a workbook can hold.
public enum CellText {
  /// Characters of UTF-16 that a cell takes (Microsoft, "Excel specifications and limits").
  public static let longest = 32_767

  /// A text as a cell can hold it: control characters, which XML forbids, as their pictures (U+2400 …), what turns the direction of
  /// writing or is no character as U+FFFD, and what is too long cut, with a word on it.
  public static func visible(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0a: shown.append(scalar)
      case 0x00...0x1f: shown.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{fffd}")
      case 0x7f: shown.append("\u{2421}")
      case 0x80...0x9f, 0x2028, 0x2029, 0xfffe, 0xffff: shown.append("\u{fffd}")
      default: shown.append(scalar.properties.isBidiControl ? "\u{fffd}" : scalar)
      }
    }
    return cut(String(shown))
  }

  private static func cut(_ text: String) -> String {
    let count = text.utf16.count
    guard count > longest else { return text }
    let note = "… [\(count) characters, cut / \(count)文字のため省略]"
    var end = text.utf16.index(text.utf16.startIndex, offsetBy: longest - note.utf16.count)
    // Not between the halves of a character.
    while String.Index(end, within: text.unicodeScalars) == nil { end = text.utf16.index(before: end) }
    return text[..<end] + note
  }

  /// `_xHHHH_` stands for a character (ECMA-376 part 1 §22.9.2.19, ST_Xstring), so a text that looks like it begins with the escape
  /// of its low line.
  static func escaped(_ text: String) -> String {
    guard text.contains("_x") else { return text }
    return text.replacing(#/_(x[0-9A-Fa-f]{4}_)/#) { "_x005F_\($0.output.1)" }
  }
}
