import Foundation
import Testing

@testable import Wire

/// Captures that other people made, in every format that Wireshark's own tools turn them into, read by tshark and by us.
/// The files stay where they are and are no part of the package.
struct CaptureFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data/captures/wifi")
  private static let files = ["wep_64_ptw.cap", "wpa.cap", "wpa2-psk-linksys.cap", "wps2.0.pcap"]

  private static func run(_ program: String, _ arguments: [String]) throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// For each frame: when, how much of it was captured, how long it was.
  private static func tshark(_ path: String) throws -> [String] {
    let fields = ["frame.time_epoch", "frame.cap_len", "frame.len"].flatMap { ["-e", $0] }
    return try run("tshark", ["-r", path, "-T", "fields"] + fields).split(separator: "\n").map { line in
      // A file may hold a million microseconds and more beside its seconds; tshark then writes ten digits behind the point.
      let parts = line.split(separator: "\t", maxSplits: 1)
      let numbers = parts[0].split(separator: ".").compactMap { Int64($0) }
      return "\(numbers[0] * 1_000_000_000 + numbers[1])\t\(parts[1])"
    }
  }

  private static func ours(_ path: String) throws -> (rows: [String], types: Set<UInt16>, octets: [[UInt8]]) {
    let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let (heard, fault) = CaptureStreamTests.read(file, pieces: 4099)
    #expect(fault == nil)
    let rows = heard.map { "\($0.frame.time ?? 0)\t\($0.octets.count)\t\($0.frame.length)" }
    return (rows, Set(heard.map(\.frame.linkType)), heard.map(\.octets))
  }

  /// A folder of its own for each format.
  private static func scratch() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-capture-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static func isThere(_ name: String) -> Bool {
    let path = folder.appendingPathComponent(name).path
    if FileManager.default.fileExists(atPath: path) { return true }
    print("skipped: \(path) is not there; it comes with the project's shared data")
    return false
  }

  @Test(arguments: files) func `frames of a file are those of tshark, in each format`(name: String) throws {
    guard Self.isThere(name) else { return }
    let path = Self.folder.appendingPathComponent(name).path
    let folder = try Self.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain = try Self.ours(path)
    for format in ["pcap", "nsecpcap", "pcapng"] {
      let copy = folder.appendingPathComponent(format).path
      _ = try Self.run("editcap", ["-F", format, path, copy])
      let (rows, types, octets) = try Self.ours(copy)
      #expect(try rows == Self.tshark(copy) && !rows.isEmpty, "\(format)")
      #expect(types == plain.types && octets == plain.octets, "\(format)")
    }
    // Frames cut after 40 octets: what was captured and what was there differ.
    let short = folder.appendingPathComponent("short").path
    _ = try Self.run("editcap", ["-F", "pcapng", "-s", "40", path, short])
    let (rows, _, octets) = try Self.ours(short)
    #expect(try rows == Self.tshark(short))
    #expect(octets == plain.octets.map { Array($0.prefix(40)) })
    print("\(name): \(rows.count) frames compared in four forms")
  }

  /// mergecap gives each file an interface of its own, with its own link type.
  @Test func `interfaces of several link types in one file are told apart`() throws {
    guard Self.files.allSatisfy(Self.isThere) else { return }
    let folder = try Self.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let merged = folder.appendingPathComponent("merged").path
    _ = try Self.run(
      "mergecap", ["-F", "pcapng", "-w", merged] + Self.files.map { Self.folder.appendingPathComponent($0).path })
    let (rows, types, _) = try Self.ours(merged)
    #expect(try rows == Self.tshark(merged))
    let single = try Self.files.map { try Self.ours(Self.folder.appendingPathComponent($0).path) }
    #expect(types == single.reduce(into: Set()) { $0.formUnion($1.types) } && types.count > 1)
    #expect(rows.count == single.reduce(0) { $0 + $1.rows.count })
  }
}
