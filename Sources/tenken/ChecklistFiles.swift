internal import Checklist
internal import Documents
internal import Evidence
internal import Foundation
internal import Inventory
internal import LegacyText
internal import Profiles
internal import Records
internal import Reports
internal import Sheets

/// The files of a checklist that people edit, read and written.
enum ChecklistFiles {
  static let standardCatalogue = "jssec-iot-v1"

  static func index(_ store: ProfileStore, _ catalogue: String) throws -> RowIndex {
    guard let found = store.catalogues.first(where: { $0.id == catalogue }) else {
      let known = store.catalogues.map(\.id).joined(separator: ", ")
      throw CommandFailure(.usage, "there is no catalogue \(inert(catalogue)); known: \(known)")
    }
    return RowIndex(catalogue: found.id, rows: found.rows)
  }

  static func sheet(_ file: String, _ store: ProfileStore, _ index: RowIndex) throws -> CompanySheet {
    try explaining("the sheet") {
      try CompanySheet(
        parsing: try contents(of: file, what: "the sheet"), file: file, index: index,
        checks: Set(store.checks.map(\.id)))
    }
  }

  /// YAML, or CSV by the file's name.
  static func determinations(_ file: String, _ index: RowIndex) throws -> Determinations {
    let octets = try contents(of: file, what: "the determinations")
    return try explaining("the determinations") {
      isCSV(file)
        ? try Determinations(csv: try text(octets, file: file), file: file, index: index)
        : try Determinations(parsing: octets, file: file, index: index)
    }
  }

  static func isCSV(_ file: String) -> Bool { file.lowercased().hasSuffix(".csv") }

  /// Text as spreadsheets save it: UTF-8, or Shift_JIS as Japanese Windows does.
  static func text(_ octets: [UInt8], file: String) throws -> String {
    switch LedgerEncoding(octets) {
    case .utf8(let text): return text
    case .utf16: throw CommandFailure(.usage, "\(file): the file is UTF-16; save it as \"CSV UTF-8\"")
    case .brokenUTF8(let place):
      let (line, column) = LedgerEncoding.position(of: place, in: octets)
      throw CommandFailure(.usage, "\(file):\(line):\(column): this is not UTF-8; save the file as \"CSV UTF-8\"")
    case .other:
      guard let text = try? CP932.decode(octets) else {
        throw CommandFailure(.usage, "\(file): this is neither UTF-8 nor Shift_JIS; save the file as \"CSV UTF-8\"")
      }
      return text
    }
  }

  /// Runs a reader of the sheets and says what was wrong.
  static func explaining<Value>(_ what: String, _ read: () throws -> Value) throws -> Value {
    do {
      return try read()
    } catch let error as SheetProblems {
      throw CommandFailure(.usage, "\(what) cannot be used:\n\(error)")
    } catch let error as DocumentError {
      throw CommandFailure(.usage, "\(error)")
    }
  }

  /// Files that were attached, as they are now.
  static func attachmentProblems(_ determinations: Determinations) -> [AttachmentProblem] {
    determinations.entries.flatMap { entry in
      entry.files.compactMap { file -> AttachmentProblem? in
        let place = Self.place(of: file.path, beside: determinations.file)
        guard let digest = try? SHA256.hex(SHA256.digest(ofFile: place)) else {
          return AttachmentProblem(determination: entry.id, path: file.path, kind: .missing)
        }
        return digest == file.digest ? nil : AttachmentProblem(determination: entry.id, path: file.path, kind: .changed)
      }
    }
  }

  /// Relative paths are relative to the file that names them.
  static func place(of path: String, beside file: String) -> String {
    path.hasPrefix("/")
      ? path : URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent(path).path
  }

  /// A new file; one that is there stays as it is.
  static func create(_ octets: [UInt8], at path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure(
        .usage, "\(inert(path)) is there already; name a file that does not exist yet, or move it away")
    }
    try replace(octets, at: path)
  }

  /// In one step: a reader sees the old file or the new one.
  static func replace(_ octets: [UInt8], at path: String) throws {
    do {
      try Data(octets).write(to: URL(fileURLWithPath: path), options: .atomic)
      handOver(path)
    } catch {
      throw CommandFailure(.failed, "\(inert(path)) cannot be written: \((error as NSError).localizedDescription)")
    }
  }
}
