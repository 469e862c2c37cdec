internal import ArgumentParser
internal import Documents
internal import Foundation
internal import LinkIO
internal import Notices
internal import Records
internal import Reports
internal import Schedules

struct NoticesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notices",
    abstract: "Who is told what of scheduled runs. / 定期検査の結果を知らせます。",
    discussion: """
      A notice goes to the receivers of the settings file and to nobody else; the address that was reached is told on \
      standard error. What cannot be delivered is kept and tried again. Exit status 5: something is not delivered.
      """,
    subcommands: [Init.self, Check.self, Test.self, Send.self, Digest.self, Flush.self])

  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init", abstract: "Writes a settings file to begin with. / 設定ファイルの例を作成します。")

    @Argument(help: "File to write; must not exist yet. Without it, standard output / 出力先") var file: String?

    func run() throws {
      guard let file else { return put(Array(NoticeSettingsTemplate.text.utf8)) }
      try ChecklistFiles.create(Array(NoticeSettingsTemplate.text.utf8), at: file)
      print(inert(file))
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Reads a settings file and says what it means. Sends nothing. / 設定ファイルを確認します。",
      discussion: "Files with secrets are read, too, and templates.")

    @Argument(help: "Settings file / 設定ファイル") var file: String
    @OptionGroup var options: NoticeOptions

    func run() throws {
      let delivery = try options.delivery(file)
      let settings = delivery.settings
      for channel in settings.channels {
        let topics = NoticeTopic.selectable.filter(channel.filter.topics.contains).map(\.rawValue)
        let digest = settings.digest != nil && channel.takesDigest
        print(
          """
          \(channel.name): \(inert(channel.receiver))
            languages \(channel.languages.map(\.rawValue).joined(separator: ", ")), level \(channel.filter.level.rawValue), \
          digest \(digest ? "yes" : "no")
            \(topics.joined(separator: ", "))
          """)
      }
      if let time = settings.digest {
        let last = time.latest(before: SystemClock.wall, offsetMinutes: settings.offsetMinutes)
        let next = last + Notices.Digest.week
        print("next digest: \(next.rfc3339(offsetMinutes: settings.offsetMinutes))")
      }
      let problems = delivery.problems
      guard problems.isEmpty else { throw CommandFailure(.usage, problems.joined(separator: "\n")) }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Sends a test to each channel. / 各チャネルに送信テストをします。")

    @Argument(help: "Settings file / 設定ファイル") var file: String
    @OptionGroup var options: NoticeOptions

    func run() throws { try NoticesCommand.end(try options.delivery(file).test()) }
  }

  struct Digest: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "digest", abstract: "Sends the digest of a week. / 週間まとめを送ります。",
      discussion: """
        It is sent also when nothing changed. `flush` and every turn send it by themselves when it is due, once.
        """)

    @Argument(help: "Settings file / 設定ファイル") var file: String
    @Option(help: "End of the week, RFC 3339 (default: now) / 週の終わり") var until: String?
    @OptionGroup var options: NoticeOptions

    func run() throws {
      let end = try until.map { text throws -> Timestamp in
        guard let moment = Timestamp(rfc3339: text) else {
          throw ValidationError("\(inert(text)) is no time such as 2026-11-30T08:00:00+09:00")
        }
        return moment
      }
      try NoticesCommand.end(try options.delivery(file).tellDigest(until: end ?? SystemClock.wall))
    }
  }

  struct Flush: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "flush", abstract: "Tries again what is not delivered. / 未送信の通知を再送します。")

    @Argument(help: "Settings file / 設定ファイル") var file: String
    @Flag(help: "Also what a receiver refused / 受信側に拒否されたものも再送する") var refused = false
    @OptionGroup var options: NoticeOptions

    func run() throws { try NoticesCommand.end(try options.delivery(file).flush(retryingRefused: refused)) }
  }

  static func end(_ left: Int) throws {
    guard left > 0 else { return }
    throw CommandFailure(.failed, "\(left) not delivered, kept for another turn / 未送信 \(left)件")
  }
}

struct NoticeOptions: ParsableArguments {
  @Option(help: "Folder of notices that wait (default: notices beside the history) / 未送信の通知を置くフォルダー")
  var state: String?
  @OptionGroup var place: HistoryPlace
  @Option(help: "Folder of rule data / ルールデータ") var profiles: String?

  func delivery(_ file: String) throws -> NoticeDelivery {
    try NoticeDelivery(file, state: state, history: place, profiles: profiles)
  }
}
