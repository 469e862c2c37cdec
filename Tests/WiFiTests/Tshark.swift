import Foundation
import Testing
import Wire

/// What tshark reads in captures: a second opinion that shares no code with ours.
enum Tshark {
  /// Captures that other people made. They stay where they are and are no part of the package.
  static let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/captures/wifi")

  /// Rows of fields, one for each frame that the filter takes; several values of a field with commas between.
  static func fields(_ file: URL, _ filter: String, _ names: [String]) throws -> [[String]] {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["tshark", "-r", file.path, "-Y", filter, "-T", "fields"] + names.flatMap { ["-e", $0] }
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The frames of a capture, with the header that it has in front of them.
  static func frames(_ name: String) throws -> (type: RadioHeader.LinkType, frames: [[UInt8]])? {
    guard let data = FileManager.default.contents(atPath: captures.appendingPathComponent(name).path) else {
      print("skipped: \(captures.path)/\(name) is not there; it comes with the project's shared data")
      return nil
    }
    let octets = [UInt8](data)
    let capture = try ClassicCapture(parsing: octets.span)
    var frames: [[UInt8]] = []
    var offset = ClassicCapture.headerLength
    while let record = try capture.record(in: octets.span, at: offset) {
      frames.append(Array(octets[record.frame]))
      offset = record.frame.upperBound
    }
    return (try #require(RadioHeader.LinkType(rawValue: capture.linkType)), frames)
  }

  /// Writes frames with radiotap headers as a capture file (draft-ietf-opsawg-pcap).
  static func write(_ frames: [[UInt8]]) throws -> URL {
    func little(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    var octets: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + little(0) + little(0) + little(65_535) + little(127)
    for (number, frame) in frames.enumerated() {
      octets += little(number) + little(0) + little(frame.count) + little(frame.count) + frame
    }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-wifi-\(UUID().uuidString).pcap")
    try Data(octets).write(to: file)
    return file
  }
}
