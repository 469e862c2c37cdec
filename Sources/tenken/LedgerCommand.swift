internal import ArgumentParser
internal import Documents
internal import Foundation
internal import Inventory
internal import LegacyText
internal import Records
internal import Reports

struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "Holds the owner's ledger against packs. / 機器台帳と照合します。",
    subcommands: [Check.self, Draft.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Which devices are in the ledger, and does it agree? / 台帳との照合結果を表示します。",
      discussion: """
        The ledger is CSV in UTF-8 or Shift_JIS with a line of headings; usual headings in Japanese and English are \
        known, others are mapped with --map. Exit status 1: a device is unlisted, or contradicts the ledger.
        """)

    @Argument(help: "Ledger, CSV / 台帳") var ledger: String
    @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
    @Option(help: "Column map (YAML) / 列の対応表") var map: String?
    @Flag(help: "CSV for spreadsheets / 表計算ソフト用CSV") var csv = false
    @Option(help: "Language of the output: ja or en / 言語") var lang: Language = .ja

    func run() throws {
      let ledger = try LedgerReference(file: ledger, map: map).ledger
      let packs = try FinishedPack.read(packs)
      let bounds = packs.map(\.bounds)
      let comparison = LedgerComparison(ledger, packs.rows, bounds: bounds)
      let report = LedgerReport(
        ledger, comparison, bounds: bounds, offsetMinutes: packs.first?.run.offsetMinutes ?? Timestamp.jst)
      if csv {
        put(report.csv(lang))
      } else {
        put(Array(report.text(lang, columns: outputColumns(), colour: isatty(STDOUT_FILENO) == 1).utf8))
      }
      if !comparison.unlisted.isEmpty || !comparison.contradictions.isEmpty { throw ExitStatus.findings.code }
    }
  }

  struct Draft: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "draft",
      abstract: "Writes a ledger for the owner to complete. / 台帳の下書きを作成します。",
      discussion: "CSV on standard output. Place, owner and role stay empty: they cannot be seen from the network.")

    @Argument(help: "Pack folders / 証跡パックのフォルダー") var packs: [String]
    @Option(help: "Language of the headings: ja or en / 言語") var lang: Language = .ja

    func run() throws { put(LedgerDraft.csv(try FinishedPack.read(packs).rows, lang)) }
  }
}

/// Reads a ledger, in UTF-8 or as Japanese Windows writes it.
func readLedger(_ octets: [UInt8], file: String, map: (octets: [UInt8], file: String)?) throws -> Ledger {
  do {
    let columns = try map.map { try ColumnMap(parsing: $0.octets, file: $0.file) }
    return try Ledger(parsing: try ledgerText(octets, file: file), file: file, map: columns)
  } catch let error as LedgerProblems {
    throw CommandFailure(.usage, "the ledger cannot be used:\n\(error)")
  } catch let error as DocumentError {
    throw CommandFailure(.usage, "\(error)")
  }
}

private func ledgerText(_ octets: [UInt8], file: String) throws -> String {
  let place: Int
  switch LedgerEncoding(octets) {
  case .utf8(let text): return text
  case .utf16:
    throw CommandFailure(.usage, "\(file): the ledger is UTF-16; save it as \"CSV UTF-8\" or as CSV")
  case .brokenUTF8(let at): place = at
  case .other:
    do throws(CP932.Failure) {
      return try CP932.decode(octets)
    } catch {
      guard case .undecodable(let at) = error else {
        throw CommandFailure(.failed, "this system cannot read Shift_JIS; save the ledger as \"CSV UTF-8\"")
      }
      place = at
    }
  }
  let (line, column) = LedgerEncoding.position(of: place, in: octets)
  throw CommandFailure(
    .usage, "\(file):\(line):\(column): this is neither UTF-8 nor Shift_JIS; save the ledger as \"CSV UTF-8\"")
}
