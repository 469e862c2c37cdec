public import Checklist
internal import Records
public import RunComparison

/// What is known of earlier runs when a run's rows are judged, and where its pack keeps that.
public struct PastOfRun: Sendable {
  public let past: RunPast
  /// The run itself, as a history would keep it.
  public let later: RunRecord

  public init(_ past: RunPast, later: RunRecord) {
    self.past = past
    self.later = later
  }

  /// Relative to a pack's `data/`.
  public static let folder = "history"
  public static let index = "history/index.json"
  public static let difference = "history/difference.json"
  public static let trend = "history/trend.json"

  /// Runs of packs from elsewhere have names that nobody checked.
  public static func record(_ run: String) -> String {
    let name = run.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
    return "\(folder)/runs/\(String(name)).json"
  }
}

extension SiteFacts {
  /// Earlier runs that the pack of the run keeps.
  public mutating func add(_ known: PastOfRun) {
    add(known.past, later: known.later, kept: [PackPath.payload + PastOfRun.difference]) {
      [PackPath.payload + PastOfRun.record($0.run.runID)]
    }
  }
}
