internal import Documents

/// One regular expression and what follows from its match.
struct FingerprintRule {
  enum Value: Hashable {
    /// Capture group, from 1.
    case group(Int)
    /// Fixed text, in which `{name}` stands for another parameter's value.
    case text(String)
  }

  struct Parameter: Hashable {
    let name: String
    let value: Value
  }

  /// Text that has to match, with values that have to come out.
  struct Example: Hashable {
    let octets: [UInt8]
    let expected: [Parameter]
    let line: Int
  }

  /// Ours: its id. Recog's: its description.
  let name: String
  /// Counted from 1.
  let line: Int
  /// In Ruby's syntax.
  let pattern: String
  let ignoresCase: Bool
  let dotMatchesNewline: Bool
  let parameters: [Parameter]
  /// How sure every claim is; nil where `parameters` say it (Recog's `*.certainty`).
  let certainty: Double?
  let examples: [Example]
  let counterexamples: [Example]

  func compiled() throws(PatternError) -> RubyPattern {
    try RubyPattern(pattern, ignoresCase: ignoresCase, dotMatchesNewline: dotMatchesNewline)
  }

  /// The values of a match. Groups that took no part give none; octets that are no UTF-8 become U+FFFD.
  /// - Parameter defaults: values of names that the rule does not set itself.
  func values(_ groups: [Range<Int>?], in octets: [UInt8], defaults: [String: String] = [:]) -> [String: String] {
    var result: [String: String] = [:]
    for parameter in parameters {
      switch parameter.value {
      case .text(let text): result[parameter.name] = text
      case .group(let index):
        let range = groups.indices.contains(index) ? groups[index] : nil
        result[parameter.name] = range.map { String(decoding: octets[$0], as: UTF8.self) }
      }
    }
    result.merge(defaults) { own, _ in own }
    // In file order, so that a value may be put together from one that was put together before.
    for parameter in parameters {
      guard case .text(let text) = parameter.value, text.contains("{") else { continue }
      result[parameter.name] = Self.interpolated(text, name: parameter.name, result)
    }
    // Temporary names exist to be put into others.
    return result.filter { !$0.key.hasPrefix("_tmp.") }
  }

  /// Nil when a value is missing: half a product name is a wrong one. Only a CPE has a mark, `-`, for a version
  /// that is not there.
  private static func interpolated(_ text: String, name: String, _ values: [String: String]) -> String? {
    var result = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      let inner = rest[rest.index(after: open)...].prefix { $0 != "}" && $0 != "{" && !$0.isWhitespace }
      guard !inner.isEmpty, inner.endIndex < rest.endIndex, rest[inner.endIndex] == "}" else {
        result += rest[...open]
        rest = rest[rest.index(after: open)...]
        continue
      }
      result += rest[..<open]
      if let value = values[String(inner)] {
        result += value
      } else if name.hasSuffix(".cpe23"), inner.hasSuffix(".version") {
        result += "-"
      } else {
        return nil
      }
      rest = rest[rest.index(after: inner.endIndex)...]
    }
    return result + rest
  }
}

/// A file of fingerprints of one kind, in the order in which they are tried.
struct FingerprintFile {
  let path: String
  let kind: FingerprintKind
  /// Recog's: what the service is when no rule says otherwise.
  let protocolName: String?
  /// Files of a kind are asked in falling order of this.
  let preference: Double
  let isRecog: Bool
  let rules: [FingerprintRule]

  /// What every match of the file has unless its rule says otherwise.
  var defaults: [String: String] { protocolName.map { ["service.protocol": $0] } ?? [:] }
}
