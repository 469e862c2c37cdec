internal import ArgumentParser
internal import Audit
internal import Documents
internal import Evidence
internal import Exports
internal import Foundation
internal import Printing
internal import Profiles
internal import Records
internal import Reports
internal import Sheets
internal import Workbooks

/// The forms of `tenken report`: what Exports makes, and the page.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case html, xlsx, pdf, json, csv, markdown, ocsf, oscal, defectdojo, cyclonedx
  case nmapXML = "nmap-xml"

  /// Its name in the folder of `--all`.
  var file: String {
    switch self {
    case .html: "report.html"
    case .xlsx: "checklist.xlsx"
    case .pdf: "report.pdf"
    case .json: "result.json"
    case .csv: "rows.csv"
    case .markdown: "summary.md"
    case .ocsf: "ocsf.jsonl"
    case .oscal: "oscal.json"
    case .defectdojo: "defectdojo.json"
    case .cyclonedx: "cyclonedx.json"
    case .nmapXML: "nmap.xml"
    }
  }
}

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes a report from an evidence pack. / 証跡パックから報告書を作成します。",
    discussion: """
      html: the page of the pack in either language; pdf: the same, printed by an installed Chromium or WeasyPrint. xlsx: the \
      check sheet and the lists as a workbook, with links into the pack's folder relative to --output; with --fill and --cells \
      a copy of your own workbook instead, of which only the named cells change. csv: the checklist rows for spreadsheets. \
      markdown: one page for managers. json: the whole result. For other programs: oscal (assessment results 1.1.3), ocsf \
      (1.8.0, JSON lines), defectdojo (generic findings), nmap-xml (1.05, inventory and ports only), cyclonedx (1.6, \
      inventory). The pack is verified first and never changed; the same pack gives the same octets, but for pdf, which may \
      hold the time, and with --history, whose file may know more by then.
      """)

  @OptionGroup var checklist: ChecklistOptions
  @Option(help: "html, xlsx, pdf, json, csv, markdown, ocsf, oscal, defectdojo, nmap-xml or cyclonedx / 形式")
  var format: ReportFormat = .html
  @Option(name: .customLong("for"), help: "Reader: management, auditor or vendor / 読者")
  var audience: Audience = .auditor
  @Option(help: "Your own workbook, .xlsx, of which a filled copy is written / 記入する自社のワークブック") var fill: String?
  @Option(help: "Which cells of it are filled, YAML / 記入するセルの対応表") var cells: String?
  @Option(
    help: "Runs before, from this history file and not from the pack; for html and pdf / 証跡パックではなく、この履歴ファイルから以前の検査を読む"
  )
  var history: String?
  @Flag(help: "Every form but pdf, into the folder --output / pdf以外のすべての形式を出力先フォルダーに作成") var all = false
  @Option(help: "File to write; must not exist yet (default: standard output) / 出力先") var output: String?

  private var lang: Language { checklist.lang }

  func validate() throws {
    guard (fill == nil) == (cells == nil) else { throw ValidationError("--fill and --cells belong together.") }
    guard fill == nil || format == .xlsx else { throw ValidationError("--fill belongs to --format xlsx.") }
    guard history == nil || all || format == .html || format == .pdf else {
      throw ValidationError("--history belongs to --format html or pdf, or --all.")
    }
    guard !all || (output != nil && fill == nil) else {
      throw ValidationError("--all needs --output, a folder that does not exist yet, and goes without --fill.")
    }
    guard fill == nil || audience != .vendor else {
      throw ValidationError("--fill writes the company's sheet, which is not for vendors.")
    }
  }

  func run() throws {
    guard checklist.packs.count == 1 else {
      throw CommandFailure(.usage, "a report is made of one pack; name the POC's with --poc, to have it beside")
    }
    let loaded = try checklist.load(crosswalks: false)
    guard let finished = loaded.packs[loaded.phase]?.first else {
      throw CommandFailure(.usage, "the pack is of another phase")
    }
    let material = try material(finished, loaded)
    guard !all else { return try writeAll(material) }
    let octets = try octets(material, as: format)
    guard let output else { return put(octets) }
    try create(output, octets)
  }

  private func create(_ file: String, _ octets: [UInt8]) throws {
    do {
      try PrivateFile.create(file, octets)
    } catch {
      throw CommandFailure(.usage, "\(error) A report is never replaced; name a file that does not exist.")
    }
  }

  /// A folder with every form; what a program that is not installed would have to make is left out.
  private func writeAll(_ material: Material) throws {
    guard let folder = output else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw CommandFailure(
        .usage,
        "\(inert(folder)) cannot be made: \((error as NSError).localizedDescription) Name a folder that does not exist."
      )
    }
    for form in ReportFormat.allCases where form != .pdf {
      var one = self
      one.output = folder + "/" + form.file
      try create(folder + "/" + form.file, try one.octets(material, as: form))
    }
    handOver(folder)
  }

  /// What every form is made of, read once.
  private struct Material {
    let finished: FinishedPack
    let loaded: ChecklistOptions.Loaded
    let result: AuditResult
    let inputs: ReportInputs
    let source: ExportSource
  }

  private func material(_ finished: FinishedPack, _ loaded: ChecklistOptions.Loaded) throws -> Material {
    let store = loaded.store
    let result = try finished.result()
    let inputs = try reportInputs(store)
    var labels: [VerdictStatus: LocalizedText] = [:]
    for status in VerdictStatus.allCases { labels[status] = store.wording[status].label }
    var remedies: [NotTestedReason: LocalizedText] = [:]
    for reason in NotTestedReason.allCases { remedies[reason] = store.wording[reason].remedy }
    let source = ExportSource(
      result: result, language: lang, packDigest: finished.digest,
      weaknesses: Dictionary(store.checks.map { ($0.id, $0.cwe) }, uniquingKeysWith: { first, _ in first }),
      titles: inputs.itemTitles, statusLabels: labels, reasonLabels: inputs.reasonLabels, remedies: remedies,
      limitations: inputs.limitations)
    return Material(finished: finished, loaded: loaded, result: result, inputs: inputs, source: source)
  }

  private func octets(_ material: Material, as format: ReportFormat) throws -> [UInt8] {
    let source = material.source
    switch format {
    case .html:
      return Array(try page(material.finished, material.loaded, material.inputs, material.result).utf8)
    case .pdf: return try printed(try octets(material, as: .html), material.finished)
    case .xlsx: return try workbook(source, material.loaded)
    case .json: return try PlainJSON.octets(source)
    case .csv: return RowsCSV.octets(source)
    case .markdown: return MarkdownSummary.octets(source)
    case .ocsf: return try OCSF.octets(source)
    case .oscal: return try OSCAL.octets(source)
    case .defectdojo: return try DefectDojo.octets(source)
    case .cyclonedx: return try CycloneDX.octets(source)
    case .nmapXML: return NmapXML.octets(source)
    }
  }

  /// The sheet and the rows below it are of one set of verdicts: the pack's own, or those that were judged anew.
  private func page(
    _ finished: FinishedPack, _ loaded: ChecklistOptions.Loaded, _ inputs: ReportInputs, _ packed: AuditResult
  ) throws -> String {
    var result = packed
    if let judged = loaded.judged { result.verdicts = judged }
    let observations = try ResumedRun.journal(PackReader(finished.path), portCount: 0).observations
    let services = TLSServiceComparison.list(observations, try TLSGuidelines(loaded.store))
    return try HTMLReport(inputs).render(
      result, language: lang, services: services, sheet: loaded.overview.table, audience: audience,
      scope: try finished.scope(), history: try runHistory(finished), pack: finished.statement,
      evidence: evidencePath(finished.path))
  }

  /// From the pack, so that the same pack gives the same page; from a history file only when one is named.
  private func runHistory(_ finished: FinishedPack) throws -> RunHistory? {
    guard let history else { return try RunHistory(in: PackReader(finished.path), named: finished.path) }
    return try RunHistory(file: HistoryPlace(history), upTo: finished)
  }

  /// From the page to the pack's `data/`: where the pack lies in the folder of the page or beside that folder. Otherwise as from
  /// `data/report/`, so that a page tells nothing of this computer's folders.
  private func evidencePath(_ pack: String) -> String {
    guard let output else { return "../" }
    func folders(_ path: String) -> [String] { URL(fileURLWithPath: path).standardizedFileURL.pathComponents }
    let (page, target) = (Array(folders(output).dropLast()), folders(pack))
    if target.starts(with: page) { return percentEncoded(target[page.count...].joined(separator: "/")) + "/data/" }
    let above = page.dropLast()
    guard page.count > 2, target.starts(with: above) else { return "../" }
    return "../" + percentEncoded(target[above.count...].joined(separator: "/")) + "/data/"
  }

  private func printed(_ page: [UInt8], _ finished: FinishedPack) throws -> [UInt8] {
    do {
      let printer = try PagePrinter(path: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
      return try printer.print(
        page, in: try PackFolder.makeTemporary(), root: geteuid() == 0,
        created: finished.run.ended.nanoseconds / 1_000_000_000)
    } catch let error as PrintingError {
      throw CommandFailure(.failed, error.description)
    }
  }

  private func workbook(_ source: ExportSource, _ loaded: ChecklistOptions.Loaded) throws -> [UInt8] {
    let table = loaded.overview.table
    do {
      guard let fill, let cells else {
        let folders = PackLinks.folders(loaded.packs, from: output)
        return try XLSX(source, table: table, audience: audience, folders: folders).octets()
      }
      let map = try CellMap(parsing: try contents(of: cells, what: "the cell map"), file: cells)
      return try FilledWorkbook.octets(
        try contents(of: fill, what: "the workbook"), sheet: map.sheet,
        cells: try WorkbookFilling(source, table: table, map: map).cells)
    } catch let error as WorkbookError {
      throw CommandFailure(fill == nil ? .failed : .usage, fill.map { "\($0): \(error)" } ?? "\(error)")
    } catch let error as DocumentError {
      throw CommandFailure(.usage, "\(error)")
    }
  }
}
