/// Rules for the names of files in a pack.
enum PayloadPath {
  private static let slash = UInt8(ascii: "/")

  /// Why a relative path may not stand in a pack, as a clause, or nil when it may.
  ///
  /// Refused is whatever could lead out of the pack or be read as another name by another program.
  static func objection(to path: String) -> String? {
    if path.isEmpty { return "is empty" }
    if path.utf8.first == slash { return "is absolute" }
    if path.utf8.count > 4000 { return "is longer than 4000 octets" }
    if path.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }) {
      return "holds a control character"
    }
    // By octets, as the kernel splits it: to Swift, a slash and an accent after it are one character.
    for part in path.utf8.split(separator: slash, omittingEmptySubsequences: false) {
      if part.isEmpty { return "has an empty part" }
      if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return "has a part of dots only" }
      if part.count > 255 { return "has a part of more than 255 octets" }
    }
    return nil
  }

  /// A path as a manifest shows it (RFC 8493 §2.1.3): carriage return, line feed and `%` encoded.
  static func encoded(_ path: String) -> String {
    var text = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "\n": text += "%0A"
      case "\r": text += "%0D"
      case "%": text += "%25"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The path that a manifest shows, or nil where a `%` begins none of the three encodings.
  static func decoded(_ text: String) -> String? {
    var path = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        path.unicodeScalars.append(scalar)
        continue
      }
      switch String(rest.prefix(2)) {
      case "0A": path += "\n"
      case "0D": path += "\r"
      case "25": path += "%"
      default: return nil
      }
      rest = rest.dropFirst(2)
    }
    return path
  }
}
