/// What is matched, with what is worked out once for all patterns.
struct SubjectText {
  let octets: [UInt8]
  let grams: GramSet
  /// Valid UTF-8 that is more than ASCII: `.` is a character then, as in Ruby. Anything else is matched octet by
  /// octet, which for ASCII is the same.
  let isCharacters: Bool
  /// It holds one of the two characters beyond ASCII that are letters of ASCII when case is ignored, the Kelvin sign
  /// and the long s; the grams do not show them as such.
  let hidesLetters: Bool

  init(_ octets: [UInt8]) {
    self.octets = octets
    grams = GramSet(octets)
    let beyond = octets.contains { $0 >= 0x80 }
    isCharacters = beyond && String(validating: octets, as: UTF8.self) != nil
    hidesLetters =
      isCharacters
      && String(decoding: octets, as: UTF8.self).unicodeScalars.contains { $0 == "\u{212a}" || $0 == "\u{17f}" }
  }

  /// False when a pattern that needs these grams cannot match.
  func mayHave(_ grams: [UInt16]) -> Bool { hidesLetters || self.grams.hasAll(grams) }
}

/// A regular expression in Ruby's syntax and meaning, for octets and for characters.
final class RubyPattern {
  private let ruby: String
  private let ignoresCase: Bool
  private let dotMatchesNewline: Bool
  private let octets: OctetPattern
  private let namesOctets: Bool
  private enum Characters {
    case untried
    case ready(OctetPattern)
    case unusable
  }
  private var characters = Characters.untried

  /// - Throws: `PatternError` when PCRE2 cannot say it.
  init(_ ruby: String, ignoresCase: Bool = false, dotMatchesNewline: Bool = false) throws(PatternError) {
    let syntax = try RubySyntax(ruby)
    self.ruby = ruby
    self.ignoresCase = ignoresCase
    self.dotMatchesNewline = dotMatchesNewline
    namesOctets = syntax.namesOctets
    octets = try OctetPattern(
      syntax.expression, ignoringCase: ignoresCase, dotMatchesNewline: dotMatchesNewline,
      namedGroupsOnly: syntax.hasNamedGroups)
  }

  /// How many groups capture.
  var groups: Int { octets.groups }

  func match(_ text: SubjectText, in workspace: MatchWorkspace) -> PatternOutcome {
    guard text.isCharacters, !namesOctets else { return octets.match(text.octets, in: workspace) }
    if case .untried = characters { characters = (try? compiledForCharacters()).map { .ready($0) } ?? .unusable }
    guard case .ready(let pattern) = characters else { return .gaveUp }
    return pattern.match(text.octets, in: workspace)
  }

  private func compiledForCharacters() throws(PatternError) -> OctetPattern {
    let syntax = try RubySyntax(ruby, characters: true)
    return try OctetPattern(
      syntax.expression, ignoringCase: ignoresCase, dotMatchesNewline: dotMatchesNewline,
      namedGroupsOnly: syntax.hasNamedGroups, characters: true)
  }
}
