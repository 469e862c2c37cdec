import Addressing
import Foundation
import LabSupport
import Records
import Testing

@testable import Reports

/// What hostile devices say in banners, names and versions.
let injections: [String] = [
  "<script>alert(1)</script>", "\" onload=\"alert(1)", "' onmouseover='alert(1)", "</style><script>x</script>",
  "]]><svg onload=alert(1)>", "&lt;b&gt; &#60;b>", "{{run.id}} {{{l.title}}}", "\"\u{301} onload=alert(1) x=\"",
  "<\u{301}img src=x onerror=alert(1)>", "javascript:alert(1)", "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)",
  "\u{1b}[31mred\u{1b}[0m", "\u{1b}]0;title\u{7}after", "\u{1b}]8;;file:///etc/passwd\u{1b}\\link\u{1b}]8;;\u{1b}\\",
  "\u{9b}2Jgone", "\u{202e}fdp.exe\u{202c}", "\u{2066}a\u{2069}", "a\u{200b}b\u{feff}c\u{ad}d", "line\r\nfeed\ttab",
  "\u{0}\u{1}\u{8}\u{c}\u{7f}", "\u{fffe}\u{ffff}\u{1ffff}", "\u{2028}x\u{2029}",
  "Z" + String(repeating: "\u{300}", count: 60),
  "\u{e0041}\u{e007f}",
]

@Suite struct InertTests {
  @Test(arguments: injections)
  func `nothing invisible, directional or terminal is left in inert text`(text: String) {
    for scalar in inert(text).unicodeScalars {
      let category = scalar.properties.generalCategory
      #expect(![.control, .format, .lineSeparator, .paragraphSeparator, .unassigned].contains(category))
    }
    #expect(inert(inert(text)) == inert(text))
  }

  @Test(arguments: [
    ("\u{1b}[31mred\u{1b}[0m", "red"), ("\u{1b}]0;title\u{7}after", "after"), ("\u{9b}2Jgone", "gone"),
    ("\u{1b}]0;never ended", "0;never ended"), ("\u{1b}", ""), ("\u{1b}[", ""), ("\u{1b}[31", "31"),
    ("\u{1b}[12\u{1b}[0mx", "12x"), ("a\u{1b}Pq\u{1b}\\b", "ab"), ("\u{202e}fdp.exe", "fdp.exe"), ("a\r\nb", "a  b"),
    ("株式会社 テスト é", "株式会社 テスト é"), ("<b>", "<b>"), ("", ""),
  ])
  func `terminal sequences go whole and the text around them stays`(text: String, expected: String) {
    #expect(inert(text) == expected)
  }

  @Test(arguments: injections)
  func `what a device says cannot become markup or leave its attribute`(text: String) throws {
    let hostile = hostileResult(text)
    func page(_ result: AuditResult, _ words: String) throws -> Page {
      try Page(
        ShippedInputs.html(
          .ja, of: result, sheet: SampleSheet.table(hasSheet: true, own: words, determination: words),
          scope: SampleSheet.scope(words)))
    }
    let clean = try page(hostileResult("plain"), "plain")
    let page = try page(hostile, text)
    #expect(page.elements.map(\.name) == clean.elements.map(\.name))
    #expect(page.elements.map { $0.attributes.keys.sorted() } == clean.elements.map { $0.attributes.keys.sorted() })
    #expect(page.attributes("a").allSatisfy { ($0["href"] ?? "").first.map { "#.".contains($0) } == true })
  }

  @Test(arguments: injections)
  func `what a device says cannot act on the terminal`(text: String) throws {
    let table = SummaryTable(try ShippedInputs.inputs())
    let plain = table.render(hostileResult(text), .en, columns: 80, colour: false)
    #expect(plain.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    let rows = table.render(hostileResult("plain"), .en, columns: 80, colour: false)
    #expect(plain.split(separator: "\n").count == rows.split(separator: "\n").count)
  }

  private func hostileResult(_ text: String) -> AuditResult {
    var result = SampleAudit.result
    var device = result.inventory.devices[0]
    device.vendor = Attribution(name: text, source: text)
    device.model = Attribution(name: text, source: text)
    device.claims = [Claim(.role, text, source: text, confidence: .high)]
    device.services[0].protocolName = ProtocolName(rawValue: text)
    result.inventory.devices[0] = device
    let finding = result.findings[0]
    result.findings[0] = Finding(
      id: finding.id, check: text, severity: .high, device: finding.device, service: finding.service,
      title: LocalizedText(ja: text, en: text), remediation: finding.remediation,
      detail: LocalizedText(ja: text, en: text), observations: [], items: [text], at: finding.at,
      evidence: ["data/\(text)"])
    let verdict = result.verdicts[0]
    result.verdicts[0] = Verdict(
      item: verdict.item, device: DeviceID(rawValue: text), service: nil, status: .needsReview,
      reason: verdict.reason, polarity: .neutral, bounds: verdict.bounds,
      explanation: LocalizedText(ja: text, en: text), evidence: [text])
    result.run.engagement.customer = text
    result.run.engagement.site = text
    result.coverage.devices[0].stopped = LocalizedText(ja: text, en: text)
    return result
  }

  /// What is let through without a second look must be what the second look lets through: no character of it is invisible, a mark or
  /// unassigned, by Unicode's own data.
  @Test func `every character that is taken for plain is one`() {
    for range in [0x20...0x7e, 0x3001...0x3029, 0x3041...0x3096, 0x30a1...0x30ff, 0x4e00...0x9fff, 0xff01...0xff60] {
      for value in range {
        guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
        let text = String(Character(scalar))
        #expect(inert(text) == text)
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .nonspacingMark,
          .enclosingMark:
          Issue.record("U+\(String(value, radix: 16)) is no plain character")
        default: continue
        }
      }
    }
    // One that is not plain still takes the whole text through the second look.
    #expect(inert("点検\u{202e}a") == "点検a")
  }
}
