import Addressing
import Foundation
import LabSupport
import Profiles
import Records
import Testing

@testable import Reports

/// The report's section on TLS services and guidelines.
@Suite struct GuidelineSectionTests {
  private static let guidelines = Result {
    try TLSGuidelines(
      try ProfileStore(directory: ShippedInputs.folder.deletingLastPathComponent().path, readingCases: false))
  }

  /// TLS 1.0 with RC4, asked by an audit; everything else was declined or not seen.
  private static var capture: TLSCapture {
    var capture = TLSCapture(mode: "audit")
    capture.versions = [0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304].map { number in
      TLSCapture.Version(number: number, answer: number == 0x0301 ? .accepted : .declined(how: "alert 70"))
    }
    capture.suites = [
      TLSCapture.Suites(version: 0x0301, accepted: [0x0005], offered: "weak", end: .declined(how: "alert 40"))
    ]
    return capture
  }

  private static func observation(_ number: Int, _ device: Int, _ port: UInt16, _ fact: Observation.Fact) -> Observation
  {
    Observation(
      id: "EV-\(number)", at: SampleAudit.start, technique: .serviceQuestions,
      subject: .service(SampleAudit.devices[device].id, SampleAudit.port(port)), fact: fact)
  }

  private static func services() throws -> [TLSServiceComparison] {
    TLSServiceComparison.list(
      [
        observation(1, 9, 443, .tls(TLSCapture(mode: "audit"))), observation(2, 8, 443, .tls(capture)),
        observation(3, 0, 23, .probed(ProbeVerdict("x", .refuted, basis: LocalizedText(ja: "a", en: "a")))),
        // What was seen last counts.
        observation(4, 9, 443, .tls(capture)),
      ], try guidelines.get())
  }

  @Test func `each service is held against each guideline, by what was seen last`() throws {
    let services = try Self.services()
    #expect(services.count == 2 && services.allSatisfy { $0.comparisons.count == 8 && $0.endpoint.port == 443 })
    #expect(services.allSatisfy { $0.comparisons[0].count(.deviates) == 3 })
  }

  @Test(arguments: Language.allCases) func `the section tells counts and rows, and praises nobody`(language: Language)
    throws
  {
    let html = try ShippedInputs.html(language, services: try Self.services())
    let page = try Page(html)
    #expect(page.count("comparison") == 2 * 8)
    #expect(page.elements.contains { $0.attributes["id"] == "guidelines" } && html.contains("href=\"#guidelines\""))
    for part in [
      "iot-baseline", "TLS_RSA_WITH_RC4_128_SHA (TLS 1.0)", "configurations.intermediate.tls_versions",
      language == .ja ? "受け付けた版: TLS 1.0" : "takes TLS 1.0", language == .ja ? "要確認" : "Needs review",
    ] { #expect(page.text.contains(part), "\(part)") }
    for words in WordingRules.Language.allCases { #expect(WordingRules.problems(in: page.text, words) == []) }
    #expect(!html.contains("https://"))
    let names = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(names).count == names.count)
  }

  /// versions.old (1.0), versions.new (neither 1.2 nor 1.3) and RC4: what `capture` has against the baseline.
  @Test func `the counts are those of the comparison`() throws {
    let services = try Self.services()
    let text = try Page(ShippedInputs.html(.en, services: services)).text
    #expect(text.components(separatedBy: "iot-baseline").count - 1 == 2)
    for id in ["Nothing older than TLS 1.2", "TLS 1.2 or TLS 1.3 is there", "No RC4"] {
      #expect(text.components(separatedBy: id + ":").count - 1 == 2, "\(id)")
    }
    // What is not determined is counted, not listed.
    #expect(!text.contains("DHE with 2048 bits or more: not settled"))
  }

  @Test func `without a TLS service there is no section`() throws {
    #expect(try !ShippedInputs.html(.en).contains("guidelines"))
  }
}
