public import Checklist
internal import Records

/// The rows that files may name.
public struct RowIndex: Sendable {
  /// `jssec-iot-v1`.
  public let catalogue: String
  /// In the sheet's order; the company's own rows last.
  public let rows: [ChecklistRow]
  private let byID: [String: ChecklistRow]

  public init(catalogue: String, rows: [ChecklistRow]) {
    self.catalogue = catalogue
    self.rows = rows
    byID = Dictionary(rows.flatMap { [($0.id, $0), ($0.qualifiedID, $0)] }) { first, _ in first }
  }

  /// With the company's own rows.
  public func adding(_ own: [ChecklistRow]) -> RowIndex { RowIndex(catalogue: catalogue, rows: rows + own) }

  /// By `JSSEC-14.2.c` or `jssec-iot-v1/JSSEC-14.2.c`; `14.2.c` is enough too.
  public subscript(id: String) -> ChecklistRow? { byID[id] ?? byID["JSSEC-" + id] }

  /// What a mistyped id may have meant.
  func near(_ id: String) -> String {
    let stem = id.split(separator: "/").last.map(String.init) ?? id
    let parent = stem.split(separator: ".").dropLast().joined(separator: ".")
    let found = parent.isEmpty ? [] : rows.map(\.id).filter { $0 == parent || $0.hasPrefix(parent + ".") }
    return found.isEmpty
      ? "use an id of \(catalogue), such as \(rows.first?.id ?? "-")"
      : "known there: \(found.prefix(8).joined(separator: ", "))"
  }
}
