/// The title of a page, read tolerantly as browsers do (HTML Living Standard §13.2.5) from octets in any encoding that has
/// ASCII in its lower half.
package enum PageTitle {
  private static let longest = 1024
  /// Where titles are looked for.
  private static let mostOctets = 65_536

  /// - Returns: nil when there is none, its end does not come, or nothing is in it.
  package static func read(_ page: [UInt8]) -> [UInt8]? {
    let text = page.prefix(mostOctets)
    let lower = text.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }[...]
    var rest = lower
    while let open = rest.firstRange(of: Array("<title".utf8)) {
      rest = lower[open.upperBound...]
      // Another element may begin with the same letters.
      guard let next = rest.first, next == 0x3e || next == 0x2f || next == 0x20 || (0x09...0x0d).contains(next),
        let begin = rest.firstIndex(of: 0x3e)
      else { continue }
      guard let end = lower[(begin + 1)...].firstRange(of: Array("</title".utf8)) else { return nil }
      let title = resolved(text[(begin + 1)..<end.lowerBound].prefix(longest))[...].trimmed
      return title.isEmpty ? nil : Array(title)
    }
    return nil
  }

  /// With character references resolved: numeric ones, and the few names that titles need (§13.5). Others stay as they
  /// are.
  private static func resolved(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text
    while let octet = rest.first {
      if octet == 0x26, let end = rest.prefix(12).firstIndex(of: 0x3b),
        let character = character(String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self))
      {
        result += Array(String(character).utf8)
        rest = rest[(end + 1)...]
      } else {
        result.append(octet)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static let names: [String: Character] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{a0}", "copy": "\u{a9}", "reg": "\u{ae}",
    "trade": "\u{2122}", "ndash": "\u{2013}", "mdash": "\u{2014}",
  ]

  private static func character(_ reference: String) -> Character? {
    guard reference.hasPrefix("#") else { return names[reference] }
    let digits = reference.dropFirst()
    let isHexadecimal = digits.hasPrefix("x") || digits.hasPrefix("X")
    let number = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    // The NUL is none (§13.2.5.80).
    return number.flatMap { $0 == 0 ? nil : Unicode.Scalar($0).map { Character($0) } }
  }
}
