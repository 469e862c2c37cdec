public import Documents
internal import Records

/// The text of a company's own catalogue to begin with: the rows of a shipped one, room for the sheet's sentences, and examples of own rows.
public enum ChecklistTemplate {
  /// The catalogue to which examples of own rows belong (checklist.md §1.6).
  private static let withExamples = "jssec-iot-v1"

  /// - Parameters:
  ///   - base: the id of a shipped catalogue, `jssec-iot-v1`.
  ///   - id: that of the new one.
  /// - Throws: ``DocumentError`` where there is no such catalogue, the id is taken, or is no id.
  public static func text(from base: String, id: String, in store: ProfileStore) throws(DocumentError) -> String {
    guard let file = store.files.first(where: { $0.path == "catalogs/\(base).yaml" }) else {
      throw DocumentError(
        .missing, file: "catalogs/\(base).yaml", problem: "there is no catalogue \(base)",
        remedy: "use one of \(store.catalogues.map(\.id).joined(separator: ", "))")
    }
    guard id.wholeMatch(of: /[a-z][a-z0-9.-]*/) != nil, !store.catalogues.contains(where: { $0.id == id }) else {
      throw DocumentError(
        .content, file: "--id", problem: "\(id) is taken, or no id",
        remedy: "write small letters, digits, - and ., with the edition at the end: my-company-v1")
    }
    var lines = header(base)
    var needsText = false
    var inItems = false
    for line in String(decoding: file.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#") { continue }
      if line == "items:" { inItems = true }
      if line == "id: \(base)" {
        lines += ["id: \(id)", "from: \(base)"]
        continue
      }
      if inItems, line.hasPrefix("  - id: ") { needsText = true }
      if needsText, line.hasPrefix("    verb: ") || line.hasPrefix("    class: ") {
        lines.append("    local_text:")
        needsText = false
      }
      lines.append(String(line))
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    if base == withExamples { lines += examples(store) }
    let text = lines.joined(separator: "\n") + "\n"
    // What is handed out has to be in order itself.
    if let problem = ChecklistLint.problems(in: Array(text.utf8), file: id, with: store).first { throw problem }
    return text
  }

  private static func header(_ base: String) -> [String] {
    """
    # A company's own catalogue, begun with \(base). Ids of its rows stay as they are: they are answered by the rules of \(base).
    # 自社用のカタログです(元: \(base))。元の項目のIDは変えないでください。\(base)の規則で判定します。
    #
    # local_text: the sentence of the sheet, from your own licensed copy. It stays in this file and in your reports.
    # local_text: チェックシート原本の文。自社で入手した写しから記入します。このファイルと自社の報告書だけで使われます。
    # jssec_recommended: the sheet's own mark, from the same copy.
    # jssec_recommended: 原本の推奨レベルの記号。同じ写しから記入します。
    # phases: ● must be considered, ○ depends on the use, − not considered. Set proposed: false when you have decided.
    # phases: ● 検討必須、○ 用途に応じ検討、− 検討しない。決定したらproposed: falseにします。
    # Own rows have ids such as JSSEC-X1.001 (company) and JSSEC-X2.001 (business and use); an id is never used twice.
    # 追加する項目のIDはJSSEC-X1.001(企業・法人の特性)、JSSEC-X2.001(業務・利用形態の特性)の形にし、再利用しません。
    # Check it with / 検査: tenken checklist lint FILE
    """.split(separator: "\n").map(String.init)
  }

  private static func examples(_ store: ProfileStore) -> [String] {
    guard let file = store.files.first(where: { $0.path == "templates/jssec-own-rows.yaml" }) else { return [] }
    let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
    return [
      "  # Examples of own rows. Take disabled out of those that you use, and delete the rest.",
      "  # 追加する項目の例です。使う項目からdisabledを消し、残りは削除してください。",
    ] + lines.drop { $0 != "items:" }.dropFirst().map(String.init)
  }
}
