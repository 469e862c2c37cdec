import Checklist
import Foundation
import LabSupport
import Profiles
import Records
import Sheets
import Testing

@testable import Reports

/// What people wrote of a row reaches the auditor whole, and nobody else.
@Suite struct CompanyWordsTests {
  private static let project = """
    version: 1
    catalogue: jssec-iot-v1
    project: { name: 工場A, site: 川崎, phase: production, excludedUse: none, answeredBy: 山田, at: 2026-11-20 }
    rows:
      - { id: JSSEC-2.1.a, production: −, owner: 総務課, reason: "<b>規程は別にある</b>", by: 佐藤, at: 2026-11-21 }

    """
  private static let digest = String(repeating: "5e", count: 32)
  private static let determinations = """
    version: 1
    determinations:
      - id: DET-001
        item: JSSEC-14.2.c
        phase: production
        kind: exception
        answer: conditional
        by: 鈴木
        at: 2026-11-22
        why: "<i>部品待ち</i>"
        evidence: [EV-000412]
        files: [{ path: memo.pdf, sha256: \(digest) }]
        expires: 2027-03-31
        compensating: 保守端末だけに限る

    """
  private static let words = [
    "総務課", "<b>規程は別にある</b>", "佐藤 2026-11-21", "鈴木 2026-11-22", "2027-03-31", "<i>部品待ち</i>", "EV-000412", "memo.pdf",
    digest, "保守端末だけに限る",
  ]

  private static func table() throws -> SheetTable {
    let store = try ProfileStore(
      directory: ShippedInputs.folder.deletingLastPathComponent().path, readingCases: false)
    let catalogue = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
    let index = RowIndex(catalogue: catalogue.id, rows: catalogue.rows)
    let result = SampleAudit.result
    return ChecklistOverview(
      index: index,
      sheet: try CompanySheet(
        parsing: Array(project.utf8), file: "sheet.yaml", index: index, checks: Set(store.checks.map(\.id))),
      determinations: try Determinations(parsing: Array(determinations.utf8), file: "d.yaml", index: index),
      phases: [
        PhaseResults(
          .production, packs: [result.run.runID], devices: result.inventory.devices, verdicts: result.verdicts,
          index: index)
      ], attachments: [], wording: store.wording, today: Day(of: result.run.started)
    ).table
  }

  @Test(arguments: Language.allCases)
  func `reasons, exceptions with what is done meanwhile, and attached files are the auditor's to read`(
    language: Language
  ) throws {
    let sheet = try Self.table()
    let html = try ShippedInputs.html(language, sheet: sheet)
    let page = try Page(html)
    for word in Self.words { #expect(page.text.contains(word), "\(word)") }
    #expect(!html.contains("<b>規程") && !html.contains("<i>部品"))
    for audience in [Audience.management, .vendor] {
      let text = try Page(ShippedInputs.html(language, sheet: sheet, audience: audience)).text
      for word in Self.words { #expect(!text.contains(word), "\(audience) \(word)") }
    }
  }
}
