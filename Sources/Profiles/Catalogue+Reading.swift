internal import Documents
internal import Records

extension Catalogue {
  /// Reads `catalogs/<name>.yaml`.
  /// - Parameter name: the file's name without its extension, which the id has to be; nil for a user's file, which may have any.
  init(_ document: YAMLValue, named name: String?) throws(DocumentError) {
    try document.allowOnly(
      [
        "id", "from", "edition", "editionName", "title", "source", "copyright", "groups", "items", "notes", "rules",
        "reserved",
        "retired",
      ])
    id = try document.required("id").string()
    guard name == nil || id == name else {
      throw try document.required("id").error(
        "the id \(id) differs from the file's name \(name ?? "")", remedy: "rename the file, or the id")
    }
    derivedFrom = try document.optional("from")?.string()
    edition = try document.required("edition").integer()
    editionName = try document.optional("editionName")?.localized()
    title = try document.required("title").localized()
    source = try document.required("source").string()
    copyright = try document.required("copyright").localized()
    groups = try Self.groups(try document.optional("groups"))
    reserved =
      (try document.optional("reserved")?.strings() ?? []) + (try document.optional("retired")?.strings() ?? [])
    var ids = RowIDs(reserved)
    items = try Self.items(document, in: groups, &ids)
    notes = try Self.notes(document, on: Set(items.map(\.id)), &ids)
    var rules: [Rule] = []
    for value in try document.optional("rules")?.elements() ?? [] {
      let rule = try Rule(value)
      try ids.take(rule.id, value)
      rules.append(rule)
    }
    self.rules = rules
  }

  private static func groups(_ list: YAMLValue?) throws(DocumentError) -> [String: LocalizedText] {
    var groups: [String: LocalizedText] = [:]
    for value in try list?.elements() ?? [] {
      let group = try value.localized()
      guard groups.updateValue(group, forKey: group.ja) == nil else {
        throw value.error("the chapter \(group.ja) is given twice", remedy: "name each chapter once")
      }
    }
    return groups
  }

  private static func items(
    _ document: YAMLValue, in groups: [String: LocalizedText], _ ids: inout RowIDs
  ) throws(DocumentError) -> [Item] {
    var items: [Item] = []
    var boxes: [String: YAMLValue] = [:]
    for value in try document.required("items").elements() {
      let item = try Item(value)
      try ids.take(item.id, value)
      if let group = item.group, !groups.isEmpty, groups[group] == nil {
        throw value.error("\(item.id) stands in \(group), which is no chapter", remedy: "name one of groups")
      }
      if item.kind == .box { boxes[item.id] = value }
      if let box = item.box, boxes[box] == nil {
        throw value.error(
          "\(item.id) belongs to \(box), which is not a box above it",
          remedy: "correct the box, or move the item below it")
      }
      items.append(item)
    }
    let used = Set(items.compactMap(\.box))
    if let empty = items.first(where: { $0.kind == .box && !used.contains($0.id) }), let value = boxes[empty.id] {
      throw value.error("the box \(empty.id) has no item", remedy: "give it an item, or make it kind: row")
    }
    return items
  }

  private static func notes(
    _ document: YAMLValue, on rows: Set<String>, _ ids: inout RowIDs
  ) throws(DocumentError) -> [Note] {
    var notes: [Note] = []
    for value in try document.optional("notes")?.elements() ?? [] {
      let note = try Note(value)
      try ids.take(note.id, value)
      let parent = note.id.split(separator: ".").dropLast().joined(separator: ".")
      guard rows.contains(parent) else { throw value.error("\(note.id) is a remark on \(parent), which is no row") }
      notes.append(note)
    }
    return notes
  }
}

/// Ids that are taken: none is given twice.
private struct RowIDs {
  private let reserved: Set<String>
  private var given: Set<String> = []

  init(_ reserved: [String]) { self.reserved = Set(reserved) }

