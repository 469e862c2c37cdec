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
      ScheduledTurn.deliver(schedule)
      return .done
    }
    let (lock, holder) = try RunLock.alone(schedule.name)
    defer { withExtendedLifetime(lock) {} }
    // What another process did until the lock was asked for is known too.
    let known = try journal.entries()
    let audit = try ScheduledAudit(schedule, at: now)
    let decision = ScheduleDecision(
      schedule, known, at: now, in: zone, isByHand: !due, mayBeRunning: lock == nil, delays: !timer
    ) {
      ScheduleSurroundings(schedule: schedule, audit: audit.command, lockHolder: holder).look(at: now)
    }
    let turn = ScheduledTurn(schedule: schedule, journal: journal, audit: audit, language: lang)
    try turn.note(decision.entries)
    switch decision.action {
    case .wait: return .done
    case .postpone: return .postponed
    case .skip: return .skipped
    case .run(let due): return try turn.run(due: due)
    }
  }
}
