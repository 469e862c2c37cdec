internal import Documents
public import Records

/// What reports call statuses and not-tested codes: `wording/reasons.yaml`.
public struct Wording: Hashable, Sendable {
  /// A name, and what a reader can do about it.
  public struct Entry: Hashable, Sendable {
    public let label: LocalizedText
    public let remedy: LocalizedText
  }

  private let statuses: [VerdictStatus: Entry]
  private let reasons: [NotTestedReason: Entry]

  /// Every status has an entry: loading fails otherwise.
  public subscript(status: VerdictStatus) -> Entry {
    statuses[status] ?? Entry(label: Wording.raw(status.rawValue), remedy: Wording.raw(status.rawValue))
  }

  /// Every code has an entry: loading fails otherwise.
  public subscript(reason: NotTestedReason) -> Entry {
    reasons[reason] ?? Entry(label: Wording.raw(reason.rawValue), remedy: Wording.raw(reason.rawValue))
  }

  /// Of a rule set that was read without its wording: codes stand for themselves.
  static let unread = Wording()

  private init() { (statuses, reasons) = ([:], [:]) }

  private static func raw(_ text: String) -> LocalizedText { LocalizedText(ja: text, en: text) }

  init(_ document: YAMLValue) throws(DocumentError) {
    try document.allowOnly(["statuses", "reasons"])
    statuses = try Wording.entries(try document.required("statuses"))
    reasons = try Wording.entries(try document.required("reasons"))
  }

  private static func entries<Key: RawRepresentable & CaseIterable & Hashable>(
    _ value: YAMLValue
  ) throws(DocumentError) -> [Key: Entry] where Key.RawValue == String {
    var result: [Key: Entry] = [:]
    for (name, entry) in try value.pairs() {
      guard let key = Key(rawValue: name) else { throw entry.error("\(name) is not a known code") }
      try entry.allowOnly(["label", "remedy"])
      result[key] = Entry(
        label: try entry.required("label").localized(), remedy: try entry.required("remedy").localized())
    }
    for key in Key.allCases where result[key] == nil {
      throw value.error("there is no wording for \(key.rawValue)")
    }
    return result
  }
}

/// Something that no run from inside a local network can show: an entry of `wording/limitations.yaml`.
public struct Limitation: Hashable, Sendable {
  public let id: String
  public let text: LocalizedText

  static func list(_ document: YAMLValue) throws(DocumentError) -> [Limitation] {
    try document.allowOnly(["limitations"])
    var result: [Limitation] = []
    for value in try document.required("limitations").elements() {
      try value.allowOnly(["id", "ja", "en"])
      result.append(
        Limitation(
          id: try value.required("id").string(),
          text: LocalizedText(
            ja: try value.required("ja").japanese(), en: try value.required("en").string())))
    }
    return result
  }
}
