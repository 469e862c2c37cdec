/// Why the lab could not do what was asked. The message is one line and says what to do next.
public struct LabError: Error, Hashable, CustomStringConvertible {
  public struct Code: Hashable, Sendable {
    /// What the process exits with.
    public var exitCode: Int32
    public static let usage = Code(exitCode: 64)
    /// The machine lacks something: root, a program, a running lab.
    public static let missing = Code(exitCode: 3)
    /// The site could not be raised or reached.
    public static let failed = Code(exitCode: 4)
  }

  public var code: Code
  public var description: String

  static func usage(_ text: String) -> LabError { LabError(code: .usage, description: text) }
  static func missing(_ text: String) -> LabError { LabError(code: .missing, description: text) }
  static func failed(_ text: String) -> LabError { LabError(code: .failed, description: text) }
}
