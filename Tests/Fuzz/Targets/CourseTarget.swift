internal import Addressing
internal import LabSupport
internal import Records
internal import Reports
internal import RunComparison

extension FuzzTarget {
  /// What packs of others hold of the runs before: courses, differences, records. The first octet chooses which.
  static let course = FuzzTarget(
    "course", ["RunTrend", "DifferenceDocument", "RunRecord", "RunDifference", "RunPastIndex"], longest: 16_384,
    seeds: CourseSeeds.all
  ) { octets in
    let content = Array(octets.dropFirst())
    switch (octets.first ?? 0) % 4 {
    case 0:
      guard let trend = Packs.decoded(RunTrend.self, content) else { return }
      try Packs.checkPage(RunHistory(source: .pack, trend: trend, difference: nil))
    case 1:
      guard let difference = Packs.decoded(DifferenceDocument.self, content) else { return }
      try Packs.checkPage(RunHistory(source: .pack, trend: nil, difference: difference))
    case 2:
      guard let record = Packs.decoded(RunRecord.self, content) else { return }
      let nothing = RunDifference(earlier: record, later: record)
      try promise(nothing.entries.allSatisfy { $0.state == .still }, "a run differs from itself")
      _ = RunTrend(points: [], sightings: []).adding(record).adding(record)
    default:
      guard let index = Packs.decoded(RunPastIndex.self, content) else { return }
      // Every record that it names is there, whatever it names.
      let record = CourseSeeds.runs.before
      let past = index.past(Dictionary(uniqueKeysWithValues: index.needed.map { ($0, record) }))
      try promise(past != nil, "a record that is there is missed")
      try promise(index.needed.isEmpty || index.past([:]) == nil, "a record that is not there is not missed")
      _ = past?.difference(to: CourseSeeds.runs.after)
    }
  }
}

enum CourseSeeds {
  static let runs: (before: RunRecord, after: RunRecord) = {
    var (before, after) = (SampleRun(1), SampleRun(2))
    before.add(1, at: 1, open: [SampleRun.telnet])
    before.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    after.add(1, at: 1, firmware: "2.0")
    after.add(2, at: 2)
    return (before.record, after.record)
  }()

  static let all: [[UInt8]] = {
    let (earlier, later) = runs
    let difference = RunDifference(earlier: earlier, later: later)
    let trend = RunTrend(points: [], sightings: []).adding(earlier).adding(later)
    let past = RunPast(
      earlier: [.init(earlier)], compared: earlier, commissioning: [.init(record: earlier, by: "A", day: "2026-11-30")],
      places: [.init(device: SampleRun.id(1), service: SampleRun.telnet, check: "telnet.enabled")])
    let documents: [any Encodable] = [
      trend, DifferenceDocument(difference, earlier: earlier, later: later), earlier, RunPastIndex(past),
    ]
    return documents.enumerated().compactMap { place, document in
      (try? Packs.encoded(document)).map { [UInt8(place)] + $0 }
    }
  }()
}
