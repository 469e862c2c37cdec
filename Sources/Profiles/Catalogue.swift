public import Records

/// One edition of a checklist: identifiers, own-worded titles and classes (checklist.md §1).
public struct Catalogue: Hashable, Sendable {
  /// A row of the checklist.
  public struct Item: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// A viewpoint (□), which has items.
      case box
      /// A check item (・) of a box.
      case item
      /// Stands by itself, in sheets that know no boxes.
      case row
    }

    /// What a row asks for, which decides what may be proposed automatically (checklist.md §2.1).
    public enum Verb: String, Hashable, Sendable, CaseIterable {
      case state = "S"
      case activity = "A"
      case confirmation = "Q"
      case decision = "W"
    }

    /// How far a network can show the row (checklist.md §2.1).
    public enum Visibility: String, Hashable, Sendable, CaseIterable {
      case direct = "D"
      case partial = "P"
      case none = "N"
    }

    /// Marks for the two phases of an introduction.
    public struct Phases: Hashable, Sendable {
      /// `●`, `○`, `−` or nil for not decided.
      public let poc: String?
      public let production: String?
      /// True while the marks are this project's proposal: never to be shown as the sheet's own.
      public let proposed: Bool
    }

    /// For which devices a row is meant (checklist.md §3).
    public enum Applicability: String, Hashable, Sendable, CaseIterable {
      case always
      /// Where personal data, settings or data of privacy are stored or sent.
      case protectedData = "protected-data"
      /// Only where a stop does harm.
      case highAvailability = "high-availability"
    }

    /// What a company adds to a row that it wrote itself (checklist.md §1.6).
    public struct Custom: Hashable, Sendable {
      /// Who answers for the row.
      public let owner: String?
      /// Checks whose findings go with it.
      public let checks: [String]
      /// Rows of the sheet that it belongs to.
      public let related: [String]
      public let createdBy: String?
      /// As it was written, `2026-11-30`.
      public let createdAt: String?
    }

    /// Inside the catalogue, `JSSEC-14.2.c`.
    public let id: String
    public let kind: Kind
    /// The box that an item belongs to; nil for boxes and rows.
    public let box: String?
    /// The chapter of the sheet; nil where the edition has none.
    public let group: String?
    /// The number of the 要点 or 対策; nil where the edition numbers nothing.
    public let keyPoint: Int?
    public let title: LocalizedText
    /// Nil where the source does not tell: no `pass` is ever proposed for such a row.
    public let verb: Verb?
    public let visibility: Visibility
    /// Facts that were observed can go with the question, though they do not answer it.
    public let hasContext: Bool
    /// Where the row was published, such as the slide of a talk; nil where the edition's source says it for all.
    public let slide: String?
    /// Nil where the source knows no phases.
    public let phases: Phases?
    /// The sheet's own mark; nil until a user imports it.
    public let recommended: String?
    /// The sheet's own sentence, from a copy that a company is licensed to use. Never shipped.
    public let localText: String?
    public let applies: Applicability
    /// False where the title was not compared with the source.
    public let verified: Bool
    /// True for a row that is there as an example, and that nobody has taken into use.
    public let disabled: Bool
    public let custom: Custom?
    /// Who answers what a network does not show; always there for class N.
    public let asked: Asked?
    /// What a verdict on this row never says.
    public let cannotConclude: LocalizedText
  }

  /// A remark under an item: no row of its own.
  public struct Note: Hashable, Sendable {
    /// `JSSEC-4.1.a.i`, a remark on `JSSEC-4.1.a`.
    public let id: String
    public let title: LocalizedText
  }

  /// A rule for everybody, which stands beside the rows.
  public struct Rule: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    public let visibility: Item.Visibility
    /// False where the title was not compared with the source.
    public let verified: Bool
    /// Who answers what a network does not show; always there for class N.
    public let asked: Asked?
    public let cannotConclude: LocalizedText
  }

  /// The edition is part of it: `jssec-iot-v1`.
  public let id: String
  /// The catalogue that a company began its own with, `jssec-iot-v1`; nil for those that are shipped. Rows of equal ids are the same rows.
  public let derivedFrom: String?
  public let edition: Int
  /// What the publisher calls the edition, where a number does not say it.
  public let editionName: LocalizedText?
  public let title: LocalizedText
  /// Where the sheet was published.
  public let source: String
  public let copyright: LocalizedText
  /// Chapters by the name that rows use; empty where the source has none, or a file does not say them in both languages.
  public let groups: [String: LocalizedText]
  public let items: [Item]
  public let notes: [Note]
  public let rules: [Rule]
  /// Ids that are never given to anything: left out by the sheet, kept for a reading that is still to come, or withdrawn (`retired`).
  public let reserved: [String]

  /// The form used in evidence, `jssec-iot-v1/JSSEC-14.2.c`.
  public func qualifiedID(of item: Item) -> String { "\(id)/\(item.id)" }

  /// The id under which rules answer the row: that of the catalogue which a company's own was begun with.
  public func ruleID(of item: Item) -> String { "\(derivedFrom ?? id)/\(item.id)" }
}
