import Foundation
import Testing

/// All 65,535 ports, at a rate that the lab's scope allows and the robust devices bear.
@Suite(.needsLab, .serialized) struct FullRangeTests {
  @Test func `the hardened device gets its bounded pass, the Telnet device still fails`() throws {
    let scratch = try Scratch()
    let truth = try LabTruth.read()
    let hardened = try #require(truth.devices.first { $0.hardened })
    let recorder = try truth.device("recorder")
    let scope = scratch.path + "/scope.yaml"
    // Without consent to industrial ports no range is whole.
    try LabScope().with("ot-identify").write(to: scope)
    let outcome = try Program.inLab(
      "\(Program.tenken) audit \(hardened.address) \(recorder.address) --scope \(scope) "
        + "--output \(scratch.path)/pack --ports 1-65535 --device-rate 4000 --quiet --lang en")
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("tenken-lab:") }.isEmpty, "--quiet is quiet")

    let pack = try PackFiles(scratch.path + "/pack")
    let rows = pack.verdicts("JSSEC-14.2.c", at: hardened.address)
    let row = try #require(rows.first)
    #expect(rows.count == 1)
    #expect(row.status == "pass")
    #expect(row.polarity == "supports")
    #expect(row.bounds.complete && row.bounds.silent == 0 && row.bounds.open == 1 && row.bounds.closed == 65_534)
    #expect(row.bounds.aliveBefore && row.bounds.aliveAfter == true)
    #expect(!row.evidence.isEmpty)
    // Without a list of allowed services the owner must say whether SSH is needed.
    #expect(pack.verdicts("JSSEC-15.2.b", at: hardened.address).map(\.status) == ["needs-review"])
    #expect(pack.verdicts("JSSEC-14.2.c", at: recorder.address).map(\.status) == ["fail"])
    let coverage = try #require(pack.coverage.devices.first { $0.address == hardened.address })
    #expect(coverage.tcp.complete && coverage.tcp.sent >= 65_535)
    #expect(coverage.peakFramesPerSecond <= 4000)
  }
}
