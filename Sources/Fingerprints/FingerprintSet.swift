public import Documents
internal import Foundation

/// A fingerprint that a text has.
public struct FingerprintMatch: Hashable, Sendable {
  public let kind: FingerprintKind
  /// Our rule's id, or Recog's description.
  public let rule: String
  public let file: String
  /// Where the rule stands in the file, counted from 1.
  public let line: Int
  /// Under the file's own names (ours: claims; Recog's: `hw.vendor`, `service.cpe23`, …).
  public let parameters: [String: String]
  /// In the order of the vocabulary. Empty when the rule is there to say that nothing follows.
  public let claims: [FingerprintClaim]

  /// That of the surest claim; 0 when nothing is claimed.
  public var certainty: Double { claims.map(\.certainty).max() ?? 0 }

  /// The value of a claim, if the match makes it.
  public func claim(_ name: String) -> FingerprintClaim? { claims.first { $0.name == name } }
}

/// All that a text came to, and what was not found out.
public struct FingerprintResult: Hashable, Sendable {
  /// At most one a file, the file of highest preference first.
  public var matches: [FingerprintMatch] = []
  /// Rules (`file:line`) that were given up because they took too many steps, or that cannot be compiled: whether they
  /// match is not known.
  public var undecided: [String] = []
}

/// Fingerprints of one or more folders. A file is read when a text of its kind is first asked about.
///
/// Reads files and nothing else. Not for use from two threads at once.
public final class FingerprintSet {
  /// What is looked at of a text. Marks of a product stand at the beginning.
  public static let mostOctets = 65_536
  /// Rules that may run out of steps on one text; what is behind them is left undecided too.
  private static let mostGivenUp = 4
  private static let mostFileOctets = 33_554_432

  final class Entry {
    let path: String
    let kind: FingerprintKind
    let preference: Double
    var rules: [LoadedRule]?
    var file: FingerprintFile?

    init(path: String, kind: FingerprintKind, preference: Double) {
      (self.path, self.kind, self.preference) = (path, kind, preference)
    }
  }

  public let vocabulary: FingerprintVocabulary
  private var entries: [Entry] = []
  private let workspace = MatchWorkspace()
  /// Off only to show that it changes no result.
  var filters = true

  public init(vocabulary: FingerprintVocabulary) { self.vocabulary = vocabulary }

  /// The kinds that there is a file for.
  public var kinds: Set<FingerprintKind> { Set(entries.map(\.kind)) }

  /// Adds the `.xml` (Recog) and `.yaml` (ours) files of a folder, not of folders in it. Only their beginnings are read.
  /// - Throws: `DocumentError` when the folder is not readable or holds no fingerprints.
  public func add(directory: String) throws(DocumentError) {
    var found: [Entry] = []
    for path in try Self.files(in: directory) {
      guard let entry = try Self.entry(path, vocabulary) else { continue }
      found.append(entry)
    }
    guard !found.isEmpty else {
      throw DocumentError(
        .missing, file: directory, problem: "the folder holds no fingerprints",
        remedy: "name a folder with .yaml fingerprints or Recog's .xml files")
    }
    entries += found
    // Sorting is stable only with the path as the last word.
    entries.sort { ($1.preference, $0.path) < ($0.preference, $1.path) }
  }

  /// The fingerprints that a text has: for each file of the kind the first rule that matches.
  public func match(_ kind: FingerprintKind, _ octets: [UInt8]) throws(DocumentError) -> [FingerprintMatch] {
    try result(kind, octets).matches
  }

  /// As `match`, with what could not be decided.
  /// - Throws: `DocumentError` when a file of the kind turns out to be faulty.
  public func result(_ kind: FingerprintKind, _ octets: [UInt8]) throws(DocumentError) -> FingerprintResult {
    var result = FingerprintResult()
    let text = SubjectText(octets.count > Self.mostOctets ? Array(octets.prefix(Self.mostOctets)) : octets)
    var givenUp = 0
    for entry in entries where entry.kind == kind {
      let (file, rules) = try load(entry)
      for rule in rules where !filters || text.mayHave(rule.grams) {
        guard givenUp < Self.mostGivenUp else {
          result.undecided.append("\(file.path):\(rule.rule.line)")
          break
        }
        switch rule.match(text, workspace) {
        case .none: continue
        case .gaveUp:
          givenUp += 1
          result.undecided.append("\(file.path):\(rule.rule.line)")
          continue
        case .groups(let groups):
          result.matches.append(match(rule.rule, groups, text.octets, file))
        }
        break
      }
    }
    return result
  }

