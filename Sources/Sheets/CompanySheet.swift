public import Checklist
internal import Profiles
public import Records

/// What a company writes into the two columns of a phase (checklist.md §1.3).
public enum Mark: String, Hashable, Sendable, CaseIterable {
  case required = "●"
  case dependsOnUse = "○"
  case notConsidered = "−"

  /// Also with the signs that keyboards give for them.
  init?(written text: String) {
    switch text {
    case "●": self = .required
    case "○", "〇", "◯": self = .dependsOnUse
    case "−", "-", "－", "–": self = .notConsidered
    default: return nil
    }
  }
}

/// Whether the site is one that the sheet is not meant for (checklist.md §1.1). Always asked, never assumed.
public enum ExcludedUse: String, Hashable, Sendable, CaseIterable {
  case none, medical
  case criticalInfrastructure = "critical-infrastructure"
  case productsForSale = "products-for-sale"

  public var label: LocalizedText {
    switch self {
    case .none: LocalizedText(ja: "いずれでもない", en: "none of these")
    case .medical: LocalizedText(ja: "医療機器", en: "medical devices")
    case .criticalInfrastructure: LocalizedText(ja: "重要インフラ", en: "critical infrastructure")
    case .productsForSale: LocalizedText(ja: "販売する製品・システム", en: "products or systems for sale")
    }
  }

  /// nil where the sheet is meant for the site.
  public var warning: LocalizedText? {
    guard self != .none else { return nil }
    return LocalizedText(
      ja: "注意: このチェックシートは、IoTを導入して使う企業向けです。\(label.ja)は対象として想定されていません。"
        + "より高い要件や別の指針が適用される場合があります。結果を利用する前に、適用される要件を確認してください。",
      en:
        "Warning: this sheet is written for companies that introduce and use IoT. It is not meant for \(label.en), for "
        + "which other guides or higher requirements may apply. Find out which, before the results are used.")
  }
}

/// A company's sheet: for whom, at which phase, and what it marked for each row. The sheet's printed recommendation is not in it
/// until the company copies it from its own copy.
public struct CompanySheet: Hashable, Sendable {
  public struct Project: Hashable, Sendable {
    public let name: String
    public let site: String
    public let phase: Phase
    public let excludedUse: ExcludedUse
    /// Who answered the question of ``excludedUse``, and when.
    public let answeredBy: String
    public let at: Day

    public init(name: String, site: String, phase: Phase, excludedUse: ExcludedUse, answeredBy: String, at: Day) {
      self.name = name
      self.site = site
      self.phase = phase
      self.excludedUse = excludedUse
      self.answeredBy = answeredBy
      self.at = at
    }
  }

  public struct Row: Hashable, Sendable {
    public let id: String
    public let poc: Mark?
    public let production: Mark?
    public let owner: String?
    public let reason: String?
    public let by: String?
    public let at: Day?
    /// The row's text from the company's own copy of the sheet.
    public let localText: String?
    /// The sheet's printed mark, copied from there.
    public let recommended: Mark?
    public let line: Int

    public func mark(_ phase: Phase) -> Mark? { phase == .poc ? poc : production }
  }

  /// A row that the company adds (checklist.md §1.6).
  public struct Custom: Hashable, Sendable {
    /// `JSSEC-X1.001` or `JSSEC-X2.001`.
    public let id: String
    public let title: LocalizedText
    public let poc: Mark?
    public let production: Mark?
    public let owner: String?
    /// The record that is wanted.
    public let evidence: String?
    /// Checks whose findings go with it.
    public let checks: [String]
    /// A box of the sheet that it goes with.
    public let box: String?
    public let createdBy: String
    public let createdAt: Day
    public let isEnabled: Bool
    public let line: Int

    public func mark(_ phase: Phase) -> Mark? { phase == .poc ? poc : production }
  }

  /// A mark, and whose it is.
  public struct Marked: Hashable, Sendable {
    public enum Origin: String, Hashable, Sendable {
      case company
      /// This project's proposal: never the sheet's and never the company's.
      case proposal
    }

    public let mark: Mark
    public let origin: Origin
  }

  /// As it was opened.
  public let file: String
  public let catalogue: String
  public let project: Project
  public let rows: [Row]
  public let custom: [Custom]

  public func row(_ id: String) -> Row? { rows.first { $0.id == id } }

  /// The company's mark, else the project's proposal, marked as that; nil where there is neither.
  public func mark(for row: ChecklistRow, _ phase: Phase) -> Marked? { Self.mark(for: row, phase, in: self) }

  /// The same where there may be no sheet yet.
  public static func mark(for row: ChecklistRow, _ phase: Phase, in sheet: CompanySheet?) -> Marked? {
    let own = sheet?.row(row.id)?.mark(phase) ?? sheet?.custom.first { $0.id == row.id }?.mark(phase)
    if let own { return Marked(mark: own, origin: .company) }
    let proposed = phase == .poc ? row.proposed?.poc : row.proposed?.production
    return proposed.flatMap { Mark(rawValue: $0) }.map { Marked(mark: $0, origin: .proposal) }
  }

  /// The enabled rows of the company's own, for which a person answers.
  public var ownRows: [ChecklistRow] {
    custom.filter(\.isEnabled).map { own in
      let who = own.owner.map { LocalizedText(ja: $0, en: $0) } ?? PersonRows.promoter
      let record = own.evidence ?? ""
      return ChecklistRow(
        id: own.id, qualifiedID: "\(catalogue)/\(own.id)", kind: .custom, box: own.box, title: own.title,
        visibility: .none,
        asked: .init(
          reason: .interviewNeeded, who: who,
          record: LocalizedText(
            ja: record.isEmpty ? "記録または聞き取り" : record, en: record.isEmpty ? "A record or an interview" : record)))
    }
  }
}
