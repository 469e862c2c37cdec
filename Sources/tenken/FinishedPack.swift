internal import Addressing
internal import Audit
internal import CLinux
internal import Evidence
internal import Foundation
internal import Inventory
internal import Records

/// What commands that look back take from the pack of a run that came to its end.
struct FinishedPack {
  /// Its folder; an archive's is the one that it was unpacked into.
  let path: String
  /// As it was named.
  let name: String
  let run: RunSummary
  let inventory: Records.Inventory
  let coverage: Coverage
  /// SHA-256 of `tagmanifest-sha256.txt`, hexadecimal: which pack it is.
  let digest: String
  /// The fingerprint of the key that signed it; nil without a signature.
  let signer: String?

  /// - Throws: ``CommandFailure`` for a pack that is not sealed or does not verify: what is concluded from it would rest on
  ///   nothing.
  init(_ name: String) throws {
    let path = try PackFolder.path(of: name)
    let verification = PackVerifier.verify(directory: path)
    guard verification.isIntact else {
      let unsealed = verification.problems.contains { $0.kind == .notSealed }
      throw CommandFailure(
        .failed,
        unsealed
          ? "\(name) is not sealed: its run did not come to an end; continue it with tenken resume"
          : "\(name) does not verify (tenken evidence verify says why); it is not read")
    }
    self.path = path
    self.name = name
    digest = verification.packDigest ?? ""
    signer = verification.seal?.signer
    run = try Self.read(RunSummary.self, "run.json", of: path)
    inventory = try Self.read(Records.Inventory.self, "inventory.json", of: path)
    coverage = try Self.read(Coverage.self, "coverage.json", of: path)
  }

  private static func read<Value: Decodable>(_ type: Value.Type, _ name: String, of path: String) throws -> Value {
    guard let octets = try PackReader(path).octets(of: name) else {
      throw CommandFailure(.usage, "\(path) holds no data/\(name): it is no pack of an audit")
    }
    return try ResumedRun.decode(type, octets, "\(path)/data/\(name)")
  }

  func findings() throws -> [Finding] { try Self.read([Finding].self, "findings.json", of: path) }

  /// The TCP ports of each device, one by one, where the pack holds them.
  func ports() throws -> [DeviceID: PortRecord] {
    try Self.ports(of: inventory.devices, in: PackReader(path))
  }

  /// The whole result, with findings and verdicts.
  func result() throws -> AuditResult {
    AuditResult(
      run: run, inventory: inventory, findings: try findings(),
      verdicts: try verdicts(), coverage: coverage)
  }

  /// Where links of reports lead: the pack's folder, or the one that the archive makes when it is unpacked where it lies.
  var linked: String {
    let last = URL(fileURLWithPath: path).lastPathComponent
    return path == name
      ? path : URL(fileURLWithPath: name).deletingLastPathComponent().appendingPathComponent(last).path
  }

  /// Begins with the time, so that runs sort in the order in which they were made.
  var label: String { "\(run.started.rfc3339())/\(run.runID)" }

  var bounds: SearchBounds { SearchBounds(run, coverage) }

  static func read(_ paths: [String]) throws -> [FinishedPack] {
    guard Set(paths).count == paths.count else { throw CommandFailure(.usage, "a pack is named twice") }
    return try paths.map { try FinishedPack($0) }
  }
}

extension [FinishedPack] {
  var rows: [InventoryRow] {
    IdentityResolver.rows(flatMap { pack in pack.inventory.devices.map { .init(run: pack.label, device: $0) } })
  }
}

/// Writes octets to standard output; a reader that has gone away (`| head`) is no failure.
func put(_ octets: [UInt8]) { try? FileHandle.standardOutput.write(contentsOf: Data(octets)) }

/// Columns to print for: the terminal's, or what COLUMNS says.
func outputColumns() -> Int {
  if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap({ Int($0) }) { return columns }
  let columns = Int(CLinux_terminal_columns(STDOUT_FILENO))
  return columns > 0 ? columns : 120
}
