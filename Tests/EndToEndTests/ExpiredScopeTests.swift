import Evidence
import Foundation
import Records
import Testing

/// Packs whose octets are all as they were sealed, of runs that their scope did not allow.
@Suite struct ExpiredScopeTests {
  private func pack(_ path: String, hours: ClosedRange<Int>, scope: Bool = true) throws {
    let octets = Array(
      """
      version: 1
      engagement: {id: E-1, customer: c, site: s, operator: o}
      valid: {from: "2026-11-20T09:00:00Z", until: "2026-11-20T17:00:00Z"}
      networks: [10.0.0.0/24]
      techniques: [arp-discovery]
      rates: {perDevice: 100, total: 1000}

      """.utf8)
    func time(_ hour: Int) throws -> Timestamp {
      try #require(Timestamp(rfc3339: "2026-11-20T\(hour < 10 ? "0" : "")\(hour):00:00Z"))
    }
    let run = RunSummary(
      runID: "r", toolVersion: "0.3.0", rulesDigest: String(repeating: "a", count: 64),
      engagement: Engagement(id: "E-1", customer: "c", site: "s", operator: "o"),
      scopeDigest: SHA256.hex(SHA256.digest(of: octets)), targets: [], ports: "1-10", host: "h",
      started: try time(hours.lowerBound), ended: try time(hours.upperBound), offsetMinutes: 0, seed: "1",
      partial: false, framesSent: 0)
    let writer = try PackWriter(creating: path, software: "tenken test")
    try writer.append(RunEvent(type: "run.started", at: run.started))
    if scope { try writer.write(octets, to: "scope/scope.yaml") }
    try writer.close(
      result: AuditResult(
        run: run, inventory: Inventory(devices: []), findings: [], verdicts: [],
        coverage: Coverage(
          devices: [], addressesAsked: 0, addressesAnswered: 0, omitted: [], receiveDrops: 0, partial: false)))
  }

  @Test func `verify, sign and redact refuse a run outside of its scope's time`() throws {
    let scratch = try Scratch()
    let key = scratch.path + "/key.pem"
    #expect(try Program.run(Program.tenken, ["key", "generate", key]).status == 0)
    for (name, hours, scope, sentence) in [
      ("good", 9...16, true, nil),
      (
        "late", 10...18, true,
        "The run ended at 2026-11-20T18:00:00.000Z, and the scope is valid from 2026-11-20T09:00:00.000Z until 2026-11-20T17:00:00.000Z."
      ),
      ("early", 8...10, true, "The run began at 2026-11-20T08:00:00.000Z"),
      ("none", 9...16, false, "The pack holds no scope"),
    ] as [(String, ClosedRange<Int>, Bool, String?)] {
      let path = scratch.path + "/" + name
      try pack(path, hours: hours, scope: scope)
      #expect(PackVerifier.verify(directory: path).isIntact, "every octet is as it was sealed")
      let verified = try Program.run(Program.tenken, ["evidence", "verify", path])
      #expect(verified.status == (sentence == nil ? 0 : 1), "\(name): \(verified.output)\(verified.errors)")
      if let sentence {
        #expect(verified.output.contains("NG  data/scope/scope.yaml: \(sentence)"), "\(verified.output)")
      }
      let signed = try Program.run(Program.tenken, ["evidence", "sign", path, "--key", key])
      #expect((signed.status == 0) == (sentence == nil), "\(name): \(signed.errors)")
      #expect(FileManager.default.fileExists(atPath: path + "/attestation.dsse.json") == (sentence == nil))
      let copied = try Program.run(
        Program.tenken, ["evidence", "redact", path, "--for", "vendor", "--output", path + "-copy"])
      #expect((copied.status == 0) == (sentence == nil), "\(name): \(copied.errors)")
    }
    #expect(try Program.run(Program.tenken, ["evidence", "verify", scratch.path + "/good"]).status == 0)
  }
}
