internal import Audit
internal import Evidence
internal import Foundation
internal import History
internal import LinkIO
internal import Records
internal import Reports
internal import RunComparison

/// What a run takes from the history before its pack is sealed, and what of it the pack keeps.
///
/// A history that cannot be read takes nothing from a run: it is told, and the rows that need an earlier run stay untested.
final class PastReading {
  /// nil for a run that takes none.
  private let place: HistoryPlace?
  private(set) var known: PastOfRun?
  private(set) var trouble: (any Error)?
  private var trend: RunTrend?

  init(_ place: HistoryPlace?) { self.place = place }

  /// - Parameters:
  ///   - kept: the pack, which may hold what an earlier part of the run took.
  ///   - seen: what was seen, as the pack will tell it. What it throws is in ``trouble``.
  func read(
    kept: PackReader, _ seen: (PackReader) throws -> (AuditResult, [Observation], [DeviceID: PortRecord])
  ) -> PastOfRun? {
    do {
      let (result, observations, ports) = try seen(kept)
      let later = RunRecord(result, observations: observations, ports: ports, pack: nil, packDigest: "")
      let taken = try place.map { past($0, later) } ?? RunPast(in: kept)
      known = taken.map { PastOfRun($0, later: later) }
    } catch {
      trouble = error
    }
    return known
  }

  private func past(_ place: HistoryPlace, _ later: RunRecord) -> RunPast {
    // The first run has no history; it comes into being when the run is recorded.
    guard FileManager.default.fileExists(atPath: place.path) else { return RunPast() }
    do {
      let store = try HistoryStore(place.path, .reading)
      let past = try store.past(of: later)
      if !past.earlier.isEmpty {
        // Without what an interrupted part of the run itself left there.
        let before = Timestamp(nanoseconds: later.run.started.nanoseconds - 1_000_000)
        trend = try store.trend(engagement: later.run.engagement.id, until: before).adding(later)
      }
      return past
    } catch {
      complain("no earlier run is compared: \(error)")
      return RunPast(unread: Self.reason(error.code))
    }
  }

  private static func reason(_ code: HistoryError.Code) -> LocalizedText {
    let why: LocalizedText =
      switch code {
      case .damaged: LocalizedText(ja: "破損しています", en: "it is damaged")
      case .newer: LocalizedText(ja: "新しいバージョンのtenkenが作成したものです", en: "a newer tenken wrote it")
      case .foreign: LocalizedText(ja: "tenkenの履歴ではありません", en: "it is no history of tenken")
      case .busy: LocalizedText(ja: "ほかのプログラムが使用中でした", en: "another program was using it")
      case .missing, .readOnly, .full, .conflict, .failed:
        LocalizedText(ja: "開けませんでした", en: "it could not be opened")
      }
    return LocalizedText(
      ja: "過去の検査は参照していません。履歴ファイルを読めなかったためです(\(why.ja))。",
      en: "No earlier run was looked at, because the history could not be read: \(why.en).")
  }

  var difference: DifferenceDocument? {
    known.flatMap { known in
      known.past.difference(to: known.later).map {
        DifferenceDocument($0, earlier: known.past.compared ?? known.later, later: known.later)
      }
    }
  }

  /// For the page, as the pack will hold it.
  var shown: RunHistory? {
    trend == nil && difference == nil ? nil : RunHistory(source: .pack, trend: trend, difference: difference)
  }

  /// Beside the result, so that anybody can judge the rows again without the history.
  func write(to pack: PackWriter) throws {
    // Without a history nothing is written; what an earlier part of the run took stands there already.
    guard place != nil, let known else { return }
    try pack.writeJSON(RunPastIndex(known.past), to: PastOfRun.index)
    for record in known.past.records { try pack.writeJSON(record, to: PastOfRun.record(record.run.runID)) }
    if let trend { try pack.writeJSON(trend, to: PastOfRun.trend) }
    if let difference { try pack.writeJSON(difference, to: PastOfRun.difference) }
  }
}

extension RunPast {
  /// What a pack keeps of earlier runs; nil where it keeps nothing.
  /// - Throws: ``CommandFailure`` for what is not understood, or not whole.
  init?(in reader: PackReader) throws {
    guard let octets = try reader.octets(of: PastOfRun.index) else { return nil }
    let index = try ResumedRun.decode(RunPastIndex.self, octets, "\(reader.path)/data/\(PastOfRun.index)")
    var records: [String: RunRecord] = [:]
    for run in index.needed {
      let file = PastOfRun.record(run)
      guard let octets = try reader.octets(of: file) else { continue }
      records[run] = try ResumedRun.decode(RunRecord.self, octets, "\(reader.path)/data/\(file)")
    }
    guard let past = index.past(records) else {
      throw CommandFailure(.failed, "\(reader.path)/data/\(PastOfRun.index) names records that the pack does not hold")
    }
    self = past
  }
}

extension FinishedPack {
  /// What changed since the run before, where the pack says it.
  func difference() throws -> DifferenceDocument? {
    guard let octets = try PackReader(path).octets(of: PastOfRun.difference) else { return nil }
    return try ResumedRun.decode(DifferenceDocument.self, octets, "\(path)/data/\(PastOfRun.difference)")
  }

  /// The TCP ports of devices, one by one, where a pack holds them.
  static func ports(of devices: [Device], in reader: PackReader) throws -> [DeviceID: PortRecord] {
    var ports: [DeviceID: PortRecord] = [:]
    for device in devices {
      let file = String(PackPath.ports(device.id).dropFirst(PackPath.payload.count))
      guard let octets = try reader.octets(of: file) else { continue }
      ports[device.id] = try ResumedRun.decode(PortRecord.self, octets, "\(reader.path)/data/\(file)")
    }
    return ports
  }
}
