import Foundation
import GRDB
import LabSupport
import Records
import RunComparison
import Testing

@testable import History

@Suite struct HistoryStoreTests {
  private func sample(_ number: Int) -> RunRecord {
    var run = SampleRun(number)
    run.add(1, at: 7, open: [SampleRun.telnet, SampleRun.web])
    run.add(2, at: 8)
    run.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    run.find("device.unlisted", on: 2, at: nil, .low)
    run.answers = [
      .init(device: SampleRun.id(1), service: SampleRun.web, question: "tls.expired", result: "refuted"),
      .init(device: SampleRun.id(1), service: nil, question: "http.login", result: "inconclusive"),
    ]
    run.marks = [.init(device: SampleRun.id(1), service: SampleRun.web, kind: .certificate, name: "", value: "ab")]
    run.unanswered = "10.0.0.9-10.0.0.254"
    return run.record
  }

  @Test func `a run comes back as it was recorded`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/below/history.sqlite", .writing)
    #expect(try store.record(sample(1)) == .added)
    #expect(try store.record(sample(1)) == .known)
    #expect(try store.record(of: "run-1") == sample(1))
    #expect(try store.record(of: "run-2") == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: store.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `the list tells devices and findings, the newest first`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    for number in [2, 1, 3] { try store.record(sample(number)) }
    let runs = try store.runs()
    #expect(runs.map(\.id) == ["run-3", "run-2", "run-1"])
    #expect(runs[0].devices == 2 && runs[0].findings == [.high: 1, .low: 1])
    #expect(try store.devices()[SampleRun.id(1)]?.runs == 3)
    let place = RunDifference.Place(device: SampleRun.id(1), service: SampleRun.telnet, check: "telnet.enabled")
    #expect(try store.places(before: runs[0].started, engagement: "E-1", except: "run-3").contains(place))
    #expect(try store.places(before: runs[2].started, engagement: "E-1", except: "run-1") == [])
    #expect(try store.places(before: runs[0].started, engagement: "E-2", except: "run-3") == [])
  }

  @Test func `a run that was interrupted is replaced by its completion; a finished one never`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    var begun = SampleRun(1)
    begun.isPartial = true
    let partial = begun.record
    try store.record(partial)
    var ended = SampleRun(1)
    ended.add(1, at: 7)
    let whole = ended.record
    let renewed = RunRecord(
      run: whole.run, pack: whole.pack, packDigest: String(repeating: "f", count: 64), unanswered: "", omitted: [],
      devices: whole.devices, looks: whole.looks, services: [], weaknesses: [], answers: [], marks: [], proposals: [])
    #expect(try store.record(renewed) == .added)
    #expect(try store.record(of: "run-1") == renewed)
    #expect { try store.record(whole) } throws: { ($0 as? HistoryError)?.code == .conflict }
  }

  @Test func `what is removed takes everything with it, and the rest stays`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    for number in 1...3 { try store.record(sample(number)) }
    try store.remove(["run-2"])
    #expect(try store.runs().map(\.id) == ["run-3", "run-1"])
    let orphans = try store.queue.read { database in
      try ["device", "look", "service", "weakness", "answer", "mark", "proposal"].map { table in
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table) WHERE run NOT IN (SELECT key FROM run)") ?? -1
      }
    }
    #expect(orphans == [0, 0, 0, 0, 0, 0, 0])
    #expect(try store.record(of: "run-3") == sample(3))
  }

  @Test func `a backup is a whole history of its own`() throws {
    let folder = try TemporaryFolder()
    let store = try HistoryStore(folder.path + "/history.sqlite", .writing)
    try store.record(sample(1))
    try store.backUp(to: folder.path + "/copy.sqlite")
    try store.record(sample(2))
    let copy = try HistoryStore(folder.path + "/copy.sqlite", .reading)
    #expect(try copy.runs().map(\.id) == ["run-1"])
    #expect { try store.backUp(to: folder.path + "/copy.sqlite") } throws: { ($0 as? HistoryError)?.code == .conflict }
  }

  // MARK: What can be wrong with the file

  private func code(_ path: String, _ access: HistoryStore.Access) -> HistoryError.Code? {
    do throws(HistoryError) {
      _ = try HistoryStore(path, access).runs()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `files that are none of tenken's histories are refused and left as they are`() throws {
    let folder = try TemporaryFolder()
    let text = folder.path + "/text"
    try Data("this is a letter and no database, long enough for a header of SQLite, which has a hundred octets".utf8)
      .write(to: URL(fileURLWithPath: text))
    #expect(code(text, .writing) == .foreign && code(text, .reading) == .foreign)
    let foreign = folder.path + "/foreign.sqlite"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sqlite3", foreign, "CREATE TABLE letters (text)"]
    try process.run()
    process.waitUntilExit()
    let before = FileManager.default.contents(atPath: foreign)
    #expect(code(foreign, .writing) == .foreign && code(foreign, .reading) == .foreign)
    #expect(before != nil && FileManager.default.contents(atPath: foreign)?.count == before?.count)
    #expect(code(folder.path + "/none.sqlite", .reading) == .missing)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/none.sqlite"))
  }

  @Test func `a history of a newer program is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/history.sqlite"
    do {
      let store = try HistoryStore(path, .writing)
      try store.record(sample(1))
      try store.queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v9')") }
    }
    #expect(code(path, .writing) == .newer && code(path, .reading) == .newer)
  }

  /// Octets in the middle of the file are overwritten, as a failing disk does.
  @Test func `a damaged history is refused with the way back, and a backup takes its place`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/history.sqlite"
    do {
      let store = try HistoryStore(path, .writing)
      for number in 1...20 { try store.record(sample(number)) }
      try store.backUp(to: folder.path + "/copy.sqlite")
      try store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }
    var octets = try #require(FileManager.default.contents(atPath: path))
    for page in stride(from: 4_096, to: octets.count - 4_096, by: 4_096) {
      for offset in 0..<512 { octets[page + offset] = 0xa5 }
    }
    try octets.write(to: URL(fileURLWithPath: path))
    #expect(code(path, .writing) == .damaged)
    do {
      _ = try HistoryStore(path, .writing)
    } catch {
      #expect("\(error)".contains("backup") && "\(error)".contains(path))
    }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: folder.path + "/copy.sqlite", toPath: path)
    #expect(try HistoryStore(path, .writing).runs().count == 20)
  }

  @Test func `two at once lose nothing`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/history.sqlite"
    _ = try HistoryStore(path, .writing)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for half in 0..<2 {
        group.addTask {
          let store = try HistoryStore(path, .writing)
          for number in 0..<15 { try store.record(SampleRun(half * 100 + number).record) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try HistoryStore(path, .reading).runs().count == 30)
  }
}