  mutating func take(_ id: String, _ value: YAMLValue) throws(DocumentError) {
    guard id.wholeMatch(of: /[A-Z][A-Z0-9]*-[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*/) != nil else {
      throw value.error("\(id.isEmpty ? "an empty text" : id) is not an id", remedy: "write it like JSSEC-14.2.c")
    }
    guard !reserved.contains(id) else {
      throw value.error("\(id) is reserved or retired, and never given again", remedy: "take an id that was never used")
    }
    guard given.insert(id).inserted else {
      throw value.error("\(id) is given twice", remedy: "take an id that was never used")
    }
  }
}

extension Catalogue.Item {
  private static let keys: Set<String> = [
    "id", "kind", "box", "group", "keyPoint", "title", "verb", "class", "context", "slide", "phases",
    "jssec_recommended", "local_text", "applies", "verified", "disabled", "custom", "asked", "cannotConclude",
  ]

  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(Self.keys)
    id = try value.required("id").string()
    kind = try value.required("kind").choice(Kind.self)
    box = try value.optional("box")?.string()
    guard (kind == .item) == (box != nil) else {
      throw value.error("an item names its box, and nothing else names one")
    }
    group = try value.optional("group")?.string()
    keyPoint = try value.optional("keyPoint")?.integer()
    title = try value.required("title").localized()
    verb = try value.optional("verb")?.choice(Verb.self)
    visibility = try value.required("class").choice(Visibility.self)
    hasContext = try value.optional("context")?.boolean() ?? false
    guard !hasContext || visibility == .none else {
      throw value.error("context is for rows that a network does not show (class N)")
    }
    slide = try value.optional("slide")?.string()
    phases = if let marks = try value.optional("phases") { try Phases(marks) } else { nil }
    recommended = try value.optional("jssec_recommended")?.string()
    localText = try value.optional("local_text")?.string()
    applies = try Self.applicability(value)
    verified = try value.optional("verified")?.boolean() ?? true
    disabled = try value.optional("disabled")?.boolean() ?? false
    custom = if let own = try value.optional("custom") { try Custom(own) } else { nil }
    asked = try Catalogue.Asked.of(value, visibility)
    guard visibility != Visibility.none || hasContext != (asked?.facts.isEmpty ?? true) else {
      throw value.error(
        "context and the facts of asked have to agree",
        remedy: "write context: true where facts are named, and only there")
    }
    cannotConclude = try value.required("cannotConclude").localized()
  }

  private static func applicability(_ value: YAMLValue) throws(DocumentError) -> Applicability {
    guard let applies = try value.optional("applies") else { return .always }
    try applies.allowOnly(["when"])
    return try applies.required("when").choice(Applicability.self)
  }
}

extension Catalogue.Asked {
  /// Who is asked about a row or rule: required where a network shows nothing of it.
  fileprivate static func of(
    _ value: YAMLValue, _ visibility: Catalogue.Item.Visibility
  ) throws(DocumentError) -> Catalogue.Asked? {
    if let asked = try value.optional("asked") { return try Catalogue.Asked(asked) }
    guard visibility != Catalogue.Item.Visibility.none else {
      throw value.error("a row of class N has to say who is asked", remedy: "add asked: with reason, who and record")
    }
    return nil
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
    try value.allowOnly(["id", "title", "class", "verified", "asked", "cannotConclude"])
    id = try value.required("id").string()
    title = try value.required("title").localized()
    visibility = try value.required("class").choice(Catalogue.Item.Visibility.self)
    verified = try value.optional("verified")?.boolean() ?? true
    asked = try Catalogue.Asked.of(value, visibility)
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

extension Catalogue.Item.Custom {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["owner", "checks", "related", "createdBy", "createdAt"])
    owner = try value.optional("owner")?.string()
    checks = try value.optional("checks")?.strings() ?? []
    related = try value.optional("related")?.strings() ?? []
    createdBy = try value.optional("createdBy")?.string()
    createdAt = try value.optional("createdAt")?.string()
  }
}
