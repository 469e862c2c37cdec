import Addressing
import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct HTMLReportTests {
  @Test(arguments: Language.allCases)
  func `the report is well-formed and says which language it is in`(language: Language) throws {
    let page = try Page(ShippedInputs.html(language))
    #expect(page.attributes("html").first?["lang"] == language.rawValue)
    #expect(page.text.contains("tenken 点検"))
  }

  @Test(arguments: Language.allCases)
  func `no word claims safety or conformity`(language: Language) throws {
    let text = try Page(ShippedInputs.html(language)).text
    for words in WordingRules.Language.allCases { #expect(WordingRules.problems(in: text, words) == []) }
  }

  @Test(arguments: Language.allCases)
  func `the report refers to nothing outside itself but the evidence`(language: Language) throws {
    let html = try ShippedInputs.html(language)
    for reference in ["http://", "https://", "src=", "<script", "<iframe", "<link", "@import", "javascript:", "url(//"]
    {
      #expect(!html.contains(reference), "\(reference)")
    }
    let targets = try Page(html).attributes("a").compactMap { $0["href"] }
    #expect(targets.contains("../findings/F-0003/slice.pcapng"))
    #expect(targets.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("../") })
  }

  @Test(arguments: Audience.allCases)
  func `links inside the page lead somewhere, and no two places have one name`(audience: Audience) throws {
    let page = try Page(ShippedInputs.html(.ja, audience: audience))
    let names = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(names).count == names.count)
    let links = page.attributes("a").compactMap { $0["href"] }.filter { $0.hasPrefix("#") }
    #expect(links.allSatisfy { names.contains(String($0.dropFirst())) } && !links.isEmpty)
  }

  @Test func `every count in the report is that of the model`() throws {
    let result = SampleAudit.result
    let page = try Page(ShippedInputs.html(.en))
    #expect(page.text(ofID: "count-devices") == "\(result.inventory.devices.count)")
    #expect(page.text(ofID: "count-findings") == "\(result.findings.count)")
    #expect(page.text(ofID: "count-verdicts") == "\(result.verdicts.count)")
    for status in VerdictStatus.allCases {
      let count = result.verdicts.count { $0.status == status }
      #expect(page.text(ofID: "rows-\(status.rawValue)") == "\(count)")
    }
    #expect(page.text(ofID: "count-not-tested") == page.text(ofID: "rows-not-tested"))
    for severity in Severity.allCases {
      let count = result.findings.count { $0.severity == severity }
      #expect(page.text(ofID: "severity-\(severity.rawValue)") == "\(count)")
    }
    #expect(page.count("finding") == result.findings.count)
    #expect(page.count("verdict") == result.verdicts.count)
    #expect(page.count("device") == result.inventory.devices.count)
    #expect(page.count("covered") == result.coverage.devices.count)
    #expect(page.count("treated") == result.coverage.devices.count)
    #expect(page.count("omitted") == result.coverage.omitted.count)
  }

  @Test func `rows that say the same of several devices stand together`() throws {
    // Ten devices have open services; of each the same is said of JSSEC-14.3.
    let rows = SampleAudit.verdicts.filter { $0.item == SampleAudit.items[1] }
    let groups = VerdictGroup.list(rows)
    #expect(groups.count == 1 && groups[0].rows.count == rows.count && rows.count == 10)
    let all = VerdictGroup.list(SampleAudit.verdicts)
    #expect(all.reduce(0) { $0 + $1.rows.count } == SampleAudit.verdicts.count)
  }

  @Test func `an item's bar is as long as its rows are many, to the pixel`() throws {
    let words = Words(inputs: try ShippedInputs.inputs(), language: .en)
    for tally in Tally.perItem(SampleAudit.verdicts, words: words) {
      let segments = try #require(tally.page["segments"] as? [ReportModel.Page])
      let widths = segments.compactMap { $0["width"] as? Int }
      #expect(widths.reduce(0, +) == Tally.barWidth)
    }
  }

  @Test(arguments: Language.allCases)
  func `the page tells how each device was treated and how sure its answers are`(language: Language) throws {
    var result = SampleAudit.result
    result.coverage.neverResolved = "192.168.10.11-192.168.10.16"
    let html = try ShippedInputs.html(language, of: result)
    let text = try Page(html).text
    for part in ["≤ 50/s", "RST", "100/s", "2.4e-4", "10 / 65,535", "57", "192.168.10.11-192.168.10.16", "53,161: "] {
      #expect(text.contains(part), "\(part)")
    }
    let words =
      language == .ja
      ? ["負荷に弱い機器", "応答停止", "全ポートが開と応答", "上限なし"]
      : ["fragile", "stopped answering", "answers on every port", "no ceiling"]
    for word in words { #expect(text.contains(word), "\(word)") }
  }

  @Test func `a partial run says so, a whole one does not`() throws {
    #expect(try Page(ShippedInputs.html(.en)).text.contains("PARTIAL RESULT"))
    var result = SampleAudit.result
    result.run.partial = false
    result.coverage.partial = false
    #expect(try !Page(ShippedInputs.html(.en, of: result)).text.contains("PARTIAL RESULT"))
  }

  @Test func `a run that found nothing renders and does not call that good news`() throws {
    var result = SampleAudit.result
    result.findings = []
    result.verdicts = []
    result.inventory.devices = []
    result.coverage.devices = []
    result.coverage.omitted = []
    let page = try Page(ShippedInputs.html(.ja, of: result))
    #expect(page.text(ofID: "count-findings") == "0")
    #expect(page.text.contains("弱点が存在しないことを示すものではありません"))
  }

  @Test func `rows print their bounds, reason and limits`() throws {
    var result = SampleAudit.result
    let text = try Page(ShippedInputs.html(.en, of: result)).text
    #expect(text.contains("NT-TIME reason NT-TIME"))
    #expect(text.contains("192.168.10.200-192.168.10.209") && text.contains("NT-FRAGILE"))
    // Passes say them each; what else rests on the coverage leads there.
    let passes = result.verdicts.count { $0.status == .pass }
    #expect(passes > 0 && text.components(separatedBy: "Vantage eth0 192.168.10.2 ").count - 1 == passes)
    #expect(!text.contains("TCP 1-65535, not all"))
    // A row whose bounds are others than its device's coverage says them.
    let index = try #require(result.verdicts.firstIndex { $0.status == .fail })
    let row = result.verdicts[index]
    var bounds = row.bounds
    bounds.complete = false
    bounds.aliveAfter = nil
    result.verdicts[index] = Verdict(
      item: row.item, device: row.device, service: row.service, status: row.status, bounds: bounds,
      explanation: row.explanation, evidence: row.evidence)
    let other = try Page(ShippedInputs.html(.en, of: result)).text
    #expect(other.contains("TCP 1-65535, not all") && other.contains("Answered after not asked"))
    #expect(other.contains("2026-11-23 11:02:11 – 11:07:41 +09:00"))
  }

  @Test func `both languages have every label and neither is left empty`() throws {
    for (key, label) in try ShippedInputs.labels() {
      #expect(!label.ja.isEmpty && !label.en.isEmpty, "\(key)")
    }
    let used = ReportInputs.labelsUsed(
      template: try ShippedInputs.text("report.html.mustache"), parts: try ShippedInputs.parts())
    #expect(try Set(ShippedInputs.labels().keys) == used)
  }

  @Test func `the template escapes everything it shows`() throws {
    for template in [try ShippedInputs.text("report.html.mustache")] + (try ShippedInputs.parts().values) {
      #expect(!template.contains("{{{") && !template.contains("{{&") && !template.contains("CONTENT_TYPE"))
    }
    #expect(try !ShippedInputs.text("report.css").contains("{{"))
  }

  @Test func `a template that uses an unknown label is refused with the label's name`() throws {
    let error = #expect(throws: ReportError.self) {
      try ShippedInputs.inputs(template: "{{l.title}} {{#l.no_such_label}}{{/l.no_such_label}}")
    }
    #expect(error == .missingLabels(["no_such_label"]))
    let broken = #expect(throws: ReportError.self) {
      try HTMLReport(ShippedInputs.inputs(template: "{{#run}}"))
    }
    #expect(broken?.description.contains("template") == true)
  }
}

