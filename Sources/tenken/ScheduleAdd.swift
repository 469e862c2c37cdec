internal import Addressing
internal import ArgumentParser
internal import Authority
internal import Foundation
internal import LinkIO
internal import Records
internal import Schedules

struct ScheduleAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Makes a schedule, and has systemd wake it. / 定期検査を登録します。",
    discussion: """
      Everything that is not named below goes to tenken audit as it is: targets, --scope, --profile, --window, --ledger …

        sudo tenken schedule add weekly --on-calendar 'Mon *-*-* 22:00' --gateway auto --patience 12h \\
          192.168.10.0/24 --scope /etc/tenken/plant.yaml --profile gentle --window 22:00-05:00

      Where systemd does not run, the line for cron is shown. --print writes nothing.
      """)

  @Argument(help: "Name: letters, digits, - and _ / 名前") var name: String
  @Option(
    name: .customLong("on-calendar"),
    help: "When, as systemd.time(7) writes it, such as 'Mon *-*-* 22:00' or weekly; a time zone may follow / 日時")
  var onCalendar: String
  @Option(help: "Folder for the evidence packs / 証跡パックのフォルダー") var packs: String?
  @Option(name: .customLong("random-delay"), help: "Begin up to so much later, such as 30m / 開始のゆらぎ") var randomDelay:
    String?
  @Option(help: "How long a turn that cannot begin is tried again, such as 12h (default 0) / 再試行の期限") var patience:
    String?
  @Option(
    name: .customLong("continue"),
    help:
      "Go on with an interrupted run that is not older, such as 36h, instead of beginning another (default 0) / 中断した検査を再開する期間"
  )
  var continueWithin: String?
  @Option(help: "Only where the gateway has this MAC address; auto takes today's / ゲートウェイのMACアドレス") var gateway: String?
  @Option(help: "Only in this Wi-Fi network; auto takes today's / Wi-Fiネットワーク名") var ssid: String?
  @Option(
    name: .customLong("dhcp-server"), help: "Only where this server leases addresses; auto takes today's / DHCPサーバー")
  var dhcpServer: String?
  @Flag(help: "Never on battery / 電源接続時のみ") var mains = false
  @Option(name: .customLong("keep-days"), help: "Older runs leave the history, with their packs / 保存日数") var keepDays:
    Int?
  @Option(name: .customLong("keep-runs"), help: "Runs beyond this number leave it / 保存件数") var keepRuns: Int?
  @Option(help: "File of who is told what (tenken notices init) / 通知の設定ファイル") var notices: String?
  @Option(help: "File of determinations: exceptions that end are told / 判定ファイル") var determinations: String?
  @Option(help: "User that systemd or cron runs it as / 実行ユーザー") var user = "tenken"
  @Option(help: "Folder of systemd's units / systemdのユニットの場所") var units = UnitInstaller.folder
  @OptionGroup var place: SchedulePlace
  @Flag(name: .customLong("print"), help: "Show what would be written / 書き込まずに表示する") var isDry = false
  @Flag(help: "Take the place of the schedule of this name / 同名の定期検査を置き換える") var replace = false
  @Argument(parsing: .allUnrecognized, help: "Words of tenken audit / tenken auditの引数") var audit: [String] = []

  func run() throws {
    guard Schedule.isName(name) else {
      throw CommandFailure(
        .usage, "\(name.debugDescription) cannot be a name; use letters, digits, - and _, at most 64")
    }
    guard isDry || replace || !FileManager.default.fileExists(atPath: place.file(name)) else {
      throw CommandFailure(.usage, "\(place.file(name)) is there already; take another name, or --replace it")
    }
    let now = SystemClock.wall
    var schedule = Schedule(
      name: name, calendar: try calendar(), created: now,
      randomDelay: try Self.seconds(randomDelay, "--random-delay"), patience: try Self.seconds(patience, "--patience"),
      continueWithin: try Self.seconds(continueWithin, "--continue"),
      audit: audit, directory: FileManager.default.currentDirectoryPath, scopeDigest: "",
      packs: Self.absolute(packs ?? "\(StateFolder.path)/packs"), needsMains: mains, retention: try retention(),
      notices: notices.map(Self.absolute), determinations: determinations.map(Self.absolute))
    // What cannot be told later is found out now.
    if let notices = schedule.notices { _ = try NoticeDelivery(notices) }
    let command = try ScheduledAudit(schedule)
    let scope = try AgreedScope(of: command)
    schedule.scopeDigest = scope.digest
    schedule.network = try pins(NetworkMarks(targets: command.command.options.targets, scope: scope.scope))
    let next = try turns(schedule, now)
    guard scope.scope.validUntil > (next.first ?? now) else {
      throw CommandFailure(
        .notPermitted, "the scope ends before the first turn: \(scope)\nHave it extended; nothing was scheduled.")
    }
    let installer = try UnitInstaller(schedule, place, user: user, folder: units, audit: command)
    if isDry { return print(installer.preview(schedule.yaml, place.file(name)), terminator: "") }
    try place.write(schedule)
    try installer.install()
    print("\(place.file(name)): \(scope)")
    print(next.map { "  \($0.rfc3339(offsetMinutes: scope.scope.offsetMinutes))\n" }.joined(), terminator: "")
  }

  /// The zone is written down: a computer that is carried elsewhere keeps the site's hours.
  private func calendar() throws -> CalendarExpression {
    do {
      let given = try CalendarExpression(parsing: onCalendar)
      let whole = given.zone == nil ? try CalendarExpression(parsing: "\(onCalendar) \(SystemZone.local)") : given
      _ = try SystemZone(whole)
      return whole
    } catch let error as CalendarError {
      throw CommandFailure(.usage, "--on-calendar: \(error); write it as 'Mon *-*-* 22:00' (systemd.time(7))")
    }
  }

  /// The first three, so that what was meant can be compared with what was written.
  private func turns(_ schedule: Schedule, _ now: Timestamp) throws -> [Timestamp] {
    let zone = try SystemZone(schedule.calendar)
    var turns: [Timestamp] = []
    while turns.count < 3, let next = schedule.calendar.next(after: turns.last ?? now, in: zone) { turns.append(next) }
    guard let first = turns.first else {
      throw CommandFailure(.usage, "--on-calendar \(onCalendar.debugDescription) names no moment in the coming years")
    }
    // Devices need rest, and a run its time.
    if turns.count > 1, turns[1] - first < .seconds(1800) {
      throw CommandFailure(
        .usage, "--on-calendar \(onCalendar.debugDescription) comes more often than every half hour; devices need rest")
    }
    return turns
  }

  private func retention() throws -> Schedule.Retention? {
    for number in [keepDays, keepRuns] where !(1...100_000).contains(number ?? 1) {
      throw CommandFailure(.usage, "--keep-days and --keep-runs are 1 to 100000")
    }
    return keepDays == nil && keepRuns == nil ? nil : Schedule.Retention(days: keepDays, runs: keepRuns)
  }

  private func pins(_ marks: NetworkMarks) throws -> Schedule.NetworkPin {
    func value(_ option: String?, _ name: String, _ now: () -> String?, _ read: (String) -> String?) throws -> String? {
      guard let option else { return nil }
      guard option == "auto" else {
        guard let value = read(option) else {
          throw CommandFailure(.usage, "\(name) \(option.debugDescription) is none")
        }
        return value
      }
      guard let value = now() else {
        throw CommandFailure(.usage, "\(name) auto: this computer has none now; join the network, or name it")
      }
      return value
    }
    return Schedule.NetworkPin(
      gateway: try value(gateway, "--gateway", marks.gateway) { MACAddress($0).map { "\($0)" } },
      ssid: try value(ssid, "--ssid", { marks.ssid }) { $0.isEmpty ? nil : $0 },
      dhcpServer: try value(dhcpServer, "--dhcp-server", marks.dhcpServer) { IPv4Address($0).map { "\($0)" } })
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  /// `90`, `90s`, `30m`, `12h`, `2d`.
  static func seconds(_ text: String?, _ option: String) throws -> Int {
    guard let text else { return 0 }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? text : String(text.dropLast())), (0...604_800).contains(number),
      number * (unit ?? 1) <= 604_800
    else { throw CommandFailure(.usage, "\(option) is a time up to a week, such as 30m, 12h or 2d") }
    return number * (unit ?? 1)
  }
}

struct ScheduleRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Takes a schedule and its units away; its journal and packs stay. / 定期検査を削除します。")

  @Argument(help: "Name / 名前") var name: String
  @Option(help: "Folder of systemd's units / systemdのユニットの場所") var units = UnitInstaller.folder
  @OptionGroup var place: SchedulePlace

  func run() throws {
    guard Schedule.isName(name), FileManager.default.fileExists(atPath: place.file(name)) else {
      throw CommandFailure(.usage, "there is no schedule \(name.debugDescription) in \(place.folder)")
    }
    try UnitInstaller.remove(name, from: units)
    try FileManager.default.removeItem(atPath: place.file(name))
  }
}
