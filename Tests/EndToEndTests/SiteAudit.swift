import Foundation

/// One audit of the whole lab with `--ports iot1000` at the default rates, made once for all tests
/// that only look at its result.
final class SiteAudit: Sendable {
  let pack: String
  let status: Int32
  let output: String
  let errors: String
  let statesFile: String
  /// With the tcpdump of the auditor's interface.
  let folder: String

  private init(scratch folder: String) throws {
    self.folder = folder
    pack = folder + "/pack"
    statesFile = folder + "/states.json"
    let scope = try Program.run(Program.lab, ["scope"]).output
    try Data(scope.utf8).write(to: URL(fileURLWithPath: folder + "/scope.yaml"))
    let outcome = try Program.run(
      Program.lab,
      [
        "run", "--state-out", statesFile, "--", "sh", "-c",
        WireRecord.recording(
          "\(Program.tenken) audit 10.0.0.0/24 --scope \(folder)/scope.yaml --output \(pack) --ports iot1000 --lang ja",
          towards: "10.0.0.11", in: folder),
      ])
    status = outcome.status
    output = outcome.output
    errors = outcome.errors
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static let shared: Result<SiteAudit, any Error> = Result {
    let folder = NSTemporaryDirectory() + "tenken-site-\(getpid())"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try SiteAudit(scratch: folder)
  }
}
