internal import Addressing
internal import Foundation
internal import GRDB
public import Records
public import RunComparison

/// A run in a list.
public struct RunHeadline: Hashable, Sendable, Encodable {
  public let id: String
  public let started: Timestamp
  public let ended: Timestamp
  public let engagement: String
  public let site: String
  public let isPartial: Bool
  public let devices: Int
  /// Findings by severity.
  public let findings: [Severity: Int]
  public let pack: String?
  public let packDigest: String
}

extension RunHeadline {
  private enum CodingKeys: CodingKey {
    case id, started, ended, engagement, site, isPartial, devices, findings, pack, packDigest
  }

  /// Severities by their names; what is not known is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(started, forKey: .started)
    try container.encode(ended, forKey: .ended)
    try container.encode(engagement, forKey: .engagement)
    try container.encode(site, forKey: .site)
    try container.encode(isPartial, forKey: .isPartial)
    try container.encode(devices, forKey: .devices)
    try container.encode(
      Dictionary(findings.map { ($0.rawValue, $1) }, uniquingKeysWith: +), forKey: .findings)
    try container.encode(pack, forKey: .pack)
    try container.encode(packDigest, forKey: .packDigest)
  }
}

/// Since when, and until when, something was seen.
public struct Lifetime: Hashable, Sendable, Codable {
  public let first: Timestamp
  public let last: Timestamp
  /// Runs that saw it.
  public let runs: Int
}

extension HistoryStore {
  /// All runs, the newest first.
  public func runs() throws(HistoryError) -> [RunHeadline] {
    try Self.explaining(path) {
      try queue.read { database in
        let findings = try Self.findings(database)
        return try Row.fetchAll(
          database,
          sql: """
            SELECT key, id, started, ended, engagement, site, partial, pack, packDigest,
              (SELECT count(*) FROM device WHERE device.run = run.key) FROM run ORDER BY started DESC, id DESC
            """
        ).map { row in
          RunHeadline(
            id: row[1], started: Timestamp(nanoseconds: row[2] * 1_000_000),
            ended: Timestamp(nanoseconds: row[3] * 1_000_000), engagement: row[4], site: row[5], isPartial: row[6],
            devices: row[9], findings: findings[row[0]] ?? [:], pack: row[7], packDigest: row[8])
        }
      }
    }
  }

  /// Findings of each run by severity.
  static func findings(_ database: Database) throws -> [Int64: [Severity: Int]] {
    var findings: [Int64: [Severity: Int]] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT run, severity, count(*) FROM weakness GROUP BY run, severity")
    while let row = try rows.next() {
      guard let severity = Severity(rawValue: row[1]) else { continue }
      findings[row[0], default: [:]][severity] = row[2]
    }
    return findings
  }

