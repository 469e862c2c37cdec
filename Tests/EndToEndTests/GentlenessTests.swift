import Foundation
import Testing

/// Devices that behave badly must not make tenken behave badly.
@Suite(.needsLab, .serialized) struct GentlenessTests {
  @Test func `a service that never stops talking costs its device no more than the budget`() throws {
    let scratch = try Scratch()
    let states = scratch.path + "/states.json"
    let scope = scratch.path + "/scope.yaml"
    try Data(try Program.run(Program.lab, ["scope"]).output.utf8).write(to: URL(fileURLWithPath: scope))
    // Every octet that is read makes the auditor's kernel send acknowledgements to the device.
    let server = """
      import socket
      s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(('10.0.0.18', 2323)); s.listen(4)
      while True:
          c, _ = s.accept()
          try:
              while True: c.sendall(b'all work and no play makes Jack a dull boy ' * 100)
          except OSError: c.close()
      """
    try Data(server.utf8).write(to: URL(fileURLWithPath: scratch.path + "/endless.py"))
    let outcome = try Program.inLab(
      """
      ip netns exec gateway python3 \(scratch.path)/endless.py & server=$!
      for i in $(seq 50); do ip netns exec gateway ss -ltn | grep -q :2323 && break; sleep 0.1; done
      \(Program.tenken) audit 10.0.0.18 --scope \(scope) --output \(scratch.path)/pack --ports iot1000 --quiet
      status=$?; kill -9 $server; exit $status
      """, lab: ["--only", "gateway", "--state-out", states])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let state = try #require(try LabState(file: states).devices["gateway"])
    #expect(state.peakPerSecond <= 100)
    let pack = try PackFiles(scratch.path + "/pack")
    let service = try #require(pack.device(at: "10.0.0.18")?.services.first { $0.port == 2323 })
    #expect(service.protocol == nil)
    // An open port often used for Telnet that is not identified is for a person to judge.
    #expect(pack.verdicts("JSSEC-14.2.c", at: "10.0.0.18").map(\.status) == ["needs-review"])
  }
}
