/// Text made comparable across the ways in which people and devices write the same thing.
public enum Folded {
  /// Full-width Latin made half-width, half-width katakana made full-width (as Unicode's compatibility mappings
  /// have it, U+FF01 … U+FF9F), lower case, runs of space as one, none at the ends.
  public static func text(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var pendingSpace = false
    for scalar in widthFolded(text) {
      if scalar.properties.isWhitespace {
        pendingSpace = !result.isEmpty
        continue
      }
      if pendingSpace { result.append(" ") }
      pendingSpace = false
      result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return String(result)
  }

  /// ``text(_:)`` without anything but letters and digits: `RT-AC58U (B)` becomes `rtac58ub`.
  public static func key(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in self.text(text).unicodeScalars where isKept(scalar) { result.append(scalar) }
    return String(result)
  }

  private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber: true
    default: false
    }
  }

  /// The full-width katakana and marks for U+FF61 … U+FF9D, in that order.
  private static let katakana = Array(
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars)
  private static let voiced = Set("カキクケコサシスセソタチツテトハヒフヘホ".unicodeScalars)
  private static let halfVoiced = Set("ハヒフヘホ".unicodeScalars)

  private static func widthFolded(_ text: String) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0xff01...0xff5e:
        result.append(Unicode.Scalar(scalar.value - 0xfee0) ?? scalar)
      case 0xff61...0xff9d where Int(scalar.value) - 0xff61 < katakana.count:
        result.append(katakana[Int(scalar.value) - 0xff61])
      case 0xff9e, 0xff9f:
        guard let last = result.last, let joined = joined(last, isHalf: scalar.value == 0xff9f) else { continue }
        result[result.count - 1] = joined
      default: result.append(scalar)
      }
    }
    return result
  }

  /// A kana with its mark: in Unicode the voiced one follows the plain one, the half-voiced that.
  private static func joined(_ kana: Unicode.Scalar, isHalf: Bool) -> Unicode.Scalar? {
    if isHalf { return halfVoiced.contains(kana) ? Unicode.Scalar(kana.value + 2) : nil }
    if kana == "ウ" { return "ヴ" }
    return voiced.contains(kana) ? Unicode.Scalar(kana.value + 1) : nil
  }

  /// How two values that may be written differently stand to each other.
  public enum Comparison: Hashable, Sendable {
    /// The same letters and digits, or one is part of the other: `BUFFALO` and `BUFFALO INC.`.
    case agree
    case differ
    /// One is written with letters of another script than the other (`バッファロー`, `BUFFALO`), or one has
    /// nothing to compare: equal or not cannot be told.
    case incomparable
  }

  /// - Parameter whole: only equal values agree; a part does not.
  public static func compare(_ left: String, _ right: String, whole: Bool = false) -> Comparison {
    let (left, right) = (key(left), key(right))
    guard !left.isEmpty, !right.isEmpty else { return .incomparable }
    if left == right { return .agree }
    let shorter = min(left.unicodeScalars.count, right.unicodeScalars.count)
    if !whole, shorter >= 3, left.contains(right) || right.contains(left) { return .agree }
    func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
    return isASCII(left) == isASCII(right) ? .differ : .incomparable
  }
}
