import Checklist
import Documents
import Records
import Testing

@testable import Sheets

@Suite struct CompanySheetTests {
  @Test func `marks, owner and reason are the company's`() throws {
    let sheet = try SheetSample.sheet(
      """
      rows:
        - { id: JSSEC-1.1, poc: "○", production: "●", owner: 佐藤, reason: 全社方針, by: 山田, at: 2026-11-29 }
        - { id: JSSEC-13.2, poc: "−" }
        - { id: JSSEC-R1, production: 〇 }
      """)
    let row = try #require(sheet.row("JSSEC-1.1"))
    #expect(row.poc == .dependsOnUse && row.production == .required && row.owner == "佐藤" && row.reason == "全社方針")
    #expect(sheet.row("JSSEC-13.2")?.poc == .notConsidered)
    // 〇 (U+3007) is what input methods give for まる.
    #expect(sheet.row("JSSEC-R1")?.production == .dependsOnUse)
    #expect(sheet.project.excludedUse == .none && sheet.project.phase == .production)
  }

  /// checklist.md §1.3: the project's proposal for JSSEC-1.1 is ○ at POC and ● in production, and is never the company's.
  @Test func `a mark is the company's, else the proposal that says it is one`() throws {
    let index = try SheetSample.index()
    let row = try #require(index["JSSEC-1.1"])
    let sheet = try SheetSample.sheet("rows: [{ id: JSSEC-1.1, poc: \"−\" }]")
    #expect(sheet.mark(for: row, .poc) == .init(mark: .notConsidered, origin: .company))
    #expect(sheet.mark(for: row, .production) == .init(mark: .required, origin: .proposal))
    #expect(CompanySheet.mark(for: row, .poc, in: nil) == .init(mark: .dependsOnUse, origin: .proposal))
    let rule = try #require(index["JSSEC-R1"])
    #expect(sheet.mark(for: rule, .poc) == nil)
    #expect(sheet.row("JSSEC-1.1")?.recommended == nil)
  }

  @Test func `the company's own rows are answered by its people and change no box`() throws {
    let sheet = try SheetSample.sheet(
      """
      custom:
        - { id: JSSEC-X1.001, title: { ja: 規程, en: Rule }, production: "●", owner: 田中, evidence: 規程集, checks: [cred.default],
            box: JSSEC-15.1, created: { by: 山田, at: 2026-11-30 } }
        - { id: JSSEC-X2.001, title: { ja: 例, en: Example }, created: { by: x, at: 2026-11-30 }, enabled: false }
      """)
    #expect(sheet.ownRows.map(\.id) == ["JSSEC-X1.001"])
    let own = try #require(sheet.ownRows.first)
    #expect(own.asked?.who.ja == "田中" && own.asked?.record.ja == "規程集" && own.isPersons)
    #expect(sheet.mark(for: own, .production)?.mark == .required)
    let with = try SheetSample.overview([], sheet: sheet)
    let without = try SheetSample.overview([])
    #expect(with.phases[0].rollUp.box("JSSEC-15.1")?.counts == without.phases[0].rollUp.box("JSSEC-15.1")?.counts)
    #expect(with.phases[0].rollUp.row("JSSEC-X1.001")?.reasons == [.interviewNeeded: 1])
  }

