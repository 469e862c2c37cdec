import Foundation
import GRDB
import History
import LabSupport
import Records
import RunComparison
import Testing

/// What a run takes from the history of its engagement.
@Suite struct HistoryPastTests {
  private let folder: TemporaryFolder
  private let store: HistoryStore

  init() throws {
    folder = try TemporaryFolder()
    store = try HistoryStore(folder.path + "/history.sqlite", .writing)
  }

  private func camera(_ number: Int, isPartial: Bool = false) -> SampleRun {
    var run = SampleRun(number)
    run.add(1, at: 7, open: [SampleRun.telnet])
    run.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    run.isPartial = isPartial
    return run
  }

  private func other(_ number: Int) -> SampleRun {
    var run = SampleRun(number)
    run.add(2, at: 8)
    return run
  }

  private func renamed(_ record: RunRecord, engagement: String? = nil, site: String? = nil) -> RunRecord {
    var run = record.run
    run.engagement.id = engagement ?? run.engagement.id
    run.engagement.site = site ?? run.engagement.site
    return RunRecord(
      run: run, pack: record.pack, packDigest: record.packDigest, unanswered: record.unanswered,
      omitted: record.omitted, devices: record.devices, looks: record.looks, services: record.services,
      weaknesses: record.weaknesses, answers: record.answers, marks: record.marks, proposals: record.proposals)
  }

  @Test func `the newest earlier run of the engagement that looked at something in common is compared`() throws {
    for run in [camera(1), camera(2), other(3)] { try store.record(run.record) }
    try store.record(renamed(camera(4).record, engagement: "E-2"))
    try store.record(camera(6).record)
    let past = try store.past(of: camera(5).record)
    #expect(past.earlier.map(\.run) == ["run-1", "run-2", "run-3"], "neither another engagement's nor a later one")
    #expect(past.compared?.run.runID == "run-2", "run 3 looked at another device")
    #expect(past.places.count == 1, "what runs before the compared one had")
  }

  @Test func `a site that was renamed is the same, and a run is never its own past`() throws {
    try store.record(renamed(camera(1).record, site: "Old name"))
    try store.record(camera(2, isPartial: true).record)
    let past = try store.past(of: camera(2).record)
    #expect(past.earlier.map(\.run) == ["run-1"] && past.compared?.run.runID == "run-1")
  }

  @Test func `a run that was interrupted is compared only when there is no other`() throws {
    try store.record(camera(1).record)
    try store.record(camera(2, isPartial: true).record)
    #expect(try store.past(of: camera(3).record).compared?.run.runID == "run-1")
    try store.remove(["run-1"])
    #expect(try store.past(of: camera(3).record).compared?.run.runID == "run-2")
  }

  @Test func `a run is named the record of an introduction, keeps that when it goes on, and loses it with itself`()
    throws
  {
    try store.record(camera(1, isPartial: true).record)
    #expect(try store.commission("run-1", ("Yamada", "2026-11-30")))
    #expect(try !store.commission("run-9", ("Yamada", "2026-11-30")), "there is no such run")
    // The same run, gone on with to its end: its pack has another digest.
    let whole = camera(1).record
    let ended = RunRecord(
      run: whole.run, pack: whole.pack, packDigest: String(repeating: "f", count: 64), unanswered: "", omitted: [],
      devices: whole.devices, looks: whole.looks, services: [], weaknesses: [], answers: [], marks: [], proposals: [])
    try store.record(ended)
    let past = try store.past(of: camera(2).record)
    #expect(past.commissioning.map(\.by) == ["Yamada"] && past.commissioning.first?.record.run.partial == false)
    try store.remove(["run-1"])
    #expect(try store.commissioned() == [])
    try store.record(ended)
    #expect(try store.past(of: camera(2).record).commissioning == [], "nobody named this one")
  }

  @Test func `the first sighting of what is still open is needed, that of what was mended is not`() throws {
    for run in [camera(1), camera(2)] { try store.record(run.record) }
    var third = camera(3)
    third.find("http.no-auth-admin", on: 1, at: SampleRun.web)
    try store.record(third.record)
    var fourth = SampleRun(4)
    fourth.add(1, at: 7, open: [SampleRun.telnet])
    fourth.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    try store.record(fourth.record)
    #expect(try store.firstSightings() == ["run-1"])
  }

  /// A file of the first version has no such table: a reader, which changes nothing, gets along without.
  @Test func `a file of an older version is read as it is, and migrated by the next writer`() throws {
    try store.record(camera(1).record)
    let path = folder.path + "/history.sqlite"
    let database = try DatabaseQueue(path: path)
    try database.write {
      try $0.execute(
        sql: "DROP TABLE commissioning; DELETE FROM grdb_migrations WHERE identifier = 'v3'")
    }
    try database.close()
    #expect(try HistoryStore(path, .reading).past(of: camera(2).record).compared?.run.runID == "run-1")
    let writer = try HistoryStore(path, .writing)
    #expect(try writer.commission("run-1", ("Yamada", "2026-11-30")))
    #expect(try writer.record(of: "run-1") == camera(1).record, "and nothing is lost")
  }
}
