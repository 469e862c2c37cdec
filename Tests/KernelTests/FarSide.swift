import Foundation
import Testing

/// A host of its own at the other end of a cable: a namespace with one interface.
struct FarSide: ~Copyable {
  let namespace: String
  /// Our end of the cable.
  let near: String
  /// Its end.
  let far = "eth0"
  let mac: String

  /// - Parameters:
  ///   - near, far: the addresses of both ends, with their prefix length.
  init(_ name: String, near: String, far: String, mac: String = "02:00:00:00:00:77") throws {
    namespace = "tenken-\(name)-\(getpid())"
    self.near = "\(name)n"
    self.mac = mac
    try run("ip", "netns", "add", namespace)
    try run(
      "ip", "link", "add", self.near, "type", "veth", "peer", "name", self.far, "address", mac, "netns", namespace)
    try run("sysctl", "-qw", "net.ipv6.conf.\(self.near).disable_ipv6=1")
    try run("ip", "address", "add", near, "dev", self.near)
    try run("ip", "link", "set", self.near, "up")
    try inside("sysctl", "-qw", "net.ipv6.conf.\(self.far).disable_ipv6=1")
    try inside("ip", "address", "add", far, "dev", self.far)
    try inside("ip", "link", "set", "lo", "up")
    try inside("ip", "link", "set", self.far, "up")
  }

  deinit {
    _ = try? run("ip", "link", "delete", near)
    _ = try? run("ip", "netns", "delete", namespace)
  }

  @discardableResult func inside(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ip", "netns", "exec", namespace, program] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))")
    return text
  }

  /// Runs a Python program on the far side while `body` runs; it has said its first line by then.
  func serving<R>(_ program: String, _ body: () throws -> R) throws -> R {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ip", "netns", "exec", namespace, "python3", "-c", program]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    _ = output.fileHandleForReading.availableData
    return try body()
  }

  /// The frames that reached it while `body` ran, by tcpdump on its side, one line each.
  func witnessing(_ filter: String, _ body: () throws -> Void) throws -> [String] {
    let file = NSTemporaryDirectory() + "tenken-far-\(UUID().uuidString).pcap"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let dump = Process()
    dump.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    dump.arguments = [
      "ip", "netns", "exec", namespace, "tcpdump", "-i", far, "--immediate-mode", "-U", "-Q", "in", "-w", file, filter,
    ]
    let notes = Pipe()
    dump.standardError = notes
    try dump.run()
    defer {
      kill(dump.processIdentifier, SIGKILL)
      dump.waitUntilExit()
    }
    _ = notes.fileHandleForReading.availableData  // "listening on …"
    Thread.sleep(forTimeInterval: 0.2)
    try body()
    Thread.sleep(forTimeInterval: 0.2)
    return try run("tcpdump", "-nn", "-r", file).split(separator: "\n").map(String.init)
  }

  /// The most of the witnessed frames within any one second.
  static func peak(_ lines: [String]) throws -> Int {
    let times = try lines.map { line in
      let parts = try #require(line.split(separator: " ").first).split(separator: ":").compactMap { Double($0) }
      try #require(parts.count == 3)
      return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }
    return times.indices.map { first in times[first...].count { $0 - times[first] < 1 } }.max() ?? 0
  }
}
