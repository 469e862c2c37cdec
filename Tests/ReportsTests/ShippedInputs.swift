import Foundation
import LabSupport
import Records
import Reports

/// The templates and labels of Profiles/report, and short stand-ins for the wording that lives elsewhere.
enum ShippedInputs {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Profiles/report")

  static func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
  }

  static func labels() throws -> [String: LocalizedText] {
    try ReportInputs.labels(parsing: Array(text("labels.json").utf8))
  }

  static func parts() throws -> [String: String] {
    Dictionary(uniqueKeysWithValues: try ReportInputs.partNames.map { ($0, try text("parts/\($0).mustache")) })
  }

  static func inputs(template: String? = nil) throws -> ReportInputs {
    let reasons = NotTestedReason.allCases.map {
      ($0, LocalizedText(ja: "理由 \($0.rawValue)", en: "reason \($0.rawValue)"))
    }
    return try ReportInputs(
      template: try template ?? text("report.html.mustache"), parts: try parts(), style: try text("report.css"),
      labels: try labels(), glossary: try ReportInputs.glossary(parsing: Array(text("glossary.json").utf8)),
      reasonLabels: Dictionary(uniqueKeysWithValues: reasons),
      limitations: [
        LocalizedText(
          ja: "応答がないことは、機器・ポート・サービスが存在しないことを意味しません。", en: "No answer is not the same as no device, no port, no service."
        ),
        LocalizedText(
          ja: "LAN 内から見えることは、インターネットからの露出を示しません。", en: "The view from the LAN does not show exposure to the Internet."),
      ],
      itemTitles: [
        SampleAudit.items[0]: LocalizedText(ja: "不要なサービス・ポートの停止", en: "Unneeded services and ports are off"),
        SampleAudit.items[1]: LocalizedText(ja: "許可された通信だけを通す", en: "Only permitted communication passes"),
        SampleAudit.items[2]: LocalizedText(ja: "体制と役割の文書化", en: "Organisation and roles are written down"),
      ])
  }

  static func html(
    _ language: Language, of result: AuditResult = SampleAudit.result, services: [TLSServiceComparison] = [],
    sheet: SheetTable? = SampleSheet.table, audience: Audience = .auditor, scope: ScopeStatement? = SampleSheet.scope(),
    history: RunHistory? = nil
  ) throws -> String {
    try HTMLReport(inputs()).render(
      result, language: language, services: services, sheet: sheet, audience: audience, scope: scope,
      history: history)
  }
}
