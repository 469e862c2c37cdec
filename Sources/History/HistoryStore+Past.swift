internal import GRDB
internal import Records
public import RunComparison

extension HistoryStore {
  /// Who named a run as the record of how devices were brought into service.
  public struct Commissioned: Hashable, Sendable {
    public let run: String
    public let by: String
    /// `2026-11-30`.
    public let day: String
  }

  /// Names a run as such a record, or takes that back.
  /// - Parameter mark: nil takes it back.
  /// - Returns: false where there is no run of this name.
  public func commission(_ run: String, _ mark: (by: String, day: String)?) throws(HistoryError) -> Bool {
    try Self.explaining(path) {
      try queue.write { database in
        guard try Row.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run]) != nil else {
          return false
        }
        try database.execute(sql: "DELETE FROM commissioning WHERE run = ?", arguments: [run])
        if let mark {
          try database.execute(
            sql: "INSERT INTO commissioning VALUES (?, ?, ?)", arguments: [run, mark.by, mark.day])
        }
        return true
      }
    }
  }

  /// The runs that are named so; none in a file that an older version wrote last.
  public func commissioned() throws(HistoryError) -> [Commissioned] {
    try Self.explaining(path) {
      try queue.read { database in
        guard try database.tableExists("commissioning") else { return [] }
        return try Row.fetchAll(database, sql: "SELECT run, person, day FROM commissioning ORDER BY run").map {
          Commissioned(run: $0[0], by: $0[1], day: $0[2])
        }
      }
    }
  }

  /// The earlier runs of an engagement, and the newest of them that looked at something that the run looked at too. A site that was
  /// renamed is the same: the engagement says what belongs together.
  /// - Parameter later: the run, which may be recorded already, in part.
  public func past(of later: RunRecord) throws(HistoryError) -> RunPast {
    let run = later.run
    // Of two that began in one millisecond neither is earlier.
    let earlier = try runs().filter { one in
      one.engagement == run.engagement.id && one.id != run.runID
        && Self.milliseconds(one.started) < Self.milliseconds(run.started)
    }
    var compared: RunRecord?
    // Of runs that were interrupted only when no other has anything to compare.
    for one
      in (earlier.filter { !$0.isPartial }.prefix(Self.candidates) + earlier.filter(\.isPartial).prefix(Self.candidates))
    {
      guard let record = try record(of: one.id), record.overlaps(later) else { continue }
      compared = record
      break
    }
    let ids = Set(earlier.map(\.id))
    let named = try commissioned().filter { ids.contains($0.run) }
    var commissioning: [RunPast.Commissioning] = []
    for one in named {
      guard let record = try record(of: one.run) else { continue }
      commissioning.append(.init(record: record, by: one.by, day: one.day))
    }
    var places: Set<RunDifference.Place> = []
    if let compared {
      places = try self.places(before: compared.run.started, engagement: run.engagement.id, except: run.runID)
    }
    return RunPast(
      earlier: earlier.map {
        .init(run: $0.id, started: $0.started, partial: $0.isPartial, packDigest: $0.packDigest)
      }, compared: compared, commissioning: commissioning, places: places)
  }

  /// How many of the newest runs are looked at for one to compare with: an engagement of a few segments audited in turn.
  private static let candidates = 12

  /// The runs that saw something first which the newest run of their engagement still has: without them nobody could say since when.
  public func firstSightings() throws(HistoryError) -> Set<String> {
    try Self.explaining(path) {
      try queue.read { database in
        let rows = try Row.fetchAll(
          database,
          sql: """
            WITH newest AS (
              SELECT key, engagement FROM run
              WHERE started = (SELECT max(started) FROM run AS other WHERE other.engagement = run.engagement)
            )
            SELECT DISTINCT first.id FROM weakness AS open JOIN newest ON newest.key = open.run
            JOIN run AS first ON first.key = (
              SELECT run.key FROM weakness JOIN run ON run.key = weakness.run
              WHERE weakness.device = open.device AND weakness.checkID = open.checkID
                AND weakness.endpoint IS open.endpoint AND run.engagement = newest.engagement
              ORDER BY run.started LIMIT 1)
            """)
        return Set(rows.map { $0[0] })
      }
    }
  }
}
