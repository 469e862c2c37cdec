/// A table as the spreadsheets of Japanese and other offices open it: UTF-8 with a byte order mark, CR LF, RFC 4180.
public enum CSVWriting {
  public static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// - Parameter rows: the headings first. Cells are made inert: what a device said can neither be taken for a formula
  ///   nor turn or hide the text around it.
  public static func octets(_ rows: [[String]]) -> [UInt8] {
    byteOrderMark + rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined().utf8
  }

  static func cell(_ text: String) -> String {
    let safe = withoutFormula(inert(text))
    guard safe.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }

  /// Spreadsheets take a cell that begins so, also after spaces and in full width, for a formula; an apostrophe makes it text.
  private static func withoutFormula(_ text: String) -> String {
    guard let first = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) else { return text }
    return "=+-@＝＋－＠\t\r".unicodeScalars.contains(first) ? "'" + text : text
  }
}
