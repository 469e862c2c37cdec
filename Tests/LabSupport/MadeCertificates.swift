import Foundation

/// Certificates with one flaw each, made by Tests/Oracles/make_certificates.py once for the whole test run, and what each was
/// made with: the reason behind every expected value.
public struct MadeCertificates: Sendable {
  public struct Entry: Decodable, Sendable, CustomStringConvertible {
    public let name: String
    /// Checks that must find something.
    public let flags: [String]
    /// What must be remarked beside; none of it is a check.
    public let remark: String?
    public let isSelfSigned: Bool
    public let version: Int
    public let serial: String
    /// Seconds since 1970.
    public let notBefore: Int64?
    public let notAfter: Int64?
    public let keySHA256: String
    public let sha256: String?
    public let keyAlgorithm: String?
    public let bits: Int?
    public let curve: String?
    public let exponent: String?
    public let modulus: String?
    public let commonName: String?
    public let signatureAlgorithm: String?
    public let hasKey: Bool?
    /// It has more names than are read.
    public let tooMany: Bool?
    public let isRoot: Bool?

    public var description: String { name }
  }

  private struct Manifest: Decodable {
    let now: Int64
    let certificates: [Entry]
  }

  public let folder: String
  /// When they were made, in seconds since 1970.
  public let now: Int64
  public let entries: [Entry]

  public static let made = Result { try MadeCertificates() }

  public static let oracles = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Oracles").path
  /// The Python of Scripts/test, which has the package `cryptography`; nil where that did not run.
  public static var python: String? {
    let path = oracles + "/../../.build/oracles/bin/python"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  private init() throws {
    folder = NSTemporaryDirectory() + "tenken-certificates-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try outputOf("python3", Self.oracles + "/make_certificates.py", folder)
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/certificates.json")))
    (now, entries) = (manifest.now, manifest.certificates)
    // Nothing outlives the test run.
    atexit {
      if case .success(let made) = MadeCertificates.made { try? FileManager.default.removeItem(atPath: made.folder) }
    }
  }

  public func der(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).der")))
  }
}

/// Runs a program to its end.
/// - Throws: what it said on standard error when it failed.
public func outputOf(_ command: String...) throws -> [UInt8] {
  struct Failure: Error { let said: String }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  let (output, errors) = (Pipe(), Pipe())
  (process.standardOutput, process.standardError) = (output, errors)
  try process.run()
  let printed = output.fileHandleForReading.readDataToEndOfFile()
  let said = errors.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw Failure(said: String(decoding: said, as: UTF8.self)) }
  return [UInt8](printed)
}
