internal import Addressing
internal import LabSupport
internal import Records
internal import Reports
internal import RunComparison

extension FuzzTarget {
  /// What packs of others hold of the runs before: courses, differences, records. The first octet chooses which.
  static let course = FuzzTarget(
    "course", ["RunTrend", "DifferenceDocument", "RunRecord", "RunDifference"], longest: 16_384,
    seeds: CourseSeeds.all
  ) { octets in
    let content = Array(octets.dropFirst())
    switch (octets.first ?? 0) % 3 {
    case 0:
      guard let trend = Packs.decoded(RunTrend.self, content) else { return }
      try Packs.checkPage(RunHistory(source: .pack, trend: trend, difference: nil))
    case 1:
      guard let difference = Packs.decoded(DifferenceDocument.self, content) else { return }
      try Packs.checkPage(RunHistory(source: .pack, trend: nil, difference: difference))
    default:
      guard let record = Packs.decoded(RunRecord.self, content) else { return }
      let nothing = RunDifference(earlier: record, later: record)
      try promise(nothing.entries.allSatisfy { $0.state == .still }, "a run differs from itself")
      _ = RunTrend(points: [], sightings: []).adding(record).adding(record)
    }
  }
}

enum CourseSeeds {
  static let all: [[UInt8]] = {
    var (before, after) = (SampleRun(1), SampleRun(2))
    before.add(1, at: 1, open: [SampleRun.telnet])
    before.find("telnet.enabled", on: 1, at: SampleRun.telnet)
    after.add(1, at: 1, firmware: "2.0")
    after.add(2, at: 2)
    let (earlier, later) = (before.record, after.record)
    let difference = RunDifference(earlier: earlier, later: later)
    let trend = RunTrend(points: [], sightings: []).adding(earlier).adding(later)
    let documents: [any Encodable] = [
      trend, DifferenceDocument(difference, earlier: earlier, later: later), earlier,
    ]
    return documents.enumerated().compactMap { place, document in
      (try? Packs.encoded(document)).map { [UInt8(place)] + $0 }
    }
  }()
}
