import Foundation
import Testing

/// The lab leaves nothing behind, whatever happens to it.
@Suite(.needsLab, .serialized) struct LabTests {
  private func traces() throws -> [String] {
    let namespaces = try Program.run("ip", ["netns", "list"]).output
    let processes = try Program.run("sh", ["-c", "ps -eo args | grep -c '[t]enken-lab' || true"]).output
    let mounts = try String(contentsOfFile: "/proc/mounts", encoding: .utf8)
    let files = FileManager.default.fileExists(atPath: "/run/tenken-lab") ? "folder" : ""
    return [namespaces, processes, mounts, files]
  }

  @Test(arguments: ["true", "false", "no-such-program", "kill -TERM $PPID; sleep 20"])
  func `nothing is left`(_ command: String) throws {
    let before = try traces()
    _ = try Program.run(Program.lab, ["run", "--only", "camera,sensor", "--", "sh", "-c", command])
    #expect(try traces() == before)
  }

  @Test func `the command's status comes through`() throws {
    #expect(try Program.inLab("exit 7", lab: ["--only", "camera"]).status == 7)
  }

  @Test func `the fragile device dies above its limit, so its survival means something`() throws {
    let scratch = try Scratch()
    let states = scratch.path + "/states.json"
    let scope = scratch.path + "/scope.yaml"
    try LabScope().write(to: scope)
    // Somebody else kills it while it is audited.
    let outcome = try Program.inLab(
      """
      \(Program.tenken) audit 10.0.0.17 --scope \(scope) --output \(scratch.path)/pack --ports iot1000 \
        --profile fast --quiet & run=$!
      sleep 5; nmap -n -Pn -p1-3000 --min-rate 1000 10.0.0.17 >/dev/null; wait $run
      """, lab: ["--only", "sensor", "--state-out", states])
    let sensor = try #require(try LabState(file: states).devices["sensor"])
    #expect(!sensor.alive)
    #expect(sensor.peakPerSecond > 200)
    // tenken notices, stops, and calls nothing clean.
    #expect(outcome.status == 1, "\(outcome.errors)")
    let pack = try PackFiles(scratch.path + "/pack")
    let coverage = try #require(pack.coverage.devices.first)
    #expect(coverage.aliveAfter == false)
    #expect(coverage.distress.map(\.kind) == ["lost"])
    #expect(pack.findings.map(\.check) == ["device.distress"])
    #expect(pack.verdicts("JSSEC-14.2.c", at: "10.0.0.17").map(\.reason) == ["NT-FRAGILE"])
    #expect(coverage.tcp.complete == false && coverage.tcp.unresolved > 0)
  }

  @Test func `a device that is known to be fragile keeps its ceiling, whatever is asked for`() throws {
    let scratch = try Scratch()
    let states = scratch.path + "/states.json"
    let scope = scratch.path + "/scope.yaml"
    try LabScope().write(to: scope)
    let outcome = try Program.inLab(
      "\(Program.tenken) audit 10.0.0.17 --scope \(scope) --output \(scratch.path)/pack "
        + "--ports 1-200 --device-rate 1000 --quiet", lab: ["--only", "sensor", "--state-out", states])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let sensor = try #require(try LabState(file: states).devices["sensor"])
    #expect(sensor.alive)
    #expect(sensor.peakPerSecond <= 20)
    let coverage = try #require(try PackFiles(scratch.path + "/pack").coverage.devices.first)
    #expect(coverage.deviceClass == "fragile" && coverage.rateCeiling == 20)
  }
}
