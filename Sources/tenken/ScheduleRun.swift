internal import ArgumentParser
internal import Foundation
internal import LinkIO
internal import Records
internal import Schedules

struct ScheduleRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs schedules, if nothing keeps them from it. / 定期検査を実行します。",
    discussion: """
      Without --due the named schedules are run now; with it those whose turn it is, all where none is named. Either way the \
      scope, the network, the window and the lock are asked first.
      """)

  @Argument(help: "Names / 名前") var names: [String] = []
  @Flag(help: "Only when their turn has come / 期日が来たものだけ") var due = false
  @Flag(help: "A timer has put the turn off at random already / タイマーが開始をずらした場合") var timer = false
  @Flag(help: "Say nothing while nothing is due / 期日でない場合は何も表示しない") var quiet = false
  @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja
  @OptionGroup var place: SchedulePlace

  func validate() throws {
    guard due || !names.isEmpty else { throw ValidationError("name a schedule, or --due.") }
    guard due || !timer else { throw ValidationError("--timer belongs to --due.") }
  }

  func run() throws {
    let schedules = names.isEmpty ? place.all() : try names.map(place.read)
    let statuses = schedules.map { schedule in
      do {
        return try run(schedule)
      } catch {
        let failure = error as? CommandFailure
        complain("\(schedule.name): \(failure?.message ?? "\(error)")")
        return failure?.status ?? .failed
      }
    }
    // Of several the one that most wants to be looked at.
    let order: [ExitStatus] = [.failed, .usage, .notPermitted, .interrupted, .findings, .skipped, .postponed, .done]
    guard let status = order.first(where: statuses.contains), status != .done else { return }
    throw status.code
  }

  private func run(_ schedule: Schedule) throws -> ExitStatus {
    let journal = ScheduleJournal(schedule.name)
    let before = try journal.entries()
    let now = SystemClock.wall
    let zone = try SystemZone(schedule.calendar)
    // Nobody else's lock is asked for while it is not its turn.
    if due, case .wait = Turn(of: schedule, before, at: now, in: zone, delays: !timer), before.cutShort == nil {
      if !quiet { print("\(schedule.name): " + (lang == .ja ? "期日ではありません" : "not due")) }
      return .done
    }
    let (lock, holder) = try RunLock.alone(schedule.name)
    defer { withExtendedLifetime(lock) {} }
    // While another process has it, its own run has only just begun, or ends right now: its journal is not judged.
    let entries = try journal.entries()
    let known = lock == nil ? entries.filter { $0 != entries.cutShort } : entries
    let audit = try ScheduledAudit(schedule, at: now)
    let decision = ScheduleDecision(schedule, known, at: now, in: zone, isByHand: !due, delays: !timer) {
      ScheduleSurroundings(schedule: schedule, audit: audit.command, lockHolder: holder).look(at: now)
    }
    let turn = ScheduledTurn(schedule: schedule, journal: journal, language: lang)
    try turn.note(decision.entries)
    switch decision.action {
    case .wait: return .done
    case .postpone: return .postponed
    case .skip: return .skipped
    case .run(let due): return try turn.run(audit, due: due)
    }
  }
}

/// A turn that is taken: the audit, its journal, what is kept, who is told.
struct ScheduledTurn {
  let schedule: Schedule
  let journal: ScheduleJournal
  let language: Language

  /// Writes lines into the journal, shows them, and tells of turns that are over.
  func note(_ entries: [ScheduleEntry]) throws {
    try journal.append(entries)
    for entry in entries { print("\(schedule.name): \(entry.line(language))") }
  }

  func run(_ audit: ScheduledAudit, due: Timestamp?) throws -> ExitStatus {
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