/// A page read as XML: well-formedness is checked by reading it.
final class Page: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  private(set) var elements: [Element] = []
  private(set) var text = ""
  /// Texts without an element in them, trimmed.
  private(set) var runs: [String] = []
  private var run = ""
  private var open: [Int] = []

  init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else {
      throw NotWellFormed(reason: "\(String(describing: parser.parserError)) at line \(parser.lineNumber)")
    }
  }

  struct NotWellFormed: Error {
    let reason: String
  }

  func attributes(_ name: String) -> [[String: String]] { elements.filter { $0.name == name }.map(\.attributes) }

  func text(ofID id: String) -> String? { elements.first { $0.attributes["id"] == id }?.text }

  /// Elements of a class.
  func count(_ class: String) -> Int {
    elements.count { ($0.attributes["class"] ?? "").split(separator: " ").contains { $0 == `class` } }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    endRun()
    elements.append(Element(name: name, attributes: attributes))
    open.append(elements.count - 1)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    endRun()
    open.removeLast()
  }

  private func endRun() {
    let trimmed = run.trimmingCharacters(in: .whitespacesAndNewlines)
    if !trimmed.isEmpty { runs.append(trimmed) }
    run = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    guard let innermost = open.last, elements[innermost].name != "style" else { return }
    text += string
    run += string
    for index in open { elements[index].text += string }
  }
}
