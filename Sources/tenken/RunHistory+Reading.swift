internal import Evidence
internal import History
internal import Records
internal import Reports
internal import RunComparison

extension RunHistory {
  /// What a pack holds of the runs before its own; nil where it holds nothing.
  /// - Throws: ``CommandFailure`` for what is not understood.
  init?(in pack: PackReader, named path: String) throws {
    func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value? {
      try pack.octets(of: name).map { try ResumedRun.decode(type, $0, "\(path)/data/\(name)") }
    }
    let trend = try read(RunTrend.self, "history/trend.json")
    let difference = try read(DifferenceDocument.self, "history/difference.json")
    guard trend != nil || difference != nil else { return nil }
    self.init(source: .pack, trend: trend, difference: difference)
  }

  /// What a history file says of the runs of this site up to that of the pack. It is in no pack.
  init(file place: HistoryPlace, upTo pack: FinishedPack) throws {
    let store = try place.open(.reading)
    let record = try RunRecord(pack)
    (self) = try HistoryCommand.explaining {
      var trend = try store.trend(engagement: record.run.engagement.id, until: record.run.started)
      if !trend.points.contains(where: { $0.run == record.run.runID }) { trend = trend.adding(record) }
      let before = trend.points.last { $0.run != record.run.runID && $0.started < record.run.started }
      let earlier = try before.flatMap { try store.record(of: $0.run) }
      let difference = try earlier.map { earlier in
        let difference = RunDifference(
          earlier: earlier, later: record, past: try DiffCommand.past(earlier, record, place))
        return DifferenceDocument(difference, earlier: earlier, later: record)
      }
      return RunHistory(source: .file, trend: trend, difference: difference)
    }
  }
}
