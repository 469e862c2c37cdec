internal import Records

/// What keeps a ledger from being read, at its place.
public struct LedgerProblem: Error, Hashable, Sendable {
  public let file: String
  /// Counted from 1, in the file's own lines: a quoted cell may span several.
  public let line: Int
  /// Counted from 1 in characters.
  public let column: Int
  public let problem: String
  /// What to do next.
  public let remedy: String

  public init(file: String, line: Int, column: Int, problem: String, remedy: String) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
    self.remedy = remedy
  }
}

extension LedgerProblem: CustomStringConvertible {
  /// `file:line:column: what is wrong; what to do`, without anything that a terminal would obey.
  public var description: String { "\(file):\(line):\(column): \(problem); \(remedy)".withoutControls }
}

/// Everything that is wrong with a ledger, so that its owner corrects it in one go.
public struct LedgerProblems: Error, Hashable, Sendable {
  /// In file order; at most ``most``.
  public let problems: [LedgerProblem]
  /// How many more there are.
  public let more: Int

  static let most = 20

  init(_ problems: [LedgerProblem]) {
    self.problems = Array(problems.prefix(Self.most))
    more = max(0, problems.count - Self.most)
  }
}

extension LedgerProblems: CustomStringConvertible {
  public var description: String {
    problems.map(\.description).joined(separator: "\n") + (more > 0 ? "\n… and \(more) more" : "")
  }
}
