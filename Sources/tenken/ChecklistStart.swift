internal import ArgumentParser
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Reports
internal import Sheets

struct ChecklistStart: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Begins a project: asks what the sheet has to know, writes an empty one. / 案件を開始しシートを作成します。",
    discussion: """
      The sheet is not meant for medical devices, critical infrastructure and products for sale, so this is asked first. \
      What is not given as an option is asked on the terminal. Marks stay empty: the project's proposals are comments.
      """)

  @Option(help: "Name of the project / 案件名") var name: String?
  @Option(help: "Site / 拠点") var site: String?
  @Option(help: "poc or production / 段階") var phase: String?
  @Option(
    name: .customLong("excluded-use"),
    help: "none, medical, critical-infrastructure or products-for-sale / シートの対象外の用途に当たるか") var excludedUse: String?
  @Option(help: "Who answers / 回答者") var by: String?
  @Option(help: "File to write; must not exist yet / 出力先") var output: String?
  @Option(help: "Catalogue / カタログ") var catalogue = ChecklistFiles.standardCatalogue
  @Option(help: "Folder of rule data / ルールデータ") var profiles: String?
  @Option(help: "Language of the questions: ja or en / 言語") var lang: Language = .ja

  func run() throws {
    let index = try ChecklistFiles.index(try RunOptions.loadProfiles(profiles), catalogue)
    let dialogue = Dialogue(language: lang)
    let uses = ExcludedUse.allCases.map { "\($0.rawValue) (\($0.label.text(lang)))" }.joined(separator: ", ")
    let use = try dialogue.answer(
      excludedUse, "--excluded-use",
      LocalizedText(
        ja: "拠点や製品は次のいずれかに当たりますか: \(uses)", en: "Is the site or product one of these: \(uses)"),
      ExcludedUse.init(rawValue:))
    let chosen = try dialogue.answer(
      phase, "--phase", LocalizedText(ja: "段階 (poc, production)", en: "Phase (poc, production)"), Phase.init(written:))
    let project = CompanySheet.Project(
      name: try dialogue.text(name, "--name", LocalizedText(ja: "案件名", en: "Name of the project")),
      site: try dialogue.text(site, "--site", LocalizedText(ja: "拠点", en: "Site")), phase: chosen, excludedUse: use,
      answeredBy: try dialogue.text(by, "--by", LocalizedText(ja: "回答者", en: "Who answers")),
      at: Day(of: SystemClock.wall))
    if let warning = use.warning { complain(warning.text(lang)) }
    let text = CompanySheet.template(project, index: index)
    guard let output else { return print(text, terminator: "") }
    try ChecklistFiles.create(Array(text.utf8), at: output)
    print(lang == .ja ? "\(inert(output)) を作成しました。" : "\(inert(output)) was written.")
  }
}

/// Questions on the terminal, for what no option says.
private struct Dialogue {
  let language: Language

  func text(_ given: String?, _ option: String, _ question: LocalizedText) throws -> String {
    try answer(given, option, question) { text in
      let words = inert(text).trimmingCharacters(in: .whitespaces)
      return words.isEmpty ? nil : words
    }
  }

  func answer<Value>(
    _ given: String?, _ option: String, _ question: LocalizedText, _ read: (String) -> Value?
  ) throws -> Value {
    if let given {
      guard let value = read(given) else {
        throw CommandFailure(.usage, "\(option) \(inert(given)) is not understood: \(question.text(language))")
      }
      return value
    }
    guard isatty(STDIN_FILENO) == 1 else {
      throw CommandFailure(
        .usage, "\(option) is missing, and there is no terminal to ask on: \(question.text(language))")
    }
    for _ in 0..<3 {
      FileHandle.standardError.write(Data("\(question.text(language)): ".utf8))
      guard let line = readLine() else { break }
      if let value = read(line.trimmingCharacters(in: .whitespaces)) { return value }
      complain(language == .ja ? "読み取れません。" : "This is not understood.")
    }
    throw CommandFailure(.usage, "\(option) was not answered")
  }
}
