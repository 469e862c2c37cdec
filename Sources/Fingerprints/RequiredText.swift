/// Three octets in a row, case ignored, as one of 65,536 numbers.
///
/// A text that lacks one of the grams that a pattern needs cannot match it, so most patterns are never tried,
/// and never even compiled. Two grams may share a number: that costs a try, never a match.
enum Gram {
  static func folded(_ octet: UInt8) -> UInt8 {
    (0x41...0x5a).contains(octet) ? octet | 0x20 : octet
  }

  static func number(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt16 {
    let word = UInt32(folded(first)) << 16 | UInt32(folded(second)) << 8 | UInt32(folded(third))
    return UInt16(truncatingIfNeeded: (word &* 0x9e37_79b1) >> 16)
  }
}

/// Which grams a text has.
struct GramSet {
  private var bits = [UInt64](repeating: 0, count: 1024)

  init(_ text: [UInt8]) {
    guard text.count >= 3 else { return }
    for index in 0..<(text.count - 2) {
      let gram = Int(Gram.number(text[index], text[index + 1], text[index + 2]))
      bits[gram >> 6] |= 1 << UInt64(gram & 63)
    }
  }

  func hasAll(_ grams: [UInt16]) -> Bool {
    grams.allSatisfy { bits[Int($0) >> 6] & 1 << UInt64($0 & 63) != 0 }
  }
}

/// Text that stands, case aside, in everything that a pattern matches, read from the pattern (PCRE2's syntax).
///
/// It errs to one side: where a construct is not understood, nothing is required. What is inside alternatives, look-arounds
/// and optional groups is not required either.
struct RequiredText {
  /// Runs of literal octets; each stands in every match.
  private(set) var runs: [[UInt8]] = []

  private let source: [UInt8]
  private var position = 0
  private var understood = true
  private static let deepest = 40
  /// Grams that are kept of a pattern; more would cost more than they save.
  private static let mostGrams = 8

  init(of expression: [UInt8]) {
    source = expression
    let found = alternatives(depth: 0)
    if understood, position == source.count { runs = found }
  }

  /// The grams of the longest runs.
  var grams: [UInt16] {
    var result: [UInt16] = []
    for run in runs.sorted(by: { $0.count > $1.count }) where run.count >= 3 {
      for index in 0..<(run.count - 2) where result.count < Self.mostGrams {
        result.append(Gram.number(run[index], run[index + 1], run[index + 2]))
      }
    }
    return result
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < source.count ? source[position + ahead] : nil
  }

  /// Up to the closing bracket, which is left, or the end.
  private mutating func alternatives(depth: Int) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var run: [UInt8] = []
    var severalWays = false
    while understood, let octet = peek(), octet != UInt8(ascii: ")") {
      if octet == UInt8(ascii: "|") {
        severalWays = true
        position += 1
        continue
      }
      let (literal, inner) = atom(depth: depth)
      let (atLeastOnce, exactlyOnce) = quantifier()
      if let literal, atLeastOnce { run.append(literal) }
      if literal == nil || !exactlyOnce {
        result.append(run)
        run = []
      }
      if atLeastOnce { result += inner }
    }
    return severalWays ? [] : (result + [run]).filter { !$0.isEmpty }
  }

  /// A literal octet, or what is required inside a group.
  private mutating func atom(depth: Int) -> (literal: UInt8?, inner: [[UInt8]]) {
    guard let octet = peek() else { return (nil, []) }
    switch octet {
    case UInt8(ascii: "("): return (nil, group(depth: depth))
    case UInt8(ascii: "["):
      skipClass()
      return (nil, [])
    case UInt8(ascii: "\\"): return (escape(), [])
    case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
      position += 1
      return (nil, [])
    default:
      position += 1
      // Beyond ASCII case is more than a bit.
      return (octet < 0x80 ? octet : nil, [])
    }
  }

  private mutating func group(depth: Int) -> [[UInt8]] {
    guard depth < Self.deepest else {
      understood = false
      return []
    }
    position += 1
    var counts = true
    if peek() == UInt8(ascii: "?") {
      position += 1
      guard let requires = opening() else { return [] }
      counts = requires
      if position > 0, source[position - 1] == UInt8(ascii: ")") { return [] }
    }
    let inner = alternatives(depth: depth + 1)
    guard peek() == UInt8(ascii: ")") else {
      understood = false
      return []
    }
    position += 1
    return counts ? inner : []
  }

