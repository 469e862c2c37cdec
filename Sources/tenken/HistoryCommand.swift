internal import ArgumentParser
internal import Foundation
internal import History
internal import LinkIO
internal import Records
internal import Reports
internal import RunComparison

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "The runs of the past. / 検査の履歴を扱います。",
    subcommands: [List.self, Show.self, Import.self, Commission.self, Prune.self, Export.self, Backup.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the runs, the newest first. / 検査の一覧を新しい順に表示します。")

    @OptionGroup var place: HistoryPlace
    @Flag(help: "JSON") var json = false
    @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      let store = try place.open(.reading)
      let runs = try HistoryCommand.explaining { try store.runs() }
      if json { return put(try HistoryCommand.json(runs)) }
      let isJapanese = lang == .ja
      let commissioned = Set(try HistoryCommand.explaining { try store.commissioned() }.map(\.run))
      let layout = Layout(width: outputColumns(), colour: isatty(STDOUT_FILENO) == 1)
      let head =
        isJapanese
        ? ["開始", "検査", "拠点", "機器", "検出事項", "証跡パック"] : ["started", "run", "site", "devices", "findings", "pack"]
      let lines = layout.table(
        head: head.map { Cell($0) },
        rows: runs.map { run in
          let findings = Severity.allCases.reversed().compactMap { severity in
            run.findings[severity].map { "\(severity.rawValue) \($0)" }
          }
          return [
            Cell(run.started.rfc3339(offsetMinutes: Timestamp.jst)),
            Cell(
              run.id + (run.isPartial ? isJapanese ? "(中断)" : " (partial)" : "")
                + (commissioned.contains(run.id) ? isJapanese ? "(導入時)" : " (introduction)" : "")), Cell(run.site),
            Cell("\(run.devices)"), Cell(findings.isEmpty ? "0" : findings.joined(separator: " ")),
            Cell(PackRemoval.state(of: run.pack, lang)),
          ]
        })
      put(Array(lines.map { $0 + "\n" }.joined().utf8))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "One run as JSON, as it is remembered. / 1回の検査の記録をJSONで表示します。")

    @Argument(help: "Run, as in the list / 検査の名前") var id: String
    @OptionGroup var place: HistoryPlace

    func run() throws {
      let found = try HistoryCommand.explaining { try place.open(.reading).record(of: id) }
      guard let found else {
        throw CommandFailure(.usage, "\(inert(place.path)) holds no run \(inert(id)); tenken history list shows them")
      }
      put(try HistoryCommand.json(found))
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Adds the runs of packs made elsewhere. / 別の場所で作成した証跡パックを追加します。",
      discussion: "Each pack is verified first. What is there already is left as it is.")

    @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
    @OptionGroup var place: HistoryPlace

    func run() throws {
      let store = try place.open(.writing)
      for pack in packs {
        let record = try RunRecord(FinishedPack(pack))
        let outcome = try HistoryCommand.explaining { try store.record(record) }
        let word = outcome == .known ? "known already / 登録済み" : "added / 追加"
        print("\(inert(record.run.runID))  \(word)")
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Every run as a line of JSON, the oldest first. / 全件をJSON Linesで出力します。")

    @OptionGroup var place: HistoryPlace

    func run() throws {
      let store = try place.open(.reading)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      for run in try HistoryCommand.explaining({ try store.runs() }).reversed() {
        guard let record = try HistoryCommand.explaining({ try store.record(of: run.id) }) else { continue }
        put(Array(try encoder.encode(record)) + [0x0a])
      }
    }
  }

  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup", abstract: "A whole copy of the history, also while runs are recorded. / 履歴を複製します。")

    @Argument(help: "File to write; must not exist yet / 出力先") var output: String
    @OptionGroup var place: HistoryPlace

    func run() throws {
      try HistoryCommand.explaining { try place.open(.reading).backUp(to: output) }
      handOver(output)
    }
  }
}

extension HistoryCommand {
  static func explaining<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as HistoryError {
      throw CommandFailure(error.code == .conflict ? .usage : .failed, "\(error)")
    }
  }

  static func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [0x0a]
  }
}
