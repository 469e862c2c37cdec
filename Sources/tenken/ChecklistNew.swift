internal import ArgumentParser
internal import Documents
internal import Foundation
internal import Profiles

struct ChecklistNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes a catalogue of your own to begin with. / 自社用カタログのひな形を書き出します。",
    discussion: """
      The rows of a shipped catalogue with room for the sheet's sentences (from your own copy) and, for the JSSEC sheet, disabled \
      examples of rows of your own. Edit it, then check it with 'tenken checklist lint FILE'. An existing file is never overwritten.
      """)

  @Option(help: "Catalogue to begin with / 元のカタログ") var from = "jssec-iot-v1"
  @Option(help: "Id of the new one, with its edition: my-company-v1 / 新しいID(版を含む)") var id: String
  @Option(help: "File to write (default: standard output) / 出力ファイル") var output: String?
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

  func run() throws {
    let store = try RunOptions.loadProfiles(profiles)
    let text: String
    do throws(DocumentError) {
      text = try ChecklistTemplate.text(from: from, id: id, in: store)
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
    guard let output, output != "-" else { return print(text, terminator: "") }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .withoutOverwriting)
    } catch {
      throw CommandFailure(
        .usage,
        "\(output) cannot be written: \((error as NSError).localizedDescription) Name a file that does not exist yet.")
    }
    print("\(output)  \(id)")
  }
}
