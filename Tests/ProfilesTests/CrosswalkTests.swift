import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct CrosswalkTests {
  let store: ProfileStore

  init() throws { store = try RuleSet.store() }

  private func crosswalk(_ id: String) throws -> Crosswalk { try #require(store.crosswalks.first { $0.id == id }) }

  @Test func `each framework has its file, and says what was not verified`() {
    #expect(
      store.crosswalks.map(\.id) == [
        "ccds-2021", "etsi-en-303-645", "iotac-guideline", "ipa-tsunagaru-2017", "jc-star-1", "jpcert-cc-2019",
        "jssec-iot-v1", "meti-sme-guide", "nistir-8259a", "owasp-iot-2018", "terminal-equipment-34-10",
      ])
    for crosswalk in store.crosswalks {
      #expect(crosswalk.to == "jssec-iot-v1" && !crosswalk.verification.notVerified.ja.isEmpty)
    }
  }

  /// Links counted by hand in the table of checklist.md §4.2.
  @Test(arguments: [
    ("iotac-guideline", 57), ("ipa-tsunagaru-2017", 37), ("etsi-en-303-645", 82), ("jc-star-1", 34),
    ("nistir-8259a", 45), ("owasp-iot-2018", 51), ("ccds-2021", 38), ("terminal-equipment-34-10", 12),
    ("meti-sme-guide", 47), ("jpcert-cc-2019", 0), ("jssec-iot-v1", 0),
  ])
  func `a framework has as many links as the table`(id: String, links: Int) throws {
    #expect(try crosswalk(id).provisions.reduce(0) { $0 + $1.related.count } == links)
  }

  @Test func `every box and rule has the links of the table, and no others`() throws {
    let table = CrosswalkTable.links()
    let sheet = try #require(store.catalogues.first { $0.id == "jssec-iot-v1" })
    let rows = sheet.items.filter { $0.kind == .box }.map(\.id) + sheet.rules.map(\.id)
    #expect(rows.count == 42 && Set(table.values.flatMap(\.keys)).isSubset(of: rows))
    for framework in CrosswalkTable.frameworks {
      let crosswalk = try crosswalk(framework)
      for row in rows {
        let found = Set(crosswalk.provisions(relatedTo: row).map(\.id))
        #expect(found == table[framework]?[row] ?? [], "\(framework): \(row)")
      }
      // The other way: each link leads back to a row of the table.
      for provision in crosswalk.provisions {
        let back = rows.filter { table[framework]?[$0]?.contains(provision.id) == true }
        #expect(Set(provision.related) == Set(back), "\(framework): \(provision.id)")
      }
    }
  }

  /// JC-STAR -07 to -15 and all of IPA's titles are from memory (checklist.md §4.1), and V2.1.1 has no 5.1-2A.
  @Test func `what was not compared with its source says so`() throws {
    let star = try crosswalk("jc-star-1").provisions
    #expect(star.filter { !$0.verified }.map(\.id) == (7...15).map { $0 < 10 ? "S1.1-0\($0)" : "S1.1-\($0)" })
    #expect(try crosswalk("ipa-tsunagaru-2017").provisions.allSatisfy { !$0.verified })
    #expect(try crosswalk("ipa-tsunagaru-2017").provisions.count == 17)
    let etsi = try crosswalk("etsi-en-303-645").provisions
    #expect(etsi.first { $0.id == "5.1-2A" }?.verified == false && etsi.first { $0.id == "5.1-1" }?.verified == true)
    #expect(etsi.filter { $0.id.hasPrefix("6-") }.allSatisfy { !$0.verified })
    #expect(try crosswalk("jpcert-cc-2019").provisions.isEmpty, "only that it exists is known")
  }

  /// Table B.1 of the standard, which may be reproduced.
  @Test func `ETSI's provisions keep their status`() throws {
    let status = Dictionary(
      uniqueKeysWithValues: try crosswalk("etsi-en-303-645").provisions.map { ($0.id, $0.status) })
    #expect(status["5.1-1"] == "MF (a)" && status["5.1-5"] == "MCF (14, e)" && status["5.3-2"] == "MC (15)")
    #expect(status["5.5-1"] == "M" && status["5.6-5"] == "R" && status["5.3-15A"] == "RC (3)")
    #expect(status.values.allSatisfy { $0 != nil })
  }

  @Test func `classes are those of the frameworks' lists`() throws {
    func ids(_ id: String, _ visibility: Catalogue.Item.Visibility) throws -> [String] {
      try crosswalk(id).provisions.filter { $0.visibility == visibility }.map(\.id)
    }
    // checklist.md §4.6, §4.7, §4.8, §4.5
    #expect(try ids("etsi-en-303-645", .direct) == ["5.5-5", "5.6-1", "5.6-2"])
    #expect(try ids("etsi-en-303-645", .partial).count == 22)
    #expect(try ids("terminal-equipment-34-10", .direct) == ["(1)"])
    #expect(try ids("owasp-iot-2018", .direct) == ["I1", "I2", "I9"])
    #expect(try ids("nistir-8259a", .direct) == ["LA"])
    #expect(try ids("jc-star-1", .direct) == ["S1.1-01", "S1.1-13"])
    #expect(try ids("ccds-2021", .direct) == ["2019-4", "2019-5"])
  }

  @Test func `rows of other catalogues keep their titles`() throws {
    let point = try #require(try crosswalk("iotac-guideline").provisions.first { $0.id == "IOTGL-7.1" })
    #expect(point.title.en == "Learn from cases of ordinary ICT" && point.related == ["JSSEC-7.1"] && point.verified)
  }

  private static let path = "crosswalk/terminal-equipment-34-10.yaml"

  @Test(arguments: [
    ("relation: related", "relation: equivalent", "equivalent is no relation that may be claimed"),
    ("related: [JSSEC-17.3, JSSEC-18.6]", "equivalent: [JSSEC-17.3]", "equivalent is no relation that may be claimed"),
    ("related: [JSSEC-17.3, JSSEC-18.6]", "related: [JSSEC-99.9]", "JSSEC-99.9 is no row of jssec-iot-v1"),
    ("related: [JSSEC-17.3, JSSEC-18.6]", "related: [JSSEC-17.3, JSSEC-17.3]", "names a row twice"),
    ("id: \"(4)\"", "id: \"(3)\"", "(3) is given twice"),
    ("to: jssec-iot-v1", "to: jssec-iot-v9", "no catalogue jssec-iot-v9"),
    ("outcome: neutral", "outcome: fine", "fine is not one of"),
    ("provision: \"(3)\"", "provision: \"(9)\"", "no provision (9)"),
    ("observation: port-mapping", "observation: sunshine", "no observation sunshine"),
    ("    provision: \"(3)\"\n", "", "neutral has to be about a provision"),
    ("id: terminal-equipment-34-10", "id: other", "differs from the file's name"),
  ])
  func `a fault in a crosswalk is named`(old: String, new: String, problem: String) throws {
    let error = try RuleSet.complaint(Self.path, replacing: old, with: new)
    #expect(error?.problem.contains(problem) == true, "\(error.map { "\($0)" } ?? "none")")
    #expect(error?.line != nil && error?.file.hasSuffix(Self.path) == true)
  }

  // MARK: The same observation, different verdicts (checklist.md §4.10)

  /// `framework provision outcome`, a `?` behind what holds only on a condition.
  private func readings(_ checks: Set<String>, _ observed: Set<String> = []) -> Set<String> {
    Set(
      store.readings(of: checks, observed: observed).map {
        "\($0.framework) \($0.provision ?? "-") \($0.outcome.rawValue)\($0.onlyIf == nil ? "" : "?")"
      })
  }

  @Test func `a default that all units share`() {
    #expect(
      readings(["cred.default"]) == [
        "jssec-iot-v1 JSSEC-15.1 against", "etsi-en-303-645 5.1-1 against?", "terminal-equipment-34-10 (2) review",
        "owasp-iot-2018 I1 against",
      ])
  }

  @Test func `a password of the unit's own label, unchanged`() {
    #expect(
      readings([], ["unit-default-unchanged"]) == [
        "jssec-iot-v1 JSSEC-15.1 against", "etsi-en-303-645 5.1-1 supports", "terminal-equipment-34-10 (2) supports",
        "jc-star-1 S1.1-02 review",
      ])
  }

  @Test func `Telnet with a strong password on a closed segment`() {
    #expect(
      readings(["telnet.enabled"]) == [
        "jssec-iot-v1 JSSEC-14.2.c against", "etsi-en-303-645 5.5-1 against", "etsi-en-303-645 5.5-7 review",
        "etsi-en-303-645 5.6-1 review?", "terminal-equipment-34-10 - not-covered", "owasp-iot-2018 I2 against",
      ])
  }

  @Test func `WPA2 with a passphrase and AES`() {
    #expect(
      readings([], ["wpa2-psk-aes"]) == [
        "jssec-iot-v1 JSSEC-14.2.a supports", "etsi-en-303-645 5.5-1 neutral", "terminal-equipment-34-10 - not-covered",
        "ccds-2021 1-4-1 review",
      ])
  }

  @Test func `an administration page with a password over plain HTTP`() {
    #expect(
      readings(["http.plaintext-login"]) == [
        "jssec-iot-v1 JSSEC-16.1.b review", "etsi-en-303-645 5.5-7 against", "etsi-en-303-645 5.5-1 against",
        "terminal-equipment-34-10 (1) supports", "owasp-iot-2018 I7 against",
      ])
  }

  @Test func `firmware that is not the latest`() {
    #expect(
      readings(["firmware.outdated"]) == [
        "jssec-iot-v1 JSSEC-15.3 against", "etsi-en-303-645 5.3-8 not-covered", "terminal-equipment-34-10 (3) neutral",
        "owasp-iot-2018 I5 against",
      ])
  }

  @Test(arguments: ["echonet.control", "modbus.open", "bacnet.open"])
  func `a protocol that knows no authentication`(check: String) {
    #expect(
      readings([check]) == [
        "jssec-iot-v1 JSSEC-15.5 review", "jssec-iot-v1 JSSEC-16.1.b review", "etsi-en-303-645 5.5-5 review",
        "terminal-equipment-34-10 - not-covered",
      ])
  }

  @Test func `a mapping of the gateway to a camera`() {
    #expect(
      readings(["upnp.port-mapping"]) == [
        "jssec-iot-v1 JSSEC-15.4 against", "jssec-iot-v1 JSSEC-14.1.b against?", "jssec-iot-v1 JSSEC-R2 review",
        "etsi-en-303-645 5.5-4 review", "etsi-en-303-645 5.6-1 review", "terminal-equipment-34-10 - not-covered",
      ])
  }

  @Test func `a reading speaks of an observation and never of conformity`() {
    #expect(readings([]).isEmpty && readings(["rtsp.basic"]).isEmpty)
    let all = store.readings(of: [], observed: Set(store.observations.map(\.id)))
    #expect(all.count == 37 && store.observations.count == 8)
    for reading in all {
      for text in [reading.statement, reading.why, reading.onlyIf].compactMap(\.self) {
        #expect(WordingRules.problems(in: text).isEmpty && !text.ja.contains("適合"), "\(text)")
      }
    }
    let star = all.first { $0.framework == "jc-star-1" }
    #expect(star?.statement.ja == "JC-STAR ★1(IPA) S1.1-02に関連する観測" && star?.verified == true)
  }
}
