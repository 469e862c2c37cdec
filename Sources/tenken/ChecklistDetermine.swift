internal import ArgumentParser
internal import Evidence
internal import Foundation
internal import LinkIO
internal import Records
internal import Reports
internal import Sheets

struct ChecklistDetermine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "determine",
    abstract: "Adds what a person determined to a file. / 人の判定を判定ファイルに追記します。",
    discussion: """
      The file is YAML, or CSV by its name; what it holds stays as it is, comments included. Answers: conforming (適合), \
      nonconforming (不適合), conditional (条件付き), not-applicable (対象外), undecided (未判断). Kinds: determination (判定), \
      interview (聞き取り), document (文書), vendor-answer (ベンダー回答), exception (例外, with --expires). A later entry on the \
      same row, device and phase supersedes an earlier one.
      """)

  @Option(help: "File of determinations, .yaml or .csv / 判定ファイル") var file: String
  @Option(help: "Row, JSSEC-14.2.c / 項目") var item: String
  @Option(help: "Answer / 判定") var answer: String
  @Option(help: "Who says so / 判定者") var by: String
  @Option(help: "Reason / 理由") var why: String?
  @Option(help: "MAC address, address or id of a device / 機器") var device: String?
  @Option(help: "Maker / model / firmware, for all devices of it / 型番") var model: String?
  @Option(help: "poc or production / 段階") var phase = "production"
  @Option(help: "Kind of entry / 種類") var kind = "determination"
  @Option(parsing: .upToNextOption, help: "Evidence ids or paths in a pack / 証跡") var evidence: [String] = []
  @Option(parsing: .upToNextOption, help: "Files to attach; their SHA-256 is kept / 添付ファイル") var attach: [String] = []
  @Option(help: "Last day on which it holds, 2027-03-31 / 期限") var expires: String?
  @Option(help: "What is done meanwhile / 代替策") var compensating: String?
  @Option(help: "Day; default: today / 日付") var at: String?
  @Option(parsing: .upToNextOption, help: "Packs in which a named device must be / 証跡パック") var pack: [String] = []
  @Option(help: "The company's sheet, for rows of its own / 自社シート") var sheet: String?
  @Option(help: "Catalogue / カタログ") var catalogue = ChecklistFiles.standardCatalogue
  @Option(help: "Folder of rule data / ルールデータ") var profiles: String?
  @Option(help: "Language: ja or en / 言語") var lang: Language = .ja

  func run() throws {
    let store = try RunOptions.loadProfiles(profiles)
    let plain = try ChecklistFiles.index(store, catalogue)
    let index = plain.adding(try sheet.map { try ChecklistFiles.sheet($0, store, plain).ownRows } ?? [])
    let file = DeterminationFile(path: file, index: index, language: lang)
    let earlier = try file.read()
    let draft = DeterminationDraft(
      item: item, device: device, model: model, phase: phase, kind: kind, answer: answer, by: by,
      at: at ?? Day(of: SystemClock.wall).description, why: why, evidence: evidence,
      files: try attach.map { try file.attachment($0) }, expires: expires, compensating: compensating)
    let entry = try ChecklistFiles.explaining("the determination") { try draft.entry(earlier.nextID, index) }
    try requireDevice(entry)
    try file.append([entry])
    print(
      lang == .ja
        ? "\(entry.id) を \(inert(self.file)) に追記しました: \(entry.item) \(entry.answer.label.ja) (\(entry.phase.label.ja))"
        : "\(entry.id) was added to \(inert(self.file)): \(entry.item) \(entry.answer.label.en) (\(entry.phase.label.en))"
    )
  }

  private func requireDevice(_ entry: Determination) throws {
    guard !pack.isEmpty else { return }
    let devices = try FinishedPack.read(pack).flatMap(\.inventory.devices)
    if let name = entry.device, !devices.contains(where: name.names) {
      throw CommandFailure(
        .usage,
        "\(name) is no device of \(pack.map(inert).joined(separator: ", ")); tenken inventory lists them. Nothing was written."
      )
    }
    if let model = entry.model, !devices.contains(where: { ModelName($0).description == model }) {
      throw CommandFailure(
        .usage, "no device of \(pack.map(inert).joined(separator: ", ")) is \(inert(model)). Nothing was written.")
    }
  }
}

/// A file of determinations on its way from and to the disk.
struct DeterminationFile {
  let path: String
  let index: RowIndex
  let language: Language

  private var isThere: Bool { FileManager.default.fileExists(atPath: path) }

  /// None yet where there is no file.
  func read() throws -> Determinations {
    isThere ? try ChecklistFiles.determinations(path, index) : Determinations(file: path, entries: [])
  }

  /// - Parameter named: as the user named it; kept relative to the file where it lies beside or below it.
  func attachment(_ named: String) throws -> Determination.Attachment {
    let place = URL(fileURLWithPath: named).standardizedFileURL.path
    guard let digest = try? SHA256.hex(SHA256.digest(ofFile: place)) else {
      throw CommandFailure(.usage, "\(inert(named)) cannot be read; name an existing file to attach")
    }
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    let shown = place.hasPrefix(folder + "/") ? String(place.dropFirst(folder.count + 1)) : place
    guard shown == inert(shown), !shown.contains(";") else {
      throw CommandFailure(
        .usage, "\(inert(named)): rename the file; its name holds characters that a table cannot keep")
    }
    return Determination.Attachment(path: shown, digest: digest)
  }

  func append(_ entries: [Determination]) throws {
    let octets = try ChecklistFiles.explaining("the determinations") { () throws -> [UInt8] in
      guard isThere else {
        let new = Determinations(file: path, entries: entries)
        return ChecklistFiles.isCSV(path) ? new.csv(language) : Array(new.yaml(catalogue: index.catalogue).utf8)
      }
      let old = try contents(of: path, what: "the determinations")
      return ChecklistFiles.isCSV(path)
        ? try Determinations.appending(
          entries, toCSV: try ChecklistFiles.text(old, file: path), file: path, index: index, language: language)
        : try Determinations.appending(entries, toYAML: old, file: path, index: index)
    }
    try ChecklistFiles.replace(octets, at: path)
  }
}
