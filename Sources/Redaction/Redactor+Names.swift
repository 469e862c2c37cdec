// Names of people in names of devices.
extension Redactor {
  /// Who owns the device of which the marker says the kind: before it with a word between, or behind it (`iPhone von …`).
  func ownerRanges(_ octets: [UInt8], _ marker: Range<Int>) -> [Range<Int>] {
    if marker.upperBound < octets.count, isLetter(octets[marker.upperBound]) { return [] }
    if let range = ownerBefore(octets, marker) { return [range] }
    return [ownerBehind(octets, marker)].compactMap(\.self)
  }

  private func ownerBefore(_ octets: [UInt8], _ marker: Range<Int>) -> Range<Int>? {
    for (connector, isOwner) in rules.connectors
    where stands(connector, octets, at: marker.lowerBound - connector.count) {
      let end = marker.lowerBound - connector.count
      let start = wordStart(octets, end, device: marker.upperBound, whole: isOwner)
      guard start < end else { continue }
      let word = String(decoding: octets[start..<end].map(folded), as: UTF8.self)
      if !isOwner, rules.commonWords.contains(word) || word.utf8.allSatisfy({ isDigit($0) }) { return nil }
      return start..<end
    }
    return nil
  }

  /// - Parameter whole: the name may have several words, joined by hyphens.
  private func wordStart(_ octets: [UInt8], _ end: Int, device: Int, whole: Bool) -> Int {
    guard end > 0 else { return end }
    var start = end
    if octets[end - 1] < 0x80 {
      while start > 0, end - start < 63, isWord(octets[start - 1]) || (whole && octets[start - 1] == 0x2d) {
        start -= 1
      }
    } else {
      while start > 0, end - start < 48, octets[start - 1] >= 0x80 {
        // Brackets and full stops of Japanese end a name: U+3001 to U+301F, U+FF08, U+FF09.
        if start > 2, octets[start - 3] == 0xe3, octets[start - 2] == 0x80 { break }
        if start > 2, octets[start - 3] == 0xef, octets[start - 2] == 0xbc, octets[start - 1] <= 0x89 { break }
        start -= 1
      }
    }
    // The octet that says how long a DNS label is may look like a digit (RFC 1035 §3.1).
    let last = labelEnd(octets, device)
    if start < end, Int(octets[start]) == last - start - 1 { start += 1 }
    while start < end, octets[start] == 0x2d { start += 1 }
    return start
  }

  private func labelEnd(_ octets: [UInt8], _ start: Int) -> Int {
    var place = start
    while place < octets.count, isWord(octets[place]) || octets[place] == 0x2d || octets[place] == 0x20 { place += 1 }
    return place
  }

  private func isWord(_ octet: UInt8) -> Bool { isLetter(octet) || isDigit(octet) || octet == 0x5f }

  private static let behind = [
    "-von-", " von ", "-de-", " de ", "-di-", " di ", "-van-", " van ", " (", "-of-", " of ",
  ]
  .map { Array($0.utf8) }

  private func ownerBehind(_ octets: [UInt8], _ marker: Range<Int>) -> Range<Int>? {
    for word in Self.behind where stands(word, octets, at: marker.upperBound) {
      let start = marker.upperBound + word.count
      var end = start
      while end < octets.count, end - start < 48, isLetter(octets[end]) || octets[end] >= 0x80 || octets[end] == 0x2d {
        end += 1
      }
      // In brackets stands a generation as often as a name.
      if word.first == 0x20, word.last == 0x28 {
        let text = String(decoding: octets[start..<end].map(folded), as: UTF8.self)
        guard rules.romanNames.contains(text) || text.utf8.contains(where: { $0 >= 0x80 }) else { continue }
      }
      if end - start > 1 { return start..<end }
    }
    return nil
  }

  /// A family name joined to another word by the marker, such as `pc-` or `-nas`.
  func wordRange(_ octets: [UInt8], _ marker: Range<Int>) -> Range<Int>? {
    var (start, end) = (marker.lowerBound, marker.upperBound)
    if octets[marker.lowerBound] == 0x2d || octets[marker.lowerBound] == 0x5f {
      if end < octets.count, isLetter(octets[end]) { return nil }
      end = start
      while start > 0, end - start < 32, isLetter(octets[start - 1]) { start -= 1 }
      if end - start > 1, !isName(octets[start..<end]) { start += 1 }
    } else {
      if start > 0, isLetter(octets[start - 1]) { return nil }
      start = end
      while end < octets.count, end - start < 32, isLetter(octets[end]) { end += 1 }
    }
    return isName(octets[start..<end]) ? start..<end : nil
  }

  private func isName(_ octets: ArraySlice<UInt8>) -> Bool {
    rules.romanNames.contains(String(decoding: octets.map(folded), as: UTF8.self))
  }

  /// Names of people in a text that is the name of a device, as spans of its UTF-8.
  func nameSpans(in name: String) -> [Span] {
    guard let rule = rules.rules.firstIndex(where: { $0.shape == .word }) else { return [] }
    let octets = Array(name.utf8)
    var found = spans(in: octets)
    var start = 0
    for place in 0...octets.count where place == octets.count || !isLetter(octets[place]) {
      if place > start, isName(octets[start..<place]) { found.append(Span(range: start..<place, rule: rule)) }
      start = place + 1
    }
    for native in rules.nativeNames {
      for range in name.ranges(of: native) {
        let end = name[range.upperBound...].firstIndex { !$0.isIdeograph } ?? name.endIndex
        let lower = name.utf8.distance(from: name.startIndex, to: range.lowerBound)
        found.append(Span(range: lower..<name.utf8.distance(from: name.startIndex, to: end), rule: rule))
      }
    }
    return found
  }
}

extension Character {
  /// A kanji, or the sign that repeats one.
  fileprivate var isIdeograph: Bool { unicodeScalars.allSatisfy { $0.properties.isIdeographic || $0 == "々" } }
}
