internal import Reports

/// Text broken into lines for a terminal: at spaces, and between wide characters, which Japanese does not separate by spaces.
enum Paragraph {
  /// - Parameter hanging: how far all lines but the first are moved in, beside `indent`.
  static func lines(_ text: String, width: Int, indent: Int = 0, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    func room() -> Int { max(16, width - indent - (lines.isEmpty ? 0 : hanging)) }
    func end() {
      let pad = String(repeating: " ", count: indent + (lines.isEmpty ? 0 : hanging))
      while line.hasSuffix(" ") { line.removeLast() }
      lines.append(pad + line)
      line = ""
      used = 0
    }
    for piece in pieces(inert(text)) {
      let columns = DisplayWidth.columns(piece)
      if used + columns > room(), used > 0, piece != " " { end() }
      if piece == " ", used == 0 { continue }
      if columns > room() {
        for scalar in piece.unicodeScalars {
          let one = String(scalar)
          if used + DisplayWidth.columns(one) > room() { end() }
          line += one
          used += DisplayWidth.columns(one)
        }
      } else {
        line += piece
        used += columns
      }
    }
    if !line.isEmpty || lines.isEmpty { end() }
    return lines
  }

  /// Words, spaces, and wide characters by themselves; what may not begin a line stays with what is before it.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var word = ""
    for character in text {
      let isWide = DisplayWidth.columns(String(character)) > 1
      if character == " " {
        if !word.isEmpty { pieces.append(word) }
        word = ""
        pieces.append(" ")
      } else if isWide, !"、。)）」』】,.:;:・ー".contains(character), !word.isEmpty || isWide {
        if !word.isEmpty { pieces.append(word) }
        word = String(character)
      } else if !isWide, let last = word.last, DisplayWidth.columns(String(last)) > 1, !",.:;)".contains(character) {
        pieces.append(word)
        word = String(character)
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { pieces.append(word) }
    return pieces
  }
}
