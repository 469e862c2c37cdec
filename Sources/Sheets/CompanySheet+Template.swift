internal import Checklist
internal import Profiles
internal import Records

extension CompanySheet {
  /// A sheet with every row, no mark set. The project's proposals stand beside it as comments, which no reader takes for marks.
  public static func template(_ project: Project, index: RowIndex) -> String {
    var lines = [
      "# 自社チェックシート / The company's sheet. tenken checklist status が読みます / read by tenken checklist status.",
      "# poc, production: ● 検討必須 / must be considered, ○ 用途に応じて検討 / depends on use, − 検討しない / not considered.",
      "#   空欄は未記入です / empty: not decided yet. owner, reason, by, at (2026-11-30) も記入できます / can be filled in too.",
      "# 「提案」は本プロジェクトの提案であり、JSSECの推奨でも自社の決定でもありません。",
      "# \"proposal\" is this project's, neither JSSEC's recommendation nor the company's decision.",
      "# recommended, local_text: 自社が所持するシートから転記する場合だけ記入 / only copied from the company's own copy of the sheet.",
      "version: 1",
      "catalogue: \(index.catalogue)",
      "project:",
      "  name: \(scalar(project.name))",
      "  site: \(scalar(project.site))",
      "  phase: \(project.phase.rawValue)",
      "  # none, medical, critical-infrastructure, products-for-sale",
      "  excludedUse: \(project.excludedUse.rawValue)",
      "  answeredBy: \(scalar(project.answeredBy))",
      "  at: \(project.at)",
      "rows:",
    ]
    var group: LocalizedText?
    for row in index.rows where row.kind != .custom {
      if row.group != group, let name = row.group {
        lines.append("  # ---- \(oneLine(name.ja)) / \(oneLine(name.en))")
        group = name
      }
      lines.append(
        "  # \(row.kind == .box ? "□" : "・") \(oneLine(row.title.ja)) / \(oneLine(row.title.en))\(proposal(row))")
      lines.append("  - { id: \(row.id), poc: , production: , owner: , reason: , by: , at: }")
    }
    return (lines + examples).joined(separator: "\n") + "\n"
  }

  private static func proposal(_ row: ChecklistRow) -> String {
    func sign(_ mark: String?) -> String { mark ?? "-" }
    guard let proposed = row.proposed, proposed.poc != nil || proposed.production != nil else { return "" }
    return "  [提案/proposal: POC \(sign(proposed.poc)), 本番/production \(sign(proposed.production))]"
  }

  /// Disabled, to be changed or taken out.
  private static let examples = [
    "# 自社で追加する行 / rows of the company's own: JSSEC-X1.nnn 企業・法人の特性 / traits of the company,",
    "# JSSEC-X2.nnn 業務・利用形態の特性 / traits of the use. 例は無効です / the examples are disabled.",
    "custom:",
    "  - id: JSSEC-X1.001",
    "    title: { ja: グループ共通のパスワード規程, en: Password rule of the group }",
    "    poc:",
    "    production:",
    "    owner:",
    "    evidence:",
    "    checks: [cred.default]",
    "    box: JSSEC-15.1",
    "    created: { by: tenken, at: 2026-11-30 }",
    "    enabled: false",
    "  - id: JSSEC-X2.001",
    "    title: { ja: 来客用Wi-Fiの分離, en: Wi-Fi for guests is separate }",
    "    poc:",
    "    production:",
    "    owner:",
    "    evidence:",
    "    box: JSSEC-14.1",
    "    created: { by: tenken, at: 2026-11-30 }",
    "    enabled: false",
  ]

  private static func scalar(_ text: String) -> String { yamlScalar(text) }
}

/// In double quotes (YAML 1.2.2 §7.3.1), on one line. An asterisk is escaped: readers count what may be aliases (`YAMLValue`).
func yamlScalar(_ text: String) -> String {
  "\"" + oneLine(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("*", with: "\\x2a") + "\""
}
