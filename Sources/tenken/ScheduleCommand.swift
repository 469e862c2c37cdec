internal import ArgumentParser
internal import Foundation
internal import LinkIO
internal import Records
internal import Reports
internal import Schedules

struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Audits that run by themselves. / 定期検査を扱います。",
    discussion: """
      A schedule is a file; systemd or cron wakes tenken, and tenken decides: is it due, does the scope still hold, is this the \
      right network, is the window open, does no other run hold the lock? Otherwise the turn is skipped, with its reason in the \
      schedule's journal. Exit status of run: as audit; 6 skipped; 75 cannot begin yet and is tried again.
      """,
    subcommands: [
      ScheduleAdd.self, List.self, Log.self, ScheduleRun.self, ScheduleRemove.self, Renew.self, Enable.self,
      Disable.self,
    ])

  /// A schedule in a list.
  private struct Row: Encodable {
    let name: String
    let calendar: String
    let enabled: Bool
    let next: Timestamp?
    let last: ScheduleEntry?
    let audit: [String]
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the schedules, when they are due next, and what came of them. / 一覧を表示します。")

    @OptionGroup var place: SchedulePlace
    @Flag(help: "JSON") var json = false
    @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      let rows = try place.all().map { schedule in
        let journal = try ScheduleJournal(schedule.name).entries()
        let turn = Turn(of: schedule, journal, at: SystemClock.wall, in: try SystemZone(schedule.calendar))
        let next: Timestamp? =
          switch turn {
          case .wait(let until): until
          case .now(let due, _, _): due
          }
        return Row(
          name: schedule.name, calendar: "\(schedule.calendar)", enabled: schedule.isEnabled,
          next: schedule.isEnabled ? next : nil, last: journal.last, audit: schedule.audit)
      }
      if json { return put(try HistoryCommand.json(rows)) }
      guard !rows.isEmpty else {
        return print(lang == .ja ? "\(place.folder)に定期検査はありません。" : "There is no schedule in \(place.folder).")
      }
      put(Array(table(rows).map { $0 + "\n" }.joined().utf8))
    }

    private func table(_ rows: [Row]) -> [String] {
      let isJapanese = lang == .ja
      let layout = Layout(width: outputColumns(), colour: isatty(STDOUT_FILENO) == 1)
      let head =
        isJapanese ? ["名前", "日時", "次回", "前回", "検査"] : ["name", "calendar", "next", "last", "audit"]
      return layout.table(
        head: head.map { Cell($0) },
        rows: rows.map { row in
          let off = isJapanese ? "無効" : "off"
          let next = row.next?.rfc3339(offsetMinutes: Timestamp.jst)
          return [
            Cell(row.name), Cell(row.calendar), Cell(row.enabled ? next ?? "–" : off),
            Cell(row.last.map { $0.line(lang) } ?? "–"), Cell(inert(row.audit.joined(separator: " "))),
          ]
        })
    }
  }

  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "log", abstract: "What became of a schedule's turns. / 定期検査の記録を表示します。")

    @Argument(help: "Name / 名前") var name: String
    @Flag(help: "JSON, a line each") var json = false
    @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      guard Schedule.isName(name) else {
        throw CommandFailure(.usage, "\(name.debugDescription) is no schedule's name")
      }
      let journal = ScheduleJournal(name)
      if json { return put(try contents(of: journal.path, what: "the journal")) }
      put(Array(try journal.entries().map { $0.line(lang) + "\n" }.joined().utf8))
    }
  }

  struct Renew: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "renew", abstract: "Accepts the scope file as it is now. / 現在の許可範囲ファイルを承認します。",
      discussion:
        "A schedule runs only with the scope file that it was made with. After the customer's permission changed, check the file and renew."
    )

    @Argument(help: "Name / 名前") var name: String
    @OptionGroup var place: SchedulePlace

    func run() throws {
      var schedule = try place.read(name)
      let scope = try AgreedScope(of: try ScheduledAudit(schedule))
      print(scope.description)
      guard scope.digest != schedule.scopeDigest else { return print("unchanged / 変更なし") }
      print("SHA-256 \(schedule.scopeDigest) → \(scope.digest)")
      schedule.scopeDigest = scope.digest
      try place.amend(schedule, "scopeSHA256", "\"\(scope.digest)\"")
    }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Switches it on. / 有効にします。")
    @Argument(help: "Name / 名前") var name: String
    @OptionGroup var place: SchedulePlace

    func run() throws { try ScheduleCommand.set(name, place, isEnabled: true) }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "disable", abstract: "Switches it off; its turns are skipped. / 無効にします。")
    @Argument(help: "Name / 名前") var name: String
    @OptionGroup var place: SchedulePlace

    func run() throws { try ScheduleCommand.set(name, place, isEnabled: false) }
  }

  private static func set(_ name: String, _ place: SchedulePlace, isEnabled: Bool) throws {
    var schedule = try place.read(name)
    schedule.isEnabled = isEnabled
    try place.amend(schedule, "enabled", "\(isEnabled)")
  }
}

extension ScheduleEntry {
  /// For people, on a line.
  func line(_ language: Language) -> String {
    let word =
      switch event {
      case .began: LocalizedText(ja: "開始", en: "began")
      case .postponed: LocalizedText(ja: "延期", en: "postponed")
      case .completed:
        partial == true
          ? LocalizedText(ja: "中断(証跡パックは有効)", en: "interrupted, its pack is valid")
          : LocalizedText(ja: "完了", en: "completed")
      case .skipped: LocalizedText(ja: "見送り", en: "skipped")
      case .failed: LocalizedText(ja: "失敗", en: "failed")
      case .missed: LocalizedText(ja: "実施なし", en: "missed")
      }
    let reason = reason.map { " (\($0.rawValue))" } ?? ""
    let rest = [detail?.text(language), event == .completed ? pack : nil].compactMap(\.self).map { inert($0) }
    return "\(at.rfc3339(offsetMinutes: Timestamp.jst))  \(word.text(language))\(reason)"
      + rest.map { "  \($0)" }.joined()
  }
}
