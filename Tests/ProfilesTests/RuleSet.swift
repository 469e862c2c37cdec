import Documents
import Foundation
import Testing

@testable import Profiles

/// The rule set of this checkout, and folders made for one test.
enum RuleSet {
  /// Profiles/ beside Sources/ and Tests/.
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Profiles").path

  /// Read once: it takes a second, and nothing changes it.
  private static let loaded = Result { try ProfileStore(directory: directory) }

  static func store() throws -> ProfileStore { try loaded.get() }

  /// Runs `body` with a folder that is gone afterwards.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// Runs `body` with a copy of the rule set that it may damage.
  static func withCopy<Result>(_ body: (URL) throws -> Result) throws -> Result {
    try withFolder { folder in
      let copy = folder.appendingPathComponent("Profiles")
      // The copy of a link would be a link, and the damage real.
      let original = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
      try FileManager.default.copyItem(atPath: original, toPath: copy.path)
      return try body(copy)
    }
  }

  /// Damages a copy of the rule set and returns the complaint.
  static func complaint(_ path: String, replacing old: String, with new: String) throws -> DocumentError? {
    try withCopy { copy in
      let file = copy.appendingPathComponent(path)
      let text = try String(contentsOf: file, encoding: .utf8)
      let damaged = text.replacingOccurrences(of: old, with: new)
      try #require(damaged != text)
      try file.write(damaged)
      return #expect(throws: DocumentError.self) { try ProfileStore(directory: copy.path) }
    }
  }
}

extension URL {
  /// Writes text, making the folders above it.
  func write(_ text: String) throws {
    try FileManager.default.createDirectory(at: deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: self)
  }
}
