import Foundation
import Testing

/// One audit of all victims at once with the default profile and `--ports iot1000`, made once for all tests that only
/// look at its result.
final class VictimAudit: Sendable {
  let site: VictimSite
  let truth: VictimTruth
  let pack: PackFiles
  let events: [VictimEvent]

  private init() throws {
    site = try VictimSite.tenken(
      [
        "audit", "10.0.1.0/24", "fe80::/10", "--scope", "SCOPE", "--output", "OUTPUT", "--ports", "iot1000", "--lang",
        "en", "--quiet",
      ])
    truth = try VictimTruth.read()
    pack = try PackFiles(site.output)
    events = try VictimEvent.read(site.output)
  }

  static let shared: Result<VictimAudit, any Error> = Result {
    let audit = try VictimAudit()
    atexit {
      guard let audit = try? VictimAudit.shared.get() else { return }
      let folder = URL(fileURLWithPath: audit.site.output).deletingLastPathComponent()
      try? FileManager.default.removeItem(at: folder)
    }
    return audit
  }

  /// The address by which the device can be reached.
  func address(_ name: String) throws -> String {
    let device = try truth.device(name)
    return try #require(device.address ?? device.linkLocal)
  }

  func figures(_ name: String) throws -> PackFiles.DeviceCoverage {
    let address = try address(name)
    return try #require(pack.coverage.devices.first { $0.address == address }, "\(name) has no coverage")
  }

  func verdicts(_ item: String, _ name: String) throws -> [PackFiles.Verdict] {
    pack.verdicts(item, at: try address(name))
  }
}

/// A line of a pack's journal.
struct VictimEvent: Decodable {
  let type: String
  let at: String
  let address: String?
  let mac: String?
  let port: UInt16?
  let framesSent: Int?

  /// Seconds since 1970.
  var seconds: Double { get throws { try Self.seconds(at) } }

  static func seconds(_ text: String) throws -> Double {
    let format = ISO8601DateFormatter()
    format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return try #require(format.date(from: text)).timeIntervalSince1970
  }

  static func read(_ pack: String) throws -> [VictimEvent] {
    try String(contentsOfFile: pack + "/data/run.jsonl", encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(VictimEvent.self, from: Data($0.utf8))
    }
  }
}

/// What tshark, which nobody here wrote, reads in a capture.
enum Shark {
  static func fields(_ capture: String, _ filter: String, _ names: String...) throws -> [[String]] {
    let outcome = try Program.run(
      "tshark", ["-n", "-r", capture, "-Y", filter, "-T", "fields"] + names.flatMap { ["-e", $0] })
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
