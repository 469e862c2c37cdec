internal import ArgumentParser

struct ChecklistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checklist", abstract: "The check sheet: what was answered, and by what. / 点検表を扱います。",
    subcommands: [ChecklistJudge.self])
}
