internal import ArgumentParser
internal import Audit
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

  /// The run that was interrupted last, as a session; nil where there is none that can be gone on with.
  private func unfinished() throws -> (pack: String, session: RunSession)? {
    // A schedule that took the place of another of its name begins anew.
    let entries = try journal.entries().filter { $0.at >= schedule.created }
    guard let pack = entries.unfinished(within: schedule.continueWithin, at: SystemClock.wall) else { return nil }
    do {
      let run = try ResumedRun(pack)
      // What was agreed to since then holds for what is asked from now on.
      guard run.plan.scopeDigest == schedule.scopeDigest else {
        throw CommandFailure(.notPermitted, "the scope was renewed since it began")
      }
      let words = isatty(STDERR_FILENO) == 1 ? [pack] : [pack, "--quiet"]
      return try ResumeCommand.parse(words).session(run).map { (pack, $0) }
    } catch {
      let problem = (error as? CommandFailure)?.message ?? "\(error)"
      complain("\(schedule.name): another run begins, as \(pack) cannot be gone on with: \(problem)")
      return nil
    }
  }

  private func perform(_ unfinished: RunSession?) throws -> AuditResult {
    guard var session = unfinished else { return try audit.command.perform(isScheduled: true).result }
    session.isScheduled = true
    return try AuditCommand.perform(
      session, signer: try audit.command.seal.signer(), history: audit.command.history
    ).result
  }

  func run(due: Timestamp?) throws -> ExitStatus {
    let unfinished = try unfinished()
    let pack = unfinished?.pack ?? audit.pack
    var began = ScheduleEntry(.began, at: SystemClock.wall, due: due)
    began.pack = pack
    try note([began])
    try FileManager.default.createDirectory(
      atPath: schedule.packs, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    do {
      let result = try perform(unfinished?.session)
      guard !result.inventory.devices.isEmpty else {
        return try failed("no device answered or was heard, so nothing was looked at", due)
      }
      try note([
        ScheduleEntry(
          outcome(
            .completed(run: result.run.runID, pack: pack, partial: result.run.partial), due))
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
