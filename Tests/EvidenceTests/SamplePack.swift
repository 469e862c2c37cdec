import Evidence
import Foundation
import Records
import Wire

/// A folder of its own for one test, removed at its end.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/tenken-evidence-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func octets(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  func put(_ octets: [UInt8], at name: String) throws {
    try Data(octets).write(to: URL(fileURLWithPath: path + "/" + name))
  }
}

/// Members of a sample event.
struct Found: Encodable {
  let address: String
  let note: String?
}

enum SamplePack {
  static let interface = CaptureInterface(name: "eth0", filter: "host 10.0.0.7", snapLength: 262_144)
  static let response: [UInt8] = [0xff, 0xfd, 0x18] + Array("\u{1b}[2Jlogin: ".utf8)

  static var frames: [CapturedFrame] {
    let header: [UInt8] = [
      0x00, 0x11, 0x22, 0xaa, 0xbb, 0xcc, 0x02, 0, 0, 0, 0, 1, 0x08, 0x06,  // Ethernet: ARP
      0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 7,
    ]
    return (0..<3).map {
      CapturedFrame(
        nanoseconds: SampleResult.start.nanoseconds + Int64($0) * 1_000_000, octets: header, outbound: $0 % 2 == 0)
    }
  }

  /// A pack that is still being written.
  static func begin(in folder: TemporaryFolder, as name: String = "pack") throws -> PackWriter {
    let writer = try PackWriter(creating: folder.path + "/" + name, software: "tenken 0.1.0")
    try writer.append(RunEvent(type: "run.started", at: SampleResult.start))
    try writer.append(
      RunEvent(
        type: "device.found", at: SampleResult.start, fields: Found(address: "10.0.0.7", note: "a/b \"c\"\n")))
    for frame in frames { try writer.appendFrame(frame, interface: interface) }
    try writer.write(
      finding: SampleResult.finding, stimulus: [], response: response, frames: frames, interface: interface)
    try writer.synchronise()
    return writer
  }

  /// A sealed pack of a run in which nothing happened.
  static func smallest(in folder: TemporaryFolder) throws -> String {
    let writer = try PackWriter(creating: folder.path + "/pack", software: "tenken 0.1.0")
    try writer.close(result: SampleResult.result)
    return writer.path
  }

  /// A sealed pack.
  static func sealed(in folder: TemporaryFolder, as name: String = "pack") throws -> String {
    let writer = try begin(in: folder, as: name)
    try writer.appendCaptureStatistics(interface: interface, at: SampleResult.start, received: 3, dropped: 0)
    try writer.write(Array("<html/>".utf8), to: "report/報告 書.html")
    try writer.close(result: SampleResult.result, extras: [("Tenken-Consent", "form 7")])
    return writer.path
  }
}
