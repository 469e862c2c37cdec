// Where values stand, seen from the marker that announces them.
extension Redactor {
  /// - Parameter marker: where the marker stands.
  func ranges(_ rule: RedactionRule, _ octets: [UInt8], _ marker: Range<Int>) -> [Range<Int>] {
    let end = marker.upperBound
    switch rule.shape {
    case .line, .credentials, .cookie, .cookies: return lineRanges(rule.shape, octets, marker)
    case .field: return [fieldRange(octets, marker)].compactMap(\.self)
    case .attribute: return [attributeRange(octets, end)].compactMap(\.self)
    case .userinfo: return [userinfoRange(octets, end)].compactMap(\.self)
    case .berString: return [berRange(octets, end)].compactMap(\.self)
    case .berName:
      guard let range = berRange(octets, end), let name = String(validating: octets[range], as: UTF8.self) else {
        return []
      }
      return nameSpans(in: name).map { $0.range.lowerBound + range.lowerBound..<$0.range.upperBound + range.lowerBound }
    case .community:
      // The marker ends in the tag of the community.
      guard let range = berRange(octets, end - 1), range.upperBound < octets.count,
        (0xa0...0xa8).contains(octets[range.upperBound])
      else { return [] }
      return [range]
    case .computer: return [computerRange(octets, marker)].compactMap(\.self)
    case .owner: return ownerRanges(octets, marker)
    case .word: return [wordRange(octets, marker)].compactMap(\.self)
    case .mail: return []
    }
  }

  private func at(_ octets: [UInt8], _ place: Int) -> UInt8? { octets.indices.contains(place) ? octets[place] : nil }

  private func skip(_ octets: [UInt8], _ place: Int, while isWanted: (UInt8) -> Bool) -> Int {
    var place = place
    while place < octets.count, isWanted(octets[place]) { place += 1 }
    return place
  }

