public import Profiles
public import Records

/// A row of a checklist as commands and sheets look at it: a box, an item, a rule for everybody, or a row of the company's own.
public struct ChecklistRow: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case box, item, rule, custom
  }

  /// Inside the catalogue, `JSSEC-14.2.c`.
  public let id: String
  /// `jssec-iot-v1/JSSEC-14.2.c`, as verdicts name it.
  public let qualifiedID: String
  public let kind: Kind
  /// The box that it belongs to.
  public let box: String?
  /// The chapter of the sheet.
  public let group: LocalizedText?
  public let title: LocalizedText
  public let verb: Catalogue.Item.Verb?
  public let visibility: Catalogue.Item.Visibility
  /// What a verdict on it never says; nil for the company's own rows.
  public let cannotConclude: LocalizedText?
  /// This project's proposal for a phase, by ``Catalogue/Item/Phases``: `●`, `○`, `−` or nil.
  public let proposed: Catalogue.Item.Phases?
  /// Who is asked where a network does not show the answer, or not all of it; always there for class N.
  public let asked: Asked?

  /// Who answers a row, and what he should bring.
  public struct Asked: Hashable, Sendable {
    /// ``NotTestedReason/documentNeeded`` or ``NotTestedReason/interviewNeeded``.
    public let reason: NotTestedReason
    public let who: LocalizedText
    public let record: LocalizedText
    /// What was observed can go with the question.
    public let facts: [Catalogue.Fact]

    public init(
      reason: NotTestedReason, who: LocalizedText, record: LocalizedText, facts: [Catalogue.Fact] = []
    ) {
      self.reason = reason
      self.who = who
      self.record = record
      self.facts = facts
    }

    init(_ asked: Catalogue.Asked) {
      self.init(reason: asked.reason, who: asked.who, record: asked.record, facts: asked.facts)
    }
  }

  public init(
    id: String, qualifiedID: String, kind: Kind, box: String? = nil, group: LocalizedText? = nil, title: LocalizedText,
    verb: Catalogue.Item.Verb? = nil, visibility: Catalogue.Item.Visibility, cannotConclude: LocalizedText? = nil,
    proposed: Catalogue.Item.Phases? = nil, asked: Asked? = nil
  ) {
    self.id = id
    self.qualifiedID = qualifiedID
    self.kind = kind
    self.box = box
    self.group = group
    self.title = title
    self.verb = verb
    self.visibility = visibility
    self.cannotConclude = cannotConclude
    self.proposed = proposed
    self.asked = asked
  }

  /// A network shows nothing of it: a person answers.
  public var isPersons: Bool { visibility == .none }
}

extension Catalogue {
  /// Boxes and items in the sheet's order, then the rules for everybody.
  public var rows: [ChecklistRow] {
    items.map { item in
      ChecklistRow(
        id: item.id, qualifiedID: qualifiedID(of: item), kind: item.kind == .box ? .box : .item, box: item.box,
        group: item.group.map { groups[$0] ?? LocalizedText(ja: $0, en: $0) }, title: item.title, verb: item.verb,
        visibility: item.visibility,
        cannotConclude: item.cannotConclude, proposed: item.phases, asked: item.asked.map(ChecklistRow.Asked.init))
    }
      + rules.map { rule in
        ChecklistRow(
          id: rule.id, qualifiedID: "\(id)/\(rule.id)", kind: .rule, title: rule.title, visibility: rule.visibility,
          cannotConclude: rule.cannotConclude, asked: rule.asked.map(ChecklistRow.Asked.init))
      }
  }
}
