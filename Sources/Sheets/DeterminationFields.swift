internal import Checklist
internal import Documents
internal import Records

/// Columns of the CSV, and keys of the YAML.
enum DeterminationColumn: String, Hashable, CaseIterable {
  case id, item, device, model, phase, kind, answer, by, at, why, evidence, files, expires, compensating

  var heading: LocalizedText {
    switch self {
    case .id: LocalizedText(ja: "番号", en: "id")
    case .item: LocalizedText(ja: "項目", en: "item")
    case .device: LocalizedText(ja: "機器", en: "device")
    case .model: LocalizedText(ja: "型番", en: "model")
    case .phase: LocalizedText(ja: "段階", en: "phase")
    case .kind: LocalizedText(ja: "種類", en: "kind")
    case .answer: LocalizedText(ja: "判定", en: "answer")
    case .by: LocalizedText(ja: "判定者", en: "by")
    case .at: LocalizedText(ja: "日付", en: "at")
    case .why: LocalizedText(ja: "理由", en: "why")
    case .evidence: LocalizedText(ja: "証跡", en: "evidence")
    case .files: LocalizedText(ja: "添付ファイル", en: "files")
    case .expires: LocalizedText(ja: "期限", en: "expires")
    case .compensating: LocalizedText(ja: "代替策", en: "compensating")
    }
  }

  init?(heading: String) {
    let name = oneLine(heading).lowercased()
    guard let column = Self.allCases.first(where: { [$0.rawValue, $0.heading.ja, $0.heading.en].contains(name) }) else {
      return nil
    }
    self = column
  }
}

/// An entry as it was written, before it is understood.
struct DeterminationFields {
  var values: [DeterminationColumn: Written] = [:]
  var evidence: [Written] = []
  var files: [(path: Written, digest: Written)] = []
  let file: String
  let line: Int

  /// - Throws: the first fault of the entry.
  func determination(_ index: RowIndex) throws(DocumentError) -> Determination {
    let item = try required(.item, "the row that is answered, such as JSSEC-14.2.c")
    guard let row = index[item.text] else {
      throw item.error("\(item.text) is no row of \(index.catalogue)", index.near(item.text))
    }
    let id = try required(.id, "a number that is given once, such as DET-001")
    guard id.text.wholeMatch(of: /DET-[0-9]{3,8}/) != nil else {
      throw id.error("\(id.text) is no number of a determination", "write DET- and at least three digits: DET-001")
    }
    let result = Determination(
      id: id.text, item: row.id, device: try device(), model: values[.model]?.text, phase: try phase(),
      kind: try kind(), answer: try answer(), by: try required(.by, "who says so").text,
      at: try day(required(.at, "the day, such as 2026-11-30")), why: values[.why]?.text,
      evidence: try references(), files: try attachments(), expires: try values[.expires].map(day),
      compensating: values[.compensating]?.text, source: "\(file):\(line)")
    try check(result)
    return result
  }

  private func error(_ problem: String, _ remedy: String) -> DocumentError {
    DocumentError(.content, file: file, line: line, problem: problem, remedy: remedy)
  }

  private func required(_ column: DeterminationColumn, _ what: String) throws(DocumentError) -> Written {
    guard let value = values[column], !value.text.isEmpty else {
      throw error("\(column.rawValue) is missing", "write \(what)")
    }
    return value
  }

  private func device() throws(DocumentError) -> Determination.DeviceName? {
    guard let value = values[.device] else { return nil }
    guard let name = Determination.DeviceName(value.text) else {
      throw value.error(
        "\(value.text) names no device", "write a MAC address, an IP address, or a device's id such as dev-001122aabbcc"
      )
    }
    if let model = values[.model] {
      throw model.error("the entry names a device and a model", "keep one of the two, or make two entries")
    }
    return name
  }

  private func phase() throws(DocumentError) -> Phase {
    let value = try required(.phase, "poc or production (検証 or 本番)")
    guard let phase = Phase(written: value.text) else {
      throw value.error("\(value.text) is no phase", "write poc or production (検証 or 本番)")
    }
    return phase
  }

