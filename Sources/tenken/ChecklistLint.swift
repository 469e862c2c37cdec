internal import ArgumentParser
internal import Documents
internal import Foundation
internal import Profiles

struct ChecklistLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Checks files of catalogues and crosswalks. / カタログとクロスウォークのファイルを検査します。",
    discussion: """
      Without files: those of the rule data. Reads only; sends nothing. A catalogue named before a crosswalk can be linked to. \
      Exit status: 0 all are in order, 1 some are not (with file, line and what to write), 2 wrong usage.
      """)

  @Argument(help: "Files (default: those of the rule data) / ファイル(省略時はルールデータ)") var files: [String] = []
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

  func run() throws {
    var store: ProfileStore
    do throws(DocumentError) {
      store = try ProfileStore(directory: try RunOptions.locateProfiles(profiles), readingCases: false)
    } catch {
      // The first fault of the rule data itself: what is wrong there is what was asked for.
      throw CommandFailure(files.isEmpty ? .findings : .usage, "\(error)")
    }
    var wrong = 0
    func tell(_ problems: [DocumentError], _ name: String) {
      for problem in problems { print("\(problem)") }
      if problems.isEmpty { print("OK  \(name)") }
      wrong += problems.count
    }
    if files.isEmpty {
      for file in store.files where ["catalogs/", "crosswalk/"].contains(where: file.path.hasPrefix) {
        let name = "\(store.directory)/\(file.path)"
        tell(ChecklistLint.problems(in: file.bytes, file: name, with: store, shipped: true), name)
      }
    }
    for name in files {
      let octets = try contents(of: name, what: "the file")
      tell(ChecklistLint.problems(in: octets, file: name, with: store), name)
      // A catalogue that cannot be taken in was complained about.
      if let catalogue = try? ProfileStore.catalogue(parsing: octets, file: name) { try? store.add(catalogue) }
    }
    guard wrong == 0 else { throw CommandFailure(.findings, "\(wrong) problems / \(wrong)件の不備があります") }
  }
}
