internal import ArgumentParser
internal import Authority
internal import Foundation
internal import LinkIO
internal import Notices
internal import Records
internal import Reports
internal import RunComparison
internal import Schedules
internal import Sheets

extension NoticesCommand {
  struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "send", abstract: "Tells what came of a schedule's turn. / 予定された検査の結果を知らせます。",
      discussion: """
        The outcome is JSON as tenken schedule writes it. Of a run that looked, its pack and the history say what changed; of one \
        that did not, --scope says whose site it is. Nothing is sent when nothing of it was asked for.
        """)

    @Argument(help: "Settings file / 設定ファイル") var file: String
    @Option(help: "File with the outcome, - for standard input / 結果のファイル") var outcome: String
    @Option(help: "Scope file, for turns without a run / 許可範囲ファイル") var scope: String?
    @Option(help: "File of determinations, whose exceptions may have ended / 判定ファイル") var determinations: String?
    @Option(help: "Catalogue of the determinations / カタログ") var catalogue = ChecklistFiles.standardCatalogue
    @OptionGroup var options: NoticeOptions

    func run() throws {
      let delivery = try options.delivery(file)
      let outcome = try read()
      var expired: [String] = []
      if let determinations {
        expired = try NoticeOccasion.expiredExceptions(determinations, catalogue, profiles: options.profiles)
      }
      let occasion = try NoticeOccasion.of(
        outcome, history: options.place, engagement: try scope.map { try readScope($0).engagement }, expired: expired)
      try NoticesCommand.end(delivery.tell(occasion))
    }

    private func read() throws -> ScheduledOutcome {
      let octets =
        outcome == "-"
        ? Array(FileHandle.standardInput.readDataToEndOfFile()) : try contents(of: outcome, what: "the outcome")
      do {
        return try JSONDecoder().decode(ScheduledOutcome.self, from: Data(octets))
      } catch {
        throw CommandFailure(.usage, "\(inert(outcome)) is no outcome as tenken schedule writes it: \(error)")
      }
    }
  }
}

/// Puts together what there may be to tell.
enum NoticeOccasion {
  /// - Parameters:
  ///   - engagement: whose site it is, where no run says so.
  ///   - expired: exceptions that ended.
  /// - Throws: ``CommandFailure`` when nobody says whose site it is.
  static func of(
    _ outcome: ScheduledOutcome, history: HistoryPlace, engagement: Engagement?, expired: [String] = []
  ) throws -> Occasion {
    guard case .completed(_, let path, _) = outcome.result else {
      guard let engagement else {
        throw CommandFailure(.usage, "there was no run, so --scope has to say whose site it is / --scope を指定してください")
      }
      return Occasion(outcome: outcome, engagement: engagement, expiredExceptions: expired)
    }
    let pack = try FinishedPack(path)
    let record = try RunRecord(pack)
    var difference: RunDifference?
    do {
      difference = try NoticeHistory(history).difference(of: record)
    } catch let failure as CommandFailure {
      complain("notices: what changed is not known: \(failure.message)")
    }
    return Occasion(
      outcome: outcome, engagement: record.run.engagement, run: record, difference: difference,
      troubles: pack.coverage.devices.flatMap { device in
        device.distress.map { Occasion.Trouble(device: device.device, kind: $0.kind) }
      }, expiredExceptions: expired)
  }

  /// Exceptions of a file of determinations that ended and were not replaced.
  static func expiredExceptions(_ file: String, _ catalogue: String, profiles: String?) throws -> [String] {
    let index = try ChecklistFiles.index(try RunOptions.loadProfiles(profiles), catalogue)
    return try ChecklistFiles.determinations(file, index).expired(on: Day(of: SystemClock.wall))
      .filter { $0.kind == .exception }
      .map { entry in "\(entry.id) \(entry.item)" + (entry.expires.map { " (\($0))" } ?? "") }
  }
}
