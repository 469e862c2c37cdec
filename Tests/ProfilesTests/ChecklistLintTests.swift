import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct ChecklistLintTests {
  let store: ProfileStore

  init() throws { store = try RuleSet.store() }

  private func lint(_ text: String) -> [DocumentError] {
    ChecklistLint.problems(in: Array(text.utf8), file: "own.yaml", with: store)
  }

  @Test func `every file that is shipped is in order`() {
    let files = store.files.filter { $0.path.hasPrefix("catalogs/") || $0.path.hasPrefix("crosswalk/") }
    #expect(files.count == 14)
    for file in files {
      #expect(ChecklistLint.problems(in: file.bytes, file: file.path, with: store, shipped: true) == [])
    }
  }

  @Test(arguments: ["jssec-iot-v1", "meti-sme-guide", "iotac-guideline-1.0"])
  func `a new catalogue has the rows of the old one, room for their text, and is in order`(base: String) throws {
    let text = try ChecklistTemplate.text(from: base, id: "my-company-v1", in: store)
    #expect(lint(text) == [])
    let own = try ProfileStore.catalogue(parsing: Array(text.utf8), file: "own.yaml")
    let old = try #require(store.catalogues.first { $0.id == base })
    #expect(own.id == "my-company-v1" && own.derivedFrom == base)
    let examples = own.items.filter { $0.custom != nil }
    #expect(own.items.filter { $0.custom == nil } == old.items && own.rules == old.rules && own.notes == old.notes)
    #expect(own.reserved == old.reserved)
    #expect(text.components(separatedBy: "\n    local_text:\n").count - 1 == old.items.count)
    #expect(own.items.allSatisfy { $0.localText == nil })
    // checklist.md §1.6: two of X1 and four of X2.
    #expect(
      examples.map(\.id)
        == (base == "jssec-iot-v1" ? ["JSSEC-X1.001", "JSSEC-X1.002"] + (1...4).map { "JSSEC-X2.00\($0)" } : []))
    #expect(examples.allSatisfy { $0.disabled })
  }

  @Test(arguments: [("jssec-iot-v9", "my-v1"), ("jssec-iot-v1", "jssec-iot-v1"), ("jssec-iot-v1", "My company")])
  func `a new catalogue needs a base that is there and an id that is free`(base: String, id: String) {
    #expect(throws: DocumentError.self) { try ChecklistTemplate.text(from: base, id: id, in: store) }
  }

  @Test func `a company's catalogue stands beside the shipped ones`() throws {
    var store = store
    let text = try ChecklistTemplate.text(from: "jssec-iot-v1", id: "my-company-v1", in: store)
    let own = try ProfileStore.catalogue(parsing: Array(text.utf8), file: "own.yaml")
    try store.add(own)
    #expect(store.catalogueItem("my-company-v1/JSSEC-14.2.c") != nil)
    #expect(store.cannotConclude["my-company-v1/JSSEC-X1.001"] != nil)
    #expect(throws: DocumentError.self) { try store.add(own) }
  }

  @Test(arguments: [
    ("id: my-company-v1", "id: jssec-iot-v1", "is that of a catalogue of the rule set"),
    ("from: jssec-iot-v1", "from: nowhere-v1", "there is no catalogue nowhere-v1"),
    ("id: JSSEC-X1.002", "id: JSSEC-22.1", "JSSEC-22.1 is no row of jssec-iot-v1"),
    ("related: [JSSEC-18.5]", "related: [JSSEC-88.5]", "related to JSSEC-88.5, which is no row"),
    ("checks: [echonet.control]", "checks: [echonet.sing]", "names echonet.sing, which is no check"),
    ("Guest Wi-Fi separated", "The Wi-Fi is secure", "the text says is secure"),
    ("来客用Wi-Fiの分離", "来客用Wi-Fiは問題なし", "the text says 問題なし"),
    ("来客用Wi-Fiの分離", "Guest Wi-Fi separated", "both languages have the same text"),
    ("ja: \"来客用Wi-Fiの分離\"", "ja: \"\"", "expected text"),
    (
      "title: { en: \"Guest Wi-Fi separated\", ja: \"来客用Wi-Fiの分離\" }", "title: { en: \"Guest Wi-Fi separated\" }",
      "the key ja is missing"
    ),
  ])
  func `what is wrong is told with its line and what to write`(old: String, new: String, problem: String) throws {
    let text = try ChecklistTemplate.text(from: "jssec-iot-v1", id: "my-company-v1", in: store)
    let damaged = text.replacing(old, with: new, maxReplacements: 1)
    try #require(damaged != text)
    let problems = lint(damaged)
    #expect(problems.contains { $0.problem.contains(problem) }, "\(problems)")
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(old) }
    #expect(problems.allSatisfy { $0.line != nil && !$0.remedy.isEmpty && $0.file == "own.yaml" })
    // Where the row begins, or the text itself.
    #expect(problems.contains { abs(($0.line ?? 0) - (line ?? 0) - 1) <= 7 }, "\(problems) \(line ?? 0)")
  }

  @Test func `every text with a fault is told, not only the first`() throws {
    let text = try ChecklistTemplate.text(from: "jssec-iot-v1", id: "my-company-v1", in: store)
      .replacing("Camera image retention", with: "Score of the cameras").replacing("Telnet停止とSSH化", with: "Telnet停止は準拠")
    let words = lint(text).compactMap { $0.problem.firstMatch(of: /says ([^:]+):/).map { String($0.1) } }
    #expect(words == ["準拠", "score"])
    // A fault of another kind hides none of them.
    let both = lint(text.replacing("id: JSSEC-X2.004", with: "id: JSSEC-X2.003"))
    #expect(both.count == 3 && both.last?.problem == "JSSEC-X2.003 is given twice", "\(both)")
  }

  @Test func `the sheet's own sentence may say what it likes`() throws {
    let text = try ChecklistTemplate.text(from: "jssec-iot-v1", id: "my-company-v1", in: store)
      .replacing("    local_text:\n", with: "    local_text: 安全なGWを経由する\n")
    #expect(lint(text) == [])
  }

  @Test func `links that a company writes are read against what is here`() throws {
    let file = try #require(store.files.first { $0.path == "crosswalk/nistir-8259a.yaml" })
    let text = String(decoding: file.bytes, as: UTF8.self)
    #expect(lint(text) == [])
    #expect(
      lint(text.replacing("JSSEC-18.1", with: "JSSEC-81.1")).first?.problem == "JSSEC-81.1 is no row of jssec-iot-v1")
    #expect(lint("a: [").first?.code == .syntax)
  }
}
