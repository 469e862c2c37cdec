public import Records

/// A difference as it is handed on: `tenken diff --json`, `data/history/difference.json`, a page. Its JSON is
/// `urn:tenken:schema:difference:1`.
public struct DifferenceDocument: Hashable, Sendable {
  /// One of the two runs.
  public struct Side: Hashable, Sendable, Codable {
    public let run: String
    public let started: Timestamp
    /// It was interrupted: what it did not see is not gone.
    public let partial: Bool
    /// SHA-256 of the `tagmanifest-sha256.txt` of its pack; nil for the run whose own pack holds this: it is not sealed yet.
    public let packDigest: String?

    public init(run: String, started: Timestamp, partial: Bool, packDigest: String?) {
      self.run = run
      self.started = started
      self.partial = partial
      self.packDigest = packDigest
    }

    public init(_ record: RunRecord) {
      self.init(
        run: record.run.runID, started: record.run.started, partial: record.run.partial,
        packDigest: record.packDigest.isEmpty ? nil : record.packDigest)
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(run, forKey: .run)
      try container.encode(started, forKey: .started)
      try container.encode(partial, forKey: .partial)
      try container.encode(packDigest, forKey: .packDigest)
    }
  }

  public let earlier: Side
  public let later: Side
  /// Devices that both runs looked at.
  public let compared: Int
  /// As ``RunDifference/entries``.
  public let entries: [RunDifference.Entry]

  public init(earlier: Side, later: Side, compared: Int, entries: [RunDifference.Entry]) {
    self.earlier = earlier
    self.later = later
    self.compared = compared
    self.entries = entries
  }

  public init(_ difference: RunDifference, earlier: RunRecord, later: RunRecord) {
    self.init(
      earlier: Side(earlier), later: Side(later), compared: difference.compared, entries: difference.entries)
  }

  public func count(_ state: RunDifference.State) -> Int { entries.count { $0.state == state } }
}

extension DifferenceDocument: Codable {
  public static let schema = "urn:tenken:schema:difference:1"

  private enum CodingKeys: CodingKey { case schema, earlier, later, compared, counts, entries }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try container.require(Self.schema, forKey: .schema)
    self.init(
      earlier: try container.decode(Side.self, forKey: .earlier),
      later: try container.decode(Side.self, forKey: .later),
      compared: try container.count(forKey: .compared),
      // The counts say nothing that the entries do not.
      entries: try container.decode([RunDifference.Entry].self, forKey: .entries))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(earlier, forKey: .earlier)
    try container.encode(later, forKey: .later)
    try container.encode(compared, forKey: .compared)
    let counts = RunDifference.State.allCases.map { ($0.rawValue, count($0)) }
    try container.encode(Dictionary(counts, uniquingKeysWith: +), forKey: .counts)
    try container.encode(entries, forKey: .entries)
  }
}
