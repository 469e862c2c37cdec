import Checklist
import LabSupport
import Records
import Testing

@testable import Sheets

@Suite struct OverviewTests {
  private static let devices = (1...3).map { SheetSample.device(UInt64($0)) }

  private static func state(
    _ id: String, _ verdicts: [Verdict], _ determinations: Determinations? = nil, sheet: CompanySheet? = nil,
    today: Day = SheetSample.today
  ) throws -> RowState {
    let overview = try SheetSample.overview(
      verdicts, devices: devices, sheet: sheet, determinations: determinations, today: today)
    return try #require(overview.states(overview.phases[0]).first { $0.row.id == id })
  }

  private static func all(_ status: VerdictStatus, _ reason: NotTestedReason? = nil) -> [Verdict] {
    devices.map { SheetSample.verdict("JSSEC-14.2.c", $0, status, reason: reason) }
  }

  private static func entry(_ rest: String) throws -> Determinations {
    try SheetSample.determinations("  - { id: DET-001, item: JSSEC-14.2.c, by: x, at: 2026-11-01, why: w, \(rest) }\n")
  }

  @Test func `measured, to be judged and not tested rows stand as that`() throws {
    #expect(try Self.state("JSSEC-14.2.c", Self.all(.pass)).standing == .measured)
    let failing = try Self.state("JSSEC-14.2.c", Self.all(.fail))
    #expect(failing.standing == .measured && failing.left.map(\.who) == [PersonRows.judge])
    let review = try Self.state("JSSEC-14.2.c", Self.all(.needsReview))
    #expect(review.standing == .open && review.left.map(\.who) == [PersonRows.judge])
    let untested = try Self.state("JSSEC-14.2.c", Self.all(.notTested, .noAuthorisation))
    #expect(untested.standing == .open && untested.left.map(\.who) == [PersonRows.responsible(for: .noAuthorisation)])
    #expect(untested.left.first?.what.en.hasPrefix("NT-AUTH × 3: ") == true)
  }

  @Test func `a person's row is open until a person answers, and says who and with what`() throws {
    let open = try Self.state("JSSEC-17.3.e", [])
    #expect(open.standing == .open && open.left.map(\.who.en) == ["Operator"])
    #expect(open.left.first?.what.en.contains("roll-back") == true)
    let answered = try SheetSample.determinations(
      "  - { id: DET-001, item: JSSEC-17.3.e, phase: production, answer: 適合, by: x, at: 2026-11-01, why: w }\n")
    #expect(try Self.state("JSSEC-17.3.e", [], answered).standing == .byPerson)
    // Of the other phase it says nothing.
    let poc = try SheetSample.determinations(
      "  - { id: DET-001, item: JSSEC-17.3.e, phase: poc, answer: 適合, by: x, at: 2026-11-01, why: w }\n")
    #expect(try Self.state("JSSEC-17.3.e", [], poc).standing == .open)
    let owned = try SheetSample.sheet("rows: [{ id: JSSEC-17.3.e, owner: 佐藤 }]")
    #expect(try Self.state("JSSEC-17.3.e", [], sheet: owned).left.map(\.who.ja) == ["佐藤"])
  }

