/// The octets of a few Japanese words in the three encodings that consoles write, from their codes in JIS X 0208.
enum JapaneseText {
  enum Encoding: CaseIterable {
    case utf8, eucJP, shiftJIS
  }

  /// - Returns: nil for a text with a character that is in no word of ``LoginWords``.
  static func octets(of text: String, in encoding: Encoding) -> [UInt8]? {
    if encoding == .utf8 { return Array(text.utf8) }
    var octets: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        octets.append(UInt8(scalar.value))
      } else if let code = code(of: scalar) {
        octets += encoding == .eucJP ? eucJP(code) : shiftJIS(code)
      } else {
        return nil
      }
    }
    return octets
  }

  /// Row and cell, each from 0x21 (JIS X 0208). Kana stand in the order of Unicode.
  private static func code(of scalar: Unicode.Scalar) -> UInt16? {
    switch scalar.value {
    case 0x3041...0x3093: UInt16(0x2421 + scalar.value - 0x3041)
    case 0x30a1...0x30f6: UInt16(0x2521 + scalar.value - 0x30a1)
    default: others[scalar]
    }
  }

  private static let others: [Unicode.Scalar: UInt16] = [
    "：": 0x2127, "ー": 0x213c, "失": 0x3c3a, "敗": 0x4754, "正": 0x4035, "違": 0x3063, "認": 0x4727, "証": 0x3e5a, "拒": 0x3571,
    "否": 0x485d, "名": 0x4c3e, "暗": 0x3045, "番": 0x4856, "号": 0x3966, "無": 0x4c35, "効": 0x387a, "誤": 0x386d,
  ]

  private static func eucJP(_ code: UInt16) -> [UInt8] { [UInt8(code >> 8) | 0x80, UInt8(code & 0xff) | 0x80] }

  /// Two rows of 94 cells share a first octet (JIS X 0208 annex 1).
  private static func shiftJIS(_ code: UInt16) -> [UInt8] {
    let (row, cell) = (Int(code >> 8), Int(code & 0xff))
    let first = (row - 0x21) / 2 + (row < 0x5f ? 0x81 : 0xc1)
    let second = row.isMultiple(of: 2) ? cell + 0x7e : cell + (cell < 0x60 ? 0x1f : 0x20)
    return [UInt8(first), UInt8(second)]
  }
}
