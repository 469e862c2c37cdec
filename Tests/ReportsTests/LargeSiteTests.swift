import Checklist
import Foundation
import LabSupport
import Profiles
import Records
import Sheets
import Testing

@testable import Reports

/// 254 devices with 2,000 findings: the page stays usable, and loses nothing.
@Suite struct LargeSiteTests {
  static let result = LargeSite.result(seed: 1)

  /// The shipped rows with these verdicts, as a run makes them.
  static let sheet = Result { () throws -> SheetTable in
    let store = try ProfileStore(
      directory: ShippedInputs.folder.deletingLastPathComponent().path, readingCases: false)
    let catalogue = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
    let index = RowIndex(catalogue: catalogue.id, rows: catalogue.rows)
    let results = PhaseResults(
      .production, packs: [result.run.runID], devices: result.inventory.devices, findings: result.findings,
      verdicts: result.verdicts, index: index)
    return ChecklistOverview(
      index: index, sheet: nil, determinations: Determinations(file: "", entries: []), phases: [results],
      attachments: [], wording: store.wording, today: Day(of: result.run.started)
    ).table
  }

  @Test func `the site is as large as it says, and equal seeds make it again`() {
    let result = Self.result
    #expect(result.inventory.devices.count == 254 && result.findings.count == 2000 && result.verdicts.count == 3780)
    #expect(Set(result.findings.map(\.id)).count == 2000)
    #expect(LargeSite.result(seed: 1) == result && LargeSite.result(seed: 2) != result)
  }

  @Test(arguments: Language.allCases)
  func `the auditor's page has at most 5 MB and every row of it, with five years of runs before`(language: Language)
    throws
  {
    let result = Self.result
    let html = try ShippedInputs.html(language, of: result, sheet: try Self.sheet.get(), history: SampleHistory.large)
    #expect(html.utf8.count <= 5_000_000, "\(html.utf8.count) octets")
    let parts = html.components(separatedBy: "href=\"../").dropFirst().map { $0.prefix { $0 != "\"" } }
    let links = Set(parts.map(String.init))
    let cited = Set((result.verdicts.flatMap(\.evidence) + result.findings.flatMap(\.evidence)).map { $0.dropFirst(5) })
    #expect(links == Set(cited.map(String.init)))
    #expect(html.components(separatedBy: "<li class=\"verdict\">").count - 1 == result.verdicts.count)
    #expect(html.components(separatedBy: "<li class=\"finding\"").count - 1 == result.findings.count)
    // Folded: what is open at once is short.
    #expect(!html.contains("<details open") && !html.contains("open=\"open\""))
  }
}