  private func kind() throws(DocumentError) -> Determination.Kind {
    guard let value = values[.kind] else { return .determination }
    guard let kind = Determination.Kind(written: value.text) else {
      let known = Determination.Kind.allCases.map { "\($0.rawValue) (\($0.label.ja))" }.joined(separator: ", ")
      throw value.error("\(value.text) is no kind of entry", "write one of \(known)")
    }
    return kind
  }

  private func answer() throws(DocumentError) -> Determination.Answer {
    let known = Determination.Answer.allCases.map { "\($0.rawValue) (\($0.label.ja))" }.joined(separator: ", ")
    let value = try required(.answer, "one of \(known)")
    guard let answer = Determination.Answer(written: value.text) else {
      throw value.error("\(value.text) is no answer", "write one of \(known)")
    }
    return answer
  }

  private func day(_ value: Written) throws(DocumentError) -> Day {
    guard let day = Day(value.text) else {
      throw value.error("\(value.text) is no day", "write year, month and day: 2026-11-30")
    }
    return day
  }

  private func references() throws(DocumentError) -> [String] {
    for value in evidence {
      let text = value.text
      guard !text.contains(where: { $0 == ";" || $0 == " " }), !text.hasPrefix("/"),
        !text.split(separator: "/").contains("..")
      else {
        throw value.error(
          "\(text) is no evidence", "write an id such as EV-000412 or F-0001, or a path below the pack, without spaces")
      }
    }
    return evidence.map(\.text)
  }

  private func attachments() throws(DocumentError) -> [Determination.Attachment] {
    for (path, digest) in files {
      guard !path.text.isEmpty, !path.text.contains(";") else {
        throw path.error("\(quoted(path.text)) is no path of a file", "name a file without a semicolon in its name")
      }
      guard digest.text.wholeMatch(of: /[0-9a-f]{64}/) != nil else {
        throw digest.error(
          "\(quoted(digest.text)) is no SHA-256 of \(path.text)",
          "attach the file with tenken checklist determine --attach, or write what sha256sum prints")
      }
    }
    return files.map { Determination.Attachment(path: $0.path.text, digest: $0.digest.text) }
  }

  /// What an entry of its kind must say.
  private func check(_ entry: Determination) throws(DocumentError) {
    if entry.why == nil {
      if entry.answer == .notApplicable {
        throw error("\(entry.id) says not-applicable without a reason", "write why the row does not apply (why)")
      }
      if entry.answer != .undecided || entry.kind != .determination {
        throw error("\(entry.id) gives no reason", "write what it rests on (why)")
      }
    }
    if entry.kind == .exception, entry.expires == nil {
      throw error("\(entry.id) is an exception without an end", "write until when it is accepted (expires: 2027-03-31)")
    }
    if entry.kind == .exception, ![.conditional, .nonconforming].contains(entry.answer) {
      throw error(
        "\(entry.id) is an exception and says \(entry.answer.rawValue)",
        "write conditional (条件付き) or nonconforming (不適合): an exception is from a row that is not met")
    }
    if entry.kind == .document, entry.files.isEmpty, entry.evidence.isEmpty {
      throw error("\(entry.id) is a document, and none is named", "attach it (--attach), or name it under evidence")
    }
    if let expires = entry.expires, expires < entry.at {
      throw error("\(entry.id) ends on \(expires), before it was made on \(entry.at)", "correct the days")
    }
  }
}

extension Determination.Kind {
  init?(written text: String) {
    let name = text.lowercased()
    guard let kind = Self.allCases.first(where: { [$0.rawValue, $0.label.ja, $0.label.en].contains(name) }) else {
      return nil
    }
    self = kind
  }
}

extension Determination.Answer {
  /// The word of either language.
  public init?(written text: String) {
    let name = text.lowercased()
    guard let answer = Self.allCases.first(where: { [$0.rawValue, $0.label.ja, $0.label.en].contains(name) }) else {
      return nil
    }
    self = answer
  }
}
