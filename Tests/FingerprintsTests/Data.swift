import Documents
import Foundation

@testable import Fingerprints

/// Where the data lies.
enum TestData {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let own = repository.appendingPathComponent("Profiles/fingerprints").path
  /// A part of rapid7/recog beside the repository. It is not part of it, so its absence is no failure.
  static let recog = repository.appendingPathComponent("../shared/data/recog/xml").standardizedFileURL.path

  /// False, with a printed reason, where the data is not there.
  static func hasRecog() -> Bool {
    if FileManager.default.fileExists(atPath: recog) { return true }
    print("not run: \(recog) is not there")
    return false
  }

  static func vocabulary() throws -> FingerprintVocabulary {
    try FingerprintVocabulary(profiles: repository.appendingPathComponent("Profiles").path)
  }

  /// A folder with these files, gone when `body` is done.
  static func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return try body(folder.path)
  }

  static func recogFile(_ rules: String, attributes: String = "matches='ssh.banner' protocol='SSH'") -> String {
    "<?xml version='1.0'?>\n<fingerprints \(attributes)>\n\(rules)\n</fingerprints>\n"
  }
}
