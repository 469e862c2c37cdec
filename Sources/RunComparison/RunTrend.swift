public import Addressing
public import Records

/// How a site went from run to run, for pictures: the runs of one engagement, oldest first. Its JSON is
/// `urn:tenken:schema:run-trend:1`.
public struct RunTrend: Hashable, Sendable {
  /// What one run came to.
  public struct Point: Hashable, Sendable {
    public let run: String
    public let started: Timestamp
    /// It was interrupted: what it did not see is not gone.
    public let partial: Bool
    /// SHA-256 of the `tagmanifest-sha256.txt` of its pack; nil for the run whose own pack holds this: it is not sealed yet.
    public let packDigest: String?
    public let devices: Int
    /// Findings by severity; one that does not occur is absent.
    public let findings: [Severity: Int]

    public init(
      run: String, started: Timestamp, partial: Bool, packDigest: String?, devices: Int, findings: [Severity: Int]
    ) {
      self.run = run
      self.started = started
      self.partial = partial
      self.packDigest = packDigest
      self.devices = devices
      self.findings = findings
    }
  }

  /// Since when, and until when, a device was seen.
  public struct Sighting: Hashable, Sendable, Codable {
    public let device: DeviceID
    /// Where it was seen last; nil where that is not known.
    public let address: IPAddress?
    public let first: Timestamp
    public let last: Timestamp
    /// Runs that saw it.
    public let runs: Int

    public init(device: DeviceID, address: IPAddress? = nil, first: Timestamp, last: Timestamp, runs: Int) {
      self.device = device
      self.address = address
      self.first = first
      self.last = last
      self.runs = runs
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(device, forKey: .device)
      try container.encode(address, forKey: .address)
      try container.encode(first, forKey: .first)
      try container.encode(last, forKey: .last)
      try container.encode(runs, forKey: .runs)
    }
  }

  public let points: [Point]
  /// By device.
  public let sightings: [Sighting]

  public init(points: [Point], sightings: [Sighting]) {
    self.points = points.sorted { ($0.started, $0.run) < ($1.started, $1.run) }
    self.sightings = sightings.sorted { $0.device < $1.device }
  }

  /// With a run more, such as the one that is about to be recorded.
  public func adding(_ record: RunRecord) -> RunTrend {
    let started = record.run.started
    var sightings = Dictionary(sightings.map { ($0.device, $0) }, uniquingKeysWith: { first, _ in first })
    for device in record.devices {
      let known = sightings[device.id]
      let isLast = known.map { $0.last <= started } ?? true
      sightings[device.id] = Sighting(
        device: device.id, address: isLast ? device.addresses.first : known?.address,
        first: min(known?.first ?? started, started), last: max(known?.last ?? started, started),
        runs: (known?.runs ?? 0) + 1)
    }
    return RunTrend(points: points + [Point(record)], sightings: Array(sightings.values))
  }
}

extension RunTrend.Point {
  public init(_ record: RunRecord) {
    self.init(
      run: record.run.runID, started: record.run.started, partial: record.run.partial,
      packDigest: record.packDigest.isEmpty ? nil : record.packDigest, devices: record.devices.count,
      findings: Dictionary(record.weaknesses.map { ($0.severity, 1) }, uniquingKeysWith: +))
  }
}

extension RunTrend: Codable {
  public static let schema = "urn:tenken:schema:run-trend:1"

  private enum CodingKeys: CodingKey { case schema, points, sightings }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try container.require(Self.schema, forKey: .schema)
    self.init(
      points: try container.decode([Point].self, forKey: .points),
      sightings: try container.decode([Sighting].self, forKey: .sightings))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(points, forKey: .points)
    try container.encode(sightings, forKey: .sightings)
  }
}

extension RunTrend.Point: Codable {
  private enum CodingKeys: CodingKey { case run, started, partial, packDigest, devices, findings }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let findings = try container.decode([String: Int].self, forKey: .findings)
    self.init(
      run: try container.decode(String.self, forKey: .run),
      started: try container.decode(Timestamp.self, forKey: .started),
      partial: try container.decode(Bool.self, forKey: .partial),
      packDigest: try container.decodeIfPresent(String.self, forKey: .packDigest),
      devices: try container.count(forKey: .devices),
      findings: try Dictionary(
        uniqueKeysWithValues: findings.map { name, count in
          guard let severity = Severity(rawValue: name), count >= 0 else {
            throw DecodingError.dataCorruptedError(
              forKey: .findings, in: container, debugDescription: "not a count of a severity")
          }
          return (severity, count)
        }))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(started, forKey: .started)
    try container.encode(partial, forKey: .partial)
    try container.encode(packDigest, forKey: .packDigest)
    try container.encode(devices, forKey: .devices)
    let findings = findings.map { ($0.rawValue, $1) }
    try container.encode(Dictionary(findings, uniquingKeysWith: +), forKey: .findings)
  }
}

extension KeyedDecodingContainer {
  /// - Throws: `DecodingError` where the document is another.
  func require(_ schema: String, forKey key: Key) throws {
    guard try decode(String.self, forKey: key) == schema else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not \(schema)")
    }
  }

  /// A number that is not below 0.
  func count(forKey key: Key) throws -> Int {
    let count = try decode(Int.self, forKey: key)
    guard count >= 0 else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "below 0")
    }
    return count
  }
}
