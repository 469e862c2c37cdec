internal import ArgumentParser

struct ChecklistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checklist", abstract: "Works on checklists. / チェックリストを扱います。",
    subcommands: [ChecklistLintCommand.self, ChecklistNewCommand.self])
}
