import Foundation

/// The lab's own scope file, with a word more or less.
struct LabScope {
  private(set) var text: String

  /// - Parameter options: of `tenken-lab scope`, such as `--site victims`.
  init(_ options: String...) throws { text = try Program.run(Program.lab, ["scope"] + options).output }

  struct Unchanged: Error { let what: String }

  /// Allows another technique.
  func with(_ technique: String) throws -> LabScope {
    try replacing("techniques: [", "techniques: [\(technique), ")
  }

  /// Allows these techniques and no others.
  func only(_ techniques: String) throws -> LabScope {
    guard let start = text.range(of: "techniques: ["), let end = text[start.upperBound...].firstIndex(of: "]") else {
      throw Unchanged(what: techniques)
    }
    return try replacing(String(text[start.upperBound..<end]), techniques)
  }

  func networks(_ list: String) throws -> LabScope {
    guard let start = text.range(of: "networks: ["), let end = text[start.upperBound...].firstIndex(of: "]") else {
      throw Unchanged(what: list)
    }
    return try replacing(String(text[start.lowerBound...end]), "networks: [\(list)]")
  }

  /// - Throws: when there is nothing to replace: a test with the scope unchanged would show nothing.
  func replacing(_ old: String, _ new: String) throws -> LabScope {
    guard text.contains(old) else { throw Unchanged(what: old) }
    var copy = self
    copy.text = text.replacingOccurrences(of: old, with: new)
    return copy
  }

  func write(to path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
}
