internal import Documents
internal import Foundation

/// Our own fingerprints; Profiles/schema/fingerprint.schema.json has the shape.
enum FingerprintYAML {
  /// Above every file of Recog's (0.90 at most): ours are written for the devices that tenken is made for.
  private static let defaultPreference = 0.95

  /// What the lines before `fingerprints:` say, read from the beginning of a file alone; nil when they name no kind.
  static func header(_ beginning: [UInt8]) -> (kind: FingerprintKind, preference: Double)? {
    var kind: FingerprintKind?
    var preference = defaultPreference
    for line in beginning.split(separator: 0x0a) {
      let parts = String(decoding: line, as: UTF8.self).split(separator: ":", maxSplits: 1)
      guard let key = parts.first, key != "fingerprints" else { break }
      // A comment and quotes are no part of the value.
      let value = (parts.count > 1 ? parts[1] : "").split(separator: " #").first ?? ""
      let text = value.trimmingCharacters(in: CharacterSet(charactersIn: " \t\r'\""))
      if key == "matches" { kind = FingerprintKind(rawValue: text) }
      if key == "preference" { preference = Double(text) ?? defaultPreference }
    }
    return kind.map { ($0, preference) }
  }

  /// - Returns: nil for a document of another kind, such as words of prompts.
  static func read(
    _ octets: [UInt8], path: String, vocabulary: FingerprintVocabulary
  ) throws(DocumentError) -> FingerprintFile? {
    let document = try YAMLValue(parsing: octets, file: path)
    guard try document.optional("fingerprints") != nil else { return nil }
    try document.allowOnly(["matches", "preference", "fingerprints"])
    let matches = try document.required("matches")
    let kind = FingerprintKind(rawValue: try matches.string())
    guard FingerprintKind.known.contains(kind) else {
      throw matches.error(
        "\(kind.rawValue) is no kind; known: \(FingerprintKind.known.map(\.rawValue).joined(separator: ", "))")
    }
    let preference = try document.optional("preference")
    var rules: [FingerprintRule] = []
    for value in try document.required("fingerprints").elements() {
      let rule = try rule(value, vocabulary)
      guard !rules.contains(where: { $0.name == rule.name }) else {
        throw value.error("the id \(rule.name) is used twice")
      }
      rules.append(rule)
    }
    return FingerprintFile(
      path: path, kind: kind, protocolName: nil, preference: try preference.map(fraction) ?? defaultPreference,
      isRecog: false, rules: rules)
  }

  private static func fraction(_ value: YAMLValue) throws(DocumentError) -> Double {
    guard let number = Double(try value.string()), (0...1).contains(number) else {
      throw value.error("expected a number from 0 to 1")
    }
    return number
  }

  private static func rule(_ value: YAMLValue, _ vocabulary: FingerprintVocabulary) throws(DocumentError)
    -> FingerprintRule
  {
    try value.allowOnly([
      "id", "pattern", "ignoreCase", "dotMatchesNewline", "claims", "certainty", "source", "examples",
      "counterexamples",
    ])
    _ = try value.required("source").string()
    let claims = try claims(try value.required("claims"), vocabulary)
    let names = Set(claims.map(\.name))
    var examples: [FingerprintRule.Example] = []
    for example in try value.required("examples").elements() {
      try example.allowOnly(["text", "base64", "claims"])
      let expected = try example.optional("claims")?.pairs() ?? []
      var parameters: [FingerprintRule.Parameter] = []
      for (name, value) in expected {
        guard names.contains(name) else { throw value.error("the fingerprint does not claim \(name)") }
        parameters.append(.init(name: name, value: .text(try value.string())))
      }
      examples.append(.init(octets: try octets(example), expected: parameters, line: example.line ?? 0))
    }
    var counterexamples: [FingerprintRule.Example] = []
    for example in try value.required("counterexamples").elements() {
      let octets = example.isMapping ? try octets(example) : Array(try example.string().utf8)
      counterexamples.append(.init(octets: octets, expected: [], line: example.line ?? 0))
    }
    guard !examples.isEmpty, !counterexamples.isEmpty else {
      throw value.error("examples and counterexamples are the tests; each needs one")
    }
    return FingerprintRule(
      name: try value.required("id").string(), line: value.line ?? 0, pattern: try value.required("pattern").string(),
      ignoresCase: try value.optional("ignoreCase")?.boolean() ?? false,
      dotMatchesNewline: try value.optional("dotMatchesNewline")?.boolean() ?? false, parameters: claims,
      certainty: try fraction(try value.required("certainty")), examples: examples, counterexamples: counterexamples)
  }

  /// `text` or `base64`.
  private static func octets(_ example: YAMLValue) throws(DocumentError) -> [UInt8] {
    guard let code = try example.optional("base64") else { return Array(try example.required("text").string().utf8) }
    guard let data = Data(base64Encoded: try code.string()) else { throw code.error("expected base64") }
    return Array(data)
  }

  private static func claims(
    _ value: YAMLValue, _ vocabulary: FingerprintVocabulary
  ) throws(DocumentError) -> [FingerprintRule.Parameter] {
    var result: [FingerprintRule.Parameter] = []
    for (name, value) in try value.pairs() {
      guard vocabulary.claimNames.contains(name) else {
        throw value.error("\(name) is no claim; known: \(vocabulary.claimNames.joined(separator: ", "))")
      }
      if value.isMapping {
        try value.allowOnly(["group"])
        let group = try value.required("group").integer()
        guard group > 0 else { throw value.error("groups count from 1") }
        result.append(.init(name: name, value: .group(group)))
        continue
      }
      let text = try value.string()
      guard name != "role" || vocabulary.roles.contains(text) else {
        throw value.error("\(text) is no role; known: \(vocabulary.roles.joined(separator: ", "))")
      }
      result.append(.init(name: name, value: .text(text)))
    }
    guard !result.isEmpty else { throw value.error("a fingerprint claims something") }
    return result
  }
}
