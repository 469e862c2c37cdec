import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

/// What each reader's page holds, and what it leaves out and says so.
@Suite struct ReportAudienceTests {
  private static let links = "href=\"../"

  @Test(arguments: Language.allCases)
  func `the page for managers tells what is gravest and open, without evidence`(language: Language) throws {
    let html = try ShippedInputs.html(language, audience: .management)
    let page = try Page(html)
    #expect(!html.contains(Self.links) && page.count("finding") == 0 && page.count("verdict") == 0)
    #expect(page.text.contains(SampleAudit.findings[2].title.text(language)))
    #expect(page.text.contains(SampleSheet.operators.text(language)))
    #expect(page.text.contains(language == .ja ? "経営層・管理者向け" : "For management"))
    #expect(page.text.contains(language == .ja ? "省いています" : "Left out"))
    // Boxes only, and of them all; the others are in the auditor's.
    #expect(page.count("box") == 2 && page.count("item") == 0)
    for id in ["scope", "summary", "charts", "checklist", "not-tested", "limitations", "glossary"] {
      #expect(page.text(ofID: id) != nil, "\(id)")
    }
    for id in ["findings", "inventory", "coverage", "method"] { #expect(page.text(ofID: id) == nil, "\(id)") }
  }

  @Test(arguments: Language.allCases)
  func `the page for vendors names no person, and nothing of the company's sheet`(language: Language) throws {
    let page = try Page(ShippedInputs.html(language, audience: .vendor))
    let company = [
      SampleAudit.result.run.engagement.operator, SampleAudit.result.run.host, "D-0001", "原文の写し",
      SampleSheet.operators.text(language), "夜間は電源を切る", "Switch it off at night", "PLC。停止できない", "X1.1",
    ]
    for word in company { #expect(!page.text.contains(word), "\(word)") }
    #expect(page.count("finding") == SampleAudit.findings.count)
    #expect(page.count("device") == SampleAudit.devices.count)
    #expect(page.text.contains(language == .ja ? "ベンダー向け" : "For vendors"))
    for id in ["scope", "checklist", "count-verdicts", "rows-fail", "count-not-tested"] {
      #expect(page.text(ofID: id) == nil, "\(id)")
    }
    for id in ["findings", "inventory", "coverage", "method", "limitations"] {
      #expect(page.text(ofID: id) != nil, "\(id)")
    }
  }

  @Test func `no reader is told more than the auditor`() throws {
    let labels = try ShippedInputs.labels()
    func runs(_ audience: Audience) throws -> Set<String> {
      let own = ["for_", "omitted_for_"].compactMap { labels[$0 + audience.rawValue]?.en }
      return Set(try Page(ShippedInputs.html(.en, audience: audience)).runs).subtracting(own)
    }
    let all = try runs(.auditor)
    #expect(try runs(.management).subtracting(all) == [])
    // The heading of the vendor's first section, and an item that is a link in the auditor's.
    let own: Set = ["Summary", "JSSEC-14.2.c Unneeded services and ports are off"]
    #expect(try runs(.vendor).subtracting(all).isSubset(of: own))
  }

  @Test(arguments: Language.allCases)
  func `the sheet stands in its order, with its marks, both phases and what persons said`(language: Language) throws {
    let page = try Page(ShippedInputs.html(language))
    let anchors = page.elements.filter { $0.name == "th" }.compactMap { $0.attributes["id"] }
    #expect(
      anchors == ["14.2", "14.2.c", "14.3", "2.1.a"].map { "item-jssec-iot-v1_JSSEC-\($0)" } + [
        "item-jssec-iot-v1_X1.1"
      ])
    #expect(page.text.contains("D-0001 適合 山田 2026-11-24") && page.text.contains("原文の写し"))
    // In four of the ten cells the company marked the row; the POC's and one more are proposals.
    #expect(page.count("proposed") == 3)
    #expect(page.elements.filter { $0.name == "td" && $0.text == "◎" }.count == 2)
    #expect(page.text.contains("run-poc"))
    // Evidence of the POC lies in its own pack.
    #expect(page.text.contains(language == .ja ? "証跡 3件" : "3 file(s) of evidence"))
    // A row that the sheet lacks is told all the same.
    #expect(page.text(ofID: "item-jssec-iot-v1_JSSEC-16.1.b") != nil)
  }

  @Test func `without a company's sheet every mark is a proposal, and no recommendation is shown`() throws {
    let page = try Page(ShippedInputs.html(.en, sheet: SampleSheet.table(hasSheet: false)))
    #expect(page.count("proposed") == 6)
    #expect(page.text.contains("No company's sheet was given") && !page.text.contains("◎"))
    #expect(!page.text.contains("原文の写し"))
  }

  @Test(arguments: Language.allCases)
  func `scope and authority are told, and from which sealed pack the page is made`(language: Language) throws {
    let digest = String(repeating: "0f", count: 32)
    let html = try HTMLReport(ShippedInputs.inputs()).render(
      SampleAudit.result, language: language, scope: SampleSheet.scope(),
      pack: PackStatement(digest: digest, signer: "SHA256:abc"), evidence: "pack/data/")
    let page = try Page(html)
    let parts = [
      digest, "SHA256:abc", "192.168.10.0/24", "PLC。停止できない", "some-later-technique", "≤ 100/s",
      language == .ja ? "上限なし" : "no ceiling", language == .ja ? "ARPによる機器の発見" : "finding devices by ARP",
      String(repeating: "a1", count: 32), SampleAudit.result.run.scopeDigest,
    ]
    for part in parts { #expect(page.text.contains(part), "\(part)") }
    #expect(page.count("exclusion") == 2 && page.count("consent") == 1)
    #expect(html.contains("href=\"pack/data/findings/F-0003/slice.pcapng\"") && !html.contains(Self.links))
  }
}
