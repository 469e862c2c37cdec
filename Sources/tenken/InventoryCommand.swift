internal import ArgumentParser
internal import Foundation
internal import Records
internal import Reports

struct InventoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inventory",
    abstract: "Lists the devices of finished packs. / 証跡パックから機器一覧を作成します。",
    discussion: """
      Several addresses of one device become one row when what the device says of itself shows it; each statement \
      keeps its source and confidence, and contradictions are shown. Nothing is sent.
      """)

  @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
  @Flag(help: "CSV for spreadsheets (UTF-8 with BOM) / 表計算ソフト用CSV") var csv = false
  @Flag(help: "JSON (Docs/OutputSchema/inventory-list.schema.json)") var json = false
  @Option(help: "Language of the headings: ja or en / 言語") var lang: Language = .ja

  func validate() throws {
    guard !(csv && json) else { throw ValidationError("--csv and --json exclude each other.") }
    guard !packs.isEmpty else { throw ValidationError("Name at least one pack.") }
  }

  func run() throws {
    let list = InventoryList(try FinishedPack.read(packs).rows)
    if csv { return put(list.csv(lang)) }
    if json { return put(try list.json()) }
    put(Array(list.table(lang, columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1).utf8))
  }
}
