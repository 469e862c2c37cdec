import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct CatalogueTests {
  let store: ProfileStore
  let sheet: Catalogue

  init() throws {
    store = try RuleSet.store()
    sheet = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
  }

  private func asked(_ id: String) -> Catalogue.Asked? {
    sheet.items.first { $0.id == id }?.asked ?? sheet.rules.first { $0.id == id }?.asked
  }

  /// 20 boxes, 53 items and R4 are of class N (checklist.md §2.7, §1.5).
  @Test func `every row that a network does not show says who is asked for what`() {
    let rows = sheet.items.filter { $0.visibility == .none }
    #expect(rows.count == 73 && rows.allSatisfy { $0.asked != nil })
    #expect(sheet.rules.filter { $0.asked != nil }.map(\.id) == ["JSSEC-R4"])
    for asked in rows.compactMap(\.asked) {
      for text in [asked.who, asked.record] { #expect(!text.ja.isEmpty && !text.en.isEmpty) }
      #expect([.documentNeeded, .interviewNeeded].contains(asked.reason))
    }
    #expect(rows.allSatisfy { $0.hasContext == !($0.asked?.facts.isEmpty ?? true) })
  }

  /// The table of checklist.md §2.5, read by hand.
  @Test(arguments: [
    ("JSSEC-1.1.b", "IoT promoter", [Catalogue.Fact.inventory]), ("JSSEC-1.1.a", "Management, IoT promoter", []),
    ("JSSEC-2.1.a", "IT, OT and personnel departments", []),
    ("JSSEC-3.1.b", "Process owner, OT department", [.dataFlows]),
    ("JSSEC-4.1.b", "Risk owner", [.maintenancePorts]), ("JSSEC-5.1.a", "Risk owner", [.reflectors, .outboundScans]),
    ("JSSEC-5.2", "Risk owner, OT department", [.segments, .legacyStacks]),
    ("JSSEC-6.1.a", "Site manager", [.missingDevices]),
    ("JSSEC-13.1.d", "Log owner", []), ("JSSEC-17.2.a", "Vendor", [.updateHosts]), ("JSSEC-17.2.b", "Vendor", []),
    ("JSSEC-17.3.d", "Operator", [.changes]), ("JSSEC-18.2.b", "CSIRT, IT department", [.matches]),
    ("JSSEC-18.5.b", "Legal department, purchaser", [.destinations]),
    ("JSSEC-18.5.c", "Legal department, purchaser", []),
    ("JSSEC-20.1.d", "IoT promoter, CSIRT", []), ("JSSEC-R4", "Asset manager", [.formerIdentifiers]),
  ])
  func `a row names whom the table names, and the facts that may go with the question`(
    id: String, who: String, facts: [Catalogue.Fact]
  ) throws {
    let asked = try #require(self.asked(id))
    #expect(asked.who.en == who && asked.facts == facts)
  }

  @Test func `what a network shows in part also has its question where the rest is always a person's`() {
    #expect(asked("JSSEC-13.3.c")?.reason == .documentNeeded && asked("JSSEC-17.2.c")?.reason == .documentNeeded)
    #expect(asked("JSSEC-15.1.b")?.reason == .interviewNeeded)
    #expect(asked("JSSEC-14.2.c") == nil && asked("JSSEC-14.2.a") == nil)
  }

  @Test func `the sheet's own sentences are never shipped`() {
    for catalogue in store.catalogues {
      #expect(
        catalogue.items.allSatisfy { $0.localText == nil && $0.recommended == nil && !$0.disabled && $0.custom == nil })
      #expect(catalogue.derivedFrom == nil)
    }
  }

  private static let path = "catalogs/jssec-iot-v1.yaml"

  @Test(arguments: [
    ("      reason: NT-INT", "      reason: NT-RADIO", "NT-RADIO is no reason to ask somebody"),
    ("      facts: [inventory]", "      facts: [rumours]", "rumours is not one of"),
    ("      facts: [inventory]", "      facts: [inventory, inventory]", "inventory is given twice"),
    ("      facts: [missing-devices]\n", "", "context and the facts of asked have to agree"),
    ("kind: box", "kind: row", "which is not a box above it"),
    ("    kind: item\n    box", "    kind: row\n    box", "an item names its box"),
    ("id: JSSEC-21.2.b", "id: JSSEC-9", "JSSEC-9 is reserved or retired"),
    ("id: JSSEC-21.2.b", "id: JSSEC-21.2.a", "JSSEC-21.2.a is given twice"),
    ("id: JSSEC-21.2.b", "id: jssec 21", "jssec 21 is not an id"),
    ("reserved: [", "retired: [JSSEC-1.1.c]\nreserved: [", "JSSEC-1.1.c is reserved or retired"),
    ("verb: W", "verb: X", "X is not one of S, A, Q, W"),
    ("poc: \"○\"", "poc: \"◎\"", "◎ is not a mark"),
  ])
  func `a fault is named with its place and what to do`(old: String, new: String, problem: String) throws {
    let text = try String(contentsOfFile: RuleSet.directory + "/" + Self.path, encoding: .utf8)
    let damaged = text.replacing(old, with: new)
    try #require(damaged != text)
    let error = #expect(throws: DocumentError.self) {
      try ProfileStore.catalogue(parsing: Array(damaged.utf8), file: "own.yaml")
    }
    #expect(error?.problem.contains(problem) == true, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.line != nil && error?.remedy.isEmpty == false)
  }

  @Test func `a box without items, and a row of class N that asks nobody, are faults`() {
    func row(_ more: String) -> String {
      """
      id: own
      edition: 1
      title: {ja: 表, en: Sheet}
      source: ours
      copyright: {ja: 自社, en: ours}
      items:
        - id: OWN-1
          title: {ja: 題, en: Title}
          cannotConclude: {ja: なし, en: nothing}
      \(more)
      """
    }
    func complaint(_ more: String) -> String? {
      do throws(DocumentError) {
        _ = try ProfileStore.catalogue(parsing: Array(row(more).utf8), file: "own.yaml")
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(complaint("    kind: row\n    class: D") == nil)
    #expect(complaint("    kind: box\n    class: D") == "the box OWN-1 has no item")
    #expect(complaint("    kind: row\n    class: N") == "a row of class N has to say who is asked")
    #expect(complaint("    kind: row\n    class: D\n    verb: null\n    applies: {when: high-availability}") == nil)
    #expect(
      complaint("    kind: row\n    class: D\n    applies: {when: tuesday}")?.contains("tuesday is not one of") == true)
  }

  @Test func `a company's own copy keeps its text and mark, and is answered by the rules of the sheet`() throws {
    let text = try String(contentsOfFile: RuleSet.directory + "/" + Self.path, encoding: .utf8)
      .replacing("id: jssec-iot-v1\n", with: "id: own-v1\nfrom: jssec-iot-v1\n")
      .replacing("jssec_recommended: null", with: "jssec_recommended: \"○\"\n    local_text: 社内の写し")
    let own = try ProfileStore.catalogue(parsing: Array(text.utf8), file: "anything.yaml")
    let row = try #require(own.items.first { $0.id == "JSSEC-14.2.c" })
    #expect(row.recommended == "○" && row.localText == "社内の写し")
    #expect(own.qualifiedID(of: row) == "own-v1/JSSEC-14.2.c" && own.ruleID(of: row) == "jssec-iot-v1/JSSEC-14.2.c")
  }

  @Test func `every kind of fact has a name in both languages`() {
    for fact in Catalogue.Fact.allCases { #expect(!fact.label.ja.isEmpty && !fact.label.en.isEmpty) }
    #expect(Set(Catalogue.Fact.allCases.map(\.label.ja)).count == Catalogue.Fact.allCases.count)
  }
}
