internal import Addressing
internal import Records
public import Reports
public import Workbooks

/// The sheet and the run as a workbook (ECMA-376): check sheet, findings, inventory, what was not tested, coverage, evidence, about.
public struct XLSX {
  let source: ExportSource
  let table: SheetTable
  let audience: Audience
  /// Where the packs' folders lie, seen from the workbook, by the phase's key; a phase that is not in it gets no links.
  let folders: [String: String]

  /// - Parameter folders: relative paths of the packs' folders from where the workbook will lie, by ``SheetTable/Phase/key``.
  public init(_ source: ExportSource, table: SheetTable, audience: Audience, folders: [String: String]) {
    self.source = source
    self.table = table
    self.audience = audience
    self.folders = folders
  }

  /// - Throws: ``WorkbookError`` when there is more than a workbook holds.
  public func octets() throws(WorkbookError) -> [UInt8] { try workbook.octets() }

  /// The same for the same pack, sheet, determinations and place: its only time is the run's end.
  var workbook: Workbook {
    let evidence = Evidence(self)
    var sheets: [Workbook.Sheet] = []
    if audience != .vendor { sheets.append(checkSheet(evidence)) }
    sheets.append(findings(evidence))
    if audience != .management { sheets.append(inventory) }
    sheets.append(notTested)
    if audience != .management { sheets += [coverage, evidence.sheet] }
    sheets.append(about)
    let run = source.result.run
    return Workbook(
      title: inert("\(run.engagement.customer) \(run.engagement.site) \(run.runID)"), application: source.software,
      created: run.ended.nanoseconds / 1_000_000_000, sheets: sheets)
  }

  func say(_ ja: String, _ en: String) -> String { source.language == .ja ? ja : en }

  func text(_ text: String, _ style: Workbook.Style = .text) -> Workbook.Cell {
    // Lines that this program put together stay lines; what a device sent has none left.
    .text(text.split(separator: "\n").map { inert(String($0)) }.joined(separator: "\n"), style)
  }

  func lines(_ texts: [String]) -> Workbook.Cell { text(texts.joined(separator: "\n")) }

  func counts(_ counts: [VerdictStatus: Int]) -> String {
    VerdictStatus.allCases.compactMap { status in counts[status].map { "\(source.status(status)) \($0)" } }
      .joined(separator: "\n")
  }

  func reasons(_ reasons: [NotTestedReason: Int]) -> String {
    NotTestedReason.allCases.compactMap { reason in
      reasons[reason].map { "\(reason.rawValue) \(source.label(reason)) \($0)" }
    }.joined(separator: "\n")
  }

  /// Files that rows and findings cite, each citation a row, so that each can be a link.
  struct Evidence {
    static let name = (ja: "証跡", en: "Evidence")
    let sheet: Workbook.Sheet
    private let title: String
    /// Where the files of a citing id begin, and how many there are.
    private let places: [String: (row: Int, count: Int)]
    private let unit: (Int) -> String

    init(_ report: XLSX) {
      title = report.say(Self.name.ja, Self.name.en)
      unit = { report.say("\($0)件", $0 == 1 ? "1 file" : "\($0) files") }
      var (rows, places): ([[Workbook.Cell]], [String: (row: Int, count: Int)]) = ([], [:])
      func cite(_ id: String, _ shown: String, _ phase: SheetTable.Phase, _ paths: [String]) {
        guard !paths.isEmpty else { return }
        places[Self.key(id, phase.key)] = (rows.count + 1, paths.count)
        for path in paths {
          rows.append([
            report.text(shown), report.text(phase.label.text(report.source.language)), report.file(path, phase.key),
          ])
        }
      }
      if report.audience == .auditor {
        for line in report.table.lines {
          for (phase, column) in zip(report.table.phases, line.columns) {
            cite(line.id, line.id, phase, column.evidence)
          }
        }
      }
      if let own = report.ownPhase {
        for finding in report.source.result.findings { cite(finding.id, finding.id, own, finding.evidence) }
      }
      sheet = Workbook.Sheet(
        title,
        [.init(report.say("項目・検出事項", "Row or finding"), 20), .init(report.say("段階", "Phase"), 10), .init(title, 80)],
        rows: rows)
      self.places = places
    }

    /// A link to the files of a row; of one file's row too, since a file alone says less.
    func cell(_ id: String, _ phase: String) -> Workbook.Cell {
      guard let place = places[Self.key(id, phase)] else { return .empty }
      return .row(sheet: title, row: place.row, text: unit(place.count))
    }

    private static func key(_ id: String, _ phase: String) -> String { "\(phase) \(id)" }
  }

  /// The phase of the pack that the report is of.
  var ownPhase: SheetTable.Phase? { table.phases.first { $0.runs.contains(source.result.run.runID) } }

  private func file(_ path: String, _ phase: String) -> Workbook.Cell {
    guard let folder = folders[phase], path.hasPrefix(PackPath.payload), !path.split(separator: "/").contains("..")
    else { return text(path) }
    return .file(path: percentEncoded(folder + "/" + path), text: inert(path))
  }
}
