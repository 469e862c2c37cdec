import Foundation

/// One audit of the lab's controllers by consent, made once for all tests that only look at its result.
final class PlantAudit: Sendable {
  static let names = ["powermeter", "building"]

  let pack: String
  let status: Int32
  let errors: String
  let statesFile: String
  /// With the tcpdump of the auditor's interface.
  let folder: String
  let truth: LabTruth

  private init(scratch folder: String) throws {
    self.folder = folder
    pack = folder + "/pack"
    statesFile = folder + "/states.json"
    truth = try LabTruth.read(with: ["ot-identify"]).only(Self.names)
    let scope = folder + "/scope.yaml"
    try LabScope().with("ot-identify").write(to: scope)
    let addresses = truth.devices.map(\.address)
    let outcome = try Program.inLab(
      WireRecord.recording(
        "\(Program.tenken) audit \(addresses.joined(separator: " ")) --scope \(scope) --output \(pack) "
          + "--ports 1-100,502,4840 --quiet",
        towards: addresses[0], in: folder),
      lab: ["--only", Self.names.joined(separator: ","), "--state-out", statesFile])
    status = outcome.status
    errors = outcome.errors
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static let shared: Result<PlantAudit, any Error> = Result {
    let folder = NSTemporaryDirectory() + "tenken-plant-\(getpid())"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try PlantAudit(scratch: folder)
  }
}
