internal import Addressing
internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import Inventory
internal import Profiles
internal import Records
internal import Reports
internal import Sheets

struct ChecklistVendorSheet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vendor-sheet",
    abstract: "Questions that only a vendor can answer, out and back. / ベンダー確認票の書き出しと取り込みです。",
    subcommands: [Export.self, Import.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Writes the questions for each model found. / 検出した型番ごとの質問票を書き出します。",
      discussion: """
        CSV (UTF-8 with BOM). No address, name or place of the company is in it. Devices whose model is not known are named \
        on standard error: nobody can be asked about them.
        """)

    @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
    @Option(help: "File to write; default: standard output / 出力先") var output: String?
    @Option(help: "Catalogue / カタログ") var catalogue = ChecklistFiles.standardCatalogue
    @Option(help: "Folder of rule data / ルールデータ") var profiles: String?
    @Option(help: "Language of headings and questions: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      let questions = try vendorQuestions(profiles, catalogue).questions
      let sheet = VendorSheet(try FinishedPack.read(packs).rows, questions: questions)
      for row in sheet.unidentified {
        let addresses = row.addresses.map(\.description).joined(separator: " ")
        complain(
          lang == .ja
            ? "\(addresses) (\(row.id.rawValue)): 型番が分からないため、質問票に含めていません。"
            : "\(addresses) (\(row.id.rawValue)): the model is not known, so nothing is asked about it.")
      }
      guard !sheet.products.isEmpty else {
        throw CommandFailure(.failed, "no device says its model; there is nobody to ask. Complete the ledger by hand.")
      }
      let octets = sheet.csv(lang)
      guard let output else { return put(octets) }
      try ChecklistFiles.create(octets, at: output)
      print(
        lang == .ja
          ? "\(inert(output)): \(sheet.products.count)型番、各\(questions.questions.count)問"
          : "\(inert(output)): \(sheet.products.count) model(s), \(questions.questions.count) questions each")
    }
  }

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Takes a vendor's answers into the determinations. / ベンダーの回答を判定ファイルに取り込みます。",
      discussion: """
        Each answer becomes an entry of kind vendor-answer, undecided, with the SHA-256 of the file that came back: a person \
        still decides. A line that cannot be understood is named, and then nothing is taken.
        """)

    @Argument(help: "The vendor's file, CSV / 回答済みのCSV") var reply: String
    @Option(help: "File of determinations, .yaml or .csv / 判定ファイル") var file: String
    @Option(help: "poc or production / 段階") var phase = "production"
    @Option(help: "Catalogue / カタログ") var catalogue = ChecklistFiles.standardCatalogue
    @Option(help: "Folder of rule data / ルールデータ") var profiles: String?
    @Option(help: "Language: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      guard let chosen = Phase(written: phase) else {
        throw CommandFailure(.usage, "--phase \(inert(phase)) is no phase: poc or production")
      }
      let index = try vendorQuestions(profiles, catalogue).index
      let target = DeterminationFile(path: file, index: index, language: lang)
      let text = try ChecklistFiles.text(try contents(of: reply, what: "the vendor's file"), file: reply)
      let answers = try ChecklistFiles.explaining("the vendor's file") {
        try VendorReply(
          parsing: text, file: reply, attachment: try target.attachment(reply), phase: chosen,
          earlier: try target.read(),
          index: index)
      }
      try target.append(answers.answers)
      print(
        lang == .ja
          ? "\(answers.answers.count)件の回答を \(inert(file)) に取り込みました(未回答 \(answers.unanswered)件)。判定は未判断です。"
          : "\(answers.answers.count) answers were taken into \(inert(file)) (\(answers.unanswered) unanswered). They are undecided."
      )
    }
  }
}

private func vendorQuestions(_ profiles: String?, _ catalogue: String) throws -> (
  questions: VendorQuestions, index: RowIndex
) {
  let store = try RunOptions.loadProfiles(profiles)
  let index = try ChecklistFiles.index(store, catalogue)
  let path = "vendor-questions/\(catalogue).yaml"
  guard let file = store.files.first(where: { $0.path == path }) else {
    throw CommandFailure(.usage, "there are no questions for vendors on \(inert(catalogue)) (Profiles/\(path))")
  }
  return try ChecklistFiles.explaining("the questions") {
    (try VendorQuestions(parsing: file.bytes, file: "\(store.directory)/\(path)", index: index), index)
  }
}
