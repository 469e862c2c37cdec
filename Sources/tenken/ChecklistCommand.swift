internal import ArgumentParser

struct ChecklistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checklist",
    abstract: "Checklists, the company's sheet, verdicts and what people determine. / チェックリストと判定を扱います。",
    subcommands: [
      ChecklistStart.self, ChecklistShow.self, ChecklistStatus.self, ChecklistMatrix.self, ChecklistJudge.self,
      ChecklistDetermine.self, ChecklistVendorSheet.self, ChecklistRecord.self, ChecklistLintCommand.self,
      ChecklistNewCommand.self,
    ])
}
