internal import Addressing
internal import Foundation
internal import GRDB
internal import Records
public import RunComparison

extension HistoryStore {
  public enum Recorded: Hashable, Sendable {
    case added
    /// The same run with the same pack is there already.
    case known
  }

  /// Adds a run, whole or not at all.
  /// - Throws: ``HistoryError``; `conflict` where a run of this name has another pack.
  @discardableResult
  public func record(_ record: RunRecord) throws(HistoryError) -> Recorded {
    let path = path
    return try Self.explaining(path) {
      try queue.write { database in
        let there = try Row.fetchOne(
          database, sql: "SELECT packDigest, partial FROM run WHERE id = ?", arguments: [record.run.runID])
        if let there {
          let digest: String = there[0]
          if digest == record.packDigest { return .known }
          // A run that was interrupted and went on is one run.
          guard there[1] else {
            throw HistoryError(
              .conflict, path: path,
              problem: "holds another run \(record.run.runID), of the pack \(digest.prefix(12))…",
              advice: "One of the two packs was changed, or is a copy for others: find out which. Nothing was changed.")
          }
          try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [record.run.runID])
        }
        try Self.insert(record, database)
        return .added
      }
    }
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func milliseconds(_ moment: Timestamp) -> Int64 { moment.nanoseconds / 1_000_000 }

  private static func insert(_ record: RunRecord, _ database: Database) throws {
    let run = record.run
    try database.execute(
      sql: """
        INSERT INTO run (id, started, ended, engagement, site, partial, summary, pack, packDigest, unanswered, omitted)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run.runID, milliseconds(run.started), milliseconds(run.ended), run.engagement.id, run.engagement.site,
        run.partial,
        try json(run), record.pack, record.packDigest, record.unanswered, try json(record.omitted),
      ])
    let key = database.lastInsertedRowID
    let device = try database.makeStatement(sql: "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    for one in record.devices {
      try device.execute(arguments: [
        key, one.id.rawValue, one.mac?.description, try json(one.addresses), one.vendor, one.deviceClass, one.model,
        one.firmware,
      ])
    }
    let look = try database.makeStatement(sql: "INSERT INTO look VALUES (?, ?, ?, ?)")
    for one in record.looks {
      try look.execute(arguments: [key, one.device.rawValue, one.address.description, try json(one)])
    }
    let service = try database.makeStatement(sql: "INSERT INTO service VALUES (?, ?, ?, ?, ?)")
    for one in record.services {
      try service.execute(arguments: [key, one.device.rawValue, one.endpoint.description, one.protocolName, one.tls])
    }
    try insertConclusions(record, key, database)
  }

  private static func insertConclusions(_ record: RunRecord, _ key: Int64, _ database: Database) throws {
    let weakness = try database.makeStatement(sql: "INSERT INTO weakness VALUES (?, ?, ?, ?, ?, ?, ?)")
    for one in record.weaknesses {
      try weakness.execute(arguments: [
        key, one.finding, one.device.rawValue, one.service?.description, one.check, one.severity.rawValue,
        try json(one.items),
      ])
    }
    let answer = try database.makeStatement(sql: "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)")
    for one in record.answers {
      try answer.execute(arguments: [
        key, one.device.rawValue, one.service?.description ?? "", one.question, one.result,
      ])
    }
    let mark = try database.makeStatement(sql: "INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?)")
    for one in record.marks {
      try mark.execute(arguments: [
        key, one.device.rawValue, one.service.description, one.kind.rawValue, one.name, one.value,
      ])
    }
    let proposal = try database.makeStatement(sql: "INSERT INTO proposal VALUES (?, ?, ?, ?, ?, ?, ?)")
    for (number, one) in record.proposals.enumerated() {
      try proposal.execute(arguments: [
        key, number, one.item, one.device?.rawValue, one.service?.description, one.status.rawValue,
        one.reason?.rawValue,
      ])
    }
  }

  /// Takes runs out, and what hangs on them. Their packs are the caller's business.
  public func remove(_ ids: [String]) throws(HistoryError) {
    try Self.explaining(path) {
      try queue.write { database in
        for id in ids {
          try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
          try database.execute(sql: "DELETE FROM commissioning WHERE run = ?", arguments: [id])
        }
      }
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); VACUUM") }
    }
  }

  /// The pack of a run is gone.
  public func forgetPack(of id: String) throws(HistoryError) {
    try Self.explaining(path) {
      try queue.write { try $0.execute(sql: "UPDATE run SET pack = NULL WHERE id = ?", arguments: [id]) }
    }
  }

  /// A copy that is whole, made while others may write (SQLite's backup).
  /// - Parameter copy: a file that does not exist yet.
  public func backUp(to copy: String) throws(HistoryError) {
    guard !FileManager.default.fileExists(atPath: copy) else {
      throw HistoryError(
        .conflict, path: copy, problem: "is there already", advice: "Name a file that does not exist yet.")
    }
    try Self.explaining(copy) {
      _ = FileManager.default.createFile(atPath: copy, contents: nil, attributes: [.posixPermissions: 0o600])
      do {
        let target = try DatabaseQueue(path: copy)
        try queue.backup(to: target)
        try target.close()
      } catch {
        // What is not whole must not be taken for a backup.
        try? FileManager.default.removeItem(atPath: copy)
        throw error
      }
    }
  }
}
