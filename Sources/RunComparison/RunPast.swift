internal import Addressing
public import Records

/// The earlier runs of an engagement, as far as a run is held against them: what a pack keeps of a history, so that anybody can
/// hold the run against them again without it.
public struct RunPast: Hashable, Sendable {
  /// A run that the owner named as the record of how devices were brought into service.
  public struct Commissioning: Hashable, Sendable {
    public let record: RunRecord
    /// Who said so, and on which day (`2026-11-30`); nil where only its pack was named.
    public let by: String?
    public let day: String?

    public init(record: RunRecord, by: String?, day: String?) {
      self.record = record
      self.by = by
      self.day = day
    }
  }

  /// Oldest first, without the run itself.
  public let earlier: [DifferenceDocument.Side]
  /// The newest of them that looked at something that the run looked at too; nil where none did.
  public let compared: RunRecord?
  /// Oldest first.
  public let commissioning: [Commissioning]
  /// Weaknesses that any run before ``compared`` had.
  public let places: Set<RunDifference.Place>
  /// Why no earlier run was looked at; nil where they were, or where there is none.
  public let unread: LocalizedText?

  public init(
    earlier: [DifferenceDocument.Side] = [], compared: RunRecord? = nil, commissioning: [Commissioning] = [],
    places: Set<RunDifference.Place> = [], unread: LocalizedText? = nil
  ) {
    self.earlier = earlier.sorted { ($0.started, $0.run) < ($1.started, $1.run) }
    self.compared = compared
    self.commissioning = commissioning.sorted { $0.record.run.started < $1.record.run.started }
    self.places = places
    self.unread = unread
  }

  /// What changed since; nil where nothing is compared.
  public func difference(to later: RunRecord) -> RunDifference? {
    compared.map { RunDifference(earlier: $0, later: later, past: places) }
  }

  /// Each record that is used, once, without the folder that its pack lay in: that is the business of one computer.
  public var records: [RunRecord] {
    var seen: Set<String> = []
    return ([compared].compactMap(\.self) + commissioning.map(\.record)).filter { seen.insert($0.run.runID).inserted }
      .map(\.elsewhere)
  }

  /// How the device was when it was brought into service: the first record of that which has it.
  public func commissioning(of device: DeviceID) -> Commissioning? {
    commissioning.first { one in one.record.devices.contains { $0.id == device } }
  }
}

extension RunRecord {
  /// Both looked at a device, or one asked where the other found one.
  public func overlaps(_ later: RunRecord) -> Bool {
    let (before, after) = (RunIndex(self), RunIndex(later))
    if !Set(before.devices.keys).isDisjoint(with: after.devices.keys) { return true }
    return after.devices.values.contains { $0.addresses.contains(where: before.asked) }
      || before.devices.values.contains { $0.addresses.contains(where: after.asked) }
  }

  /// Without where its pack lies.
  public var elsewhere: RunRecord {
    RunRecord(
      run: run, pack: nil, packDigest: packDigest, unanswered: unanswered, omitted: omitted, devices: devices,
      looks: looks, services: services, weaknesses: weaknesses, answers: answers, marks: marks, proposals: proposals)
  }

