import LabSupport
import Profiles
import Records
import Testing

@testable import Checklist

/// Every row of the sheet is answered: by a rule, by what its items come to, or by a person for a reason that the catalogue gives.
struct CatalogueReachTests {
  private let catalogue: Catalogue

  init() throws {
    catalogue = try #require(try RuleSet.store().catalogues.first { $0.id == "jssec-iot-v1" })
  }

  /// Who answers a row, as an auditor would want to read it.
  private func answer(
    _ id: String, visibility: Catalogue.Item.Visibility?, asked: Catalogue.Asked?, items: [Catalogue.Item]
  )
    -> String?
  {
    let rule = Checklist.items.contains("jssec-iot-v1/\(id)")
    if rule { return visibility == Catalogue.Item.Visibility.none ? nil : "rule" }
    if let asked, visibility == Catalogue.Item.Visibility.none {
      return asked.who.en.isEmpty || asked.record.ja.isEmpty ? nil : asked.reason.rawValue
    }
    let judged = items.filter { $0.visibility != .none }
    return judged.isEmpty ? nil : "its items " + judged.map(\.id).joined(separator: " ")
  }

  @Test func `every row has its rule or the reason that a person answers it`() {
    var listing: [(id: String, answer: String)] = []
    for item in catalogue.items {
      let items = catalogue.items.filter { $0.box == item.id }
      let answer = answer(item.id, visibility: item.visibility, asked: item.asked, items: items)
      #expect(answer != nil, "\(item.id) is answered by nobody, or by two")
      listing.append((item.id, answer ?? "-"))
    }
    for rule in catalogue.rules {
      let answer = answer(rule.id, visibility: rule.visibility, asked: rule.asked, items: [])
      #expect(answer != nil, "\(rule.id)")
      listing.append((rule.id, answer ?? "-"))
    }
    print(listing.map { "\($0.id): \($0.answer)" }.joined(separator: "\n"))
    // checklist.md §2.7: of 38 boxes 18, of 90 items 37, of 4 rules 3 are shown by a network as far as it goes.
    #expect(listing.count == 38 + 90 + 4)
    let persons = listing.count { $0.answer.hasPrefix("NT-") }
    #expect(persons == 20 + 53 + 1)
    #expect(listing.count - persons == 18 + 37 + 3)
    // A box that a network shows has items that it shows, or a rule of its own.
    #expect(listing.count { $0.answer == "rule" } >= 37 + 3)
  }

  @Test func `every rule answers a row that the sheet has and a network shows`() {
    let shown =
      catalogue.items.filter { $0.visibility != .none }.map(\.id)
      + catalogue.rules.filter { $0.visibility != .none }.map(\.id)
    for item in Checklist.items {
      #expect(shown.contains(item.replacing("jssec-iot-v1/", with: "")), "\(item)")
    }
    #expect(Set(Checklist.items).count == Checklist.items.count)
  }

  /// At least three sites told by hand for each row that a rule answers, and 120 in all.
  @Test func `each answered row has its scenarios`() {
    var cases = Dictionary(grouping: Scenario.all, by: \.row).mapValues(\.count)
    cases["14.2.c", default: 0] += RuleCase.all.count
    cases["15.2.b", default: 0] += RuleCase.all.count
    // R2 is 15.1 under another id.
    for item in Checklist.items {
      let row = item.replacing("jssec-iot-v1/JSSEC-", with: "")
      #expect(cases[row] ?? 0 >= 3, "\(row): \(cases[row] ?? 0)")
    }
    #expect(Scenario.all.count >= 120)
    print("\(Scenario.all.count) scenarios and \(RuleCase.all.count) rule cases for \(Checklist.items.count) rows")
  }
}
