public import Documents
internal import Records

/// Everything that is wrong with a file that people edit, so that they correct it in one go. Nothing of such a file is used.
public struct SheetProblems: Error, Hashable, Sendable, CustomStringConvertible {
  /// In file order; at most ``most``.
  public let problems: [DocumentError]
  /// How many more there are.
  public let more: Int

  static let most = 20

  init(_ problems: [DocumentError]) {
    self.problems = Array(problems.prefix(Self.most))
    more = max(0, problems.count - Self.most)
  }

  public var description: String {
    problems.map(\.description).joined(separator: "\n") + (more > 0 ? "\n… and \(more) more" : "")
  }
}

/// Text of a file, its place, and how to complain about it.
struct Written {
  let text: String
  let file: String
  let line: Int

  func error(_ problem: String, _ remedy: String) -> DocumentError {
    DocumentError(.content, file: file, line: line, problem: problem, remedy: remedy)
  }
}
