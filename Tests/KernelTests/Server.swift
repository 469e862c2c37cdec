import Foundation
import Testing

/// A server written in Python on a free port: accepts one connection `c`, then does what `behaviour` says.
///
/// `body` gets the port, and a function that waits for the server's end and returns what it printed.
func withServer(
  _ behaviour: String, address: String = "127.0.0.1", zone: Int32 = 0,
  _ body: (_ port: UInt16, _ printed: () -> String) throws -> Void
) throws {
  try withProgram(
    """
    v6 = ':' in '\(address)'
    s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET)
    s.bind(('\(address)', 0, 0, \(zone)) if v6 else ('\(address)', 0)); s.listen(4)
    print(s.getsockname()[1], flush=True)
    c, _ = s.accept()
    \(behaviour)
    """, body)
}

/// A program in Python that prints the port it serves first.
func withProgram(_ script: String, _ body: (_ port: UInt16, _ printed: () -> String) throws -> Void) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", "import socket, struct, sys, time\n" + script]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  defer {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
  let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
  try body(try #require(UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)))) {
    String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// The index of an interface that has fe80::77.
func linkLocalInterface() throws -> Int32 {
  let name = "tenken-ll0"
  if unsafe if_nametoindex(name) == 0 {
    try run("ip", "link", "add", name, "type", "veth", "peer", "name", "tenken-ll1")
    try run("sysctl", "-qw", "net.ipv6.conf.\(name).disable_ipv6=0")
    for end in [name, "tenken-ll1"] { try run("ip", "link", "set", end, "up") }
    try run("ip", "address", "add", "fe80::77/64", "dev", name, "nodad")
  }
  let index = unsafe if_nametoindex(name)
  try #require(index > 0)
  return Int32(index)
}