  /// Runs that are judged together, the newest first: each device as the newest of them has it.
  public static func joined(_ runs: [RunRecord]) -> RunRecord? {
    guard let newest = runs.first, runs.count > 1 else { return runs.first }
    var known: Set<DeviceID> = []
    var devices: [DeviceState] = []
    var (looks, services, weaknesses): ([Look], [OpenService], [Weakness]) = ([], [], [])
    var (answers, marks): ([Answer], [Mark]) = ([], [])
    for run in runs {
      let new = Set(run.devices.map(\.id)).subtracting(known)
      known.formUnion(new)
      devices += run.devices.filter { new.contains($0.id) }
      looks += run.looks.filter { new.contains($0.device) }
      services += run.services.filter { new.contains($0.device) }
      weaknesses += run.weaknesses.filter { new.contains($0.device) }
      answers += run.answers.filter { new.contains($0.device) }
      marks += run.marks.filter { new.contains($0.device) }
    }
    var summary = newest.run
    // What was not answered is told by those that came to their end.
    summary.partial = runs.allSatisfy(\.run.partial)
    let whole = runs.filter { !$0.run.partial }
    return RunRecord(
      run: summary, pack: newest.pack, packDigest: newest.packDigest,
      unanswered: whole.map(\.unanswered).filter { !$0.isEmpty }.joined(separator: ", "),
      omitted: runs.flatMap(\.omitted), devices: devices, looks: looks, services: services, weaknesses: weaknesses,
      answers: answers, marks: marks, proposals: newest.proposals)
  }
}

/// `data/history/index.json` of a pack: which earlier runs there are and how they were used. The records stand beside it.
public struct RunPastIndex: Hashable, Sendable {
  public struct Commissioned: Hashable, Sendable, Codable {
    public let run: String
    public let by: String?
    public let day: String?

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(run, forKey: .run)
      try container.encode(by, forKey: .by)
      try container.encode(day, forKey: .day)
    }
  }

  public let earlier: [DifferenceDocument.Side]
  public let compared: String?
  public let commissioning: [Commissioned]
  public let places: [RunDifference.Place]
  public let unread: LocalizedText?

  public init(_ past: RunPast) {
    earlier = past.earlier
    compared = past.compared?.run.runID
    commissioning = past.commissioning.map { Commissioned(run: $0.record.run.runID, by: $0.by, day: $0.day) }
    places = past.places.sorted { left, right in
      func text(_ place: RunDifference.Place) -> String {
        "\(place.device.rawValue) \(place.service?.description ?? "") \(place.check)"
      }
      return text(left) < text(right)
    }
    unread = past.unread
  }

  /// With the records that it names.
  /// - Returns: nil where one of them is missing.
  public func past(_ records: [String: RunRecord]) -> RunPast? {
    let commissioned = commissioning.compactMap { one in
      records[one.run].map { RunPast.Commissioning(record: $0, by: one.by, day: one.day) }
    }
    let found = compared.flatMap { records[$0] }
    guard commissioned.count == commissioning.count, (found == nil) == (compared == nil) else { return nil }
    return RunPast(
      earlier: earlier, compared: found, commissioning: commissioned, places: Set(places), unread: unread)
  }

  /// The runs whose records it needs.
  public var needed: [String] { Set([compared].compactMap(\.self) + commissioning.map(\.run)).sorted() }
}

extension RunPastIndex: Codable {
  public static let schema = "urn:tenken:schema:run-past:1"

  private enum CodingKeys: CodingKey { case schema, earlier, compared, commissioning, places, unread }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try container.require(Self.schema, forKey: .schema)
    earlier = try container.decode([DifferenceDocument.Side].self, forKey: .earlier)
    compared = try container.decodeIfPresent(String.self, forKey: .compared)
    commissioning = try container.decode([Commissioned].self, forKey: .commissioning)
    places = try container.decode([RunDifference.Place].self, forKey: .places)
    unread = try container.decodeIfPresent(LocalizedText.self, forKey: .unread)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(earlier, forKey: .earlier)
    try container.encode(compared, forKey: .compared)
    try container.encode(commissioning, forKey: .commissioning)
    try container.encode(places, forKey: .places)
    try container.encode(unread, forKey: .unread)
  }
}

extension RunDifference.Place: Codable {
  private enum CodingKeys: CodingKey { case device, service, check }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      device: try container.decode(DeviceID.self, forKey: .device),
      service: try container.decodeIfPresent(ServiceEndpoint.self, forKey: .service),
      check: try container.decode(String.self, forKey: .check))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(device, forKey: .device)
    try container.encode(service, forKey: .service)
    try container.encode(check, forKey: .check)
  }
}
