/// The tags of a page, read tolerantly, as browsers do (HTML Living Standard §13.2.5). Comments, scripts and the like are
/// passed over, and nothing is carried out.
package struct HTMLTags: Sendable {
  package struct Tag: Sendable {
    /// Between `<` and `>`, in small letters, and as they came.
    fileprivate let octets, source: ArraySlice<UInt8>
    /// In small letters; empty for what is no element. An end tag's begins with `/`.
    package let name: String
    /// The text before it, since the tag before; in small letters.
    package let textBefore: ArraySlice<UInt8>

    /// The value of an attribute in small letters, without its quotes; nil where the tag has none of this name.
    package func value(of name: String) -> String? {
      HTMLTags.value(of: name, in: octets).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The same as the page has it, for paths.
    package func written(_ name: String) -> String? {
      HTMLTags.value(of: name, in: octets).map { String(decoding: source[$0.indices], as: UTF8.self) }
    }

    /// The same in the octets of the page, whatever its encoding; empty where the tag has none of this name.
    package func octets(of name: String) -> [UInt8] {
      HTMLTags.value(of: name, in: octets).map { Array(source[$0.indices]) } ?? []
    }

    /// All attributes with their values, in small letters.
    package var attributes: ArraySlice<UInt8> { octets.dropFirst(name.utf8.count) }
  }

  /// Small letters, so that names are compared without regard to case.
  private let text: [UInt8]
  private let source: [UInt8]
  private var at = 0

  package init(_ octets: [UInt8]) {
    source = octets
    text = octets.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
  }

  package mutating func next() -> Tag? {
    var textStart = at
    while let start = text[at...].firstIndex(of: 0x3c) {
      if text[start...].starts(with: Self.comment) {
        at = Self.end(of: Self.commentEnd, in: text, from: start + 4)
        textStart = at
        continue
      }
      let end = Self.tagEnd(text, from: start + 1)
      let octets = text[(start + 1)..<end]
      at = min(end + 1, text.count)
      let slash = octets.first == 0x2f ? 1 : 0
      let word = octets.dropFirst(slash).prefix { (0x61...0x7a).contains($0) }
      for raw in Self.rawText where slash == 0 && word.elementsEqual(raw.dropFirst(2)) {
        at = Self.end(of: raw, in: text, from: at)
      }
      let name = (slash == 1 ? "/" : "") + String(decoding: word, as: UTF8.self)
      return Tag(octets: octets, source: source[octets.indices], name: name, textBefore: text[textStart..<start])
    }
    return nil
  }

  private static let comment = Array("<!--".utf8)
  private static let commentEnd = Array("-->".utf8)
  /// The ends of elements whose content is no markup.
  private static let rawText = ["</script", "</style", "</textarea"].map { Array($0.utf8) }

  /// The end of a tag: a `>` that no quotes enclose.
  private static func tagEnd(_ text: [UInt8], from start: Int) -> Int {
    var quote: UInt8?
    for index in start..<max(start, text.count) {
      let octet = text[index]
      if let open = quote {
        if octet == open { quote = nil }
      } else if octet == 0x3e {
        return index
      } else if octet == 0x22 || octet == 0x27 {
        quote = octet
      }
    }
    return text.count
  }

  /// Behind the next `mark`, or the end of the text.
  private static func end(of mark: [UInt8], in text: [UInt8], from start: Int) -> Int {
    var at = min(start, text.count)
    while let next = text[at...].firstIndex(of: mark[0]) {
      if text[next...].starts(with: mark) { return next + mark.count }
      at = next + 1
    }
    return text.count
  }

  /// The value of an attribute, without its quotes; nil where the tag has none of this name.
  fileprivate static func value(of name: String, in tag: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var rest = tag.drop { !isBlank($0) }
    while true {
      rest = rest.drop { isBlank($0) || $0 == 0x2f }
      guard !rest.isEmpty else { return nil }
      // A name of no letters would not move on.
      let found = rest.prefix { !isBlank($0) && $0 != 0x3d && $0 != 0x2f }
      rest = rest.dropFirst(max(1, found.count)).drop(while: isBlank)
      guard rest.first == 0x3d else { continue }
      rest = rest.dropFirst().drop(while: isBlank)
      let value: ArraySlice<UInt8>
      if let quote = rest.first, quote == 0x22 || quote == 0x27 {
        value = rest.dropFirst().prefix { $0 != quote }
        rest = rest.dropFirst(value.count + 2)
      } else {
        value = rest.prefix { !isBlank($0) }
        rest = rest.dropFirst(value.count)
      }
      if found.elementsEqual(name.utf8) { return value }
    }
  }

  private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || (0x09...0x0d).contains(octet) }
}
