internal import Documents
public import Records

/// One edition of a checklist: identifiers, own-worded titles and classes (checklist.md §1).
public struct Catalogue: Hashable, Sendable {
  /// A viewpoint (□) or a check item (・).
  public struct Item: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      case box, item
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

    /// Inside the catalogue, `JSSEC-14.2.c`.
    public let id: String
    public let kind: Kind
    /// The box that an item belongs to; nil for boxes.
    public let box: String?
    /// The chapter of the sheet; nil where the edition has none.
    public let group: String?
    /// The number of the 要点.
    public let keyPoint: Int
    public let title: LocalizedText
    public let verb: Verb
    public let visibility: Visibility
    /// Facts that were observed can go with the question, though they do not answer it.
    public let hasContext: Bool
    /// Where the row was published, such as the slide of a talk; nil where the edition's source says it for all.
    public let slide: String?
    public let phases: Phases
    /// The sheet's own mark; nil until a user imports it.
    public let recommended: String?
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
    public let cannotConclude: LocalizedText
  }

  /// The edition is part of it: `jssec-iot-v1`.
  public let id: String
  public let edition: Int
  public let title: LocalizedText
  /// Where the sheet was published.
  public let source: String
  public let copyright: LocalizedText
  public let items: [Item]
  public let notes: [Note]
  public let rules: [Rule]
  /// Ids that are never given to anything: left out by the sheet, or kept for a reading that is still to come.
  public let reserved: [String]

  /// The form used in evidence, `jssec-iot-v1/JSSEC-14.2.c`.
  public func qualifiedID(of item: Item) -> String { "\(id)/\(item.id)" }
}

extension Catalogue {
  /// Reads `catalogs/<name>.yaml`.
  init(_ document: YAMLValue, named name: String) throws(DocumentError) {
    try document.allowOnly(
      ["id", "edition", "title", "source", "copyright", "items", "notes", "rules", "reserved"])
    id = try document.required("id").string()
    guard id == name else {
      throw try document.required("id").error("the id \(id) differs from the file's name \(name)")
    }
    edition = try document.required("edition").integer()
    title = try document.required("title").localized()
    source = try document.required("source").string()
    copyright = try document.required("copyright").localized()
    reserved = try document.optional("reserved")?.strings() ?? []
    var known = Set(reserved)
    func take(_ id: String, _ value: YAMLValue) throws(DocumentError) {
      guard known.insert(id).inserted else { throw value.error("\(id) is given twice, or reserved") }
    }
    var items: [Item] = []
    var boxes: Set<String> = []
    for value in try document.required("items").elements() {
      let item = try Item(value)
      try take(item.id, value)
      if item.kind == .box { boxes.insert(item.id) }
      if let box = item.box, !boxes.contains(box) {
        throw value.error("\(item.id) belongs to \(box), which is not a box above it")
      }
      items.append(item)
    }
    self.items = items
    let ids = Set(items.map(\.id))
    var notes: [Note] = []
    for value in try document.optional("notes")?.elements() ?? [] {
      let note = try Note(value)
      try take(note.id, value)
      let parent = note.id.split(separator: ".").dropLast().joined(separator: ".")
      guard ids.contains(parent) else { throw value.error("\(note.id) is a remark on \(parent), which is no row") }
      notes.append(note)
    }
    self.notes = notes
    var rules: [Rule] = []
    for value in try document.optional("rules")?.elements() ?? [] {
      let rule = try Rule(value)
      try take(rule.id, value)
      rules.append(rule)
    }
    self.rules = rules
  }
}

extension Catalogue.Item {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(
      [
        "id", "kind", "box", "group", "keyPoint", "title", "verb", "class", "context", "slide", "phases",
        "jssec_recommended", "cannotConclude",
      ])
    id = try value.required("id").string()
    kind = try value.required("kind").choice(Kind.self)
    box = try value.optional("box")?.string()
    guard (kind == .item) == (box != nil) else { throw value.error("an item names its box, and a box names none") }
    group = try value.optional("group")?.string()
    keyPoint = try value.required("keyPoint").integer()
    title = try value.required("title").localized()
    verb = try value.required("verb").choice(Verb.self)
    visibility = try value.required("class").choice(Visibility.self)
    hasContext = try value.optional("context")?.boolean() ?? false
    guard !hasContext || visibility == .none else {
      throw value.error("context is for rows that a network does not show (class N)")
    }
    slide = try value.optional("slide")?.string()
    phases = try Phases(try value.required("phases"))
    recommended = try value.optional("jssec_recommended")?.string()
    cannotConclude = try value.required("cannotConclude").localized()
  }
}

extension Catalogue.Note {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "title"])
    id = try value.required("id").string()
    title = try value.required("title").localized()
  }
}

extension Catalogue.Rule {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["id", "title", "class", "cannotConclude"])
    id = try value.required("id").string()
    title = try value.required("title").localized()
    visibility = try value.required("class").choice(Catalogue.Item.Visibility.self)
    cannotConclude = try value.required("cannotConclude").localized()
  }
}

extension Catalogue.Item.Phases {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["poc", "production", "proposed"])
    poc = try value.optional("poc")?.string()
    production = try value.optional("production")?.string()
    for mark in [poc, production].compactMap(\.self) where !["●", "○", "−"].contains(mark) {
      throw value.error("\(mark) is not a mark: ●, ○ or −")
    }
    proposed = try value.required("proposed").boolean()
  }
}
