internal import Foundation
internal import GRDB
internal import Records

/// The runs of the past, in one SQLite file.
///
/// A run is recorded in one transaction after its pack was sealed: whatever happens, it is there whole or not at all. Several
/// programs may use the file at once; one writes, the others wait for at most ``patience``.
public final class HistoryStore {
  public enum Access: Hashable, Sendable {
    case reading
    /// Makes the file where there is none.
    case writing
  }

  /// How long another program's writing is waited for.
  static let patience: Double = 15

  static let fullCheckDays: Int64 = 30

  public let path: String
  let queue: DatabaseQueue

  /// - Throws: ``HistoryError``: `missing`, `foreign`, `newer`, `damaged`, `busy`, `readOnly`, `full`.
  public init(_ path: String, _ access: Access) throws(HistoryError) {
    self.path = path
    if access == .reading, !FileManager.default.fileExists(atPath: path) {
      throw HistoryError(
        .missing, path: path, problem: "does not exist",
        advice: "It comes into being with the first audit that is recorded.")
    }
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(Self.patience)
    if access == .writing {
      // What a transaction said to be kept is on the disk, not in a cache of it.
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL") }
    }
    queue = try Self.explaining(path) {
      try Self.create(path, access)
      return try DatabaseQueue(path: try Self.place(path, access), configuration: configuration)
    }
    try check(access)
  }

  /// Nobody else may read what is known of a customer's network.
  private static func create(_ path: String, _ access: Access) throws {
    guard access == .writing, !FileManager.default.fileExists(atPath: path) else { return }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
  }

  /// Where nothing may be written, SQLite can read only what it is told will not change; what another program had not put into
  /// the file itself would be missed then, so that such a file is refused.
  private static func place(_ path: String, _ access: Access) throws(HistoryError) -> String {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard access == .reading, !FileManager.default.isWritableFile(atPath: folder) else { return path }
    let rest = (try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int) ?? 0
    guard rest == 0 else {
      throw HistoryError(
        .readOnly, path: path, problem: "was not closed, and its folder cannot be written",
        advice:
          "Copy the file with those beside it (-wal, -shm) to a folder that can be written, and name it with --history."
      )
    }
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove(charactersIn: "?#%;")
    return "file:\(path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path)?immutable=1"
  }

  private func check(_ access: Access) throws(HistoryError) {
    let migrator = HistorySchema.migrator
    let path = path
    try Self.explaining(path) {
      let state = try queue.read { database in
        (
          isEmpty: try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0,
          application: try Int32.fetchOne(database, sql: "PRAGMA application_id"),
          isNewer: try migrator.hasBeenSuperseded(database)
        )
      }
      guard state.isEmpty || state.application == HistorySchema.application else {
        throw HistoryError(
          .foreign, path: path, problem: "is a database of another program",
          advice: "Name another file with --history. Nothing was changed.")
      }
      guard !state.isNewer else {
        throw HistoryError(
          .newer, path: path, problem: "was written by a newer tenken",
          advice: "Use that version, or another file with --history. Nothing was changed.")
      }
      guard access == .writing else { return }
      let isDue = try queue.read(Self.isFullCheckDue)
      let faults = try queue.read {
        try String.fetchAll($0, sql: isDue ? "PRAGMA integrity_check(3)" : "PRAGMA quick_check(3)")
      }
      guard faults == ["ok"] else { throw Self.damaged(path, faults.joined(separator: "; ")) }
      try migrator.migrate(queue)
      guard isDue else { return }
      try queue.write {
        try $0.execute(
          sql: "INSERT OR REPLACE INTO upkeep VALUES ('integrity check', CAST(strftime('%s', 'now') AS INTEGER))")
      }
    }
  }

  /// A damaged page is found by either check before anything is written. That indexes say what the tables say takes six times as
  /// long and is looked at once in ``fullCheckDays`` days. Where the file does not say when it was, it is due.
  private static func isFullCheckDue(_ database: Database) throws -> Bool {
    guard try database.tableExists("upkeep") else { return true }
    let last = try Int64.fetchOne(database, sql: "SELECT at FROM upkeep WHERE name = 'integrity check'")
    let now = try Int64.fetchOne(database, sql: "SELECT CAST(strftime('%s', 'now') AS INTEGER)") ?? 0
    return last.map { $0 > now || now - $0 >= fullCheckDays * 86_400 } ?? true
  }

  static func damaged(_ path: String, _ what: String) -> HistoryError {
    HistoryError(
      .damaged, path: path, problem: "is damaged (\(what))",
      advice:
        "Move it away and bring back a backup (tenken history backup makes them), or begin a new one and add the packs "
        + "that you have (tenken history import). Nothing was changed.")
  }

  /// Runs a piece of work and says what went wrong in words.
  static func explaining<Value>(_ path: String, _ work: () throws -> Value) throws(HistoryError) -> Value {
    do {
      return try work()
    } catch let error as HistoryError {
      throw error
    } catch let error as DatabaseError {
      throw explained(error, path)
    } catch {
      throw HistoryError(
        .failed, path: path, problem: "cannot be used: \((error as NSError).localizedDescription)",
        advice: "Check the folder and its permissions.")
    }
  }

  private static func explained(_ error: DatabaseError, _ path: String) -> HistoryError {
    switch error.resultCode {
    case .SQLITE_CORRUPT: damaged(path, error.message ?? "SQLite says so")
    case .SQLITE_NOTADB:
      HistoryError(
        .foreign, path: path, problem: "is no SQLite database",
        advice: "Name another file with --history. Nothing was changed.")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      HistoryError(
        .busy, path: path, problem: "is being written by another program for more than \(Int(patience)) s",
        advice: "Try again when it has ended. What was to be recorded is in its pack: tenken history import adds it.")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      HistoryError(
        .readOnly, path: path, problem: "cannot be opened or written",
        advice: "Give the user write access to the file and its folder, or name another with --history.")
    case .SQLITE_FULL, .SQLITE_IOERR:
      HistoryError(
        .full, path: path, problem: "cannot be written: the disk is full or fails (\(error.message ?? ""))",
        advice: "Make room. What was to be recorded is in its pack: tenken history import adds it.")
    default:
      HistoryError(
        .failed, path: path, problem: "cannot be used: \(error.message ?? "SQLite error \(error.resultCode.rawValue)")",
        advice: "Try again; a backup can take its place.")
    }
  }
}
