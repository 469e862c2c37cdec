internal import Addressing
internal import ArgumentParser
internal import Audit
internal import Declarations
internal import Documents
internal import Foundation
internal import Profiles
internal import Records
internal import Reports

struct DeclarationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "declarations",
    abstract: "What the owner declares: allowed services, zones. / 所有者の宣言(許可サービスなど)を扱います。",
    subcommands: [Template.self, Check.self, Questions.self])

  struct Template: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "template", abstract: "Writes a commented example. / 説明つきの雛形を書き出します。")

    func run() throws { print(DeclarationsTemplate.text, terminator: "") }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Says what a declarations file says. / 宣言の内容を確認します。")

    @Argument(help: "Declarations, YAML / 宣言ファイル") var file: String

    func run() throws {
      let reference = try DeclarationsReference(file: file)
      let (declarations, mud) = (reference.declarations, reference.mud)
      let closed = declarations.isClosedNetwork.map { $0 ? "yes" : "no" } ?? "not declared"
      print("closed network  \(closed)")
      print("classes         \(declarations.classes.map(\.name).joined(separator: ", "))")
      print(
        "devices         \(declarations.devices.count) entries, \(declarations.fragile.count) to be handled with care")
      print(
        "zones           \(declarations.zones.map(\.id).joined(separator: ", ")), \(declarations.reach.count) rules")
      print("log collectors  \(declarations.logCollectors.map(\.description).joined(separator: ", "))")
      for (name, file) in mud.sorted(by: { $0.key < $1.key }) { describe(name, file) }
    }

    private func describe(_ name: String, _ mud: MUDFile) {
      print(
        "MUD file        \(inert(name)): \(inert(mud.url)), \(inert(mud.lastUpdate))\(mud.isSupported ? "" : ", no longer maintained")"
      )
      let signature = mud.signature == nil ? "names no signature" : "its signature was not checked"
      print("                \(signature) / 署名は確認していません")
      for allowed in mud.allowed {
        let ports =
          allowed.ports.count == 1
          ? "\(allowed.ports.lowerBound)" : "\(allowed.ports.lowerBound)-\(allowed.ports.upperBound)"
        let conditions = allowed.conditions.isEmpty ? "" : " (\(allowed.conditions.joined(separator: ", ")))"
        print("                allows \(allowed.transport.rawValue)/\(ports)\(inert(conditions))")
      }
      for remark in mud.remarks { print("                \(inert(remark))") }
    }
  }

  struct Questions: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "questions",
      abstract: "Lists open ports nobody has decided on. / 要否が未回答の開放ポートを一覧にします。",
      discussion: "A table, or CSV with columns for the owner's answers. Nothing is sent.")

    @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
    @Option(help: "Declarations made so far / これまでの宣言") var declarations: String?
    @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?
    @Flag(help: "CSV for spreadsheets / 表計算ソフト用CSV") var csv = false
    @Option(help: "Language of the headings: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      let declared = try declarations.map { try DeclarationsReference(file: $0) }
      let read = try FinishedPack.read(packs)
      let known = ProfileExpectations(
        try RunOptions.loadProfiles(profiles).deviceProfiles, read.flatMap(\.inventory.devices))
      let list = QuestionList(
        OpenQuestions(read.rows, declared?.declarations, mud: declared?.mud ?? [:], expectations: known))
      if csv { return put(list.csv(lang)) }
      put(Array(list.table(lang, columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1).utf8))
    }
  }
}
