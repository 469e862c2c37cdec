internal import Documents
internal import Records

extension Determinations {
  /// Reads the YAML form (Profiles/schema/determinations.schema.json).
  /// - Throws: ``SheetProblems`` with everything that is wrong, each with file, line and what to do.
  public init(parsing octets: [UInt8], file: String, index: RowIndex) throws(SheetProblems) {
    let values: [YAMLValue]
    do throws(DocumentError) {
      let root = try YAMLValue(parsing: octets, file: file)
      try root.allowOnly(["version", "catalogue", "determinations"])
      let version = try root.required("version")
      guard try version.integer() == 1 else {
        throw version.error("this program reads version 1 of determinations", remedy: "write version: 1")
      }
      if let named = try root.optional("catalogue"), try named.words() != index.catalogue {
        throw named.error(
          "the entries are for \(try named.words()), and the rows are those of \(index.catalogue)",
          remedy: "name the catalogue that the entries were made for")
      }
      values = try root.optional("determinations")?.elements() ?? []
    } catch {
      throw SheetProblems([error])
    }
    var reader = EntryReader(index: index)
    for value in values {
      reader.take { () throws(DocumentError) in try DeterminationFields(value) }
    }
    self.init(file: file, entries: try reader.finish())
  }

  /// The YAML form, whole. To add to a file that people edit, see ``appending(_:to:file:index:)``.
  public func yaml(catalogue: String) -> String {
    Self.head(catalogue) + (entries.isEmpty ? "determinations: []\n" : "determinations:\n")
      + entries.map { $0.yaml(indent: 2) }.joined()
  }

  static func head(_ catalogue: String) -> String {
    """
    # 判定・聞き取り・文書・ベンダー回答・例外 / determinations, interviews, documents, vendors' answers, exceptions.
    # 後の記載が前の記載に優先し、前の記載も残ります / a later entry supersedes an earlier one, which stays.
    version: 1
    catalogue: \(catalogue)

    """
  }
}

/// Reads entries one by one, so that all faults are found.
struct EntryReader {
  let index: RowIndex
  private var entries: [Determination] = []
  private var problems: [DocumentError] = []
  private var seen: [String: String] = [:]

  init(index: RowIndex) { self.index = index }

  mutating func take(_ read: () throws(DocumentError) -> DeterminationFields) {
    do throws(DocumentError) {
      let entry = try read().determination(index)
      if let earlier = seen[entry.id] {
        throw DocumentError(
          .content, file: entry.file, line: entry.line, problem: "\(entry.id) is given twice; first at \(earlier)",
          remedy: "give the later one the next free number")
      }
      seen[entry.id] = entry.source
      entries.append(entry)
    } catch {
      problems.append(error)
    }
  }

  func finish() throws(SheetProblems) -> [Determination] {
    guard problems.isEmpty else { throw SheetProblems(problems) }
    return entries
  }
}

extension Determination {
  fileprivate var file: String { source.split(separator: ":").dropLast().joined(separator: ":") }
  fileprivate var line: Int? { source.split(separator: ":").last.flatMap { Int($0) } }

  /// One element of the list.
  func yaml(indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    var lines = ["\(pad)- id: \(id)", "\(pad)  item: \(item)"]
    func add(_ key: String, _ value: String?) { if let value { lines.append("\(pad)  \(key): \(value)") } }
    add("device", device.map { yamlScalar($0.description) })
    add("model", model.map(yamlScalar))
    add("phase", phase.rawValue)
    add("kind", kind.rawValue)
    add("answer", answer.rawValue)
    add("by", yamlScalar(by))
    add("at", at.description)
    add("why", why.map(yamlScalar))
    add("evidence", evidence.isEmpty ? nil : "[" + evidence.map(yamlScalar).joined(separator: ", ") + "]")
    if !files.isEmpty {
      lines.append("\(pad)  files:")
      lines += files.map { "\(pad)    - { path: \(yamlScalar($0.path)), sha256: \"\($0.digest)\" }" }
    }
    add("expires", expires?.description)
    add("compensating", compensating.map(yamlScalar))
    return lines.map { $0 + "\n" }.joined()
  }
}

extension DeterminationFields {
  init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(Set(DeterminationColumn.allCases.map(\.rawValue)))
    file = value.file
    line = value.line ?? 0
    func written(_ value: YAMLValue) throws(DocumentError) -> Written {
      Written(text: try value.words(), file: value.file, line: value.line ?? 0)
    }
    for column in DeterminationColumn.allCases where column != .evidence && column != .files {
      if let text = try value.optional(column.rawValue) { values[column] = try written(text) }
    }
    if let list = try value.optional("evidence") {
      let elements = (try? list.elements()) ?? [list]
      for element in elements { evidence.append(try written(element)) }
    }
    for element in try value.optional("files")?.elements() ?? [] {
      try element.allowOnly(["path", "sha256"])
      files.append((try written(try element.required("path")), try written(try element.required("sha256"))))
    }
  }
}
