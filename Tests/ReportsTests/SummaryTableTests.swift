import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

@Suite struct SummaryTableTests {
  @Test(arguments: Language.allCases, [48, 60, 80, 100, 200])
  func `no line of the device table is wider than the terminal`(language: Language, columns: Int) throws {
    let text = SummaryTable(try ShippedInputs.inputs()).render(
      SampleAudit.result, language, columns: columns, colour: false)
    let table = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2).prefix(14).map(String.init)
    #expect(table.count == 14)
    let widths = Set(table.map { DisplayWidth.columns($0) })
    #expect(widths.count == 1 && widths.allSatisfy { $0 <= columns })
  }

  @Test func `colour adds nothing but colour`() throws {
    let table = SummaryTable(try ShippedInputs.inputs())
    let coloured = table.render(SampleAudit.result, .ja, columns: 100, colour: true)
    let plain = table.render(SampleAudit.result, .ja, columns: 100, colour: false)
    #expect(coloured.contains("\u{1b}[31m") && inert(coloured) == inert(plain))
  }

  @Test func `verdicts are counted per item, and items come in their natural order`() throws {
    let text = SummaryTable(try ShippedInputs.inputs()).render(SampleAudit.result, .en, columns: 100, colour: false)
    #expect(text.contains("JSSEC-14.2.c  fail 4 / pass (bounded) 2 / review 4 / not tested 2 (of 12)\n"))
    let order = ["JSSEC-2.1.a", "JSSEC-14.2.c", "JSSEC-14.3", "JSSEC-16.1.b"]
    let places = order.compactMap { text.range(of: $0)?.lowerBound }
    #expect(places.count == 4 && places == places.sorted())
  }

  @Test func `Telnet is called absent only where that was looked into to the end`() throws {
    let rows = SummaryTable(try ShippedInputs.inputs()).render(SampleAudit.result, .en, columns: 120, colour: false)
      .split(separator: "\n")
    func row(_ address: String) -> String { rows.first { $0.hasPrefix(address + " ") }.map(String.init) ?? "" }
    #expect(row("192.168.10.10").contains(" yes "))
    #expect(row("192.168.10.31").contains(" none seen "))
    #expect(row("192.168.10.52").contains(" not determined "))  // the device was lost
    #expect(row("192.168.10.73").contains(" not determined "))  // it was not asked afterwards
    #expect(row("192.168.10.87").contains(" not determined "))  // a service is not known
  }

  @Test(arguments: Language.allCases)
  func `what must be known before relying on the table stands below it`(language: Language) throws {
    let text = SummaryTable(try ShippedInputs.inputs()).render(
      SampleAudit.result, language, columns: 300, colour: false)
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("  192.168.10.") }.map(String.init)
    // Devices 2, 4, 6 and 8 of the sample; the others were treated and answered as most do.
    #expect(
      lines.map { $0.split(separator: " ")[0] } == ["192.168.10.24", "192.168.10.38", "192.168.10.52", "192.168.10.66"])
    #expect(
      lines[0].contains(": 57") && lines[0].contains("RST") && lines[0].contains("100/s") && lines[0].contains(" 1/s"))
    #expect(lines[1].contains("2.4e-4"), "rounded up, since it is a bound")
    #expect(lines[2].contains("≤ 50/s") && lines[2].contains("77"))
    #expect(lines[3].contains(language == .ja ? "全ポートが開" : "answers on every port"))
    let narrow = SummaryTable(try ShippedInputs.inputs()).render(
      SampleAudit.result, language, columns: 60, colour: false)
    for line in narrow.split(separator: "\n") where line.hasPrefix("  192.168.10.") {
      #expect(DisplayWidth.columns(String(line)) <= 60)
    }
  }

  @Test(arguments: [
    (0, "0"), (1, "1"), (2, "1"), (0.5, "5.0e-1"), (0.1, "1.0e-1"), (1e-4, "1.0e-4"), (1.01e-4, "1.1e-4"),
    (9.99e-5, "1.0e-4"), (2.34e-10, "2.4e-10"), (1e-13, "1e-12"), (-1, "0"), (0.9999, "1"),
  ])
  func `a small probability is written as a bound`(value: Double, text: String) {
    #expect(Shown.probability(value) == text)
  }

  @Test(arguments: [
    ("abc", 3), ("点検", 4), ("ｱｲｳ", 3), ("ＡＢ", 4), ("e\u{301}", 1), ("한국", 4), ("🔒", 2), ("", 0), ("–…", 2),
  ])
  func `wide characters take two columns and accents none`(text: String, columns: Int) {
    #expect(DisplayWidth.columns(text) == columns)
  }

  @Test func `text is cut at a whole character and filled to the exact width`() {
    #expect(DisplayWidth.fit("点検機器", to: 6) == "点検… ")
    #expect(DisplayWidth.fit("abc", to: 5) == "abc  ")
    for width in 1...12 { #expect(DisplayWidth.columns(DisplayWidth.fit("株式会社サンプル", to: width)) == width) }
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (65_535, "65,535"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
    (.min, "-9,223,372,036,854,775,808"),
  ])
  func `numbers are grouped by three`(number: Int, text: String) {
    #expect(Shown.number(number) == text)
  }
}
