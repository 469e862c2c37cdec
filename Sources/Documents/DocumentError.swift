internal import Records

/// Why a YAML file that a person or a package wrote could not be used, and what to do about it.
public struct DocumentError: Error, Hashable, Sendable {
  /// What kind of fault it is. A struct, so that adding one breaks no caller.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The folder, or a file that must be in it, is not there or cannot be read.
    public static let missing = Code(rawValue: "missing")
    /// The text is not YAML.
    public static let syntax = Code(rawValue: "syntax")
    /// A key or value is absent, unknown or of the wrong kind.
    public static let content = Code(rawValue: "content")
    /// Two parts of the data contradict each other, such as a feed to an unknown item.
    public static let reference = Code(rawValue: "reference")
  }

  public let code: Code
  /// The file or folder, as it was opened.
  public let file: String
  /// Counted from 1; nil when the fault is not at one place.
  public let line: Int?
  /// What is wrong.
  public let problem: String
  /// What to do next.
  public let remedy: String

  public init(_ code: Code, file: String, line: Int? = nil, problem: String, remedy: String) {
    self.code = code
    self.file = file
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }
}

extension DocumentError: CustomStringConvertible {
  /// `file:line: what is wrong; what to do`, short, and without anything that a terminal would obey: a complaint quotes
  /// the file, which may be a stranger's.
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(Self.harmless(place)): \(Self.harmless(problem)); \(Self.harmless(remedy))"
  }

  private static let longest = 2000

  private static func harmless(_ text: String) -> String {
    let shown = text.cut(to: longest)
    return shown.withoutControls + (shown.utf8.count < text.utf8.count ? "…" : "")
  }
}
