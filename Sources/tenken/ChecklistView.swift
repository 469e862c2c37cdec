internal import ArgumentParser
internal import Checklist
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Profiles
internal import Records
internal import Reports
internal import Sheets

/// Where verdicts come from: the packs' own by default; another source may make them anew.
typealias VerdictSource = (FinishedPack) throws -> [Verdict]

extension FinishedPack {
  /// What the run concluded.
  func verdicts() throws -> [Verdict] {
    let name = "checklist/verdicts.json"
    guard let octets = try PackReader(path).octets(of: name) else {
      throw CommandFailure(.usage, "\(path) holds no data/\(name): it is no pack of an audit")
    }
    return try ResumedRun.decode([Verdict].self, octets, "\(path)/data/\(name)")
  }
}

/// What all commands that look at a checklist are given.
struct ChecklistOptions: ParsableArguments {
  @Argument(help: "Pack folders of the phase / 証跡パックのフォルダー") var packs: [String] = []
  @Option(
    name: .customLong("poc"), help: "Pack of the POC, shown beside; once for each / POCの証跡パック")
  var poc: [String] = []
  @Option(
    help: "Verdicts that tenken checklist judge made of these packs (--output), instead of the packs' own / judgeの判定結果")
  var judged: String?
  @Option(help: "Phase of the packs; default: the sheet's, else production / 段階 (poc, production)") var phase: String?
  @Option(help: "The company's sheet, YAML / 自社シート") var sheet: String?
  @Option(help: "Determinations, YAML or CSV / 判定ファイル") var determinations: String?
  @Option(help: "Catalogue / カタログ") var catalogue = ChecklistFiles.standardCatalogue
  @Option(help: "Folder of rule data / ルールデータ") var profiles: String?
  @Option(name: .customLong("today"), help: "Day for which ends of exceptions are judged, 2026-11-30 / 基準日")
  var today: String?
  @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja

  struct Loaded {
    let store: ProfileStore
    let overview: ChecklistOverview
    let packs: [Phase: [FinishedPack]]
    let phase: Phase
    /// What was judged anew; nil without it.
    let judged: [Verdict]?
  }

  /// What was judged anew; nil without it.
  private func judgedVerdicts() throws -> [Verdict]? {
    guard let judged else { return nil }
    guard !packs.isEmpty else { throw CommandFailure(.usage, "--judged needs the packs that were judged") }
    return try ResumedRun.decode([Verdict].self, try contents(of: judged, what: "the verdicts"), judged)
  }

  /// - Parameter crosswalks: links to other frameworks are wanted too.
  func load(verdicts source: VerdictSource = { try $0.verdicts() }, crosswalks: Bool = true) throws -> Loaded {
    let anew = try judgedVerdicts()
    let store = try RunOptions.loadProfiles(profiles, crosswalks: crosswalks)
    let plain = try ChecklistFiles.index(store, catalogue)
    let sheet = try sheet.map { try ChecklistFiles.sheet($0, store, plain) }
    let index = plain.adding(sheet?.ownRows ?? [])
    let determined =
      try determinations.map { try ChecklistFiles.determinations($0, index) } ?? Determinations(file: "", entries: [])
    let phase = try chosen(sheet)
    guard phase != .poc || poc.isEmpty else {
      throw CommandFailure(
        .usage, "the packs are of the POC already, and --poc names further ones; name them all in one place")
    }
    guard Set(packs + poc).count == packs.count + poc.count else {
      throw CommandFailure(.usage, "a pack is named twice")
    }
    let read = [phase: try FinishedPack.read(packs), phase == .poc ? .production : .poc: try FinishedPack.read(poc)]
    let results = try Phase.allCases.compactMap { each -> PhaseResults? in
      let packs = read[each] ?? []
      guard !packs.isEmpty || each == phase || determined.entries.contains(where: { $0.phase == each }) else {
        return nil
      }
      return PhaseResults(
        each, packs: packs.map(\.run.runID), devices: packs.flatMap(\.inventory.devices),
        findings: try packs.flatMap { try $0.findings() },
        difference: try packs.max { $0.run.started < $1.run.started }?.difference(),
        verdicts: try each == phase ? anew ?? packs.flatMap(source) : packs.flatMap(source), index: index)
    }
    let overview = ChecklistOverview(
      index: index, sheet: sheet, determinations: determined, phases: results,
      attachments: ChecklistFiles.attachmentProblems(determined), wording: store.wording, today: try day())
    return Loaded(store: store, overview: overview, packs: read, phase: phase, judged: anew)
  }

