internal import Mustache
public import Records
public import RunComparison

/// The report as one HTML page that needs nothing else: no script, no reference to anywhere but the
/// evidence beside it. The page is well-formed XML too, so that it can be checked as such.
public struct HTMLReport: Sendable {
  private let inputs: ReportInputs
  private let library: MustacheLibrary

  /// - Throws: ``ReportError/unreadableTemplate(_:)``.
  public init(_ inputs: ReportInputs) throws(ReportError) {
    self.inputs = inputs
    MustacheContentTypes.register(MarkupText(), named: MarkupText.name)
    do {
      var library = MustacheLibrary()
      try library.register(inputs.style, named: "style")
      for (name, part) in inputs.parts { try library.register(Self.escaping(part), named: name) }
      try library.register(Self.escaping(inputs.template), named: "report")
      self.library = library
    } catch {
      throw .unreadableTemplate("\(error)")
    }
  }

  private static func escaping(_ template: String) -> String { "{{% CONTENT_TYPE:\(MarkupText.name)}}" + template }

  /// Makes the page. Without `evidence` it belongs below `data/report/` of the pack: its links to evidence begin there.
  /// - Parameters:
  ///   - services: TLS services held against guidelines.
  ///   - networks: Wi-Fi networks; nil where nobody listened.
  ///   - sheet: the check sheet in its own order; nil where only the rows with verdicts are shown.
  ///   - audience: for whom; what is left out for others is named on the page.
  ///   - scope: what was allowed; nil where there is no such file.
  ///   - history: the runs before; nil where nothing is known of them.
  ///   - pack: the sealed pack that it is made from; nil while it is being made.
  ///   - evidence: the way from the page to the folder `data/` of the pack, such as `pack/data/`.
  public func render(
    _ result: AuditResult, language: Language, services: [TLSServiceComparison] = [], networks: NetworkReport? = nil,
    sheet: SheetTable? = nil, audience: Audience = .auditor, scope: ScopeStatement? = nil,
    history: RunHistory? = nil, pack: PackStatement? = nil, evidence: String = "../"
  ) -> String {
    let parts = PageParts(
      services: services, networks: networks, sheet: sheet, scope: scope, history: history, pack: pack,
      audience: audience, evidence: evidence)
    let model = ReportModel(result: result, words: Words(inputs: inputs, language: language), parts: parts)
    return library.render(harmless(model.page), withTemplate: "report") ?? ""
  }

  /// Makes the page about what changed between two runs, which refers to nothing at all.
  /// - Parameter offsetMinutes: of the times on it, east of UTC.
  public func render(
    _ difference: DifferenceDocument, language: Language, offsetMinutes: Int, version: String
  ) -> String {
    let words = Words(inputs: inputs, language: language)
    let model = DifferenceModel(document: difference, words: words, offsetMinutes: offsetMinutes, detail: .everything)
    let page: ReportModel.Page = [
      "language": language.rawValue, "l": inputs.labels.mapValues { $0.text(language) }, "version": version,
      "difference": [model.page], "earlier": difference.earlier.run, "later": difference.later.run,
    ]
    return library.render(harmless(page), withTemplate: "difference") ?? ""
  }

  /// Every text of the page passes here once, wherever it came from.
  private func harmless(_ value: Any) -> Any {
    switch value {
    case let text as String: return inert(text)
    case let list as [Any]: return list.map(harmless)
    case let page as ReportModel.Page: return page.mapValues(harmless)
    default: return value
    }
  }
}

/// Escapes text for element content and quoted attributes, scalar by scalar. The template engine's
/// own escaping goes by character, for which a quotation mark with an accent after it is another
/// character, while a browser still ends the attribute there.
struct MarkupText: MustacheContentType {
  static let name = "MARKUP"

  func escapeText(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