  private func match(
    _ rule: FingerprintRule, _ groups: [Range<Int>?], _ text: [UInt8], _ file: FingerprintFile
  ) -> FingerprintMatch {
    let values = rule.values(groups, in: text, defaults: file.defaults)
    let claims =
      rule.certainty.map { vocabulary.claims(of: values, certainty: $0) } ?? vocabulary.claims(ofRecog: values)
    return FingerprintMatch(
      kind: file.kind, rule: rule.name, file: file.path, line: rule.line, parameters: values, claims: claims)
  }

  private func load(_ entry: Entry) throws(DocumentError) -> (FingerprintFile, [LoadedRule]) {
    if let file = entry.file, let rules = entry.rules { return (file, rules) }
    guard let file = try Self.file(entry.path, vocabulary, withExamples: false) else {
      throw Self.unreadable(entry.path)
    }
    guard file.kind == entry.kind, file.preference == entry.preference else {
      throw DocumentError(
        .content, file: entry.path, problem: "matches or preference does not stand before the fingerprints",
        remedy: "write them on the first lines, each on its own")
    }
    let rules = file.rules.map(LoadedRule.init)
    (entry.file, entry.rules) = (file, rules)
    return (file, rules)
  }
}

/// A rule and, once it was needed, its pattern.
final class LoadedRule {
  let rule: FingerprintRule
  /// Without all of these in a text the rule cannot match it.
  let grams: [UInt16]
  private enum State {
    case untried
    case ready(RubyPattern)
    case unusable
  }
  private var state = State.untried

  init(_ rule: FingerprintRule) {
    self.rule = rule
    grams = (try? RubySyntax(rule.pattern)).map { RequiredText(of: $0.expression).grams } ?? []
  }

  func match(_ text: SubjectText, _ workspace: MatchWorkspace) -> PatternOutcome {
    if case .untried = state { state = (try? rule.compiled()).map { .ready($0) } ?? .unusable }
    guard case .ready(let pattern) = state else { return .gaveUp }
    return pattern.match(text, in: workspace)
  }
}

extension FingerprintSet {
  /// Full paths of the data files of a folder, sorted.
  static func files(in directory: String) throws(DocumentError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw DocumentError(
        .missing, file: directory, problem: "the folder cannot be read", remedy: "name an existing folder")
    }
    return names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".xml") || $0.hasSuffix(".yaml")) }.sorted().map {
      directory.hasSuffix("/") ? directory + $0 : "\(directory)/\($0)"
    }
  }

  /// The names and octets of a folder's data files, sorted by name: what a run is tied to.
  public static func contents(of directory: String) throws(DocumentError) -> [(name: String, octets: [UInt8])] {
    var result: [(name: String, octets: [UInt8])] = []
    for path in try files(in: directory) {
      let octets = try octets(path, most: mostFileOctets + 1)
      guard octets.count <= mostFileOctets else { throw unreadable(path) }
      result.append((path.split(separator: "/").last.map(String.init) ?? path, octets))
    }
    return result
  }

  static func unreadable(_ path: String) -> DocumentError {
    DocumentError(
      .missing, file: path, problem: "the file cannot be read, or is larger than \(mostFileOctets) octets",
      remedy: "make it readable, or take it out of the folder")
  }

  private static func octets(_ path: String, most: Int) throws(DocumentError) -> [UInt8] {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw unreadable(path) }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: most) else { throw unreadable(path) }
    return Array(data)
  }

  /// - Returns: nil for YAML of another kind.
  static func file(
    _ path: String, _ vocabulary: FingerprintVocabulary, withExamples: Bool
  ) throws(DocumentError) -> FingerprintFile? {
    let octets = try octets(path, most: mostFileOctets + 1)
    guard octets.count <= mostFileOctets else { throw unreadable(path) }
    return path.hasSuffix(".xml")
      ? try RecogFile.read(octets, path: path, withExamples: withExamples)
      : try FingerprintYAML.read(octets, path: path, vocabulary: vocabulary)
  }

  private static func entry(_ path: String, _ vocabulary: FingerprintVocabulary) throws(DocumentError) -> Entry? {
    let beginning = try octets(path, most: 8192)
    if path.hasSuffix(".xml"), let header = RecogFile.header(beginning, path: path) {
      return Entry(path: path, kind: header.kind, preference: header.preference)
    }
    if path.hasSuffix(".yaml") {
      guard let header = FingerprintYAML.header(beginning) else { return nil }
      return Entry(path: path, kind: header.kind, preference: header.preference)
    }
    guard let file = try file(path, vocabulary, withExamples: false) else { return nil }
    let entry = Entry(path: path, kind: file.kind, preference: file.preference)
    entry.file = file
    entry.rules = file.rules.map(LoadedRule.init)
    return entry
  }
}
