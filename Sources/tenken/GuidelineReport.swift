internal import Profiles
internal import Records
internal import Reports

/// A comparison with a guideline as JSON.
struct GuidelineReport: Encodable {
  struct Row: Encodable {
    let id: String
    let title: LocalizedText
    let outcome: TLSComparison.Kind
    /// What an unverified row gives as it is written here.
    let asWritten: TLSComparison.Kind?
    let seen: LocalizedText?
    let reason: LocalizedText?
    let term: String
    let source: String
    let verified: Bool
  }

  let id: String
  let title: LocalizedText
  let edition: String
  /// Rows by outcome. They are not added up to anything.
  let counts: [String: Int]
  let notCompared: LocalizedText?
  let rows: [Row]

  init(_ comparison: TLSComparison) {
    let guideline = comparison.guideline
    id = guideline.id
    title = guideline.title
    edition = guideline.edition
    notCompared = guideline.notCompared
    counts = Dictionary(
      uniqueKeysWithValues: TLSComparison.Kind.allCases.map { ($0.rawValue, comparison.count($0)) })
    rows = comparison.rows.map { compared in
      let (row, outcome) = (compared.row, compared.outcome)
      let isOpen = outcome.kind == .notDetermined
      var asWritten: TLSComparison.Kind?
      if case .needsReview(let kind, _) = outcome { asWritten = kind }
      return Row(
        id: row.id, title: row.title, outcome: outcome.kind, asWritten: asWritten, seen: isOpen ? nil : outcome.text,
        reason: isOpen ? outcome.text : nil, term: row.term, source: row.source, verified: row.isVerified)
    }
  }
}

/// A comparison with a guideline in rows of a table for people.
struct GuidelineText {
  private let comparison: TLSComparison
  private let language: Language

  init(_ comparison: TLSComparison, _ language: Language) {
    self.comparison = comparison
    self.language = language
  }

  private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

  /// A line with the counts, then the rows.
  /// - Parameter all: every row; else those that deviate, and those of our own baseline alone.
  func rows(all: Bool) -> [(String, String)] {
    let guideline = comparison.guideline
    let counts = TLSComparison.Kind.allCases.map { "\(name($0)) \(comparison.count($0))" }
      .joined(separator: say("、", ", "))
    var rows = [(say("ガイドライン", "guideline"), "\(guideline.id) (\(guideline.edition)): \(counts)")]
    if all {
      rows.append(("", inert(guideline.title.text(language))))
      rows += comparison.rows.map { line($0, withSource: true) }
      if let left = guideline.notCompared { rows.append(("", inert(left.text(language)))) }
    } else if guideline.id == TLSGuidelines.baselineID {
      rows += comparison.rows.filter { $0.outcome.kind == .deviates }.map { line($0, withSource: false) }
    }
    return rows
  }

  private func line(_ compared: TLSComparison.Row, withSource: Bool) -> (String, String) {
    let row = compared.row
    var text = "\(row.id): \(row.title.text(language)) – \(compared.outcome.text.text(language))"
    if case .needsReview(let kind, _) = compared.outcome {
      text += say(" (記載のままなら\(name(kind)))", " (\(name(kind)) as written here)")
    }
    if withSource { text += " [\(row.term); \(row.source)]" }
    return ("  " + name(compared.outcome.kind), inert(text))
  }

  private func name(_ kind: TLSComparison.Kind) -> String {
    switch kind {
    case .deviates: say("不一致", "deviates")
    case .needsReview: say("要確認", "needs review")
    case .notDetermined: say("未確定", "not determined")
    case .meets: say("一致", "meets")
    }
  }
}
