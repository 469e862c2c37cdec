public import Documents

/// Which heading of the owner's ledger is which column.
public struct ColumnMap: Hashable, Sendable {
  /// Headings as they stand in the ledger, by column.
  public let headings: [LedgerColumn: [String]]

  public init(headings: [LedgerColumn: [String]]) { self.headings = headings }

  /// Reads a map:
  ///
  /// ```yaml
  /// version: 1
  /// columns:
  ///   asset: 管理No.
  ///   mac: [MAC(LAN), MAC(WLAN)]
  /// ```
  /// - Throws: ``DocumentError`` with file and line.
  public init(parsing octets: [UInt8], file: String) throws(DocumentError) {
    let root = try YAMLValue(parsing: octets, file: file)
    try root.allowOnly(["version", "columns"])
    let version = try root.required("version")
    guard try version.integer() == 1 else {
      throw version.error("this program reads version 1 of the column map", remedy: "write version: 1")
    }
    let columns = try root.required("columns")
    try columns.allowOnly(Set(LedgerColumn.allCases.map(\.rawValue)))
    var headings: [LedgerColumn: [String]] = [:]
    for column in LedgerColumn.allCases {
      guard let value = try columns.optional(column.rawValue) else { continue }
      let list = (try? value.elements()) == nil ? [try value.string()] : try value.strings()
      guard list.count == 1 || column.mayRepeat else {
        throw value.error("\(column.rawValue) is one column", remedy: "name a single heading")
      }
      headings[column] = list
    }
    guard headings.keys.contains(where: \.identifies) else {
      throw columns.error(
        "no column names the device", remedy: "map at least one of asset, mac, ip, hostname and serial")
    }
    self.headings = headings
  }
}

/// How a ledger's columns were understood, to be shown to its owner.
public struct ColumnAssignment: Hashable, Sendable {
  /// The line of the headings.
  public let line: Int
  /// The heading of each column of the file, and what it is taken for; nil for one that is not used.
  public let columns: [(heading: String, column: LedgerColumn?)]

  public static func == (left: Self, right: Self) -> Bool {
    left.line == right.line && left.columns.elementsEqual(right.columns, by: ==)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(line)
    for column in columns {
      hasher.combine(column.heading)
      hasher.combine(column.column)
    }
  }
}
