import Foundation
import Testing

/// Privileged tests run where `Scripts/test` says so. It also fails when any of them was skipped.
let isPrivileged = ProcessInfo.processInfo.environment["TENKEN_PRIVILEGED_TESTS"] == "1"

extension Trait where Self == ConditionTrait {
  /// The lab needs root and Debian's daemons; `Scripts/test` provides both.
  static var needsLab: Self { .enabled(if: isPrivileged, "needs the lab: run Scripts/test as root") }
}

/// A finished program.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String
}

enum Program {
  /// Built beside the test bundle.
  static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
  static let tenken = folder + "/tenken"
  static let lab = folder + "/tenken-lab"
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// For every process of a test. Audits of tests are not for the machine's own history, and not for that of another test: what an
  /// earlier run had would be in their rows.
  static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["TENKEN_PROFILES"] = repository + "/Profiles"
    environment["TENKEN_HISTORY"] = environment["TENKEN_HISTORY"] ?? "\(history.path)/\(UUID().uuidString).sqlite"
    environment["TENKEN_STATE"] = environment["TENKEN_STATE"] ?? history.path
    return environment
  }

  private static let history: Scratch = {
    guard let made = try? Scratch() else { fatalError("no temporary folder") }
    return made
  }()

  /// Runs a program to its end. Output goes through files, so that a full pipe blocks nothing.
  static func run(_ path: String, _ arguments: [String], in directory: String? = nil) throws -> Outcome {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path.hasPrefix("/") ? path : "/usr/bin/env")
    process.arguments = path.hasPrefix("/") ? arguments : [path] + arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try scratch.writing("out")
    process.standardError = try scratch.writing("err")
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      output: scratch.text("out"), errors: scratch.text("err"))
  }

  /// Runs a shell command in the auditor's namespace of a fresh lab.
  static func inLab(_ command: String, lab options: [String] = []) throws -> Outcome {
    try run(lab, ["run"] + options + ["--", "sh", "-c", command])
  }
}

/// A folder that goes away with its owner.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "tenken-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func writing(_ name: String) throws -> FileHandle {
    _ = FileManager.default.createFile(atPath: path + "/" + name, contents: nil)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path + "/" + name))
  }

  func text(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path + "/" + name) ?? Data(), as: UTF8.self)
  }
}
