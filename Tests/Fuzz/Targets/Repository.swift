internal import Foundation

/// Where the rule data lies that targets work with: fuzzing needs the sources anyway.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let profiles = root + "/Profiles"

  /// A file of the rule data.
  static func octets(_ path: String) -> [UInt8] {
    FileManager.default.contents(atPath: profiles + "/" + path).map(Array.init) ?? []
  }
}
