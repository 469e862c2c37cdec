internal import Authority
internal import Foundation
internal import History
internal import LinkIO
internal import Notices
internal import Records
internal import Schedules

/// A turn that is taken: the audit, its journal, what is kept, who is told.
struct ScheduledTurn {
  let schedule: Schedule
  let journal: ScheduleJournal
  let audit: ScheduledAudit
  let language: Language

  /// Writes lines into the journal, shows them, and tells of turns that are over.
  func note(_ entries: [ScheduleEntry]) throws {
    try journal.append(entries)
    for entry in entries { print("\(schedule.name): \(entry.line(language))") }
    for outcome in entries.compactMap({ $0.outcome(of: schedule.name) }) { tell(outcome) }
  }

  /// Nothing of it can take anything from a run: what cannot be told is complained about, and waits for another time.
  private func tell(_ outcome: ScheduledOutcome) {
    guard let file = schedule.notices else { return }
    do {
      var expired: [String] = []
      if let determinations = schedule.determinations {
        expired = try NoticeOccasion.expiredExceptions(
          determinations, ChecklistFiles.standardCatalogue, profiles: audit.command.options.profiles)
      }
      let engagement = try? readScope(audit.command.options.scope).engagement
      let history = audit.command.history.place
      try NoticeDelivery(file, history: history, profiles: audit.command.options.profiles)
        .tell(try NoticeOccasion.of(outcome, history: history, engagement: engagement, expired: expired))
    } catch {
      complain("\(schedule.name): nobody was told: \((error as? CommandFailure)?.message ?? "\(error)")")
    }
  }

  /// Notices that wait, and the digest when it is due.
  static func deliver(_ schedule: Schedule) {
    guard let file = schedule.notices else { return }
    do {
      _ = try NoticeDelivery(file).flush(retryingRefused: false)
    } catch {
      complain("\(schedule.name): \((error as? CommandFailure)?.message ?? "\(error)")")
    }
  }

  /// Runs of this schedule that are too old or too many leave the history, with their packs.
  private func prune() {
    guard let retention = schedule.retention else { return }
    do {
      try HistoryCommand.Prune.prune(
        try audit.command.history.place.open(.writing), days: retention.days, keep: retention.runs, takesPacks: true
      ) { $0.pack?.hasPrefix("\(schedule.packs)/\(schedule.name)-") == true }
    } catch {
      complain("\(schedule.name): nothing was taken out: \((error as? CommandFailure)?.message ?? "\(error)")")
    }
  }

  func run(due: Timestamp?) throws -> ExitStatus {
    var began = ScheduleEntry(.began, at: SystemClock.wall, due: due)
    began.pack = audit.pack
    try note([began])
    try FileManager.default.createDirectory(
      atPath: schedule.packs, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    do {
      let result = try audit.command.perform(isScheduled: true).result
      guard !result.inventory.devices.isEmpty else {
        return try failed("no device answered or was heard, so nothing was looked at", due)
      }
      try note([
        ScheduleEntry(
          outcome(
            .completed(run: result.run.runID, pack: audit.pack, partial: result.run.partial), due))
      ])
      prune()
      if result.run.partial { return .interrupted }
      return result.fails(audit.command.failOn) ? .findings : .done
    } catch {
      return try failed((error as? CommandFailure)?.message ?? "\(error)", due)
    }
  }

  private func failed(_ problem: String, _ due: Timestamp?) throws -> ExitStatus {
    try note([ScheduleEntry(outcome(.failed(problem), due))])
    return .failed
  }

  private func outcome(_ result: ScheduledOutcome.Result, _ due: Timestamp?) -> ScheduledOutcome {
    ScheduledOutcome(schedule: schedule.name, due: due, at: SystemClock.wall, result: result)
  }
}
