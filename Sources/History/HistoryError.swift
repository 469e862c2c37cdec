/// Why a history cannot be used, where it is, and what to do.
public struct HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Hashable, Sendable {
    /// There is none.
    case missing
    /// The file is no history of tenken.
    case foreign
    /// A newer program wrote it.
    case newer
    /// It is damaged.
    case damaged
    /// Another program holds it too long.
    case busy
    /// It, or the disk, may not be written.
    case readOnly = "read-only"
    case full
    /// Another run of this name is there with another pack.
    case conflict
    case failed
  }

  public let code: Code
  public let path: String
  public let problem: String
  public let advice: String

  public init(_ code: Code, path: String, problem: String, advice: String) {
    self.code = code
    self.path = path
    self.problem = problem
    self.advice = advice
  }

  public var description: String { "the history \(path) \(problem). \(advice)" }
}
