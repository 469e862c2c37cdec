public import Documents

/// What became of the examples of one file.
public struct FingerprintTestReport: Hashable, Sendable {
  public struct Failure: Hashable, Sendable {
    /// Of the example, or of the rule.
    public let line: Int
    public let rule: String
    public let problem: String
  }

  public let file: String
  public let kind: FingerprintKind
  public let rules: Int
  /// Examples that came out as they say, and counterexamples that did not match.
  public let passed: Int
  public let failures: [Failure]
}

extension FingerprintSet {
  /// Tests every file of a folder by its examples. Each must match its own rule and give the values that it names; for
  /// ours it must also be found by that rule first, and no counterexample may match.
  /// - Returns: a report, or why the file could not be read, for each file in order of their names.
  public static func test(
    directory: String, vocabulary: FingerprintVocabulary
  ) throws(DocumentError) -> [Result<FingerprintTestReport, DocumentError>] {
    var reports: [Result<FingerprintTestReport, DocumentError>] = []
    for path in try files(in: directory) {
      do throws(DocumentError) {
        guard let file = try file(path, vocabulary, withExamples: true) else { continue }
        reports.append(.success(test(file)))
      } catch {
        reports.append(.failure(error))
      }
    }
    guard !reports.isEmpty else {
      throw DocumentError(
        .missing, file: directory, problem: "the folder holds no fingerprints",
        remedy: "name a folder with .yaml fingerprints or Recog's .xml files")
    }
    return reports
  }

  /// Reads one file from memory, as its name says of what kind it is, and tests it by its examples.
  /// - Returns: nil for YAML of another kind.
  package static func test(
    _ octets: [UInt8], path: String, vocabulary: FingerprintVocabulary
  ) throws(DocumentError) -> FingerprintTestReport? {
    try
      (path.hasSuffix(".xml")
      ? RecogFile.read(octets, path: path, withExamples: true)
      : FingerprintYAML.read(octets, path: path, vocabulary: vocabulary)).map(test)
  }

  static func test(_ file: FingerprintFile) -> FingerprintTestReport {
    let workspace = MatchWorkspace()
    var failures: [FingerprintTestReport.Failure] = []
    var passed = 0
    var earlier: [(name: String, pattern: RubyPattern)] = []
    for rule in file.rules {
      let pattern: RubyPattern
      do throws(PatternError) {
        pattern = try rule.compiled()
      } catch {
        let place = error.offset.map { " at octet \($0)" } ?? ""
        failures.append(
          .init(line: rule.line, rule: rule.name, problem: "the pattern is faulty\(place): \(error.problem)"))
        continue
      }
      if let missing = missingGroup(rule, pattern) {
        failures.append(.init(line: rule.line, rule: rule.name, problem: missing))
      }
      for example in rule.examples {
        var problem = problem(example, rule, pattern, file, workspace)
        if problem == nil, !file.isRecog,
          let first = earlier.first(where: { $0.pattern.match(SubjectText(example.octets), in: workspace) != .none })
        {
          problem = "the rule \(first.name) before it matches as well"
        }
        if let problem {
          failures.append(.init(line: example.line, rule: rule.name, problem: problem))
        } else {
          passed += 1
        }
      }
      for example in rule.counterexamples {
        if pattern.match(SubjectText(example.octets), in: workspace) == .none {
          passed += 1
        } else {
          failures.append(.init(line: example.line, rule: rule.name, problem: "the counterexample matches"))
        }
      }
      earlier.append((rule.name, pattern))
    }
    return FingerprintTestReport(
      file: file.path, kind: file.kind, rules: file.rules.count, passed: passed, failures: failures)
  }

  private static func missingGroup(_ rule: FingerprintRule, _ pattern: RubyPattern) -> String? {
    for parameter in rule.parameters {
      if case .group(let index) = parameter.value, index > pattern.groups {
        return "\(parameter.name) is group \(index), and the pattern has \(pattern.groups)"
      }
    }
    return nil
  }

  private static func problem(
    _ example: FingerprintRule.Example, _ rule: FingerprintRule, _ pattern: RubyPattern, _ file: FingerprintFile,
    _ workspace: MatchWorkspace
  ) -> String? {
    switch pattern.match(SubjectText(example.octets), in: workspace) {
    case .none: return "the example does not match"
    case .gaveUp: return "the example takes more than \(MatchWorkspace.steps) steps"
    case .groups(let groups):
      let values = rule.values(groups, in: example.octets, defaults: file.defaults)
      for expected in example.expected {
        guard case .text(let text) = expected.value, values[expected.name] != text else { continue }
        let found = values[expected.name].map { "\"\($0)\"" } ?? "nothing"
        return "\(expected.name) is \(found) instead of \"\(text)\""
      }
      return nil
    }
  }
}

extension FingerprintSet {
  /// The texts of all examples and counterexamples of a folder, each with its kind: what speed is measured with.
  public static func examples(
    directory: String, vocabulary: FingerprintVocabulary
  ) throws(DocumentError) -> [(kind: FingerprintKind, octets: [UInt8])] {
    var result: [(kind: FingerprintKind, octets: [UInt8])] = []
    for path in try files(in: directory) {
      guard let file = try file(path, vocabulary, withExamples: true) else { continue }
      for rule in file.rules { result += (rule.examples + rule.counterexamples).map { (file.kind, $0.octets) } }
    }
    return result
  }
}