  private func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }
  func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7a).contains(folded(octet)) }
  func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

  /// Header fields: the marker is a field's name with its colon, at the beginning of a line or behind what is no letter.
  private func lineRanges(_ shape: RedactionRule.Shape, _ octets: [UInt8], _ marker: Range<Int>) -> [Range<Int>] {
    if let before = at(octets, marker.lowerBound - 1), isLetter(before) || before == 0x2d { return [] }
    let start = skip(octets, marker.upperBound, while: isBlank)
    let end = lineEnd(octets, start, marker: marker.lowerBound)
    switch shape {
    case .credentials:
      let word = skip(octets, start) { !isBlank($0) && $0 >= 0x20 && $0 != 0x22 }
      let value = min(end, skip(octets, word, while: isBlank))
      return value < end ? [value..<end] : [start..<end]
    case .cookie: return [cookie(octets, start..<end)].compactMap(\.self)
    case .cookies:
      var ranges: [Range<Int>] = []
      var place = start
      while place < end {
        let next = min(end, skip(octets, place) { $0 != 0x3b })
        if let range = cookie(octets, place..<next) { ranges.append(range) }
        place = next + 1
      }
      return ranges
    default: return [start..<end]
    }
  }

  /// A control character ends a line; where a text quotes it, so does the quotation mark that closes what one before the marker
  /// opened. Others are part of the value, as in `Digest username="…"` (RFC 9110 §11.2).
  private func lineEnd(_ octets: [UInt8], _ start: Int, marker: Int) -> Int {
    var begin = marker
    while begin > 0, marker - begin < Self.lineLimit, !isLineEnd(octets[begin - 1]) { begin -= 1 }
    var open: [Int] = []
    for place in begin..<marker where octets[place] == 0x22 {
      let depth = escapes(octets, place, from: begin)
      let isClosing = open.contains(depth)
      open.removeAll { $0 >= depth }
      if !isClosing { open.append(depth) }
    }
    var end = start
    while end < octets.count, !isLineEnd(octets[end]) {
      if octets[end] == 0x22, let inner = open.last, escapes(octets, end, from: start) <= inner {
        // Nor are the backslashes before it part of the value.
        return end - min(inner, end - start)
      }
      end += 1
    }
    return end
  }

  private static let lineLimit = 1024

  private func isLineEnd(_ octet: UInt8) -> Bool { octet < 0x20 && octet != 0x09 || octet == 0x7f }

  /// Backslashes in front of a quotation mark: a text inside a text has more of them.
  private func escapes(_ octets: [UInt8], _ place: Int, from start: Int) -> Int {
    var first = place
    while first > start, octets[first - 1] == 0x5c { first -= 1 }
    return place - first
  }

  private func cookie(_ octets: [UInt8], _ line: Range<Int>) -> Range<Int>? {
    guard let sign = octets[line].firstIndex(of: 0x3d) else { return nil }
    let end = octets[(sign + 1)..<line.upperBound].firstIndex(of: 0x3b) ?? line.upperBound
    return sign + 1..<end
  }

  private func fieldRange(_ octets: [UInt8], _ marker: Range<Int>) -> Range<Int>? {
    if let before = at(octets, marker.lowerBound - 1), isLetter(before), marker.count < Self.shortest {
      // Short words stand inside others; a capital behind a small letter begins one of its own (wifiPsk).
      guard before >= 0x61, octets[marker.lowerBound] < 0x61 else { return nil }
    }
    // The second of two such fields has a number.
    var place = skip(octets, marker.upperBound, while: isDigit)
    // Settings have blanks around the sign.
    let behind = skip(octets, place, while: isBlank)
    if at(octets, behind) == 0x3d, behind > place {
      let value = skip(octets, behind + 1, while: isBlank)
      return fieldValue(octets, value)
    }
    guard let sign = at(octets, place) else { return nil }
    if sign == 0x3e {
      guard opensElement(octets, marker.lowerBound) else { return nil }
      return place + 1..<skip(octets, place + 1) { $0 != 0x3c && $0 >= 0x20 }
    }
    if sign == 0x3d { return fieldValue(octets, place + 1) }
    guard sign == 0x22 || sign == 0x27 else { return nil }
    place = skip(octets, place + 1, while: isBlank)
    guard at(octets, place) == 0x3a else { return nil }
    place = skip(octets, place + 1, while: isBlank)
    if at(octets, place) == sign { return quoted(octets, place, by: sign) }
    // A number; true, false and null say nothing.
    return place..<skip(octets, place) { isDigit($0) }
  }

  /// The name of which this is a part stands behind `<`: an element begins, and does not end.
  private func opensElement(_ octets: [UInt8], _ place: Int) -> Bool {
    var start = place
    while start > 0, place - start < 64,
      isLetter(octets[start - 1]) || isDigit(octets[start - 1]) || [0x2d, 0x2e, 0x3a, 0x5f].contains(octets[start - 1])
    {
      start -= 1
    }
    return at(octets, start - 1) == 0x3c
  }

  /// Words of fewer letters count as names of fields only by themselves.
  private static let shortest = 5

  private func fieldValue(_ octets: [UInt8], _ place: Int) -> Range<Int>? {
    if let quote = at(octets, place), quote == 0x22 || quote == 0x27 { return quoted(octets, place, by: quote) }
    return place..<skip(octets, place) { $0 > 0x20 && $0 != 0x7f && !Self.fieldEnds.contains($0) }
  }

  private static let fieldEnds = Set("&;,\"'<>)(\\".utf8)

  private func quoted(_ octets: [UInt8], _ start: Int, by quote: UInt8) -> Range<Int>? {
    var place = start + 1
    while place < octets.count, octets[place] != quote, octets[place] >= 0x20 {
      place += octets[place] == 0x5c ? 2 : 1
    }
    return start + 1..<min(place, octets.count)
  }

  /// `value="…"` before the element's end.
  private func attributeRange(_ octets: [UInt8], _ start: Int) -> Range<Int>? {
    let end = skip(octets, start) { $0 != 0x3e && $0 != 0x3c }
    let name = Array("value=".utf8)
    var place = start
    while place + name.count < end {
      if stands(name, octets, at: place), let quote = at(octets, place + name.count), quote == 0x22 || quote == 0x27 {
        return quoted(octets, place + name.count, by: quote)
      }
      place += 1
    }
    return nil
  }

  private func userinfoRange(_ octets: [UInt8], _ start: Int) -> Range<Int>? {
    let end = skip(octets, start) { $0 > 0x20 && $0 < 0x7f && !Self.userinfoEnds.contains($0) }
    guard at(octets, end) == 0x40, end - start <= 256, octets[start..<end].contains(0x3a) else { return nil }
    return start..<end
  }

  private static let userinfoEnds = Set("@/?#\"'<>".utf8)

  /// - Parameter start: of the tag, which is that of an octet string.
  private func berRange(_ octets: [UInt8], _ start: Int) -> Range<Int>? {
    guard at(octets, start) == 4, var length = at(octets, start + 1).map({ Int($0) }) else { return nil }
    var place = start + 2
    if length >= 0x80 {
      let more = length & 0x7f
      guard (1...2).contains(more), place + more <= octets.count else { return nil }
      length = octets[place..<place + more].reduce(0) { $0 << 8 | Int($1) }
      place += more
    }
    // A frame that was cut holds the beginning.
    guard place <= octets.count else { return nil }
    return place..<min(octets.count, place + length)
  }

  /// Without the octet before it, where that is no part of the address: a DNS label begins with its length.
  func mailRange(_ octets: [UInt8], at place: Int, _ rule: RedactionRule) -> Range<Int>? {
    var start = place
    while start > 0, place - start < 64,
      isDigit(octets[start - 1]) || isLetter(octets[start - 1]) || Self.mailMarks.contains(octets[start - 1])
    {
      start -= 1
    }
    while start < place, octets[start] == 0x2e || octets[start] == 0x2d { start += 1 }
    var end = place + 1
    while end < octets.count, end - place < 254,
      isDigit(octets[end]) || isLetter(octets[end]) || octets[end] == 0x2e || octets[end] == 0x2d
    {
      end += 1
    }
    while end > place + 1, octets[end - 1] == 0x2e || octets[end - 1] == 0x2d { end -= 1 }
    let domain = octets[(place + 1)..<end]
    guard place - start > 1, let dot = domain.lastIndex(of: 0x2e), dot - place > 2, end - dot > 2,
      octets[(dot + 1)..<end].allSatisfy(isLetter)
    else { return nil }
    guard !rule.keep.contains(String(decoding: domain.map(folded), as: UTF8.self)) else { return nil }
    return start..<end
  }

  private static let mailMarks = Set("._%+-".utf8)

  private func computerRange(_ octets: [UInt8], _ marker: Range<Int>) -> Range<Int>? {
    if let before = at(octets, marker.lowerBound - 1), isLetter(before) || before == 0x2d { return nil }
    let end = skip(octets, marker.upperBound) { isDigit($0) || isLetter($0) }
    return (7...11).contains(end - marker.upperBound) ? marker.upperBound..<end : nil
  }
}