  @Test(arguments: [
    ("rows: [{ id: JSSEC-99.1 }]", 4, "JSSEC-99.1 is no row", "use an id of jssec-iot-v1"),
    ("rows: [{ id: JSSEC-14.2.z }]", 4, "JSSEC-14.2.z is no row", "JSSEC-14.2.c"),
    ("rows:\n  - { id: JSSEC-1.1, poc: x }", 5, "x is no mark", "write ●, ○ or −"),
    ("rows:\n  - { id: JSSEC-1.1 }\n  - { id: jssec-iot-v1/JSSEC-1.1 }", 6, "given twice; first on line 5", "keep one"),
    ("rows: [{ id: JSSEC-1.1, at: 2026-02-30 }]", 4, "2026-02-30 is no day", "2026-11-30"),
    ("rows: [{ id: JSSEC-1.1, ower: x }]", 4, "unknown key ower", "correct the file"),
    ("custom: [{ id: JSSEC-X3.001 }]", 4, "no id for a row of the company's own", "JSSEC-X1.001"),
    ("custom: [{ id: JSSEC-X1.1 }]", 4, "no id for a row of the company's own", "JSSEC-X1.001"),
    (
      "custom: [{ id: JSSEC-X1.001, title: { ja: a, en: b }, box: JSSEC-14.2.c, created: { by: x, at: 2026-11-30 } }]",
      4,
      "JSSEC-14.2.c is no box", "known there"
    ),
    (
      "custom: [{ id: JSSEC-X1.001, title: { ja: a, en: b }, checks: [no.such], created: { by: x, at: 2026-11-30 } }]",
      4,
      "no.such is no check", "Profiles/checks"
    ),
    ("custom: [{ id: JSSEC-X1.001, title: { ja: a, en: b } }]", 4, "the key created is missing", "correct the file"),
    ("rows: [{ id: JSSEC-X1.001 }]", 4, "JSSEC-X1.001 is no row", "use an id"),
  ])
  func `a fault is named with line, problem and remedy`(
    rest: String, line: Int, problem: String, remedy: String
  ) throws {
    let error = #expect(throws: SheetProblems.self) { try SheetSample.sheet(rest) }
    let fault = try #require(error?.problems.first)
    #expect(fault.file == "sheet.yaml" && fault.line == line && fault.problem.contains(problem), "\(fault)")
    #expect(fault.remedy.contains(remedy), "\(fault)")
  }

  @Test(arguments: [
    ("phase: production", "phase: later", "later is no phase"),
    ("excludedUse: none, ", "", "is not answered"),
    ("excludedUse: none", "excludedUse: toys", "toys is not one of none, medical"),
    ("version: 1", "version: 2", "version 1"),
    ("catalogue: jssec-iot-v1", "catalogue: other", "the sheet is for other"),
    ("answeredBy: 山田, ", "", "the key answeredBy is missing"),
  ])
  func `the project has to be described`(old: String, new: String, problem: String) throws {
    let error = #expect(throws: SheetProblems.self) {
      try SheetSample.sheet("", project: SheetSample.project.replacing(old, with: new))
    }
    #expect(error?.problems.first?.problem.contains(problem) == true, "\(String(describing: error))")
  }

  @Test func `all faults are named at once`() throws {
    let error = #expect(throws: SheetProblems.self) {
      try SheetSample.sheet(
        "rows:\n  - { id: JSSEC-99.1 }\n  - { id: JSSEC-1.1, poc: x }\ncustom:\n  - { id: JSSEC-X9.001 }")
    }
    #expect(error?.problems.map(\.line) == [5, 6, 8])
  }

  @Test func `the template has every row, marks nothing, and says which marks are proposals`() throws {
    let index = try SheetSample.index()
    let project = CompanySheet.Project(
      name: "a \"b\" \\ c", site: "=1+1", phase: .poc, excludedUse: .medical, answeredBy: "\u{1b}[31mred\u{202e}",
      at: SheetSample.today)
    let text = CompanySheet.template(project, index: index)
    let sheet = try CompanySheet(parsing: Array(text.utf8), file: "t", index: index, checks: ["cred.default"])
    // 38 boxes, 90 items and 4 rules (checklist.md §2.7, §1.5).
    #expect(sheet.rows.count == 38 + 90 + 4)
    #expect(
      sheet.rows.allSatisfy { $0.poc == nil && $0.production == nil && $0.recommended == nil && $0.localText == nil })
    #expect(sheet.custom.map(\.isEnabled) == [false, false] && sheet.ownRows.isEmpty)
    #expect(sheet.project.name == "a \"b\" \\ c" && sheet.project.answeredBy == "red")
    #expect(sheet.project.excludedUse == .medical)
    let proposals = text.split(separator: "\n").filter { $0.contains("[提案/proposal") }
    #expect(proposals.count == 128 && proposals.allSatisfy { $0.hasPrefix("  #") })
    #expect(!text.contains("\u{1b}") && !text.contains("\u{202e}"))
  }

  @Test func `only excluded uses are warned of, and nothing is assured`() {
    #expect(ExcludedUse.none.warning == nil)
    for use in ExcludedUse.allCases where use != .none {
      #expect(use.warning?.ja.contains(use.label.ja) == true && use.warning?.en.contains(use.label.en) == true)
    }
  }
}
