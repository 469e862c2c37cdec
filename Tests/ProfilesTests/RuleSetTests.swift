import Foundation
import Records
import Testing

@testable import Profiles

struct RuleSetTests {
  let store: ProfileStore

  init() throws { store = try RuleSet.store() }

  @Test func `the list of a thousand ports holds exactly that many and starts with Telnet`() throws {
    let ports = try store.portList(named: "iot1000").ports
    #expect(ports.count == 1000)
    #expect(Set(ports).count == 1000)
    #expect(ports.first == 23)
    #expect(!ports.contains(0))
  }

  @Test(
    arguments: [
      21, 22, 23, 26, 80, 81, 88, 443, 515, 554, 631, 1883, 2323, 4001, 4032, 5000, 5555, 7547, 8080, 8443, 8883,
      9100, 9107, 9527, 34567, 37777, 49152,
    ] as [UInt16])
  func `a port that auditors ask about is in the list`(port: UInt16) throws {
    #expect(try store.portList(named: "iot1000").ports.contains(port))
  }

  @Test func `every group of every port list names its source`() {
    #expect(store.portLists.map(\.id) == ["iot1000", "never-write", "ot", "telnet-likely"])
    for list in store.portLists {
      for group in list.groups {
        #expect(!group.source.isEmpty, "\(list.id)/\(group.name)")
        #expect(!group.source.lowercased().contains("nmap"), "\(list.id)/\(group.name)")
      }
    }
  }

  @Test func `controller ports carry their technique and stand in their own list`() throws {
    let list = try store.portList(named: "iot1000")
    let marked = list.groups.filter { $0.technique != nil }
    #expect(marked.map(\.technique) == ["ot-identify"])
    #expect(Set(marked.flatMap(\.ports)) == store.otPorts)
    #expect(store.otPorts.isSuperset(of: [102, 502, 2404, 20000, 44818, 47808]))
    #expect(try store.portList(named: "ot").groups.allSatisfy { $0.technique == "ot-identify" })
  }

  @Test func `print ports are never written to, and Telnet ports are no print ports`() {
    #expect(store.neverWritePorts.isSuperset(of: [515, 9100, 9101, 9107, 9109, 9112, 9116]))
    #expect(!store.neverWritePorts.contains(9108))
    #expect(store.neverWritePorts.isDisjoint(with: store.telnetLikelyPorts))
    #expect(store.telnetLikelyPorts.isSuperset(of: [23, 26, 992, 2323, 23231]))
    #expect(store.telnetLikelyPorts.isDisjoint(with: store.otPorts))
  }

  @Test func `every port that may be Telnet is probed by the list of a thousand`() throws {
    #expect(store.telnetLikelyPorts.isSubset(of: try store.portList(named: "iot1000").ports))
  }

  @Test func `the first check is about Telnet and feeds rows that exist`() throws {
    let check = try #require(store.check("telnet.enabled"))
    #expect(check.severity == .high)
    #expect(check.cwe == [319])
    #expect(check.feeds.map(\.item) == ["jssec-iot-v1/JSSEC-14.2.c", "jssec-iot-v1/JSSEC-15.2.b"])
    #expect(check.feeds.allSatisfy { $0.status == .fail })
    #expect(check.cases.count >= 4)
    for feed in check.feeds { #expect(store.catalogueItem(feed.item) != nil) }
    #expect(check.sources.compactMap(\.retrieved).allSatisfy { $0.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil })
  }

  @Test func `each case of each check gives the findings that it states`() {
    for check in store.checks {
      for example in check.cases {
        var found: [String] = []
        for observation in example.observations {
          switch observation {
          case .service(let endpoint, let name): if check.rule.matches(name) { found.append("\(endpoint.port)") }
          case .network(let weakness): if check.rule.matches(weakness: weakness) { found.append("") }
          case .distress(let kind): check.rule.severity(of: kind).map { found.append($0.rawValue) }
          case .probe(let endpoint, let question, let result):
            let verdict = ProbeVerdict(question, result, basis: LocalizedText(ja: "x", en: "x"))
            if check.rule.matches(verdict) { found.append(endpoint.map { "\($0.port)" } ?? "") }
          }
        }
        #expect(
          found == example.expect.map { $0.port.map { "\($0)" } ?? $0.severity?.rawValue ?? "" },
          "\(check.id): \(example.name)")
        #expect(example.expect.allSatisfy { $0.check == check.id }, "\(check.id): \(example.name)")
      }
    }
  }

  @Test func `distress is graver where the device did not simply recover`() throws {
    let check = try #require(store.check("device.distress"))
    let severities = Distress.Kind.allCases.map { "\($0) \(check.rule.severity(of: $0)?.rawValue ?? "none")" }
    #expect(severities == ["recovered medium", "rebooted high", "lost high", "slow medium"])
    #expect(check.feeds.isEmpty, "no item of the sheet asks for it")
    #expect(!check.rule.matches(.telnet) && !check.rule.matches(nil))
  }

  /// A probe asks by the name of the check that it feeds.
  @Test func `a check that a probe feeds is named as its question`() {
    for check in store.checks {
      guard let question = check.rule.question else { continue }
      #expect(question == check.id)
      #expect(check.cases.contains { !$0.expect.isEmpty }, "\(check.id)")
      #expect(check.cases.contains { $0.expect.isEmpty }, "\(check.id): a case that must give no finding")
    }
  }

  @Test func `the catalogue gives proposals and never the sheet's own marks`() throws {
    let catalogue = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
    for item in catalogue.items {
      #expect(item.id.hasPrefix("JSSEC-\(item.keyPoint ?? 0)."))
      #expect(item.recommended == nil)
      #expect(item.phases?.proposed == true)
      #expect(!item.cannotConclude.ja.isEmpty && !item.cannotConclude.en.isEmpty)
    }
    #expect(store.catalogueItem("jssec-iot-v1/JSSEC-14.2.c")?.title.ja == "Telnet停止とSSH化")
    #expect(store.catalogueItem("JSSEC-14.2.c") == nil)
  }

