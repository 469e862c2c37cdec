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

  /// How `record` differs from the newest run of its engagement that looked at something that it looked at too.
  func difference(of record: RunRecord) throws -> RunDifference? {
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    return try place.open(.reading).past(of: record).difference(to: record)
  }

  /// Sites with runs in these days, whether scheduled or not, by their engagements' ids.
  func sites(from begin: Timestamp, to end: Timestamp) -> [String: Engagement] {
    var sites: [String: Engagement] = [:]
    reading { store in
      for run in try store.runs() where begin <= run.started && run.started < end && sites[run.engagement] == nil {
        sites[run.engagement] = try store.record(of: run.id)?.run.engagement
      }
    }
    return sites
  }

  func material(
    of engagement: Engagement?, outcomes: [ScheduledOutcome], from begin: Timestamp, to end: Timestamp
  ) -> Digest.Material {
    var material = Digest.Material(outcomes: outcomes, trend: RunTrend(points: [], sightings: []), differences: [])
    guard let engagement else { return material }
    reading { store in
      // A moment belongs to the week that it begins.
      material.trend = try store.trend(
        engagement: engagement.id, until: Timestamp(nanoseconds: end.nanoseconds - 1_000_000))
      for point in material.trend.points where begin <= point.started && point.started < end {
        guard let record = try store.record(of: point.run) else { continue }
        material.last = record
        if let difference = try difference(of: record) { material.differences.append(difference) }
      }
    }
    return material
  }

  private func reading(_ work: (HistoryStore) throws -> Void) {
    guard FileManager.default.fileExists(atPath: place.path) else { return }
    do {
      try work(try place.open(.reading))
    } catch let failure as CommandFailure {
      complain("notices: the digest says nothing of runs: \(failure.message)")
    } catch {
      complain("notices: the digest says nothing of runs: \(error)")
    }
  }
}

/// What notices remember from turn to turn: outcomes for digests, when the last digest was made, metrics.
struct NoticeNotes {
  private let folder: String
  /// More than a year of hourly turns of one schedule.
  private static let mostOutcomes = 10_000

  init(folder: String) { self.folder = folder }

  struct Told: Codable, Hashable {
    let engagement: Engagement
    let outcome: ScheduledOutcome
  }

  private struct Notes: Codable {
    var told: [Told] = []
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

  func add(_ occasion: Occasion) throws {
    let told = Told(engagement: occasion.engagement, outcome: occasion.outcome)
    try change { notes in
      if !notes.told.contains(told) { notes.told.append(told) }
      notes.told.removeFirst(max(0, notes.told.count - Self.mostOutcomes))
    }
  }

  func told() -> [Told] { (try? read().told) ?? [] }

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
