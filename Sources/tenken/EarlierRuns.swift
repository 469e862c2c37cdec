internal import Audit
internal import Checklist
internal import Evidence
internal import Foundation
internal import History
internal import Records
internal import RunComparison

/// Where a judgement takes earlier runs from: packs that are named, the history, or what the pack itself keeps of them.
struct EarlierRuns {
  private let options: ChecklistInputOptions
  private let runs: [PackFacts]

  /// - Parameter runs: the packs that are judged, the newest first.
  init(_ options: ChecklistInputOptions, _ runs: [PackFacts]) {
    self.options = options
    self.runs = runs
  }

  func add(to site: inout SiteFacts) throws {
    guard let later = RunRecord.joined(try runs.map { try RunRecord($0.pack, observations: $0.seen) }) else { return }
    var past: RunPast?
    if !options.earlier.isEmpty {
      past = try named(later)
    } else if options.usesHistory {
      let store = try options.place.open(.reading)
      past = try HistoryCommand.explaining { try store.past(of: later) }
    } else if runs.count == 1, let pack = runs.first?.pack, let kept = try RunPast(in: PackReader(pack.path)) {
      guard !options.commissioning.isEmpty else { return site.add(PastOfRun(kept, later: later)) }
      past = kept
    }
    guard !options.commissioning.isEmpty else {
      if let past { site.add(past, later: later) }
      return
    }
    let commissioning = try FinishedPack.read(options.commissioning).map {
      RunPast.Commissioning(record: try RunRecord($0), by: nil, day: nil)
    }
    site.add(
      RunPast(
        earlier: past?.earlier ?? [], compared: past?.compared, commissioning: commissioning,
        places: past?.places ?? [], unread: past?.unread), later: later)
  }

  /// The newest of them that has something in common with what is judged is the one that is compared; the others count as runs.
  private func named(_ later: RunRecord) throws -> RunPast {
    let packs = try FinishedPack.read(options.earlier).sorted { $0.run.started > $1.run.started }
    if let early = packs.first(where: { pack in runs.contains { $0.pack.run.started <= pack.run.started } }) {
      throw CommandFailure(
        .usage, "\(early.path) did not begin before the packs that are judged; name it as a pack, not with --earlier")
    }
    let records = try packs.map { try RunRecord($0) }
    let compared = records.first { $0.overlaps(later) }
    let before = records.filter { record in compared.map { record.run.started < $0.run.started } ?? false }
    return RunPast(
      earlier: records.map { DifferenceDocument.Side($0) }, compared: compared,
      places: Set(
        before.flatMap(\.weaknesses).map {
          RunDifference.Place(device: $0.device, service: $0.service, check: $0.check)
        }))
  }
}
