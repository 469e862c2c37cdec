internal import Foundation
internal import History
internal import NoticeIO
internal import Notices
internal import Records
internal import RunComparison
internal import Schedules

/// What notices take from the history. Without one, or with one that cannot be read, they say less.
struct NoticeHistory {
  private let place: HistoryPlace

  init(_ place: HistoryPlace) { self.place = place }

  /// The run before, of the same engagement, and how `record` differs from it.
  func difference(of record: RunRecord) throws -> RunDifference? {
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    let store = try place.open(.reading)
    let run = record.run
    guard
      let before = try store.runs().first(where: {
        $0.engagement == run.engagement.id && $0.started < run.started && $0.id != run.runID
      }), let earlier = try store.record(of: before.id)
    else { return nil }
    return RunDifference(
      earlier: earlier, later: record,
      past: try store.places(before: earlier.run.started, engagement: run.engagement.id, except: earlier.run.runID))
  }

  func material(outcomes: [ScheduledOutcome], from begin: Timestamp, to end: Timestamp) -> Digest.Material {
    var material = Digest.Material(outcomes: outcomes, trend: RunTrend(points: [], sightings: []), differences: [])
    guard FileManager.default.fileExists(atPath: place.path) else { return material }
    do {
      let store = try place.open(.reading)
      let runs = try store.runs()
      material.trend = RunTrend(
        points: runs.map {
          RunTrend.Point(
            run: $0.id, started: $0.started, partial: $0.isPartial, packDigest: $0.packDigest, devices: $0.devices,
            findings: $0.findings)
        },
        sightings: try store.devices().map {
          RunTrend.Sighting(device: $0.key, first: $0.value.first, last: $0.value.last, runs: $0.value.runs)
        })
      for run in runs.reversed() where begin <= run.started && run.started < end {
        guard let record = try store.record(of: run.id), let difference = try difference(of: record) else { continue }
        material.differences.append(difference)
      }
    } catch let failure as CommandFailure {
      complain("notices: the digest says nothing of runs: \(failure.message)")
    } catch {
      complain("notices: the digest says nothing of runs: \(error)")
    }
    return material
  }
}

/// What notices remember from turn to turn: outcomes for digests, when the last digest was made, metrics.
struct NoticeNotes {
  private let folder: String
  /// More than a year of hourly turns of one schedule.
  private static let mostOutcomes = 10_000

  init(folder: String) { self.folder = folder }

  private struct Notes: Codable {
    var outcomes: [ScheduledOutcome] = []
    var digest: Timestamp?
    var metrics = MetricsState()
    var exceptions: [String]?
  }

  private var path: String { folder + "/notes.json" }

  private func read() throws -> Notes {
    guard let data = FileManager.default.contents(atPath: path) else { return Notes() }
    do {
      return try JSONDecoder().decode(Notes.self, from: data)
    } catch {
      // Notes are a convenience; notices must not end with them.
      complain("notices: \(path) cannot be read and is begun anew")
      return Notes()
    }
  }

  private func change<Value>(_ work: (inout Notes) -> Value) throws -> Value {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    var notes = try read()
    let value = work(&notes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try WholeFile.replace(path, Array(try encoder.encode(notes)))
    return value
  }

  func add(_ outcome: ScheduledOutcome) throws {
    try change { notes in
      if !notes.outcomes.contains(outcome) { notes.outcomes.append(outcome) }
      notes.outcomes.removeFirst(max(0, notes.outcomes.count - Self.mostOutcomes))
    }
  }

  func outcomes() -> [ScheduledOutcome] { (try? read().outcomes) ?? [] }

  func updateMetrics(_ occasion: Occasion) throws -> MetricsState {
    try change { notes in
      notes.metrics.take(occasion)
      return notes.metrics
    }
  }

  /// Whether the digest of that moment is still to be made. The first moment is only noted, so that nobody is told of weeks before
  /// anybody asked.
  func isDigestDue(_ due: Timestamp) throws -> Bool {
    try change { notes in
      guard let last = notes.digest else {
        notes.digest = due
        return false
      }
      return last < due
    }
  }

  func noteDigest(_ due: Timestamp) throws { try change { $0.digest = max(due, $0.digest ?? due) } }

  /// Those that nobody was told of.
  func freshExceptions(_ expired: [String]) throws -> [String] {
    let known = Set(try read().exceptions ?? [])
    return expired.filter { !known.contains($0) }
  }

  /// What is renewed is forgotten, so that its next end is told.
  func noteExceptions(_ expired: [String]) throws { try change { $0.exceptions = expired } }
}
