import Foundation
import LabSupport
import Records
import RunComparison
import Testing

/// What of earlier runs goes into a pack, and comes out of it again.
@Suite struct RunPastTests {
  private func run(_ number: Int, _ device: Int, at last: Int, open: [ServiceEndpoint] = []) -> SampleRun {
    var run = SampleRun(number)
    run.add(device, at: last, open: open)
    return run
  }

  @Test func `a pack's index and records make the same past again`() throws {
    var first = run(1, 1, at: 7, open: [SampleRun.telnet])
    first.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    let (one, two) = (first.record, run(2, 1, at: 7).record)
    let past = RunPast(
      earlier: [.init(two), .init(one)], compared: two,
      commissioning: [.init(record: one, by: "Yamada", day: "2026-11-30")],
      places: [.init(device: SampleRun.id(1), service: SampleRun.telnet, check: "telnet.enabled")])
    #expect(past.earlier.map(\.run) == ["run-1", "run-2"], "oldest first")
    #expect(past.records.allSatisfy { $0.pack == nil }, "a folder of one computer is nobody else's business")
    func again<Value: Codable>(_ value: Value) throws -> Value {
      try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value))
    }
    let index = try again(RunPastIndex(past))
    let records = Dictionary(
      uniqueKeysWithValues: try past.records.map { try again($0) }.map { ($0.run.runID, $0) })
    #expect(index.needed == ["run-1", "run-2"])
    let read = try #require(index.past(records))
    #expect(read.earlier == past.earlier && read.places == past.places && read.compared == two.elsewhere)
    #expect(read.commissioning.map(\.by) == ["Yamada"])
    // The same difference, which tells by the places that Telnet was there before.
    var third = run(3, 1, at: 7, open: [SampleRun.telnet])
    third.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    #expect(read.difference(to: third.record)?.entries == past.difference(to: third.record)?.entries)
    #expect(read.difference(to: third.record)?.entries.first?.state == .regressed)
    #expect(index.past(["run-1": one]) == nil, "a record is missing")
  }

  @Test func `runs have something in common by a device, or where one asked and the other found`() {
    let (one, other) = (run(1, 1, at: 7), run(2, 2, at: 8))
    #expect(!one.record.overlaps(other.record))
    #expect(one.record.overlaps(run(2, 1, at: 99).record), "the same device elsewhere")
    var asked = one
    asked.unanswered = "10.0.0.8"
    #expect(asked.record.overlaps(other.record), "where the first found nobody, the second did")
    asked.isPartial = true
    #expect(!asked.record.overlaps(other.record), "it was interrupted before it came so far")
    var later = other
    later.unanswered = "10.0.0.7"
    #expect(one.record.overlaps(later.record))
  }

  @Test func `of runs that are judged together each device is as the newest has it`() throws {
    var newest = run(2, 1, at: 9, open: [SampleRun.web])
    newest.unanswered = "10.0.0.20"
    var older = run(1, 1, at: 7, open: [SampleRun.telnet])
    older.add(2, at: 8, open: [SampleRun.telnet])
    older.unanswered = "10.0.0.30"
    let joined = try #require(RunRecord.joined([newest.record, older.record]))
    #expect(joined.run.runID == "run-2" && joined.devices.map(\.id) == [SampleRun.id(1), SampleRun.id(2)])
    #expect(joined.devices[0].addresses == [SampleRun.address(9)])
    #expect(joined.services.map(\.endpoint) == [SampleRun.web, SampleRun.telnet])
    #expect(joined.unanswered == "10.0.0.20, 10.0.0.30")
    #expect(RunRecord.joined([]) == nil)
  }

  /// Nobody answered there before, in a run that asked to the end.
  @Test func `a silent port that opened is told as that, one that nobody asked is not`() {
    let device = SampleRun.id(1)
    func before(silent: String, isFinished: Bool = true) -> RunRecord {
      var run = SampleRun(1)
      run.add(1, at: 7, isFinished: isFinished, closed: "1-22,24-65535")
      run.looks = run.looks.map { look in
        .init(
          device: look.device, address: look.address, from: look.from, to: look.to, tcp: look.tcp, udp: nil,
          isFinished: look.isFinished, closed: look.closed, silent: silent, closedUDP: "", aliveAfter: true)
      }
      return run.record
    }
    let later = run(2, 1, at: 7, open: [SampleRun.telnet]).record
    let told = RunDifference(earlier: before(silent: "23"), later: later).entries
    #expect(told.map(\.aspect) == [.port] && told.first?.before == "silent" && told.first?.after == "open")
    #expect(RunDifference(earlier: before(silent: ""), later: later).entries == [])
    #expect(RunDifference(earlier: before(silent: "23", isFinished: false), later: later).entries == [])
    // The other way round: nothing is known to have changed, and nothing to be as it was.
    let gone = RunDifference(earlier: later, later: before(silent: "23"))
    #expect(gone.entries == [] && gone.silenced == [.init(device: device, service: SampleRun.telnet)])
    #expect(RunDifference(earlier: later, later: before(silent: "23", isFinished: false)).silenced == [])
  }
}

extension RunPastTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Docs/OutputSchema")

  /// Every member is described, and what is missing or wrong is noticed.
  @Test func `the index is what its schema says, and nothing more`() throws {
    var run = SampleRun(1)
    run.add(1, at: 7, open: [SampleRun.telnet])
    let record = run.record
    let whole = RunPast(
      earlier: [.init(record)], compared: record, commissioning: [.init(record: record, by: "Yamada", day: "2026-11-30")],
      places: [
        .init(device: SampleRun.id(1), service: SampleRun.telnet, check: "telnet.enabled"),
        .init(device: SampleRun.id(2), service: nil, check: "device.unlisted"),
      ])
    let unread = RunPast(unread: LocalizedText(ja: "読めない", en: "unread"))
    let schema = try JSONSerialization.jsonObject(
      with: Data(contentsOf: Self.folder.appendingPathComponent("run-past.schema.json")))
    let check = SchemaCheck(root: try #require(schema as? [String: Any]), closed: true)
    for past in [whole, unread] {
      let octets = try JSONEncoder().encode(RunPastIndex(past))
      #expect(check.faults(of: try JSONSerialization.jsonObject(with: octets), at: "index") == [])
      let text = String(decoding: octets, as: UTF8.self)
      for name in ["earlier", "compared", "commissioning", "places", "unread", "schema"] {
        let damaged = text.replacing("\"\(name)\":", with: "\"x\":")
        #expect(!check.faults(of: try JSONSerialization.jsonObject(with: Data(damaged.utf8)), at: "index").isEmpty)
      }
    }
  }
}