  /// What follows `(?`; the place is after it then. Nil when it is not understood.
  private mutating func opening() -> Bool? {
    let modifiers = Set("ims-".utf8)
    while let octet = peek(), modifiers.contains(octet) { position += 1 }
    switch (peek(), peek(1)) {
    case (UInt8(ascii: ":"), _), (UInt8(ascii: ")"), _), (UInt8(ascii: ">"), _):
      position += 1
      return true
    case (UInt8(ascii: "="), _), (UInt8(ascii: "!"), _):
      position += 1
      return false
    case (UInt8(ascii: "<"), UInt8(ascii: "=")), (UInt8(ascii: "<"), UInt8(ascii: "!")):
      position += 2
      return false
    case (UInt8(ascii: "<"), _):
      guard let end = source[position...].firstIndex(of: UInt8(ascii: ">")) else { break }
      position = end + 1
      return true
    default: break
    }
    understood = false
    return nil
  }

  private mutating func skipClass() {
    position += 1
    if peek() == UInt8(ascii: "^") { position += 1 }
    if peek() == UInt8(ascii: "]") { position += 1 }
    while let octet = peek(), octet != UInt8(ascii: "]") {
      if octet == UInt8(ascii: "["), peek(1) == UInt8(ascii: ":"),
        let end = source[position...].firstIndex(of: UInt8(ascii: "]"))
      {
        position = end
      } else if octet == UInt8(ascii: "\\") {
        position += 1
      }
      position += 1
    }
    position += 1
    if position > source.count { understood = false }
  }

  private mutating func escape() -> UInt8? {
    guard let kind = peek(1) else {
      understood = false
      return nil
    }
    position += 2
    switch kind {
    case _ where Set("dDwWsSbBAzZhHRGnrtfea".utf8).contains(kind): return nil
    case 0x30...0x39:
      while let octet = peek(), (0x30...0x39).contains(octet) { position += 1 }
      return nil
    case UInt8(ascii: "x") where peek() != UInt8(ascii: "{"):
      var digits = 0
      while digits < 2, let octet = peek(), Character(UnicodeScalar(octet)).isHexDigit {
        position += 1
        digits += 1
      }
      return nil
    case 0x41...0x5a, 0x61...0x7a:
      understood = false
      return nil
    default: return kind < 0x80 ? kind : nil
    }
  }

  /// What a quantifier, if one stands here, leaves of the atom before it.
  private mutating func quantifier() -> (atLeastOnce: Bool, exactlyOnce: Bool) {
    var result = (atLeastOnce: true, exactlyOnce: true)
    while let octet = peek() {
      switch octet {
      case UInt8(ascii: "*"), UInt8(ascii: "?"):
        // Behind another quantifier `?` only says how eager it is; to require nothing then is merely cautious.
        result = (false, false)
        position += 1
      case UInt8(ascii: "+"):
        result.exactlyOnce = false
        position += 1
      case UInt8(ascii: "{"):
        guard let least = interval() else { return result }
        result = (result.atLeastOnce && least > 0, false)
      default: return result
      }
    }
    return result
  }

  /// `{n}`, `{n,}` or `{n,m}`: n; nil, and the place unchanged, for a plain bracket.
  private mutating func interval() -> Int? {
    var ahead = 1
    var least = ""
    while let octet = peek(ahead), (0x30...0x39).contains(octet) {
      least.unicodeScalars.append(UnicodeScalar(octet))
      ahead += 1
    }
    guard !least.isEmpty else { return nil }
    if peek(ahead) == UInt8(ascii: ",") {
      ahead += 1
      while let octet = peek(ahead), (0x30...0x39).contains(octet) { ahead += 1 }
    }
    guard peek(ahead) == UInt8(ascii: "}") else { return nil }
    position += ahead + 1
    // Beyond what a number holds PCRE2 refuses the pattern.
    return Int(least) ?? 0
  }
}
