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

  @Test func `links inside the page lead somewhere, and no two places have one name`() throws {
    let page = try Page(ShippedInputs.html(.ja))
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
    for status in VerdictStatus.allCases {
      #expect(page.count("status-\(status.rawValue)") == result.verdicts.count { $0.status == status })
    }
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
    let text = try Page(ShippedInputs.html(.en)).text
    #expect(text.contains("TCP 1-65535, not all"))
    #expect(text.contains("NT-TIME reason NT-TIME") && text.contains("Answered after not asked"))
    #expect(text.contains("Vantage eth0 192.168.10.2") && text.contains("2026-11-23 11:02:11 – 11:07:41 +09:00"))
    #expect(text.contains("192.168.10.200-192.168.10.209") && text.contains("NT-FRAGILE"))
  }

  @Test func `both languages have every label and neither is left empty`() throws {
    for (key, label) in try ShippedInputs.labels() {
      #expect(!label.ja.isEmpty && !label.en.isEmpty, "\(key)")
    }
    let used = Set(
      ReportInputs.labelsUsed(in: try ShippedInputs.text("report.html.mustache")) + Label.allCases.map(\.rawValue))
    #expect(try Set(ShippedInputs.labels().keys) == used)
  }

  @Test func `the template escapes everything it shows`() throws {
    let template = try ShippedInputs.text("report.html.mustache")
    #expect(!template.contains("{{{") && !template.contains("{{&"))
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
    elements.append(Element(name: name, attributes: attributes))
    open.append(elements.count - 1)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    guard let innermost = open.last, elements[innermost].name != "style" else { return }
    text += string
    for index in open { elements[index].text += string }
  }
}
