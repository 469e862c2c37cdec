import Foundation
import GRDB
import LabSupport
import Records
import RunComparison
import Testing

@testable import History

/// A history over years: what it tells of the course of a site, how it gets its newer tables, and when all of it is checked.
@Suite struct HistoryGrowthTests {
  private func site(_ number: Int, isPartial: Bool = false) -> SampleRun {
    var run = SampleRun(number)
    run.isPartial = isPartial
    run.add(1, at: 10 + number, open: [SampleRun.telnet])
    run.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    run.find("device.unlisted", on: 1, at: nil, .low)
    return run
  }

  @Test func `the trend has the runs of a site up to a moment, and where devices were last`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    var third = site(3, isPartial: true)
    third.add(2, at: 99)
    for record in [third.record, site(1).record, site(2).record] { try store.record(record) }
    let trend = try store.trend(engagement: "E-1")
    #expect(trend.points.map(\.run) == ["run-1", "run-2", "run-3"])
    #expect(trend.points.map(\.partial) == [false, false, true] && trend.points.map(\.devices) == [1, 1, 2])
    #expect(trend.points.allSatisfy { $0.findings == [.high: 1, .low: 1] })
    #expect(trend.points[1].packDigest == site(2).record.packDigest)
    let started = { (number: Int) in self.site(number).record.run.started }
    #expect(
      trend.sightings == [
        .init(device: SampleRun.id(1), address: SampleRun.address(13), first: started(1), last: started(3), runs: 3),
        .init(device: SampleRun.id(2), address: SampleRun.address(99), first: started(3), last: started(3), runs: 1),
      ])
    // Run by run it is the same.
    let added = [1, 2].reduce(RunTrend(points: [], sightings: [])) { $0.adding(site($1).record) }
    #expect(try store.trend(engagement: "E-1", until: started(2)) == added)
    #expect(try store.trend(engagement: "E-2") == RunTrend(points: [], sightings: []))
  }

  @Test func `places are told among those that are asked for, with and without a service`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    for number in 1...2 { try store.record(site(number).record) }
    let known = Set(
      site(1).record.weaknesses.map {
        RunDifference.Place(device: $0.device, service: $0.service, check: $0.check)
      })
    let strange: Set<RunDifference.Place> = [
      .init(device: SampleRun.id(1), service: SampleRun.web, check: "telnet.enabled"),
      .init(device: SampleRun.id(1), service: nil, check: "telnet.enabled"),
      .init(device: SampleRun.id(2), service: nil, check: "device.unlisted"),
    ]
    let second = site(2).record.run
    func places(_ among: Set<RunDifference.Place>?, except id: String = "") throws -> Set<RunDifference.Place> {
      try store.places(among: among, before: second.started, engagement: "E-1", except: id)
    }
    #expect(known.count == 2)
    #expect(try places(known.union(strange)) == known)
    #expect(try places(nil) == known)
    #expect(try places(known, except: "run-1") == [])
  }

  /// What the decoder is not asked about must be read as it would read it.
  @Test(arguments: [
    [], ["a"], ["a", "", "b"], ["jssec-iot-v1/JSSEC-14.2.c", "カメラ", "a,b", "[x]"], ["\"", "\\", "a\"b\\"],
    ["\u{1}", "\n"],
  ])
  func `lists of texts come back whatever is in them`(texts: [String]) throws {
    let json = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    #expect(try HistoryStore.strings(json) == texts)
  }

  @Test func `a list that is cut off is no list`() {
    #expect(throws: (any Error).self) { try HistoryStore.strings("[\"a\",\"b") }
  }

  // MARK: Newer tables

  @Test
  func `a file of the first version is read as it is, gets the newer tables when it is written, and loses nothing`()
    throws
  {
    let folder = try TemporaryFolder()
    let path = folder.path + "/history.sqlite"
    do {
      let queue = try DatabaseQueue(path: path)
      try HistorySchema.migrator.migrate(queue, upTo: "v1")
      try queue.close()
    }
    let old = try HistoryStore(path, .reading)
    for number in 1...3 { try old.record(site(number).record) }
    #expect(try steps(path) == ["v1"])
    #expect(try old.runs().count == 3 && old.trend(engagement: "E-1").points.count == 3)
    let new = try HistoryStore(path, .writing)
    #expect(try steps(path).starts(with: ["v1", "v2"]))
    for number in 1...3 { #expect(try new.record(of: "run-\(number)") == site(number).record) }
    #expect(try new.runs() == old.runs())
    // The next time there is nothing to do.
    _ = try HistoryStore(path, .writing)
  }

  private func steps(_ path: String) throws -> [String] {
    try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations") }
  }

  /// Of five years these would read 100 MB and 60 MB otherwise.
  @Test func `findings are counted, and places found, by indexes alone`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    func plan(_ sql: String) throws -> String {
      try store.queue.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] } }
        .joined(separator: "; ")
    }
    #expect(
      try plan("SELECT run, severity, count(*) FROM weakness GROUP BY run, severity").contains(
        "USING COVERING INDEX weaknessBySeverity"))
    #expect(
      try plan("SELECT 1 FROM weakness WHERE device = 'a' AND checkID = 'b' AND endpoint IS NULL").contains(
        "SEARCH weakness USING COVERING INDEX weaknessByPlace (device=? AND checkID=? AND endpoint=?)"))
  }

  // MARK: Checks

  /// An index that does not say what its table says: the quick check looks past it, the full one finds it.
  @Test func `all of the file is checked when it is due, and what it finds is told`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/history.sqlite"
    func set(_ moment: String) throws {
      try DatabaseQueue(path: path).write { try $0.execute(sql: "UPDATE upkeep SET at = \(moment)") }
    }
    do {
      let store = try HistoryStore(path, .writing)
      for number in 1...3 { try store.record(site(number).record) }
      try store.queue.writeWithoutTransaction {
        try $0.execute(
          sql: """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = 'CREATE INDEX weaknessBySeverity ON weakness (run, checkID)'
            WHERE name = 'weaknessBySeverity'
            """)
      }
    }
    // Checked a moment ago, when it was made.
    _ = try HistoryStore(path, .writing)
    for moment in ["strftime('%s', 'now') - 30 * 86400", "strftime('%s', 'now') + 3600"] {
      try set("CAST(\(moment) AS INTEGER)")
      #expect {
        _ = try HistoryStore(path, .writing)
      } throws: {
        ($0 as? HistoryError)?.code == .damaged
      }
    }
    try set("CAST(strftime('%s', 'now') AS INTEGER) - 29 * 86400")
    _ = try HistoryStore(path, .writing)
  }
}
