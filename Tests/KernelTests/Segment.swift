import Foundation
import Testing

/// Kernel tests change interfaces and routes, so they run in a network namespace of their own:
/// `Scripts/test` starts them under `unshare`, and fails when any of them was skipped.
let ownsNamespace = ProcessInfo.processInfo.environment["TENKEN_KERNEL_TESTS"] == "1"

extension Trait where Self == ConditionTrait {
  static var needsNamespace: Self { .enabled(if: ownsNamespace, "needs a namespace of its own: run Scripts/test") }
}

/// Runs `ip` (or another program) and fails the test when it fails.
@discardableResult
func run(_ program: String, _ arguments: String...) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = [program] + arguments
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))")
  return text
}

/// A cable with both ends in this namespace: `left` has an address, `right` is only listened to.
struct Cable: ~Copyable {
  let left: String
  let right: String

  /// - Parameter ipv6: gives `left` this address too; without it the cable carries no IPv6.
  init(_ name: String, address: String, ipv6: String? = nil) throws {
    left = "\(name)a"
    right = "\(name)b"
    try run("ip", "link", "add", left, "type", "veth", "peer", "name", right)
    for end in [left, right] {
      let silent = ipv6 == nil || end == right
      try run("sysctl", "-qw", "net.ipv6.conf.\(end).disable_ipv6=\(silent ? 1 : 0)")
      // No address of the kernel's own making, and none of its questions.
      if !silent {
        for setting in ["addr_gen_mode=1", "router_solicitations=0", "accept_dad=0"] {
          try run("sysctl", "-qw", "net.ipv6.conf.\(end).\(setting)")
        }
      }
      try run("ip", "link", "set", end, "up")
    }
    if let ipv6 { try run("ip", "-6", "address", "add", ipv6, "dev", left, "nodad") }
    try run("ip", "address", "add", address, "dev", left)
  }

  deinit { _ = try? run("ip", "link", "delete", left) }
}