  /// A run, as it was recorded; nil where there is none of this name.
  public func record(of id: String) throws(HistoryError) -> RunRecord? {
    try Self.explaining(path) {
      try queue.read { database in
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id]) else {
          return nil
        }
        return try Self.read(row, database)
      }
    }
  }

  /// Weaknesses of the runs of the same site that began before `moment`, but for the run `id`.
  /// - Parameter among: the only ones that are asked for, which is faster; nil for all.
  public func places(
    among: Set<RunDifference.Place>? = nil, before moment: Timestamp, engagement: String, except id: String
  ) throws(HistoryError) -> Set<RunDifference.Place> {
    let place = among == nil ? "" : "device = ? AND checkID = ? AND endpoint IS ? AND"
    let sql = """
      SELECT DISTINCT device, endpoint, checkID FROM weakness JOIN run ON run.key = weakness.run
      WHERE \(place) run.started < ? AND run.engagement = ? AND run.id <> ? \(among == nil ? "" : "LIMIT 1")
      """
    let earlier: StatementArguments = [Self.milliseconds(moment), engagement, id]
    return try Self.explaining(path) {
      try queue.read { database in
        let statement = try database.makeStatement(sql: sql)
        guard let among else { return Set(try Row.fetchAll(statement, arguments: earlier).map(Self.place)) }
        return try among.filter { place in
          let arguments: StatementArguments = [place.device.rawValue, place.check, place.service?.description]
          return try Row.fetchOne(statement, arguments: arguments + earlier) != nil
        }
      }
    }
  }

  private static func place(_ row: Row) -> RunDifference.Place {
    RunDifference.Place(
      device: DeviceID(rawValue: row[0]), service: (row[1] as String?).flatMap(ServiceEndpoint.init(written:)),
      check: row[2])
  }

  /// Since when each device was seen.
  public func devices() throws(HistoryError) -> [DeviceID: Lifetime] {
    try Self.explaining(path) {
      try queue.read { database in
        let rows = try Row.fetchAll(
          database,
          sql: """
            SELECT device.id, min(run.started), max(run.started), count(*) FROM device JOIN run ON run.key = device.run
            GROUP BY device.id
            """)
        return Dictionary(
          rows.map { row in
            (
              DeviceID(rawValue: row[0]),
              Lifetime(
                first: Timestamp(nanoseconds: row[1] * 1_000_000), last: Timestamp(nanoseconds: row[2] * 1_000_000),
                runs: row[3])
            )
          }, uniquingKeysWith: { first, _ in first })
      }
    }
  }

  // MARK: A record from its rows

  private static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// A list as ``record(_:)`` wrote it. Thousands of them make a run, and the decoder takes ten times as long; it is asked only
  /// about texts with escapes.
  static func strings(_ json: String) throws -> [String] {
    guard !json.utf8.contains(UInt8(ascii: "\\")) else { return try value([String].self, json) }
    let parts = json.utf8.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return try value([String].self, json) }
    return stride(from: 1, to: parts.count, by: 2).compactMap { String(parts[$0]) }
  }

  static func addresses(_ json: String) throws -> [IPAddress] { try strings(json).compactMap { IPAddress($0) } }

  private static func looks(_ run: Int64, _ database: Database) throws -> [RunRecord.Look] {
    let members = ["from", "to", "tcp", "udp", "isFinished", "closed", "silent", "closedUDP", "aliveAfter"]
    // SQLite reads JSON faster than the decoder.
    let columns = members.map { "json_extract(record, '$.\($0)')" }.joined(separator: ", ")
    let rows = try Row.fetchAll(
      database, sql: "SELECT device, address, \(columns) FROM look WHERE run = ?", arguments: [run])
    return rows.compactMap { row in
      guard let address = IPAddress(row[1] as String), let from = Timestamp(rfc3339: row[2]),
        let to = Timestamp(rfc3339: row[3])
      else { return nil }
      return RunRecord.Look(
        device: DeviceID(rawValue: row[0]), address: address, from: from, to: to, tcp: row[4], udp: row[5],
        isFinished: row[6], closed: row[7], silent: row[8], closedUDP: row[9], aliveAfter: row[10])
    }
  }

  private static func read(_ row: Row, _ database: Database) throws -> RunRecord {
    let key: Int64 = row["key"]
    func rows(_ table: String) throws -> [Row] {
      try Row.fetchAll(database, sql: "SELECT * FROM \(table) WHERE run = ?", arguments: [key])
    }
    func device(_ row: Row) -> DeviceID { DeviceID(rawValue: row["device"]) }
    func service(_ row: Row) -> ServiceEndpoint? {
      (row["endpoint"] as String?).flatMap(ServiceEndpoint.init(written:))
    }
    return RunRecord(
      run: try value(RunSummary.self, row["summary"]), pack: row["pack"], packDigest: row["packDigest"],
      unanswered: row["unanswered"], omitted: try strings(row["omitted"]),
      devices: try rows("device").map { row in
        RunRecord.DeviceState(
          id: DeviceID(rawValue: row["id"]), mac: (row["mac"] as String?).flatMap { MACAddress($0) },
          addresses: try addresses(row["addresses"]), vendor: row["vendor"], deviceClass: row["class"],
          model: row["model"], firmware: row["firmware"])
      },
      looks: try looks(key, database),
      services: try rows("service").compactMap { row in
        service(row).map {
          RunRecord.OpenService(device: device(row), endpoint: $0, protocolName: row["protocol"], tls: row["tls"])
        }
      },
      weaknesses: try rows("weakness").compactMap { row in
        guard let severity = Severity(rawValue: row["severity"]) else { return nil }
        return RunRecord.Weakness(
          device: device(row), service: service(row), check: row["checkID"], severity: severity,
          finding: row["finding"], items: try strings(row["items"]))
      },
      answers: try rows("answer").map { row in
        RunRecord.Answer(device: device(row), service: service(row), question: row["question"], result: row["result"])
      },
      marks: try rows("mark").compactMap { row in
        guard let kind = RunRecord.Mark.Kind(rawValue: row["kind"]), let place = service(row) else { return nil }
        return RunRecord.Mark(device: device(row), service: place, kind: kind, name: row["name"], value: row["value"])
      },
      proposals: try rows("proposal").compactMap { row in
        guard let status = VerdictStatus(rawValue: row["status"]) else { return nil }
        return RunRecord.Proposal(
          item: row["item"], device: (row["device"] as String?).map { DeviceID(rawValue: $0) }, service: service(row),
          status: status, reason: (row["reason"] as String?).flatMap(NotTestedReason.init))
      })
  }
}

extension ServiceEndpoint {
  /// `tcp/23`, as ``description`` writes it.
  init?(written text: String) {
    let parts = text.split(separator: "/")
    guard parts.count == 2, let transport = Transport(rawValue: String(parts[0])), let port = UInt16(parts[1]) else {
      return nil
    }
    self.init(transport: transport, port: port)
  }
}
