internal import Documents

/// Sees to it that octets hold nothing but JSON's own characters before a YAML reader gets them: JSON is read as the part
/// of YAML that it is, and anchors, aliases, tags and comments of a hostile file must not come into play.
enum StrictJSON {
  private static let mostDepth = 32
  private static let bare = Set("{}[]:, \t\r\n+-.0123456789eEtrufalsn".utf8)

  /// - Throws: ``DocumentError`` for a file that is too long, too deep or holds something else. The grammar itself is left to
  ///   the reader.
  static func check(_ octets: [UInt8], file: String, mostOctets: Int) throws(DocumentError) {
    func error(_ line: Int, _ problem: String) -> DocumentError {
      DocumentError(.syntax, file: file, line: line, problem: problem, remedy: "use the file as its maker published it")
    }
    guard octets.count <= mostOctets else { throw error(1, "the file is longer than \(mostOctets) octets") }
    var (line, depth) = (1, 0)
    var (inString, escaped) = (false, false)
    for octet in octets {
      if octet == UInt8(ascii: "\n") { line += 1 }
      if inString {
        guard octet >= 0x20 else { throw error(line, "a control character stands in a string") }
        if escaped {
          escaped = false
        } else if octet == UInt8(ascii: "\\") {
          escaped = true
        } else if octet == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch octet {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      guard octet == UInt8(ascii: "\"") || bare.contains(octet) else { throw error(line, "this is no JSON") }
      guard (0...mostDepth).contains(depth) else { throw error(line, "brackets do not match, or are too deep") }
    }
    guard octets.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), depth == 0, !inString else {
      throw error(line, "the file is no whole JSON object")
    }
  }
}