  private func chosen(_ sheet: CompanySheet?) throws -> Phase {
    guard let phase else { return sheet?.project.phase ?? .production }
    guard let chosen = Phase(written: phase) else {
      throw CommandFailure(.usage, "--phase \(inert(phase)) is no phase: poc or production")
    }
    return chosen
  }

  private func day() throws -> Day {
    guard let today else { return Day(of: SystemClock.wall) }
    guard let day = Day(today) else {
      throw CommandFailure(.usage, "--today \(inert(today)) is no day such as 2026-11-30")
    }
    return day
  }
}

struct ChecklistStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What is answered, by what, what is left and for whom. / 回答状況と、残りを誰が行うかを表示します。",
    discussion: """
      POC and production stand side by side and are never counted together. Exceptions that ended and attached files \
      that are missing or changed are named. Exit status 1: there are such files or ended exceptions.
      """)

  @OptionGroup var options: ChecklistOptions

  func run() throws {
    let overview = try options.load().overview
    let view = StatusView(
      overview, options.lang, columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1)
    put(Array(view.text().utf8))
    if !overview.attachments.isEmpty || !overview.determinations.expired(on: overview.today).isEmpty {
      throw ExitStatus.findings.code
    }
  }
}

struct ChecklistShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Everything about a row. / 項目の詳細を表示します。",
    discussion: "The row comes first, as in: tenken checklist show JSSEC-14.2.c PACK. With --all there is no row.")

  @Flag(help: "Every row / すべての項目") var all = false
  @OptionGroup var options: ChecklistOptions

  func run() throws {
    var options = options
    var wanted: String?
    if !all {
      guard !options.packs.isEmpty else {
        throw CommandFailure(.usage, "name a row, such as JSSEC-14.2.c, or use --all")
      }
      wanted = options.packs.removeFirst()
    }
    let loaded = try options.load()
    let overview = loaded.overview
    let rows: [ChecklistRow]
    if let wanted {
      guard let row = overview.index[wanted] else {
        throw CommandFailure(.usage, "\(inert(wanted)) is no row of \(overview.index.catalogue); --all shows every row")
      }
      rows = [row]
    } else {
      rows = overview.index.rows
    }
    let view = RowView(
      overview, options.lang, columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1,
      related: related(rows, loaded.store))
    put(Array(([view.head()] + rows.map(view.text)).joined(separator: "\n").utf8))
  }
}

extension ChecklistShow {
  /// Rows of other frameworks by row, in words; what nobody has verified says so.
  private func related(_ rows: [ChecklistRow], _ store: ProfileStore) -> [String: [String]] {
    let isJapanese = options.lang == .ja
    let links = store.crosswalks.filter { $0.to == options.catalogue }
    return Dictionary(
      rows.map { row in
        let lines = links.flatMap { framework in
          framework.provisions(relatedTo: row.id).map { provision in
            let doubt = provision.verified ? "" : isJapanese ? "(未確認)" : " (not verified)"
            return
              "\(framework.title.text(options.lang)) \(provision.id): \(provision.title.text(options.lang))\(doubt)"
          }
        }
        return (row.id, lines)
      }, uniquingKeysWith: { first, _ in first })
  }
}

struct ChecklistMatrix: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Rows against devices, or against phases. / 項目と機器(または段階)の一覧表です。")

  @OptionGroup var options: ChecklistOptions
  @Flag(name: .customLong("by-phase"), help: "A column for each phase, none for devices / 段階ごとの列だけにする")
  var byPhase = false
  @Flag(help: "CSV for spreadsheets (UTF-8 with BOM) / 表計算ソフト用CSV") var csv = false
  @Flag(help: "JSON") var json = false

  func validate() throws {
    guard !(csv && json) else { throw ValidationError("--csv and --json exclude each other.") }
  }

  func run() throws {
    let view = MatrixView(try options.load().overview, options.lang, byPhase: byPhase)
    if csv { return put(view.csv()) }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      return put(Array(try encoder.encode(view.json())) + [0x0a])
    }
    put(Array(view.table(columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1).utf8))
  }
}