  /// The figures that were counted when the sheet was read (checklist.md §2.7).
  @Test func `the sheet is whole: boxes, items, remarks and rules, by chapter, class and verb`() throws {
    let catalogue = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
    func count(_ kind: Catalogue.Item.Kind, _ group: String? = nil) -> [Int] {
      let rows = catalogue.items.filter { $0.kind == kind && (group == nil || $0.group == group) }
      return [rows.count]
        + [Catalogue.Item.Visibility.direct, .partial, .none].map { visibility in
          rows.count { $0.visibility == visibility }
        }
    }
    #expect(count(.box) == [38, 5, 13, 20] && count(.item) == [90, 5, 32, 53])
    #expect(count(.box, "方針") == [2, 0, 0, 2] && count(.item, "方針") == [4, 0, 0, 4])
    #expect(count(.box, "分析") == [10, 0, 1, 9] && count(.item, "分析") == [17, 0, 1, 16])
    #expect(count(.box, "設計") == [1, 0, 0, 1] && count(.item, "設計") == [1, 0, 0, 1])
    #expect(count(.box, "構築・接続") == [12, 4, 8, 0] && count(.item, "構築・接続") == [29, 5, 20, 4])
    #expect(count(.box, "運用・保守") == [13, 1, 4, 8] && count(.item, "運用・保守") == [39, 0, 11, 28])
    let verbs = Dictionary(grouping: catalogue.items.filter { $0.kind == .item }, by: \.verb).mapValues(\.count)
    #expect(verbs == [.state: 24, .activity: 14, .confirmation: 17, .decision: 35])
    // Of the rows that a network does not show, those that get facts to go with the question.
    #expect(catalogue.items.count { $0.kind == .box && $0.hasContext } == 14)
    #expect(catalogue.items.count { $0.kind == .item && $0.hasContext } == 27)
    #expect(catalogue.notes.count == 6 && catalogue.rules.map(\.id) == (1...4).map { "JSSEC-R\($0)" })
    // 15 boxes are proposed for the first phase and 33 for the second (checklist.md §1.3).
    #expect(catalogue.items.count { $0.kind == .box && $0.phases?.poc == "●" } == 15)
    #expect(catalogue.items.count { $0.kind == .box && $0.phases?.production == "●" } == 33)
  }

  @Test func `every status and every code has wording in both languages`() {
    for status in VerdictStatus.allCases { expectComplete(store.wording[status], status.rawValue) }
    for reason in NotTestedReason.allCases { expectComplete(store.wording[reason], reason.rawValue) }
    #expect(store.wording[VerdictStatus.pass].label.ja == "適合を示す証拠あり（条件付き）")
  }

  private func expectComplete(_ entry: Wording.Entry, _ code: String) {
    for text in [entry.label, entry.remedy] {
      #expect(!text.ja.isEmpty && !text.en.isEmpty && text.ja != text.en && text.en != code, "\(code)")
    }
  }

  @Test func `all twelve limitations are there, each once`() {
    #expect(store.limitations.count == 12)
    #expect(Set(store.limitations.map(\.id)).count == 12)
  }

  @Test func `Japanese text that was folded over lines has no space inside`() {
    #expect(!store.limitations[0].text.ja.contains(" "))
    #expect(store.limitations[0].text.en.contains(" "))
  }

  @Test func `files of the rule set are sorted, so that its hash does not depend on the disk`() {
    let paths = store.files.map(\.path)
    #expect(paths == paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    #expect(paths.contains("ports/iot1000.yaml"))
    #expect(paths.contains("schema/ports.schema.json"))
    #expect(store.files.allSatisfy { !$0.bytes.isEmpty })
  }

  /// The rule data is in both languages throughout, so each line is read as either. Sources are named as they are.
  @Test func `no text of the rule set gives an assurance or a percentage`() throws {
    for file in store.files where file.path.hasSuffix(".yaml") {
      let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        for language in WordingRules.Language.allCases {
          let problems = WordingRules.problems(in: String(line), language)
          #expect(problems.isEmpty, "\(file.path):\(number + 1) says \(problems.map(\.word))")
        }
      }
    }
  }

  /// The page and its labels, which are no YAML. The page's own style stands in a file of its own.
  @Test func `no text of the report gives an assurance or a percentage`() throws {
    let folder = "\(RuleSet.directory)/report"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".json") || $0.hasSuffix(".mustache")
    }
    #expect(files.contains("glossary.json") && files.contains("parts/management.mustache"))
    for file in files {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      for language in WordingRules.Language.allCases {
        #expect(WordingRules.problems(in: text, language) == [], "\(file)")
      }
    }
  }

  @Test func `schemas are JSON`() throws {
    let schemas = store.files.filter { $0.path.hasSuffix(".schema.json") }
    let names = [
      "catalog", "cell-map", "check", "credential-list", "credential", "crosswalk", "declarations", "determinations",
      "device-classes", "device-profile", "fingerprint", "observations", "ports", "references", "roles", "scan-profile",
      "sheet",
      "ssh-guideline", "tls-guideline", "udp-probe", "vendor-questions", "wifi-baseline", "wifi-names",
    ]
    #expect(schemas.map(\.path) == names.map { "schema/\($0).schema.json" })
    for schema in schemas {
      #expect(try JSONSerialization.jsonObject(with: Data(schema.bytes)) is [String: Any], "\(schema.path)")
    }
  }
}
