import Foundation
import Testing

/// A run may end at any moment; what it has seen stays readable.
@Suite(.needsLab, .serialized) struct InterruptionTests {
  private let scratch: Scratch
  private let scope: String

  init() throws {
    scratch = try Scratch()
    scope = scratch.path + "/scope.yaml"
    try Data(try Program.run(Program.lab, ["scope"]).output.utf8).write(to: URL(fileURLWithPath: scope))
  }

  /// Ends a run as soon as its journal holds so many events of a type.
  private func interrupted(by signal: String, at count: Int, _ type: String) throws -> Outcome {
    try Program.inLab(
      """
      \(Program.tenken) audit 10.0.0.0/24 --scope \(scope) --output \(scratch.path)/pack --quiet & run=$!
      for i in $(seq 1200); do
        test "$(grep -c '"type":"\(type)"' \(scratch.path)/pack/data/run.jsonl 2>/dev/null || true)" -ge \(count) && break
        sleep 0.05
      done 2>/dev/null
      kill -\(signal) $run; wait $run
      """)
  }

  @Test(arguments: [3, 8, 15]) func `kill -9 leaves a readable journal and capture`(_ openPorts: Int) throws {
    let outcome = try interrupted(by: "KILL", at: openPorts, "port.open")
    #expect(outcome.status == 137)
    let pack = scratch.path + "/pack"
    let journal = try String(contentsOfFile: pack + "/data/run.jsonl", encoding: .utf8)
    #expect(journal.hasSuffix("\n"))
    let lines = journal.split(separator: "\n")
    #expect(lines.count > 10)
    for (index, line) in lines.enumerated() {
      let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(event["seq"] as? Int == index + 1)
    }
    #expect(journal.contains("\"type\":\"port.open\""))
    let captures = try FileManager.default.subpathsOfDirectory(atPath: pack).filter { $0.hasSuffix(".pcapng") }
    #expect(captures.contains("data/capture/conversations.pcapng"))
    for capture in captures {
      let shark = try Program.run("tshark", ["-r", "\(pack)/\(capture)"])
      #expect(shark.status == 0 && !shark.output.isEmpty, "\(capture): \(shark.errors)")
      #expect(!shark.errors.contains("cut short"), "\(capture): \(shark.errors)")
    }
    let verify = try Program.run(Program.tenken, ["evidence", "verify", pack])
    #expect(verify.status == 1, "a pack that was never sealed is not intact")
    #expect(verify.output.contains("run.jsonl"))
  }

  @Test(arguments: ["INT", "TERM"]) func `a stop signal closes the pack and marks it partial`(_ signal: String) throws {
    let outcome = try interrupted(by: signal, at: 3, "finding")
    #expect(outcome.status == 4, "\(outcome.errors)")
    let pack = scratch.path + "/pack"
    #expect(try Program.run(Program.tenken, ["evidence", "verify", pack]).status == 0)
    let files = try PackFiles(pack)
    #expect(files.coverage.partial)
    #expect(try files.coverage.devices.count == LabTruth.read().devices.count)
    #expect(!files.verdicts.contains { $0.status == "pass" })
    #expect(!files.findings.isEmpty, "what was seen before the signal is kept")
    #expect(try String(contentsOfFile: pack + "/bag-info.txt", encoding: .utf8).contains("Tenken-Partial: yes"))
  }

  @Test func `an output folder in use is refused and left alone`() throws {
    try FileManager.default.createDirectory(atPath: scratch.path + "/pack", withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: scratch.path + "/pack/notes.txt"))
    let outcome = try Program.inLab(
      "\(Program.tenken) audit 10.0.0.11 --scope \(scope) --output \(scratch.path)/pack --ports 23 --quiet")
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/pack") == ["notes.txt"])
  }
}
