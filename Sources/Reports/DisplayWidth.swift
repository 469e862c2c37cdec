/// How many terminal columns text takes.
public enum DisplayWidth {
  /// Columns of one scalar: 2 for wide and full-width ones, 0 for accents, 1 otherwise.
  static func columns(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  public static func columns(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns($1) } }

  /// Text of exactly `width` columns: filled with spaces, or cut with `…` at its end.
  public static func fit(_ text: String, to width: Int) -> String {
    let needed = columns(text)
    if needed <= width { return text + String(repeating: " ", count: width - needed) }
    guard width > 0 else { return "" }
    var kept = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      let next = columns(scalar)
      guard used + next <= width - 1 else { break }
      kept.append(scalar)
      used += next
    }
    return String(kept) + "…" + String(repeating: " ", count: width - 1 - used)
  }

  /// East Asian Width W and F (Unicode 15.1, EastAsianWidth.txt), adjacent blocks joined.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x231a...0x231b, 0x2329...0x232a, 0x23e9...0x23ec, 0x2e80...0x303e, 0x3041...0xa4cf,
    0xa960...0xa97c, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6b, 0xff01...0xff60,
    0xffe0...0xffe6, 0x16fe0...0x1b2fb, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff,
    0x1fa70...0x1faff, 0x20000...0x3fffd,
  ]
}
