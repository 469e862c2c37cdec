import Authority
import Records
import ScopeFile
import Testing

/// A run held against the time of its scope.
@Suite struct ScopeRecordTests {
  private static let digest = String(repeating: "d", count: 64)

  private func scope() throws -> Scope {
    try Scope(
      parsing: Array(
        """
        version: 1
        engagement: {id: E-1, customer: c, site: s, operator: o}
        valid: {from: "2026-11-20T09:00:00+09:00", until: "2026-11-20T17:00:00+09:00"}
        networks: [10.0.0.0/24]
        techniques: [arp-discovery]
        rates: {perDevice: 100, total: 1000}
        """.utf8), file: "scope.yaml")
  }

  private func objections(_ started: String, _ ended: String, digest: String = digest, facts: [String: String] = [:])
    throws -> [String]
  {
    let run = RunSummary(
      runID: "r", toolVersion: "0.3.0", rulesDigest: "",
      engagement: Engagement(id: "", customer: "", site: "", operator: ""),
      scopeDigest: Self.digest, targets: [], ports: "", host: "", started: try #require(Timestamp(rfc3339: started)),
      ended: try #require(Timestamp(rfc3339: ended)), offsetMinutes: 540, seed: "", partial: false, framesSent: 0)
    var stated = [
      "Tenken-Started": run.started.rfc3339(offsetMinutes: 540), "Tenken-Ended": run.ended.rfc3339(offsetMinutes: 540),
      "Tenken-Scope-Digest": Self.digest,
    ]
    stated.merge(facts) { $1 }
    return ScopeRecord.objections(
      try scope(), digest: digest, run: run, facts: stated.map { (label: $0.key, value: $0.value) })
  }

  @Test func `a run inside its scope's time is not objected to, one that reaches out of it is, with both times`() throws
  {
    #expect(try objections("2026-11-20T00:00:00Z", "2026-11-20T08:00:00Z") == [], "both ends are inside")
    let early = try objections("2026-11-19T23:59:59.999Z", "2026-11-20T01:00:00Z")
    #expect(
      early == [
        "The run began at 2026-11-20T08:59:59.999+09:00, and the scope is valid from 2026-11-20T09:00:00.000+09:00 until 2026-11-20T17:00:00.000+09:00."
      ])
    let late = try objections("2026-11-20T01:00:00Z", "2026-11-20T08:00:00.001Z")
    #expect(late.count == 1 && late[0].hasPrefix("The run ended at 2026-11-20T17:00:00.001+09:00"))
    #expect(try objections("2026-11-21T01:00:00Z", "2026-11-21T02:00:00Z").count == 2, "expired before it began")
    #expect(try objections("2026-11-20T03:00:00Z", "2026-11-20T02:00:00Z").count == 1, "ended before it began")
  }

  @Test func `the papers of a pack have to agree`() throws {
    let inside = ("2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z")
    let other = String(repeating: "e", count: 64)
    #expect(try objections(inside.0, inside.1, digest: other).count == 2, "another scope than run and bag name")
    #expect(try objections(inside.0, inside.1, facts: ["Tenken-Scope-Digest": other]).count == 1)
    #expect(try objections(inside.0, inside.1, facts: ["Tenken-Ended": "2026-11-20T11:00:01.000+09:00"]).count == 1)
    #expect(try objections(inside.0, inside.1, facts: ["Tenken-Started": ""]).count == 1)
  }
}
