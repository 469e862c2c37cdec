/// A workbook to be written: sheets of cells, and nothing that computes.
public struct Workbook: Hashable, Sendable {
  public enum Style: Hashable, Sendable {
    case text, strong, centred
    /// Italic and grey: what nobody decided yet.
    case proposal, centredProposal
  }

  public enum Cell: Hashable, Sendable {
    case empty
    /// Always a text, whatever it begins with.
    case text(String, Style = .text)
    case number(Int)
    /// A file beside the workbook: a relative reference (RFC 3986 §4.2), percent-encoded.
    case file(path: String, text: String)
    /// A row of another sheet, counted from 0.
    case row(sheet: String, row: Int, text: String)
  }

  public struct Column: Hashable, Sendable {
    public let title: String
    /// In characters of the standard font; one of Japanese takes two.
    public let width: Int
    /// Only `●`, `○` and `−` can be entered.
    public let takesMarks: Bool

    public init(_ title: String, _ width: Int, takesMarks: Bool = false) {
      self.title = title
      self.width = width
      self.takesMarks = takesMarks
    }
  }

  public struct Sheet: Hashable, Sendable {
    /// At most 31 characters, none of `[]:*?/\`.
    public let name: String
    public let columns: [Column]
    /// Columns that stay in view.
    public let frozen: Int
    public let rows: [[Cell]]

    public init(_ name: String, _ columns: [Column], frozen: Int = 0, rows: [[Cell]]) {
      self.name = name
      self.columns = columns
      self.frozen = frozen
      self.rows = rows
    }
  }

  public let title: String
  public let application: String
  /// Seconds since 1970: the only time in the workbook.
  public let created: Int64
  public let sheets: [Sheet]

  public init(title: String, application: String, created: Int64, sheets: [Sheet]) {
    self.title = title
    self.application = application
    self.created = created
    self.sheets = sheets
  }
}

/// Why a workbook was not written or not filled.
public struct WorkbookError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public let description: String

  public init(_ description: String) { self.description = description }
}
