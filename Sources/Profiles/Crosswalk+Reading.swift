internal import Documents
internal import Records

extension Crosswalk {
  /// What a file of links refers to.
  struct Context {
    let catalogues: [Catalogue]
    let observations: [Observation]

    func catalogue(_ value: YAMLValue) throws(DocumentError) -> Catalogue {
      let id = try value.string()
      if let found = catalogues.first(where: { $0.id == id }) { return found }
      throw value.error(
        "there is no catalogue \(id)", remedy: "use one of \(catalogues.map(\.id).joined(separator: ", "))")
    }
  }

  /// The one relation that is claimed.
  private enum Relation: String, CaseIterable {
    case related
  }

  private static let keys: Set<String> = [
    "id", "edition", "title", "source", "relation", "to", "rows", "verification", "provisions", "observations",
  ]

  /// Reads `crosswalk/<name>.yaml`.
  /// - Parameters:
  ///   - name: the file's name without its extension, which the id has to be; nil for a user's file.
  ///   - context: what it refers to; nil follows no reference.
  init(_ document: YAMLValue, named name: String?, in context: Context?) throws(DocumentError) {
    try document.allowOnly(Self.keys)
    id = try document.required("id").string()
    guard name == nil || id == name else {
      throw try document.required("id").error(
        "the id \(id) differs from the file's name \(name ?? "")", remedy: "rename the file, or the id")
    }
    edition = try document.required("edition").string()
    title = try document.required("title").localized()
    source = try document.required("source").string()
    let relation = try document.required("relation")
    guard Relation(rawValue: try relation.string()) != nil else {
      throw relation.error(
        "\(try relation.string()) is no relation that may be claimed", remedy: "write relation: related")
    }
    to = try document.required("to").string()
    rows = try document.optional("rows")?.string()
    let verification = try document.required("verification")
    try verification.allowOnly(["verified", "notVerified"])
    self.verification = Verification(
      verified: try verification.required("verified").localized(),
      notVerified: try verification.required("notVerified").localized())
    let own: Catalogue? =
      if let context, let value = try document.optional("rows") { try context.catalogue(value) } else { nil }
    provisions = try Self.provisions(document, of: own, context)
    rules = try Self.rules(document, of: own, provisions.map(\.id), context)
  }

  private static func provisions(
    _ document: YAMLValue, of own: Catalogue?, _ context: Context?
  ) throws(DocumentError) -> [Provision] {
    let target: Catalogue? = if let context { try context.catalogue(try document.required("to")) } else { nil }
    let known = target.map { Set($0.items.map(\.id) + $0.rules.map(\.id)) }
    let byCatalogue = try document.optional("rows") != nil
    var result: [Provision] = []
    var ids: Set<String> = []
    for value in try document.required("provisions").elements() {
      let provision = byCatalogue ? try Provision(value, of: own) : try Provision(value)
      guard ids.insert(provision.id).inserted else { throw value.error("\(provision.id) is given twice") }
      for row in try value.required("related").elements() {
        let id = try row.string()
        guard known?.contains(id) ?? true else {
          throw row.error(
            "\(id) is no row of \(target?.id ?? "")", remedy: "correct the id; it stands without its catalogue")
        }
      }
      guard Set(provision.related).count == provision.related.count else {
        throw value.error("\(provision.id) names a row twice")
      }
      result.append(provision)
    }
    return result
  }

  private static func rules(
    _ document: YAMLValue, of own: Catalogue?, _ provisions: [String], _ context: Context?
  ) throws(DocumentError) -> [Rule] {
    let known = Set(provisions + (own.map { $0.items.map(\.id) + $0.rules.map(\.id) } ?? []))
    let byCatalogue = try document.optional("rows") != nil
    let follows = context != nil || !byCatalogue
    var result: [Rule] = []
    for value in try document.optional("observations")?.elements() ?? [] {
      let rule = try Rule(value)
      if let id = rule.provision, follows, !known.contains(id) {
        throw try value.required("provision").error(
          "there is no provision \(id)", remedy: "correct the id, or add it above")
      }
      if let context, !context.observations.contains(where: { $0.id == rule.observation }) {
        let names = context.observations.map(\.id).joined(separator: ", ")
        throw try value.required("observation").error(
          "there is no observation \(rule.observation)", remedy: "use one of \(names)")
      }
      result.append(rule)
    }
    return result
  }
}

extension Crosswalk.Provision {
  private static let keys: Set<String> = ["id", "title", "status", "class", "verified", "related", "note"]

  /// A word for a stronger relation would be an unknown key; that is worth its own complaint.
  private static func allowOnly(_ keys: Set<String>, _ value: YAMLValue) throws(DocumentError) {
    for (key, links) in try value.pairs() where !keys.contains(key) {
      guard (try? links.elements()) == nil else {
        throw links.error("\(key) is no relation that may be claimed", remedy: "write related")
      }
    }
    try value.allowOnly(keys)
  }

  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try Self.allowOnly(Self.keys, value)
    id = try value.required("id").string()
    title = try value.required("title").localized()
    status = try value.optional("status")?.string()
    visibility = try value.optional("class")?.choice(Catalogue.Item.Visibility.self)
    verified = try value.required("verified").boolean()
    related = try value.required("related").strings()
    note = try value.optional("note")?.localized()
  }

  /// A provision that is a row of a catalogue, which says the rest of it.
  fileprivate init(_ value: YAMLValue, of catalogue: Catalogue?) throws(DocumentError) {
    try Self.allowOnly(["id", "related", "note"], value)
    let id = try value.required("id").string()
    let item = catalogue?.items.first { $0.id == id }
    let rule = catalogue?.rules.first { $0.id == id }
    if let catalogue, item == nil, rule == nil {
      throw try value.required("id").error("\(id) is no row of \(catalogue.id)")
    }
    self.id = id
    title = item?.title ?? rule?.title ?? LocalizedText(ja: id, en: id)
    status = nil
    visibility = item?.visibility ?? rule?.visibility
    verified = item?.verified ?? rule?.verified ?? false
    related = try value.required("related").strings()
    note = try value.optional("note")?.localized()
  }
}

extension Crosswalk.Rule {
  fileprivate init(_ value: YAMLValue) throws(DocumentError) {
    try value.allowOnly(["observation", "provision", "outcome", "onlyIf", "why"])
    observation = try value.required("observation").string()
    provision = try value.optional("provision")?.string()
    outcome = try value.required("outcome").choice(Crosswalk.Outcome.self)
    guard provision != nil || outcome == .notCovered else {
      throw value.error("\(outcome.rawValue) has to be about a provision", remedy: "name it, or write not-covered")
    }
    onlyIf = try value.optional("onlyIf")?.localized()
    why = try value.required("why").localized()
  }
}

extension Crosswalk.Observation {
  /// Reads `vocabularies/observations.yaml`.
  static func list(_ document: YAMLValue) throws(DocumentError) -> [Crosswalk.Observation] {
    try document.allowOnly(["observations"])
    var result: [Crosswalk.Observation] = []
    for value in try document.required("observations").elements() {
      try value.allowOnly(["id", "checks", "title"])
      let id = try value.required("id").string()
      guard !result.contains(where: { $0.id == id }) else { throw value.error("\(id) is given twice") }
      result.append(
        Crosswalk.Observation(
          id: id, checks: try value.required("checks").strings(), title: try value.required("title").localized()))
    }
    return result
  }
}
