import Documents
import Testing
import WiFi

@testable import Profiles

struct WiFiRulesTests {
  private let rules: WiFiRules

  init() throws { rules = try WiFiRules(try RuleSet.store()) }

  /// Names in the form that the sources give, with digits of our own.
  @Test(arguments: [
    ("aterm-0a1b2c", "NEC Platforms"), ("aterm-0a1b2c-g", "NEC Platforms"), ("WARPSTAR-0A1B2C", "NEC Platforms"),
    ("Buffalo-G-12AB", "Buffalo"), ("Buffalo-A-12AB-WPA3", "Buffalo"), ("elecom2g-0a1b2c", "Elecom"),
    ("logitec12", "Logitec"), ("rs500k-0a1b2c-1", "NTT"), ("SPWH_L12_0a1b2c", "UQ / KDDI (WiMAX)"),
    ("HR01a-0A1B2C", "NTT docomo (home 5G)"), ("TP-Link_12AB", "TP-Link"), ("ASUS_A8", "ASUS"),
    ("NETGEAR42", "Netgear"),
  ])
  func `a factory name is known by its maker`(name: String, maker: String) {
    let match = rules.names.match(Array(name.utf8))
    #expect(match?.maker == maker && match?.kind == .factory)
  }

  @Test(arguments: [
    "ESP_0A1B2C", "tasmota-7718", "SmartLife-0A1B", "shellyplus1-0a1b2c", "WLED-AP", "HP-Print-5D-Officejet",
    "DIRECT-xy-Printer", "Canon_ij_1",
  ])
  func `a device that waits to be set up is known`(name: String) {
    #expect(rules.names.match(Array(name.utf8))?.kind == .setup)
  }

  @Test(arguments: [
    "", "home", "aterm", "aterm-0a1b2", "aterm-0a1b2x", "my aterm-0a1b2c", "aterm-0a1b2c ", "Buffalo-G-12ABC",
    "NETGEARS",
    "TP-Link_office", "ASUS_rt", "ESP_", "DIRECT-", "tasmota", "NETGEAR4２",
  ])
  func `names that people choose are not taken for a maker's`(name: String) {
    #expect(rules.names.match(Array(name.utf8)) == nil)
  }

  @Test func `each name has its source`() {
    #expect(rules.names.all.count == rules.sources.count && rules.names.all.count >= 60)
    for name in rules.names.all { #expect(rules.sources[name.pattern.text]?.title.isEmpty == false) }
    // A name that an earlier row takes would never be reached.
    for (place, name) in rules.names.all.enumerated() where !name.pattern.text.contains("*") {
      let sample = name.pattern.text.map { "#?@".contains($0) ? "1" : $0 }
      let first = rules.names.all.firstIndex { $0.pattern.matches(Array(String(sample).utf8)) }
      #expect(first.map { rules.names.all[$0].kind } == rules.names.all[place].kind, "\(name.pattern.text)")
    }
  }

  @Test(arguments: [
    ("pattern: \"aterm-??????\"", "pattern: \"a*erm\""), ("pattern: \"aterm-??????\"", "pattern: \"??\""),
    ("pattern: \"aterm-??????-@@\"", "pattern: \"aterm-??????-@\""),
    ("kind: setup, maker: HP", "kind: open, maker: HP"),
    ("source: keyspaces", "source: keys"), ("maker: Buffalo, ", ""), ("id: shelly", "id: wled"),
    ("maker: ASUS", "make: ASUS"),
  ])
  func `a fault is said with file and line`(text: String, fault: String) throws {
    let files = try RuleSet.store().files.map { file in
      guard file.path == WiFiRules.path else { return file }
      let changed = String(decoding: file.bytes, as: UTF8.self).replacing(text, with: fault, maxReplacements: 1)
      return ProfileStore.RuleFile(path: file.path, bytes: Array(changed.utf8))
    }
    let error = try #require(throws: DocumentError.self) { try WiFiRules(files, in: "Profiles") }
    #expect(error.file == "Profiles/wifi/default-ssids.yaml" && error.line != nil, "\(error)")
  }

  @Test func `a file that is missing is named`() throws {
    let files = try RuleSet.store().files.filter { $0.path != WiFiRules.path }
    let error = try #require(throws: DocumentError.self) { try WiFiRules(files, in: "Profiles") }
    #expect(error.file == "Profiles/wifi/default-ssids.yaml")
  }
}
