import Addressing
import Foundation
import LabSupport
import Records
import RunComparison
import Testing

/// What is handed on, against its published schemas.
@Suite struct DocumentTests {
  private static func schema(_ name: String) throws -> [String: Any] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Docs/OutputSchema")
    let data = try Data(contentsOf: folder.appendingPathComponent(name + ".schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func faults(_ value: some Encodable, _ schema: String) throws -> [String] {
    let value = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    return SchemaCheck(root: try Self.schema(schema), closed: true).faults(of: value, at: schema)
  }

  private func site(_ number: Int) -> SampleRun {
    var run = SampleRun(number)
    run.add(1, at: 7, open: [SampleRun.telnet])
    run.add(number + 1, at: 8, firmware: nil)
    run.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    run.find("device.unlisted", on: 1, at: nil, .low)
    run.answers = [.init(device: SampleRun.id(1), service: nil, question: "x", result: "refuted")]
    run.marks = [
      .init(device: SampleRun.id(1), service: SampleRun.telnet, kind: .software, name: "", value: "busybox \(number)")
    ]
    return run
  }

  private var difference: DifferenceDocument {
    let (before, after) = (site(1).record, site(2).record)
    return DifferenceDocument(RunDifference(earlier: before, later: after), earlier: before, later: after)
  }

  private var trend: RunTrend {
    RunTrend(points: [], sightings: []).adding(site(2).record).adding(site(1).record)
  }

  @Test func `records, differences and trends are what their schemas say, null where nothing is known`() throws {
    #expect(try faults(site(1).record, "run-record") == [])
    #expect(try faults(difference, "difference") == [])
    #expect(try faults(trend, "run-trend") == [])
    let text = String(decoding: try JSONEncoder().encode(site(2).record), as: UTF8.self)
    #expect(text.contains("\"firmware\":null") && text.contains("\"udp\":null") && text.contains("\"service\":null"))
  }

  @Test func `a schema notices a member taken away or more`() throws {
    for (value, schema) in [
      (try JSONEncoder().encode(site(1).record), "run-record"), (try JSONEncoder().encode(difference), "difference"),
      (try JSONEncoder().encode(trend), "run-trend"),
    ] {
      let check = SchemaCheck(root: try Self.schema(schema), closed: true)
      let text = String(decoding: value, as: UTF8.self)
      let names = Set(text.matches(of: /"([A-Za-z]+)":/).map { String($0.1) }).subtracting(["high", "low"])
      #expect(names.count >= 10)
      for name in names {
        let damaged = try JSONSerialization.jsonObject(with: Data(text.replacing("\"\(name)\":", with: "\"x\":").utf8))
        #expect(!check.faults(of: damaged, at: schema).isEmpty, "\(schema) \(name)")
      }
    }
  }

  /// Scripts/bundle-schemas puts the one into the other.
  @Test func `the run in a record is described as in its own schema`() throws {
    let definitions = try #require(try Self.schema("run-record")["$defs"] as? [String: [String: Any]])
    let bundled = try #require(definitions["run"])
    var own = try Self.schema("run")
    for key in ["$schema", "$id", "title", "$defs"] { own[key] = nil }
    #expect(NSDictionary(dictionary: bundled) == NSDictionary(dictionary: own))
  }

  @Test func `what was written is read back, and other documents are refused`() throws {
    func again<Value: Codable & Equatable>(_ value: Value) throws -> Bool {
      try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value
    }
    #expect(try again(site(1).record) && again(difference) && again(trend))
    let text = String(decoding: try JSONEncoder().encode(trend), as: UTF8.self)
    for (good, bad) in [
      ("run-trend:1", "run-trend:2"), ("\"high\"", "\"grave\""), ("\"devices\":2", "\"devices\":-2"),
      ("\"high\":1", "\"high\":-1"),
    ] {
      #expect(text.contains(good), "\(good)")
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(RunTrend.self, from: Data(text.replacing(good, with: bad).utf8))
      }
    }
    let other = try JSONEncoder().encode(trend)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(DifferenceDocument.self, from: other) }
  }

  @Test func `a run more moves the last sighting, never the first, and an older one the other way`() throws {
    let both = trend
    #expect(both.points.map(\.run) == ["run-1", "run-2"])
    #expect(both.points[0].findings == [.high: 1, .low: 1] && both.points[0].devices == 2)
    let first = try #require(both.sightings.first { $0.device == SampleRun.id(1) })
    #expect(first.first == both.points[0].started && first.last == both.points[1].started && first.runs == 2)
    #expect(both.sightings.map(\.device) == [1, 2, 3].map(SampleRun.id))
    let other = try #require(both.sightings.last)
    #expect(other.first == other.last && other.runs == 1 && other.address == SampleRun.address(8))
    // The pack of a run that is not sealed yet has no digest.
    let unsealed = RunRecord(
      run: site(3).record.run, pack: nil, packDigest: "", unanswered: "", omitted: [], devices: [], looks: [],
      services: [], weaknesses: [], answers: [], marks: [], proposals: [])
    #expect(both.adding(unsealed).points.last?.packDigest == nil)
  }

  @Test func `only what the earlier run did not have is asked of a history`() {
    var (before, after) = (site(1), site(2))
    before.find("gone", on: 1, at: nil)
    after.find("new", on: 1, at: SampleRun.telnet)
    #expect(
      RunDifference.appeared(earlier: before.record, later: after.record) == [
        .init(device: SampleRun.id(1), service: SampleRun.telnet, check: "new")
      ])
  }
}
