/// Ruby's regular expressions, which Recog's fingerprints are written in, put into PCRE2's syntax.
///
/// Where the two read the same text differently it is rewritten; what PCRE2 cannot say over octets is an error,
/// never another meaning. Sources: Onigmo's doc/RE and pcre2pattern(3).
struct RubySyntax {
  /// PCRE2's syntax.
  private(set) var expression: [UInt8] = []
  /// Ruby: once a group has a name, groups without one do not capture.
  private(set) var hasNamedGroups = false

  /// It names octets above 127 by number, so it is about octets even where a text is UTF-8.
  private(set) var namesOctets = false

  private let source: [UInt8]
  private let characters: Bool
  private var position = 0
  private static let digits = Array("0123456789abcdef".utf8)
  private static let modifiers = Set("imxad".utf8)

  /// - Parameter characters: for PCRE2's UTF mode, where `.` is a character and not an octet.
  init(_ pattern: String, characters: Bool = false) throws(PatternError) {
    source = Array(pattern.utf8)
    self.characters = characters
    expression.reserveCapacity(source.count + 16)
    while let octet = peek() {
      switch octet {
      case UInt8(ascii: "\\"): try escape(inClass: false)
      case UInt8(ascii: "["): try characterClass()
      case UInt8(ascii: "("): try group()
      case UInt8(ascii: "{"): interval()
      default: copy()
      }
    }
  }

  private func peek(_ ahead: Int = 0) -> UInt8? {
    position + ahead < source.count ? source[position + ahead] : nil
  }

  private mutating func copy(_ count: Int = 1) {
    let end = min(position + count, source.count)
    expression += source[position..<end]
    position = end
  }

  private mutating func write(_ text: String, for count: Int) {
    expression += text.utf8
    position = min(position + count, source.count)
  }

  private func error(_ problem: String) -> PatternError { PatternError(problem: problem, offset: position) }

  private mutating func escape(inClass: Bool) throws(PatternError) {
    guard let kind = peek(1) else { return copy() }
    switch kind {
    case UInt8(ascii: "h"): write(inClass ? "0-9A-Fa-f" : "[0-9A-Fa-f]", for: 2)
    case UInt8(ascii: "H"):
      guard !inClass else { throw error("\\H inside [ ] is not supported") }
      write("[^0-9A-Fa-f]", for: 2)
    // A vertical tab in Ruby, a class of line ends in PCRE2.
    case UInt8(ascii: "v"): write("\\x0b", for: 2)
    case UInt8(ascii: "u"): try unicode(inClass: inClass)
    // Quoting in PCRE2, letters in Ruby.
    case UInt8(ascii: "Q"), UInt8(ascii: "E"): write(kind == UInt8(ascii: "Q") ? "Q" : "E", for: 2)
    case UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "X"):
      throw error("properties of characters are not supported: octets have none")
    case UInt8(ascii: "x"):
      if let high = peek(2), Set("89abcdefABCDEF".utf8).contains(high), peek(3).map(Self.isDigit) == true {
        namesOctets = true
      }
      copy(2)
    default: copy(2)
    }
  }

  private static func isDigit(_ octet: UInt8) -> Bool { Character(UnicodeScalar(octet)).isHexDigit }

  /// `\uHHHH` or `\u{H…}`, as the octets of its UTF-8.
  private mutating func unicode(inClass: Bool) throws(PatternError) {
    let braced = peek(2) == UInt8(ascii: "{")
    let start = position + (braced ? 3 : 2)
    let end =
      braced
      ? source[min(start, source.count)...].firstIndex(of: UInt8(ascii: "}")) ?? start : min(start + 4, source.count)
    guard braced || end - start == 4,
      let value = UInt32(String(decoding: source[min(start, end)..<end], as: UTF8.self), radix: 16),
      let scalar = UnicodeScalar(value)
    else { throw error("\\u needs one code point in hexadecimal") }
    guard !inClass || scalar.isASCII else { throw error("characters beyond ASCII inside [ ] are not supported") }
    let octets = characters ? [] : UTF8.encode(scalar).map(Array.init) ?? []
    let escaped = octets.map {
      "\\x" + String(decoding: [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]], as: UTF8.self)
    }
    let written = characters ? "\\x{\(String(value, radix: 16))}" : escaped.joined()
    write(inClass ? written : "(?:\(written))", for: end - position + (braced ? 1 : 0))
  }

  private mutating func characterClass() throws(PatternError) {
    copy()
    if peek() == UInt8(ascii: "^") { copy() }
    // A bracket in the first place is a member.
    if peek() == UInt8(ascii: "]") { copy() }
    while let octet = peek() {
      switch octet {
      case UInt8(ascii: "]"): return copy()
      case UInt8(ascii: "\\"): try escape(inClass: true)
      case UInt8(ascii: "["):
        guard peek(1) == UInt8(ascii: ":") else { throw error("[ ] inside [ ] is not supported") }
        guard let end = source[(position + 2)...].firstIndex(of: UInt8(ascii: "]")) else {
          throw error("[: has no end")
        }
        copy(end + 1 - position)
      case UInt8(ascii: "&") where peek(1) == UInt8(ascii: "&"): throw error("&& inside [ ] is not supported")
      case 0x80...: throw error("characters beyond ASCII inside [ ] are not supported")
      default: copy()
      }
    }
    throw error("[ has no end")
  }

  private mutating func group() throws(PatternError) {
    guard peek(1) != UInt8(ascii: "*") else { throw error("(* is not Ruby") }
    guard peek(1) == UInt8(ascii: "?") else { return copy() }
    if peek(2) == UInt8(ascii: "<") || peek(2) == UInt8(ascii: "'") {
      if let next = peek(3), next != UInt8(ascii: "="), next != UInt8(ascii: "!") { hasNamedGroups = true }
      return copy(3)
    }
    if peek(2) == UInt8(ascii: "u") { throw error("(?u) is not supported: octets are matched") }
    copy(2)
    // Modifiers: what Ruby calls m is PCRE2's s; a and d say what holds for octets anyway.
    while let octet = peek(), Self.modifiers.contains(octet) || octet == UInt8(ascii: "-") {
      switch octet {
      case UInt8(ascii: "m"): write("s", for: 1)
      case UInt8(ascii: "a"), UInt8(ascii: "d"): position += 1
      default: copy()
      }
    }
  }

  /// `{,n}` is "up to n" in Ruby and plain text in this PCRE2.
  private mutating func interval() {
    var ahead = 2
    while let octet = peek(ahead), (0x30...0x39).contains(octet) { ahead += 1 }
    if peek(1) == UInt8(ascii: ","), ahead > 2, peek(ahead) == UInt8(ascii: "}") { return write("{0,", for: 2) }
    copy()
  }
}

extension Array where Element == UInt8 {
  fileprivate init(_ encoded: Unicode.UTF8.EncodedScalar) {
    self = []
    for octet in encoded { append(octet) }
  }
}
