import Addressing
import Checklist
import Documents
import Records
import Testing

@testable import Sheets

@Suite struct DeterminationsTests {
  private static let full = """
      - id: DET-001
        item: JSSEC-14.2.c
        device: 00:11:22:00:00:05
        phase: production
        kind: exception
        answer: conditional
        by: 山田 太郎
        at: 2026-11-01
        why: "更新まで \\"Telnet\\" が必要, 年内"
        evidence: [EV-000412, data/findings/F-0001/finding.json]
        files: [{ path: 資料/承認.pdf, sha256: \(SheetSample.digest) }]
        expires: 2026-12-31
        compensating: "=隔離セグメント"
      - { id: DET-002, item: jssec-iot-v1/JSSEC-17.1.a, model: Axis / P1 / 1.0, phase: 検証, kind: 聞き取り, answer: 未判断, by: x, at: 2026/1/5, why: 電話 }
      - { id: DET-007, item: 1.1, phase: 本番, answer: 適合, by: x, at: 2026-11-30, why: "'=quoted" }

    """

  @Test func `entries are read, in the words of either language`() throws {
    let read = try SheetSample.determinations(Self.full)
    let first = read.entries[0]
    #expect(first.device == MACAddress("00:11:22:00:00:05").map(Determination.DeviceName.mac))
    #expect(first.kind == .exception && first.answer == .conditional && first.expires == Day("2026-12-31"))
    #expect(first.files == [.init(path: "資料/承認.pdf", digest: SheetSample.digest)] && first.source == "d.yaml:3")
    #expect(
      read.entries[1].item == "JSSEC-17.1.a" && read.entries[1].phase == .poc && read.entries[1].kind == .interview)
    #expect(read.entries[2].item == "JSSEC-1.1" && read.entries[2].answer == .conforming)
    #expect(read.nextID == "DET-008")
  }

  @Test(arguments: Language.allCases)
  func `YAML and CSV say the same, there and back`(language: Language) throws {
    let index = try SheetSample.index()
    let first = try SheetSample.determinations(Self.full)
    let csv = first.csv(language)
    #expect(csv.starts(with: [0xef, 0xbb, 0xbf]))
    let text = String(decoding: csv.dropFirst(3), as: UTF8.self)
    #expect(text.hasSuffix("\r\n") && text.hasPrefix(language == .ja ? "番号,項目" : "id,item"))
    // A spreadsheet must not take the text for a formula.
    #expect(text.contains("'=隔離セグメント") && text.contains("''=quoted"))
    let second = try Determinations(csv: text, file: "d.csv", index: index)
    #expect(second.says(first.entries))
    let third = try Determinations(
      parsing: Array(second.yaml(catalogue: "jssec-iot-v1").utf8), file: "e.yaml", index: index)
    #expect(third.says(first.entries))
  }

  @Test(arguments: [
    ("phase: production", "phase: x", 3, "x is no phase"), ("item: JSSEC-14.2.c", "item: JSSEC-14.2.q", 3, "no row"),
    ("answer: conforming", "answer: yes", 3, "yes is no answer"), ("why: w", "", 3, "gives no reason"),
    ("answer: conforming", "answer: not-applicable, kind: determination", 3, "DET-001"),
    ("by: x, ", "", 3, "by is missing"), ("at: 2026-11-30", "at: someday", 3, "someday is no day"),
    ("id: DET-001", "id: D1", 3, "D1 is no number"),
    ("why: w", "why: w, kind: exception", 3, "exception without an end"),
    ("why: w", "why: w, kind: exception, expires: 2027-01-01", 3, "says conforming"),
    ("why: w", "why: w, expires: 2026-01-01", 3, "before it was made"),
    ("why: w", "why: w, kind: rumour", 3, "no kind"),
    ("why: w", "why: w, device: printer", 3, "names no device"),
    ("why: w", "why: w, device: 10.0.0.1, model: a / b / c", 3, "a device and a model"),
    ("why: w", "why: w, kind: document", 3, "is a document, and none is named"),
    ("why: w", "why: w, evidence: [../x]", 3, "../x is no evidence"),
    ("why: w", "why: w, files: [{ path: a, sha256: 12 }]", 3, "no SHA-256"),
    ("why: w", "reson: w", 3, "unknown key reson"),
  ])
  func `a fault is named with line, problem and remedy`(old: String, new: String, line: Int, problem: String) throws {
    let entry =
      "  - { id: DET-001, item: JSSEC-14.2.c, phase: production, answer: conforming, by: x, at: 2026-11-30, why: w }\n"
    _ = try SheetSample.determinations(entry)
    guard old != "answer: conforming" || !new.contains("kind") else {
      let error = #expect(throws: SheetProblems.self) {
        try SheetSample.determinations(entry.replacing(old, with: new).replacing(", why: w", with: ""))
      }
      #expect(error?.problems.first?.problem.contains("not-applicable without a reason") == true)
      return
    }
    let error = #expect(throws: SheetProblems.self) { try SheetSample.determinations(entry.replacing(old, with: new)) }
    let fault = try #require(error?.problems.first)
    #expect(fault.line == line && fault.problem.contains(problem) && !fault.remedy.isEmpty, "\(fault)")
  }

  @Test func `a number given twice, a missing heading and a broken row are named`() throws {
    let index = try SheetSample.index()
    let entry = "  - { id: DET-001, item: JSSEC-1.1, phase: poc, answer: conforming, by: x, at: 2026-11-30, why: w }\n"
    let twice = #expect(throws: SheetProblems.self) { try SheetSample.determinations(entry + entry) }
    #expect(twice?.problems.first?.line == 4 && twice?.problems.first?.problem.contains("first at d.yaml:3") == true)
    for (text, problem) in [
      ("id,item,phase\r\n", "no column answer (判定), by (判定者), at (日付)"), ("", "no line of headings"),
      ("id,item,phase,answer,by,at,id\r\n", "a column is there twice"),
      ("id,item,phase,answer,by,at\r\nDET-001,JSSEC-1.1,poc,未判断,x,2026-11-30,more\r\n", "7 cells"),
      ("id,item,phase,answer,by,at\r\n\"DET", "never closed"),
    ] {
      let error = #expect(throws: SheetProblems.self) { try Determinations(csv: text, file: "d.csv", index: index) }
      #expect(error?.problems.first?.problem.contains(problem) == true, "\(text): \(String(describing: error))")
    }
  }

  @Test func `later entries supersede earlier ones of the same row, device and phase; all stay`() throws {
    let read = try SheetSample.determinations(
      """
        - { id: DET-001, item: JSSEC-14.2.c, phase: production, answer: nonconforming, by: x, at: 2026-11-02, why: w }
        - { id: DET-002, item: JSSEC-14.2.c, phase: production, answer: conforming, by: y, at: 2026-11-03, why: fixed }
        - { id: DET-003, item: JSSEC-14.2.c, phase: production, answer: nonconforming, by: x, at: 2026-11-01, why: filed late }
        - { id: DET-004, item: JSSEC-14.2.c, phase: poc, answer: conditional, by: x, at: 2026-11-09, why: w }
        - { id: DET-005, item: JSSEC-14.2.c, device: 10.0.0.5, phase: production, answer: not-applicable, by: x, at: 2026-11-01, why: w }
        - { id: DET-006, item: JSSEC-14.2.c, device: dev-001122000005, phase: production, answer: conditional, by: x, at: 2026-11-04, why: w }
        - { id: DET-007, item: JSSEC-14.2.c, phase: production, kind: interview, answer: undecided, by: x, at: 2026-11-09, why: heard }

      """)
    #expect(read.entries.count == 7)
    // What was heard later changes no decision.
    #expect(read.current(whole: "JSSEC-14.2.c", .production)?.id == "DET-002")
    #expect(read.current(whole: "JSSEC-14.2.c", .poc)?.id == "DET-004")
    // 10.0.0.5 and dev-001122000005 are one device; the later of the two holds.
    #expect(read.current("JSSEC-14.2.c", .production, for: SheetSample.device(5))?.id == "DET-006")
    #expect(read.current("JSSEC-14.2.c", .production, for: SheetSample.device(6))?.id == "DET-002")
    #expect(read.history("JSSEC-14.2.c", .production).map(\.id).count == 6)
  }

  @Test func `a determination that says undecided takes a decision back`() throws {
    let read = try SheetSample.determinations(
      """
        - { id: DET-001, item: JSSEC-1.1, phase: poc, answer: conforming, by: x, at: 2026-11-02, why: w }
        - { id: DET-002, item: JSSEC-1.1, phase: poc, answer: undecided, by: x, at: 2026-11-02 }

      """)
    #expect(read.current(whole: "JSSEC-1.1", .poc)?.id == "DET-002")
    #expect(read.current(whole: "JSSEC-1.1", .poc)?.settles(on: SheetSample.today) == false)
  }

  @Test func `an exception holds on its last day and not after`() throws {
    let read = try SheetSample.determinations(
      """
        - { id: DET-001, item: JSSEC-14.2.c, phase: poc, kind: exception, answer: conditional, by: x, at: 2026-11-02, why: w, expires: 2026-11-30 }

      """)
    let after = try #require(Day("2026-12-01"))
    #expect(read.expired(on: SheetSample.today).isEmpty && read.expired(on: after).map(\.id) == ["DET-001"])
    #expect(read.entries[0].settles(on: SheetSample.today) && !read.entries[0].settles(on: after))
    let renewed = try SheetSample.determinations(
      """
        - { id: DET-001, item: JSSEC-14.2.c, phase: poc, kind: exception, answer: conditional, by: x, at: 2026-11-02, why: w, expires: 2026-11-30 }
        - { id: DET-002, item: JSSEC-14.2.c, phase: poc, kind: exception, answer: conditional, by: x, at: 2026-11-30, why: w, expires: 2027-03-31 }

      """)
    #expect(renewed.expired(on: after).isEmpty)
  }

  // MARK: Adding to files

  private func new(_ id: String) throws -> Determination {
    try DeterminationDraft(
      item: "JSSEC-17.3", device: "10.0.0.9", phase: "poc", kind: "interview", answer: "未判断", by: "佐藤",
      at: "2026-11-30",
      why: "手順書: あり # 要確認", evidence: ["EV-000001"]
    ).entry(id, try SheetSample.index())
  }

  @Test(arguments: [
    "version: 1\ncatalogue: jssec-iot-v1\ndeterminations: []\n", "version: 1\n", "version: 1\ndeterminations:\n",
    "version: 1\r\ndeterminations: []\r\n",
    "# head\nversion: 1\ndeterminations:\n# before\n- id: DET-001 # kept\n  item: JSSEC-1.1\n  phase: poc\n  answer: 適合\n  by: x\n  at: 2026-01-01\n  why: w\n# after",
    "version: 1\ndeterminations:\n    - { id: DET-003, item: JSSEC-1.1, phase: poc, answer: 適合, by: x, at: 2026-01-01, why: w }",
  ])
  func `an entry is added, and what was there stays octet by octet`(text: String) throws {
    let index = try SheetSample.index()
    let old = try Determinations(parsing: Array(text.utf8), file: "d", index: index)
    let entry = try new(old.nextID)
    let octets = try Determinations.appending([entry], toYAML: Array(text.utf8), file: "d", index: index)
    #expect(try Determinations(parsing: octets, file: "d", index: index).says(old.entries + [entry]))
    let kept = text.replacing("determinations: []", with: "determinations:")
    #expect(String(decoding: octets, as: UTF8.self).hasPrefix(kept))
  }

  @Test func `a list in braces, or one that is not last, is left alone and named`() throws {
    let index = try SheetSample.index()
    let entry = "{ id: DET-001, item: JSSEC-1.1, phase: poc, answer: 適合, by: x, at: 2026-01-01, why: w }"
    for text in [
      "version: 1\ndeterminations: [\(entry)]\n", "determinations:\n  - \(entry)\nversion: 1\n",
    ] {
      let error = #expect(throws: SheetProblems.self) {
        try Determinations.appending([try new("DET-002")], toYAML: Array(text.utf8), file: "d", index: index)
      }
      #expect(error?.problems.first?.problem.contains("nothing can be added at the end") == true, "\(text)")
    }
  }

  @Test func `a line is added to a table in its own order of columns, other columns kept`() throws {
    let index = try SheetSample.index()
    let text =
      "備考,判定者,番号,項目,段階,判定,日付,理由,種類,機器,証跡\nmemo,x,DET-001,JSSEC-1.1,検証,適合,2026/1/5,w,,,\n"
    let entry = try new("DET-002")
    let octets = try Determinations.appending([entry], toCSV: text, file: "d.csv", index: index, language: .ja)
    let written = String(decoding: octets.dropFirst(3), as: UTF8.self)
    #expect(octets.starts(with: [0xef, 0xbb, 0xbf]) && written.hasPrefix(text))
    #expect(written.hasSuffix(",佐藤,DET-002,JSSEC-17.3,POC,未判断,2026-11-30,手順書: あり # 要確認,聞き取り,10.0.0.9,EV-000001\r\n"))
    let narrow = "id,item,phase,answer,by,at,why\r\n"
    let error = #expect(throws: SheetProblems.self) {
      try Determinations.appending([entry], toCSV: narrow, file: "d.csv", index: index, language: .ja)
    }
    #expect(
      error?.problems.first?.problem.contains("device (機器), evidence (証跡), kind (種類)") == true,
      "\(String(describing: error))")
  }

  /// Footnotes as vendors write them, and words by which YAML says nothing.
  @Test func `asterisks and empty words come back as they were`() throws {
    let index = try SheetSample.index()
    let entries = (1...30).map {
      Determination(
        id: "DET-0\($0 + 10)", item: "JSSEC-1.1", phase: .poc, answer: .conforming, by: "x", at: SheetSample.today,
        why: "*\($0) 注記 (*a) \\x2a \"*b\"")
    }
    let kept = Determinations(file: "d", entries: entries)
    let yaml = try Determinations(parsing: Array(kept.yaml(catalogue: "jssec-iot-v1").utf8), file: "d", index: index)
    #expect(yaml.says(entries))
    let table = "id,item,phase,answer,by,at,why\r\nDET-001,JSSEC-1.1,poc,未判断,x,2026-11-30,~\r\n"
    #expect(try Determinations(csv: table, file: "d.csv", index: index).entries[0].why == nil)
    let nobody = table.replacing(",x,", with: ",null,")
    let error = #expect(throws: SheetProblems.self) { try Determinations(csv: nobody, file: "d.csv", index: index) }
    #expect(error?.problems.first?.problem == "by is missing")
  }

  @Test func `what strangers write is harmless in memory already`() throws {
    let read = try SheetSample.determinations(
      "  - { id: DET-001, item: JSSEC-1.1, phase: poc, answer: 適合, by: \"\\e[31mroot\\u202E\", at: 2026-01-01, why: \"=HYPERLINK(1)\\n+2\" }\n"
    )
    #expect(read.entries[0].by == "root" && read.entries[0].why == "=HYPERLINK(1) +2")
    let text = String(decoding: read.csv(.en), as: UTF8.self)
    #expect(text.contains(",'=HYPERLINK(1) +2,"))
  }
}
