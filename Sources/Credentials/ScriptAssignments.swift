/// The elements of a page whose value its scripts set, by name. Nothing is carried out: `form.token.value = …`,
/// `form["token"].value = …`, `getElementById("token").value = …` and `$("#token").val(…)` are looked for as they are written.
enum ScriptAssignments {
  private static let value = Array(".value".utf8)
  private static let method = Array(".val(".utf8)
  private static let longestName = 64

  static func names(in octets: [UInt8]) -> Set<[UInt8]> {
    var names: Set<[UInt8]> = []
    for place in octets.indices where octets[place] == 0x2e {
      let rest = octets[place...]
      guard rest.starts(with: value) && assigns(rest.dropFirst(value.count)) || rest.starts(with: method) && sets(rest)
      else { continue }
      let name = name(before: octets[..<place])
      if !name.isEmpty { names.insert(name) }
    }
    return names
  }

  /// `=`, which is neither a comparison nor within one.
  private static func assigns(_ rest: ArraySlice<UInt8>) -> Bool {
    let rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    return rest.first == 0x3d && rest.dropFirst().first != 0x3d
  }

  /// With something between the brackets.
  private static func sets(_ rest: ArraySlice<UInt8>) -> Bool {
    rest.dropFirst(method.count).first { $0 != 0x20 }.map { $0 != 0x29 } ?? false
  }

  /// The word that ends there, behind quotes and brackets.
  private static func name(before text: ArraySlice<UInt8>) -> [UInt8] {
    let closing = Set(Array(")]\"' ".utf8))
    let end = text.suffix(longestName).lastIndex { !closing.contains($0) }.map { $0 + 1 } ?? text.startIndex
    let tail = text[text.startIndex..<end].suffix(longestName)
    let start = tail.lastIndex { !isWord($0) }.map { $0 + 1 } ?? tail.startIndex
    return Array(tail[start...])
  }

  private static func isWord(_ octet: UInt8) -> Bool {
    (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
      || octet == 0x5f || octet == 0x2d
  }
}