  @Test func `a determination for one device settles that device only`() throws {
    let verdicts = Self.all(.needsReview)
    let one = try Self.entry("phase: production, answer: 適合, device: 10.0.0.1")
    #expect(try Self.state("JSSEC-14.2.c", verdicts, one).standing == .open)
    let rest = (1...3).map {
      "  - { id: DET-00\($0), item: JSSEC-14.2.c, phase: production, answer: 適合, device: 10.0.0.\($0), by: x, at: 2026-11-01, why: w }\n"
    }
    #expect(try Self.state("JSSEC-14.2.c", verdicts, SheetSample.determinations(rest.joined())).standing == .byPerson)
    // A part that was left out is no device.
    let part = SheetSample.verdict("JSSEC-14.2.c", nil, .notTested, reason: .outOfScope, addresses: "10.0.1.0/24")
    #expect(
      try Self.state("JSSEC-14.2.c", verdicts + [part], SheetSample.determinations(rest.joined())).standing == .open)
  }

  @Test func `an exception that ended counts as open, even where the row was measured`() throws {
    let exception = try Self.entry("phase: production, kind: exception, answer: conditional, expires: 2026-11-30")
    let during = try Self.state("JSSEC-14.2.c", Self.all(.fail), exception)
    #expect(during.standing == .byPerson && during.left.isEmpty)
    let after = try Self.state("JSSEC-14.2.c", Self.all(.fail), exception, today: try #require(Day("2026-12-01")))
    #expect(after.standing == .open && after.left.first?.what.en.contains("ended on 2026-11-30") == true)
    #expect(after.left.count == 2, "and the fail is to be decided again")
  }

  @Test func `what the company does not consider is counted as that, a proposal is not`() throws {
    let sheet = try SheetSample.sheet("rows: [{ id: JSSEC-14.2.c, production: −, poc: ● }]")
    let state = try Self.state("JSSEC-14.2.c", Self.all(.notTested, .fragile), sheet: sheet)
    #expect(state.standing == .notConsidered && state.left.isEmpty)
    #expect(state.rolled.status == .notTested, "the verdict stays")
  }

  /// Layers are apart: whatever a person writes, what the tool proposed stays.
  @Test func `no determination changes a verdict`() throws {
    var random = SeededRandom(seed: 4)
    let statuses = VerdictStatus.allCases
    for turn in 0..<60 {
      let verdicts = Self.devices.map {
        SheetSample.verdict("JSSEC-14.2.c", $0, statuses.randomElement(using: &random) ?? .fail)
      }
      let answer = Determination.Answer.allCases.randomElement(using: &random) ?? .conforming
      let device = turn % 2 == 0 ? ", device: 10.0.0.2" : ""
      let entries = try Self.entry("phase: production, answer: \(answer.rawValue)\(device)")
      let before = try SheetSample.overview(verdicts, devices: Self.devices)
      let after = try SheetSample.overview(verdicts, devices: Self.devices, determinations: entries)
      #expect(before.phases[0].rollUp == after.phases[0].rollUp)
      #expect(
        before.states(before.phases[0]).map(\.rolled.status) == after.states(after.phases[0]).map(\.rolled.status))
    }
  }

  @Test func `POC and production stand side by side and are not added up`() throws {
    let overview = try SheetSample.overview(Self.all(.fail), devices: Self.devices, poc: Self.all(.pass))
    #expect(overview.phases.map(\.phase) == [.poc, .production])
    #expect(overview.phases[0].rollUp.row("JSSEC-14.2.c")?.status == .pass)
    #expect(overview.phases[1].rollUp.row("JSSEC-14.2.c")?.status == .fail)
  }

  // MARK: What is printed

  private static func hostile() throws -> ChecklistOverview {
    let sheet = try SheetSample.sheet(
      """
      rows: [{ id: JSSEC-17.3.e, owner: "\\e[2Jboss\\u202E" }]
      custom: [{ id: JSSEC-X1.001, title: { ja: "=1+1\\u202E", en: "\\e]0;x\\a=1+1" }, created: { by: x, at: 2026-11-30 } }]
      """)
    let determinations = try SheetSample.determinations(
      "  - { id: DET-001, item: JSSEC-14.2.c, phase: production, kind: exception, answer: conditional, by: \"\\e[31mx\", at: 2026-01-01, why: \"@w\\u2066\", expires: 2026-02-01 }\n"
    )
    let verdict = Verdict(
      item: "jssec-iot-v1/JSSEC-14.2.c", device: devices[0].id, service: nil, status: .fail,
      bounds: Bounds(coverage: nil),
      explanation: LocalizedText(ja: "\u{1b}[31m機器\u{202e}", en: "\u{1b}[31mdevice\u{202e}"), evidence: ["a\u{1b}[2J"])
    return try SheetSample.overview(
      [verdict], devices: devices, sheet: sheet, determinations: determinations, poc: all(.pass),
      attachments: [.init(determination: "DET-001", path: "\u{1b}[2Jx", kind: .changed)])
  }

  @Test(arguments: Language.allCases, [80, 120])
  func `nothing that anybody wrote acts on a terminal, and no line is too wide`(language: Language, columns: Int) throws
  {
    let overview = try Self.hostile()
    let status = StatusView(overview, language, columns: columns, colour: false).text()
    let row = try #require(overview.index["JSSEC-14.2.c"])
    let shown = RowView(overview, language, columns: columns, colour: false).text(row)
    let matrix = MatrixView(overview, language, byPhase: false).table(columns: columns, colour: false)
    let phases = MatrixView(overview, language, byPhase: true).table(columns: columns, colour: false)
    for text in [status, shown, matrix, phases] {
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x202a...0x2069).contains($0.value) })
      for line in text.split(separator: "\n") { #expect(width(line) <= columns, "\(line)") }
      for word in ["問題なし", "安全", "準拠", "compliant", "is secure", "%", "％"] { #expect(!text.contains(word), "\(word)") }
    }
    #expect(status.contains("DET-001") && shown.contains("DET-001") && status.contains("boss"))
    for octets in [
      MatrixView(overview, language, byPhase: false).csv(), overview.notTested(overview.phases[1], language),
    ] {
      let csv = String(decoding: octets.dropFirst(3), as: UTF8.self)
      #expect(!csv.contains("\u{202e}") && !csv.contains(",=") && !csv.contains("\u{1b}"))
    }
  }

  /// East Asian Width as a terminal shows it: two columns for CJK and full width.
  private func width(_ text: Substring) -> Int {
    text.unicodeScalars.reduce(0) { sum, scalar in
      let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xff01...0xff60,
      ]
      return sum + (wide.contains { $0.contains(scalar.value) } ? 2 : 1)
    }
  }

  @Test func `the excluded use is warned of at the head, and attachments are named`() throws {
    let sheet = try SheetSample.sheet(
      "", project: SheetSample.project.replacing("excludedUse: none", with: "excludedUse: medical"))
    let overview = try SheetSample.overview(
      [], sheet: sheet, attachments: [.init(determination: "DET-009", path: "a.pdf", kind: .missing)])
    let text = StatusView(overview, .en, columns: 100, colour: false).text()
    #expect(text.hasPrefix("! Warning: this sheet") && text.contains("DET-009  a.pdf: is missing"))
  }

  @Test func `long Japanese and English lines are broken where they may be`() {
    #expect(Paragraph.lines("あいうえおかきくけこ。さ", width: 20) == ["あいうえおかきくけ", "こ。さ"])
    #expect(Paragraph.lines("one two three four five", width: 16, hanging: 2) == ["one two three", "  four five"])
    #expect(Paragraph.lines(String(repeating: "x", count: 40), width: 16).allSatisfy { $0.count <= 16 })
    #expect(Paragraph.lines("", width: 20) == [""])
  }
}
