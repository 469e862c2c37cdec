internal import Checklist
internal import Documents
internal import Records

extension CompanySheet {
  /// Reads a company's sheet (Profiles/schema/sheet.schema.json).
  /// - Parameters:
  ///   - index: the catalogue's rows.
  ///   - checks: ids of checks that the company's own rows may name.
  /// - Throws: ``SheetProblems`` with everything that is wrong, each with file, line and what to do.
  public init(
    parsing octets: [UInt8], file: String, index: RowIndex, checks: Set<String> = []
  ) throws(SheetProblems) {
    do throws(DocumentError) {
      let root = try YAMLValue(parsing: octets, file: file)
      try root.allowOnly(["version", "catalogue", "project", "rows", "custom"])
      let version = try root.required("version")
      guard try version.integer() == 1 else {
        throw version.error("this program reads version 1 of the sheet", remedy: "write version: 1")
      }
      let named = try root.required("catalogue")
      catalogue = try named.words()
      guard catalogue == index.catalogue else {
        throw named.error(
          "the sheet is for \(catalogue), and the rows are those of \(index.catalogue)",
          remedy: "name the catalogue that the sheet was made for")
      }
      self.file = file
      project = try Project(try root.required("project"))
      var reader = RowReader(index: index, checks: checks)
      rows = reader.rows(try root.optional("rows")?.elements() ?? [])
      custom = reader.custom(try root.optional("custom")?.elements() ?? [])
      if !reader.problems.isEmpty { throw reader.problems[0] }
    } catch {
      throw Self.allProblems(error, octets, file, index, checks)
    }
  }

  /// The first fault, and the faults of the rows beside it.
  private static func allProblems(
    _ first: DocumentError, _ octets: [UInt8], _ file: String, _ index: RowIndex, _ checks: Set<String>
  ) -> SheetProblems {
    var reader = RowReader(index: index, checks: checks)
    if let root = try? YAMLValue(parsing: octets, file: file) {
      _ = reader.rows((try? root.optional("rows")?.elements()) ?? [])
      _ = reader.custom((try? root.optional("custom")?.elements()) ?? [])
    }
    return SheetProblems(reader.problems.contains(first) ? reader.problems : [first] + reader.problems)
  }
}

extension CompanySheet.Project {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["name", "site", "phase", "excludedUse", "answeredBy", "at"])
    name = try value.required("name").words()
    site = try value.required("site").words()
    phase = try value.required("phase").phase()
    guard let use = try value.optional("excludedUse") else {
      throw value.error(
        "the question whether the site is a case that the sheet excludes is not answered",
        remedy: "write excludedUse: none, medical, critical-infrastructure or products-for-sale")
    }
    excludedUse = try use.choice(ExcludedUse.self)
    answeredBy = try value.required("answeredBy").words()
    at = try value.required("at").day()
  }
}

/// Reads the rows one by one, so that all faults are found.
private struct RowReader {
  let index: RowIndex
  let checks: Set<String>
  private(set) var problems: [DocumentError] = []
  private var seen: [String: Int] = [:]

  init(index: RowIndex, checks: Set<String>) {
    self.index = index
    self.checks = checks
  }

  mutating func rows(_ values: [YAMLValue]) -> [CompanySheet.Row] {
    var result: [CompanySheet.Row] = []
    for value in values {
      do throws(DocumentError) { result.append(try row(value)) } catch { problems.append(error) }
    }
    return result
  }

  mutating func custom(_ values: [YAMLValue]) -> [CompanySheet.Custom] {
    var result: [CompanySheet.Custom] = []
    for value in values {
      do throws(DocumentError) { result.append(try ownRow(value)) } catch { problems.append(error) }
    }
    return result
  }

  private mutating func take(_ id: String, _ value: YAMLValue) throws(DocumentError) {
    if let line = seen[id] {
      throw value.error("\(id) is given twice; first on line \(line)", remedy: "keep one of the two entries")
    }
    seen[id] = value.line ?? 0
  }

  private mutating func row(_ value: YAMLValue) throws(DocumentError) -> CompanySheet.Row {
    try value.allowOnly(
      ["id", "poc", "production", "owner", "reason", "at", "by", "local_text", "recommended"])
    let id = try value.required("id").words()
    guard let known = index[id], known.kind != .custom else {
      throw try value.required("id").error("\(id) is no row of \(index.catalogue)", remedy: index.near(id))
    }
    try take(known.id, value)
    return CompanySheet.Row(
      id: known.id, poc: try value.mark("poc"), production: try value.mark("production"),
      owner: try value.optional("owner")?.words(), reason: try value.optional("reason")?.words(),
      by: try value.optional("by")?.words(), at: try value.optional("at")?.day(),
      localText: try value.optional("local_text")?.words(), recommended: try value.mark("recommended"),
      line: value.line ?? 0)
  }

  private mutating func ownRow(_ value: YAMLValue) throws(DocumentError) -> CompanySheet.Custom {
    try value.allowOnly(
      ["id", "title", "poc", "production", "owner", "evidence", "checks", "box", "created", "enabled"])
    let named = try value.required("id")
    let id = try named.words()
    guard id.wholeMatch(of: /JSSEC-X[12]\.[0-9]{3}/) != nil else {
      throw named.error(
        "\(id) is no id for a row of the company's own",
        remedy: "write JSSEC-X1.001 (traits of the company) or JSSEC-X2.001 (traits of the use), counting up")
    }
    try take(id, value)
    let created = try value.required("created")
    try created.allowOnly(["by", "at"])
    let box = try value.optional("box")
    if let box, index[try box.words()]?.kind != .box {
      throw box.error("\(try box.words()) is no box of \(index.catalogue)", remedy: index.near(try box.words()))
    }
    return CompanySheet.Custom(
      id: id, title: try value.required("title").localized().onOneLine, poc: try value.mark("poc"),
      production: try value.mark("production"), owner: try value.optional("owner")?.words(),
      evidence: try value.optional("evidence")?.words(), checks: try known(value.optional("checks")),
      box: try box.flatMap { value throws(DocumentError) in index[try value.words()]?.id },
      createdBy: try created.required("by").words(), createdAt: try created.required("at").day(),
      isEnabled: try value.optional("enabled")?.boolean() ?? true, line: value.line ?? 0)
  }

  private func known(_ value: YAMLValue?) throws(DocumentError) -> [String] {
    var result: [String] = []
    for element in try value?.elements() ?? [] {
      let id = try element.words()
      guard checks.isEmpty || checks.contains(id) else {
        throw element.error(
          "\(id) is no check", remedy: "use the name of a folder in Profiles/checks, such as telnet.enabled")
      }
      result.append(id)
    }
    return result
  }
}

extension LocalizedText {
  fileprivate var onOneLine: LocalizedText { LocalizedText(ja: oneLine(ja), en: oneLine(en)) }
}

extension YAMLValue {
  func phase() throws(DocumentError) -> Phase {
    let text = try words()
    guard let phase = Phase(written: text) else {
      throw error("\(text) is no phase", remedy: "write poc or production")
    }
    return phase
  }

  func day() throws(DocumentError) -> Day {
    let text = try words()
    guard let day = Day(text) else {
      throw error("\(text) is no day", remedy: "write year, month and day: 2026-11-30")
    }
    return day
  }

  fileprivate func mark(_ key: String) throws(DocumentError) -> Mark? {
    guard let value = try optional(key) else { return nil }
    let text = try value.words()
    guard let mark = Mark(written: text) else {
      throw value.error("\(text) is no mark", remedy: "write ●, ○ or −, or leave it empty")
    }
    return mark
  }
}
