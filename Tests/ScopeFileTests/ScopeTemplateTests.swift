import Addressing
import Authority
import Documents
import LabSupport
import Records
import Testing

@testable import ScopeFile

struct ScopeTemplateTests {
  private func template(
    customer: String = "Example Hospital", site: String = "s", networks: [String] = ["192.168.10.0/24"],
    from: String = "2026-11-20T09:00:00+09:00", until: String = "2026-11-20T17:00:00+09:00"
  ) -> String {
    ScopeTemplate.text(
      id: "2026-041", customer: customer, site: site, operator: "A. Auditor", networks: networks, from: from,
      until: until)
  }

  @Test func `it reads back as it was asked for`() throws {
    let scope = try Sample.read(template(networks: ["192.168.10.0/24", "10.0.0.1-10.0.0.9"]))
    #expect(
      scope.engagement == Engagement(id: "2026-041", customer: "Example Hospital", site: "s", operator: "A. Auditor"))
    #expect(scope.networks.map(\.description) == ["192.168.10.0/24", "10.0.0.1-10.0.0.9"])
    #expect(scope.validUntil - scope.validFrom == .seconds(8 * 3600))
    #expect(scope.exclusions.isEmpty)
    #expect(scope.techniques == [.passive, .arpDiscovery, .icmpEcho, .tcpSYN, .serviceQuestions])
    #expect(scope.rates == .standard)
    #expect(scope.offsetMinutes == 540)
  }

  @Test func `it never allows industrial control ports by itself`() throws {
    #expect(try !Sample.read(template()).techniques.contains(.otIdentify))
  }

  @Test func `it shows every technique, each with a sentence in both languages`() throws {
    for technique in Technique.known {
      let lines = template().split(separator: "\n").filter { $0.contains("- \(technique.rawValue) ") }
      let sentence = try #require(lines.first?.split(separator: "# ").last)
      #expect(lines.count == 1)
      #expect(sentence.contains(" / "), "\(sentence)")
      #expect(sentence.unicodeScalars.contains { (0x3040...0x30ff).contains($0.value) }, "\(sentence)")
    }
  }

  @Test func `each technique that it comments out can be allowed by taking the mark away`() throws {
    let text = template().replacing("#  - ", with: "  - ").replacing("  - {target", with: "#  - {target")
    #expect(try Sample.read(text).techniques == Set(Technique.known))
  }

  @Test func `without networks it is refused until somebody fills them in`() throws {
    let text = template(networks: [])
    let error = #expect(throws: DocumentError.self) { _ = try Sample.read(text) }
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("networks:") }
    #expect(error?.line == line.map { $0 + 1 })
    #expect(error?.problem.contains("no network") == true)
    #expect(error?.remedy.contains("192.168.10.0/24") == true)
  }

  @Test(arguments: [
    "株式会社「例」", "O'Brien \"Ltd\"", "back\\slash\\", "\\", "\"", "a: b", "a # b", "# not a comment", "- item", "[x]",
    "{y: z}",
    "&anchor", "*alias", "!tag", "|", ">", "%YAML 1.2", "@x", "`x`", "null", "~", "true", "1", "2026-11-20",
    "  spaces  ",
    "x\ny", "x\r\ny", "x\ry", "x\ty", "x\n--- y", "x\r\n--- y", "x\r\n... y", "\u{301}\"\u{301}", "\"\u{200d}: x",
    "\\\u{301}",
    "x\u{85}y", "x\u{2028}y", "x\u{7}y", "x\u{1b}[31my", "x\u{0}y", "x\u{7f}y", "😀", "مرحبا", "\\n", "\\u0041",
    "x\"\nnetworks: [0.0.0.0/0]\ny: \"", "x\"\r\nnetworks: [0.0.0.0/0]\r\ny: \"", "\" # \nversion: 2 #",
  ])
  func `a name comes back exactly and changes nothing else`(name: String) throws {
    let scope = try Sample.read(template(customer: name, site: name))
    // By scalars: two different spellings of a letter would otherwise count as equal.
    #expect(Array(scope.engagement.customer.unicodeScalars) == Array(name.unicodeScalars))
    #expect(Array(scope.engagement.site.unicodeScalars) == Array(name.unicodeScalars))
    #expect(scope.networks.map(\.description) == ["192.168.10.0/24"])
    #expect(scope.engagement.operator == "A. Auditor")
  }

  @Test func `random names come back exactly`() throws {
    var random = SeededRandom(seed: 41)
    let pieces = [
      "\"", "\\", "\n", "\r", "\r\n", ": ", " #", "'", "- ", "[", "]", "{", "}", ",", "&", "*", "!", "|", ">", "%", "@",
      "`", "\t",
      " ", "a", "名", "\u{301}", "\u{85}", "\u{2029}", "\u{1}", "---", "...", "networks: [0.0.0.0/0]", "x", "\u{10ffff}",
      "\u{9b}",
    ]
    for _ in 0..<400 {
      let name =
        "n"
        + (0..<Int.random(in: 1...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      let scope = try Sample.read(template(customer: name))
      #expect(Array(scope.engagement.customer.unicodeScalars) == Array(name.unicodeScalars), "\(name.debugDescription)")
      #expect(scope.networks.map(\.description) == ["192.168.10.0/24"], "\(name.debugDescription)")
    }
  }

  @Test(arguments: ["192.168.10.0/24\", \"0.0.0.0/0", "10.0.0.0/8]\nexclude: []#", "10.0.0.0/8, 0.0.0.0/0"])
  func `a network cannot smuggle in another`(text: String) {
    #expect(throws: DocumentError.self) { _ = try Sample.read(template(networks: [text])) }
  }

  @Test func `a time cannot smuggle in a key`() {
    let until = "2026-11-20T17:00:00+09:00\"\nnetworks: [0.0.0.0/0] #"
    #expect(throws: DocumentError.self) { _ = try Sample.read(template(until: until)) }
  }
}
