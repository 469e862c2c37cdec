internal import Addressing
internal import Foundation
internal import GRDB
public import Records
public import RunComparison

extension HistoryStore {
  /// How a site went from run to run.
  /// - Parameter until: the start of the last run that counts; nil for all.
  public func trend(engagement: String, until: Timestamp? = nil) throws(HistoryError) -> RunTrend {
    let bound = until.map(Self.milliseconds) ?? Int64.max
    return try Self.explaining(path) {
      try queue.read { database in
        RunTrend(
          points: try Self.points(database, engagement, bound),
          sightings: try Self.sightings(database, engagement, bound))
      }
    }
  }

  private static func points(_ database: Database, _ engagement: String, _ until: Int64) throws -> [RunTrend.Point] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, started, partial, packDigest, (SELECT count(*) FROM device WHERE device.run = run.key),
          (SELECT json_group_object(severity, number) FROM
            (SELECT severity, count(*) AS number FROM weakness WHERE weakness.run = run.key GROUP BY severity))
        FROM run WHERE engagement = ? AND started <= ?
        """, arguments: [engagement, until])
    return try rows.map { row in
      let findings = try JSONDecoder().decode([String: Int].self, from: Data((row[5] as String).utf8))
      return RunTrend.Point(
        run: row[0], started: Timestamp(nanoseconds: row[1] * 1_000_000), partial: row[2], packDigest: row[3],
        devices: row[4],
        findings: Dictionary(
          findings.compactMap { name, count in Severity(rawValue: name).map { ($0, count) } }, uniquingKeysWith: +))
    }
  }

  private static func sightings(
    _ database: Database, _ engagement: String, _ until: Int64
  ) throws -> [RunTrend.Sighting] {
    // Of a group with one max(), SQLite gives the other columns of the row that has it (lang_select.html §2.5).
    let rows = try Row.fetchAll(
      database,
      sql: """
        WITH seen AS (
          SELECT device.id, device.run, min(run.started) OVER whole AS first, run.started,
            count(*) OVER whole AS number
          FROM device JOIN run ON run.key = device.run WHERE run.engagement = ? AND run.started <= ?
          WINDOW whole AS (PARTITION BY device.id)
        ), last AS (SELECT id, run, first, max(started) AS started, number FROM seen GROUP BY id)
        SELECT last.id, device.addresses, last.first, last.started, last.number FROM last
        JOIN device ON device.run = last.run AND device.id = last.id
        """, arguments: [engagement, until])
    return try rows.map { row in
      RunTrend.Sighting(
        device: DeviceID(rawValue: row[0]),
        address: try JSONDecoder().decode([IPAddress].self, from: Data((row[1] as String).utf8)).first,
        first: Timestamp(nanoseconds: row[2] * 1_000_000), last: Timestamp(nanoseconds: row[3] * 1_000_000),
        runs: row[4])
    }
  }
}
