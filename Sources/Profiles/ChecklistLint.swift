public import Documents
internal import Records

/// What is wrong with a file of a checklist: a catalogue or a crosswalk.
public enum ChecklistLint {
  /// Complaints in the order of the file; none for a file in order.
  ///
  /// Every text is looked at. Of what keeps the file from being read as what it is the first fault is told; references are looked at where there is none.
  /// - Parameters:
  ///   - file: what complaints name it.
  ///   - store: the rule set that it is to be used with.
  ///   - shipped: true for a file of the rule set itself, whose id is of course taken.
  public static func problems(
    in octets: [UInt8], file: String, with store: ProfileStore, shipped: Bool = false
  ) -> [DocumentError] {
    let document: YAMLValue
    do throws(DocumentError) { document = try YAMLValue(parsing: octets, file: file) } catch { return [error] }
    var problems: [DocumentError] = []
    do throws(DocumentError) {
      if try document.optional("provisions") != nil {
        _ = try store.crosswalk(parsing: octets, file: file)
      } else {
        let catalogue = try ProfileStore.catalogue(parsing: octets, file: file)
        problems = try references(document, catalogue, store, shipped: shipped)
      }
    } catch {
      problems.append(error)
    }
    texts(document, into: &problems)
    return problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) }
  }

  /// What a company's own rows say of the sheet and of the rule set.
  private static func references(
    _ document: YAMLValue, _ catalogue: Catalogue, _ store: ProfileStore, shipped: Bool
  ) throws(DocumentError) -> [DocumentError] {
    var problems: [DocumentError] = []
    if !shipped, store.catalogues.contains(where: { $0.id == catalogue.id }) {
      problems.append(
        try document.required("id").error(
          "the id \(catalogue.id) is that of a catalogue of the rule set", remedy: "take another"))
    }
    var ofBase: Set<String>?
    if let from = try document.optional("from") {
      if let base = store.catalogues.first(where: { $0.id == catalogue.derivedFrom }) {
        ofBase = Set(base.items.map(\.id))
      } else {
        problems.append(
          from.error("there is no catalogue \(catalogue.derivedFrom ?? "")", remedy: "correct it, or leave it out"))
      }
    }
    let ids = Set(catalogue.items.map(\.id)).union(ofBase ?? [])
    for (item, value) in zip(catalogue.items, try document.required("items").elements()) {
      if let ofBase, !ofBase.contains(item.id), item.id.firstMatch(of: /-X[12]\.[0-9]{3}$/) == nil {
        problems.append(
          value.error(
            "\(item.id) is no row of \(catalogue.derivedFrom ?? "")",
            remedy: "number your own rows like JSSEC-X1.001 or JSSEC-X2.001"))
      }
      for related in item.custom?.related ?? [] where !ids.contains(related) {
        problems.append(value.error("\(item.id) is related to \(related), which is no row", remedy: "correct the id"))
      }
      for check in item.custom?.checks ?? [] where store.check(check) == nil {
        problems.append(value.error("\(item.id) names \(check), which is no check", remedy: "correct the check's id"))
      }
    }
    return problems
  }

  /// Every text in the file, wherever it stands: words that assure something, and languages that were not translated.
  private static func texts(_ value: YAMLValue, into problems: inout [DocumentError]) {
    if let elements = try? value.elements() {
      for element in elements { texts(element, into: &problems) }
    } else if let pairs = try? value.pairs() {
      let keys = Set(pairs.map(\.key))
      for (key, part) in pairs {
        guard let language = WordingRules.Language(rawValue: key), let text = try? part.string() else {
          // The sheet's own sentence is not ours.
          if key != "local_text" { texts(part, into: &problems) }
          continue
        }
        for problem in WordingRules.problems(in: text, language) {
          problems.append(part.error("the text says \(problem.word): \(problem.why.en)", remedy: problem.why.ja))
        }
      }
      if keys == ["ja", "en"], let japanese = try? pairs.first(where: { $0.key == "ja" })?.value.string(),
        let english = try? pairs.first(where: { $0.key == "en" })?.value.string(), japanese == english,
        english.contains(/[a-z]+ [a-z]+/)
      {
        problems.append(value.error("both languages have the same text", remedy: "translate one of them"))
      }
    }
  }
}
