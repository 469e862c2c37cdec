internal import ArgumentParser
internal import Checklist
internal import Foundation
internal import Profiles
internal import Records
internal import Reports
internal import Traffic

struct ChecklistJudge: ParsableCommand {
  enum Phase: String, ExpressibleByArgument, CaseIterable { case poc, production }

  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Judges the rows of the check sheet by packs and what else is known. / 点検表の各項目を判定します。",
    discussion: """
      Reads finished packs, which must verify, and judges their facts anew together with captures of the devices' own \
      traffic, the ledger, declarations, an earlier run and collections of advisories and support periods. Nothing is \
      sent. Of captures only heads, sizes, times and names are kept, never contents. What is proposed is for a person \
      to decide on. Exit status 1: a row has evidence against it.
      """)

  @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
  @OptionGroup var inputs: ChecklistInputOptions
  @Option(help: "poc or production: whose marks are shown / 段階") var phase: Phase = .production
  @Flag(help: "The verdicts as JSON (verdicts.schema.json) / JSON") var json = false
  @Option(help: "File for the verdicts as JSON; must not exist yet / 判定結果の出力先") var output: String?
  @Flag(help: "Also why each row came out so / 各項目の理由も表示") var explain = false
  @Option(help: "Language of the terminal: ja or en / 言語") var lang: Language = .ja

  func run() throws {
    if let output, FileManager.default.fileExists(atPath: output) {
      throw CommandFailure(.usage, "\(output) exists already; name a new file")
    }
    let loaded = try ChecklistInputs.load(packs, inputs)
    let verdicts = loaded.verdicts
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    if json || output != nil {
      let octets = Array(try encoder.encode(verdicts)) + [0x0a]
      if json { put(octets) }
      if let output { try write(octets, to: output) }
    }
    if !json {
      let text = ChecklistText(verdicts, loaded, isPOC: phase == .poc, explains: explain)
      put(Array(text.text(lang, columns: outputColumns()).utf8))
    }
    if verdicts.contains(where: { $0.status == .fail }) { throw ExitStatus.findings.code }
  }

  private func write(_ octets: [UInt8], to output: String) throws {
    do {
      try Data(octets).write(to: URL(fileURLWithPath: output), options: .withoutOverwriting)
    } catch {
      throw CommandFailure(
        .usage, "\(output) cannot be written: \((error as NSError).localizedDescription) Name a new file.")
    }
  }
}

/// The rows as lines: id, the phase's mark, the gravest status in words, and how many of each.
struct ChecklistText {
  private let verdicts: [String: [Verdict]]
  private let inputs: ChecklistInputs
  private let isPOC: Bool
  private let explains: Bool

  init(_ verdicts: [Verdict], _ inputs: ChecklistInputs, isPOC: Bool, explains: Bool) {
    self.verdicts = Dictionary(grouping: verdicts, by: \.item)
    self.inputs = inputs
    self.isPOC = isPOC
    self.explains = explains
  }

  /// checklist.md §2.1: the gravest first.
  private static let order: [VerdictStatus] = [.fail, .needsReview, .notTested, .pass, .notApplicable]

  func text(_ language: Language, columns: Int) -> String {
    var lines = heading(language)
    for row in rows {
      guard let told = verdicts[row.item] else { continue }
      lines.append(line(row, told, language))
      if explains { lines += told.flatMap { reason($0, language) } }
    }
    return lines.map { inert($0) }.joined(separator: "\n") + "\n"
  }

  private struct Row {
    let item: String
    let mark: String
    let title: LocalizedText
  }

  /// In the sheet's order.
  private var rows: [Row] {
    inputs.store.catalogues.flatMap { catalogue -> [Row] in
      catalogue.items.map { item in
        Row(
          item: catalogue.qualifiedID(of: item), mark: (isPOC ? item.phases?.poc : item.phases?.production) ?? " ",
          title: item.title)
      } + catalogue.rules.map { Row(item: "\(catalogue.id)/\($0.id)", mark: " ", title: $0.title) }
    }
  }

  private func heading(_ language: Language) -> [String] {
    let packs = inputs.packs.map(\.run.runID).joined(separator: ", ")
    let count = Set(inputs.site.devices.map(\.device.id)).count
    var lines = [
      language == .ja
        ? "検査 \(packs)、機器\(count)台。印は本プロジェクトの提案(\(isPOC ? "検証" : "本番"))です。"
        : "Runs \(packs), \(count) devices. Marks are this project's proposal (\(isPOC ? "POC" : "production"))."
    ]
    if let capture = inputs.capture {
      let beyond = inputs.site.traffic?.unfollowed ?? 0
      lines.append(
        language == .ja
          ? "キャプチャー: \(capture.frames)フレーム(読めないもの\(capture.unread)、検査自身の通信\(capture.own)、追跡の上限を超えたもの\(beyond))"
          : "Captures: \(capture.frames) frames (\(capture.unread) not read, \(capture.own) of the audit itself, \(beyond) beyond what is followed)"
      )
    }
    return lines
  }

  private func line(_ row: Row, _ told: [Verdict], _ language: Language) -> String {
    let counts = Self.order.compactMap { status -> String? in
      let count = told.count { $0.status == status }
      return count == 0 ? nil : "\(inputs.store.wording[status].label.text(language)) \(count)"
    }
    let id = row.item.split(separator: "/").last.map { String($0) } ?? row.item
    let padded = id + String(repeating: " ", count: max(1, 14 - id.count))
    return "\(padded)\(row.mark)  \(counts.joined(separator: " / "))  \(row.title.text(language))"
  }

  private func reason(_ verdict: Verdict, _ language: Language) -> [String] {
    let place = [verdict.device?.rawValue, verdict.service?.description].compactMap(\.self).joined(separator: " ")
    let lead = place.isEmpty ? (language == .ja ? "拠点" : "site") : place
    let code = verdict.reason.map { " [\($0.rawValue)]" } ?? ""
    return [
      "    \(lead): \(inputs.store.wording[verdict.status].label.text(language))\(code) \(verdict.explanation.text(language))"
    ]
  }
}
