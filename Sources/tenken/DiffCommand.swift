internal import Addressing
internal import ArgumentParser
internal import Documents
internal import Evidence
internal import Foundation
internal import History
internal import LinkIO
internal import Profiles
internal import Records
internal import Reports
internal import RunComparison

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What changed between two runs. / 2回の検査の差分を表示します。",
    discussion: """
      A and B are pack folders, or names of runs in the history (tenken history list). Devices are the same by their MAC \
      address, wherever DHCP put them. What B did not look at is not-retested, never fixed. Exit status 1: something is new or \
      regressed.
      """)

  @Argument(help: "The earlier run / 前の検査") var earlier: String
  @Argument(help: "The later run / 後の検査") var later: String
  @OptionGroup var place: HistoryPlace
  /// The forms of a difference.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json, html
  }

  @Option(help: "What is printed: table, json or html / 形式") var format: Format = .table
  @Flag(help: "As --format json") var json = false
  @Option(help: "Also write the page to this file; must not exist yet / HTMLの出力先") var html: String?
  @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja
  @Option(help: "Folder of rule data (default: beside the program) / ルールデータ") var profiles: String?

  func validate() throws {
    guard !json || format != .html else { throw ValidationError("--json and --format html exclude each other.") }
  }

  func run() throws {
    let before = try Self.record(earlier, place)
    let after = try Self.record(later, place)
    guard before.run.started <= after.run.started else {
      throw CommandFailure(.usage, "\(inert(earlier)) began after \(inert(later)); name the earlier run first")
    }
    let known = try Self.known(before, after, place)
    let difference = RunDifference(earlier: before, later: after, past: known.past, mended: known.mended)
    if let html {
      do {
        try PrivateFile.create(html, try page(difference, before, after))
      } catch let error as PackError {
        throw CommandFailure(.usage, "\(error) A page is never replaced; name a file that does not exist.")
      }
    }
    switch json ? .json : format {
    case .json: put(try HistoryCommand.json(DifferenceDocument(difference, earlier: before, later: after)))
    case .html: put(try page(difference, before, after))
    case .table:
      let view = DifferenceView(difference, before, after, lang, checkTitles: titles(in: difference))
      put(Array(view.table(columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1).utf8))
    }
    if difference.count(.new) + difference.count(.regressed) > 0 { throw ExitStatus.findings.code }
  }

  /// Of checks, as the rule set at hand calls them; a table is not refused for want of one.
  private func titles(in difference: RunDifference) -> [String: LocalizedText] {
    guard difference.entries.contains(where: { $0.check != nil }) else { return [:] }
    do throws(DocumentError) {
      return try ProfileStore.checkTitles(in: try RunOptions.locateProfiles(profiles))
    } catch {
      complain("findings are named by the ids of their checks: \(error)")
      return [:]
    }
  }

  private func page(_ difference: RunDifference, _ before: RunRecord, _ after: RunRecord) throws -> [UInt8] {
    let page = try HTMLReport(reportInputs(try RunOptions.loadProfiles(profiles))).render(
      DifferenceDocument(difference, earlier: before, later: after), language: lang,
      offsetMinutes: after.run.offsetMinutes, version: tenkenVersion)
    return Array(page.utf8)
  }

  /// What runs before the earlier one had, so that what comes back is told; nothing without a history.
  static func known(
    _ before: RunRecord, _ after: RunRecord, _ place: HistoryPlace
  ) throws -> (past: Set<RunDifference.Place>, mended: Set<RunDifference.Place>) {
    guard FileManager.default.fileExists(atPath: place.path) else { return ([], []) }
    return try place.open(.reading).known(earlier: before, later: after)
  }

  static func record(_ name: String, _ place: HistoryPlace) throws -> RunRecord {
    let isFolder = try? URL(fileURLWithPath: name).resourceValues(forKeys: [.isDirectoryKey]).isDirectory
    if isFolder == true { return try RunRecord(FinishedPack(name)) }
    guard let record = try place.open(.reading).record(of: name) else {
      throw CommandFailure(
        .usage,
        "\(inert(name)) is neither a pack folder nor a run in \(inert(place.path)); tenken history list shows the runs")
    }
    return record
  }
}

/// A difference as a table.
struct DifferenceView {
  let difference: RunDifference
  let before: RunRecord
  let after: RunRecord
  let language: Language
  /// By id of a check.
  let checkTitles: [String: LocalizedText]

  init(
    _ difference: RunDifference, _ before: RunRecord, _ after: RunRecord, _ language: Language,
    checkTitles: [String: LocalizedText]
  ) {
    self.difference = difference
    self.before = before
    self.after = after
    self.language = language
    self.checkTitles = checkTitles
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  func table(columns: Int, colour: Bool) -> String {
    let layout = Layout(width: max(60, columns), colour: colour)
    var lines = [
      say("前回: ", "earlier: ") + head(before), say("今回: ", "later:   ") + head(after),
      say("両方で調べた機器: \(difference.compared)台", "devices that both looked at: \(difference.compared)"),
      RunDifference.State.allCases.map { "\($0.words.text(language)) \(difference.count($0))" }
        .joined(separator: " / "), "",
    ]
    guard !difference.entries.isEmpty else {
      lines.append(say("両方で調べた範囲に変化はありません。", "Nothing changed in what both runs looked at."))
      return lines.map { $0 + "\n" }.joined()
    }
    lines += layout.table(
      head: [say("状態", "State"), say("機器", "Device"), say("サービス", "Service"), say("内容", "What")].map { Cell($0) },
      rows: difference.entries.map { entry in
        let isWorse = entry.state == .new || entry.state == .regressed
        return [
          Cell(entry.state.words.text(language), colour: isWorse ? .red : nil),
          Cell("\(entry.address?.description ?? "–") \(entry.device.rawValue)"), Cell(entry.service?.description ?? ""),
          Cell(what(entry)),
        ]
      })
    return lines.map { $0 + "\n" }.joined()
  }

  private func head(_ record: RunRecord) -> String {
    let partial = record.run.partial ? say("(中断)", " (partial)") : ""
    return "\(inert(record.run.runID)) \(record.run.started.rfc3339(offsetMinutes: record.run.offsetMinutes))\(partial)"
  }

  private func what(_ entry: RunDifference.Entry) -> String {
    if let check = entry.check {
      let severity = entry.severity?.rawValue ?? ""
      // The title last: a narrow terminal cuts the end.
      return ["\(check) (\(severity))", checkTitles[check]?.text(language)].compactMap(\.self).joined(separator: " ")
    }
    guard let aspect = entry.aspect else { return "" }
    return "\(aspect.words.text(language)): \(entry.before ?? "–") → \(entry.after ?? "–")"
  }
}
