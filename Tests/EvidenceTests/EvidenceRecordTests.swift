import Addressing
import Foundation
import LabSupport
import Records
import Testing
import Wire

@testable import Evidence

@Suite struct EvidenceRecordTests {
  private static let service = "data/services/dev-001122aabbcc-tcp-23/"

  /// A sealed pack with an observation of each of three ways of looking.
  private static func pack(_ folder: TemporaryFolder) throws -> String {
    let writer = try SamplePack.begin(in: folder)
    try writer.write(Array("\r\n".utf8), to: "services/dev-001122aabbcc-tcp-23/request.bin")
    try writer.write(Array("login: ".utf8), to: "services/dev-001122aabbcc-tcp-23/response.bin")
    try writer.write(Array("received and not kept: 9 octets\n".utf8), to: "services/x/response.txt")
    let later = SampleResult.start + .seconds(60)
    let device = SampleResult.device
    let seen: [Observation] = [
      Observation(
        id: "EV-000001", at: later, technique: .serviceQuestions, subject: .service(device.id, SampleResult.telnet),
        fact: .serviceIdentified(.telnet, basis: SampleResult.text("login:")),
        evidence: [service + "request.bin", service + "response.bin"]),
      Observation(
        id: "EV-000002", at: later, technique: .passive, subject: .device(device.id),
        fact: .sighted(address: device.addresses[0], by: "arp")),
      Observation(
        id: "EV-000003", at: later, technique: .defaultCredentials,
        subject: .service(device.id, SampleResult.telnet),
        fact: .probed(
          ProbeVerdict("credentials.default", .inconclusive(reason: "limit"), basis: SampleResult.text("tried"))),
        evidence: ["data/services/x/response.txt"]),
    ]
    for one in seen { try writer.append(RunEvent(type: "observation", at: one.at, fields: one)) }
    try writer.append(RunEvent(type: "run.ended", at: later))
    var result = SampleResult.result
    result.run.clock = ClockState(synchronised: true, offsetNanoseconds: -2_500, maximumErrorMicroseconds: 900)
    result.verdicts.append(
      Verdict(
        item: "jssec-iot-v1/JSSEC-15.2.a", device: device.id, service: nil, status: .needsReview,
        bounds: Bounds(coverage: SampleResult.coverage), explanation: SampleResult.text("seen"),
        evidence: [service + "response.bin"]))
    try writer.close(result: result)
    return writer.path
  }

  private static func records(_ folder: TemporaryFolder) throws -> [[String: Any]] {
    try folder.octets("pack/data/evidence.jsonl").split(separator: 0x0a).map {
      try #require(JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
    }
  }

  /// The fields are copied from the research's list by hand (checklist.md §5.2).
  @Test func `each record carries every field that evidence of a checklist must have`() throws {
    let folder = try TemporaryFolder()
    _ = try Self.pack(folder)
    let required: Set = [
      "evidence_id", "item_ids", "device_id", "check", "technique", "started_at", "ended_at", "clock_source",
      "clock_offset_ns", "operator", "host", "tool_version", "ruleset_version", "vantage", "target", "request",
      "response", "raw_ref", "interpretation", "status_proposal", "bounds", "redactions", "sha256",
      "authorisation_ref", "started_at_utc", "ended_at_utc",
    ]
    let records = try Self.records(folder)
    #expect(records.map { $0["evidence_id"] as? String } == ["EV-000001", "EV-000002", "EV-000003"])
    for record in records {
      #expect(required.subtracting(record.keys) == [])
      #expect(record["clock_offset_ns"] as? Int == -2500)
      // A Japanese reader's time and UTC are one moment.
      #expect(record["ended_at"] as? String == "2026-11-23T11:03:11.042+09:00")
      #expect(record["ended_at_utc"] as? String == "2026-11-23T02:03:11.042Z")
      #expect(record["started_at_utc"] as? String == "2026-11-23T02:02:11.042Z")
      let authority = try #require(record["authorisation_ref"] as? [String: String])
      #expect(authority["engagement"] == "ENG-1" && authority["sha256"] == String(repeating: "b", count: 64))
    }
    #expect(records.map { $0["technique"] as? String } == ["active", "passive", "credentialed"])
  }

  @Test func `a record names rows, findings and octets with their digests`() throws {
    let folder = try TemporaryFolder()
    _ = try Self.pack(folder)
    let records = try Self.records(folder)
    #expect(records[0]["item_ids"] as? [String] == ["jssec-iot-v1/JSSEC-14.2.c", "jssec-iot-v1/JSSEC-15.2.a"])
    let proposals = try #require(records[0]["status_proposal"] as? [[String: String]])
    #expect(proposals.map { $0["status"] } == ["fail", "needs-review"])
    #expect(records[0]["check"] as? [String] == ["telnet.enabled"])
    #expect(records[0]["findings"] as? [String] == ["F-0001"])
    let response = try #require((records[0]["response"] as? [[String: Any]])?.first)
    // printf 'login: ' | sha256sum
    #expect(response["sha256"] as? String == "67f3a466c516fa03118fb02cf9632228fab5713326204f25cd5e5b745fbb0ae4")
    #expect(response["octets"] as? Int == 7)
    #expect(records[1]["item_ids"] as? [String] == [] && (records[1]["request"] as? [Any])?.isEmpty == true)
    #expect((records[2]["redactions"] as? [String])?.count == 1)
    #expect(records[2]["interpretation"] as? String == "credentials.default: inconclusive")
  }

  /// Whoever changes a record, or the line it came from, breaks one of the two.
  @Test func `the digest is that of the line in the run's record`() throws {
    let folder = try TemporaryFolder()
    _ = try Self.pack(folder)
    let lines = try folder.octets("pack/data/run.jsonl").split(separator: 0x0a)
    for record in try Self.records(folder) {
      let raw = try #require(record["raw_ref"] as? [String: Any])
      let number = try #require(raw["line"] as? Int)
      #expect(record["sha256"] as? String == SHA256.hex(SHA256.digest(of: lines[number - 1])))
      let next = try #require(JSONSerialization.jsonObject(with: Data(lines[number])) as? [String: Any])
      #expect(next["prev"] as? String == record["sha256"] as? String)
    }
  }

  @Test func `the records are what the schema says, and the schema notices what is missing`() throws {
    let folder = try TemporaryFolder()
    let pack = try Self.pack(folder)
    #expect(PackVerifier.verify(directory: pack).problems == [])
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appendingPathComponent("Docs/OutputSchema/evidence.schema.json"))
    let check = SchemaCheck(root: try #require(JSONSerialization.jsonObject(with: data) as? [String: Any]))
    for record in try Self.records(folder) {
      #expect(check.faults(of: record, at: "evidence") == [])
      for name in record.keys {
        var damaged = record
        damaged[name] = nil
        #expect(!check.faults(of: damaged, at: "evidence").isEmpty, "\(name)")
      }
    }
  }
}
