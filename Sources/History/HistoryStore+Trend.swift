internal import Addressing
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
    let findings = try findings(database)
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT key, id, started, partial, packDigest, (SELECT count(*) FROM device WHERE device.run = run.key)
        FROM run WHERE engagement = ? AND started <= ?
        """, arguments: [engagement, until])
    return rows.map { row in
      RunTrend.Point(
        run: row[1], started: moment(row[2]), partial: row[3], packDigest: row[4], devices: row[5],
        findings: findings[row[0]] ?? [:])
    }
  }

  private static func sightings(
    _ database: Database, _ engagement: String, _ until: Int64
  ) throws -> [RunTrend.Sighting] {
    func rows(_ columns: String) -> String {
      """
      SELECT device.id AS id, \(columns) FROM device JOIN run ON run.key = device.run
      WHERE run.engagement = ? AND run.started <= ? GROUP BY device.id
      """
    }
    let arguments: StatementArguments = [engagement, until]
    let first = try Row.fetchAll(database, sql: rows("min(run.started)"), arguments: arguments).map {
      (DeviceID(rawValue: $0[0]), $0[1] as Int64)
    }
    let firsts = Dictionary(first, uniquingKeysWith: { first, _ in first })
    // Of a group with one max(), SQLite gives the other columns of the row that has it (lang_select.html §2.5).
    let last = rows("device.run AS run, max(run.started) AS started, count(*) AS number")
    return try Row.fetchAll(
      database,
      sql: """
        SELECT last.id, last.started, last.number, device.addresses FROM (\(last)) AS last
        JOIN device ON device.run = last.run AND device.id = last.id
        """, arguments: arguments
    ).map { row in
      let device = DeviceID(rawValue: row[0])
      let last: Int64 = row[1]
      return RunTrend.Sighting(
        device: device, address: try addresses(row[3]).first, first: moment(firsts[device] ?? last), last: moment(last),
        runs: row[2])
    }
  }

  private static func moment(_ milliseconds: Int64) -> Timestamp { Timestamp(nanoseconds: milliseconds * 1_000_000) }
}
