import Foundation

final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/tenken-history-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
