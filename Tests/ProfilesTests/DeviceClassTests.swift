import Documents
import Records
import Testing

@testable import Profiles

struct DeviceClassTests {
  let rules: DeviceClassRules

  init() throws { rules = try RuleSet.store().deviceClassRules }

  @Test func `every rule matches its examples and none of its counterexamples`() {
    for rule in rules.rules {
      for signs in rule.examples { #expect(rule.matches(signs), "\(rule.id): \(signs)") }
      for signs in rule.counterexamples { #expect(!rule.matches(signs), "\(rule.id): \(signs)") }
    }
  }

  @Test func `the example of a rule gives its class through all the rules together`() {
    for rule in rules.rules {
      for signs in rule.examples {
        let decision = rules.classify(signs)
        #expect(decision.deviceClass == rule.deviceClass, "\(rule.id): \(signs)")
        #expect(decision.isOT == rule.isOT, "\(rule.id): \(signs)")
        #expect(decision.rule == rule.id, "\(rule.id): \(signs)")
      }
    }
  }

  @Test func `texts and sources are complete`() {
    for rule in rules.rules {
      #expect(rule.why.ja != rule.why.en && !rule.why.ja.isEmpty && !rule.source.isEmpty, "\(rule.id)")
      #expect(!rule.source.lowercased().contains("nmap"), "\(rule.id)")
    }
  }

  @Test func `nothing known is normal, and no controller`() {
    let decision = rules.classify(vendor: nil, name: nil, timeToLive: nil, window: nil)
    #expect(decision.deviceClass == .normal)
    #expect(!decision.isOT)
    #expect(decision.rule == nil)
    #expect(rules.classify(vendor: "", name: "", timeToLive: 64, window: 29200).deviceClass == .normal)
    #expect(rules.classify(vendor: "", name: "...", timeToLive: 0, window: 0).deviceClass == .normal)
  }

  @Test func `the lower class wins over the higher`() {
    let adapter = rules.classify(vendor: "Intel Corporate", name: nil, timeToLive: nil, window: nil)
    #expect(adapter.deviceClass == .robust)
    // A module with an Intel address that has the stack of a microcontroller.
    let module = rules.classify(vendor: "Intel Corporate", name: nil, timeToLive: 255, window: 2144)
    #expect(module.deviceClass == .fragile)
    #expect(module.rule == "lwip.defaults")
    #expect(
      rules.classify(vendor: "Synology Incorporated", name: "ESP-1", timeToLive: nil, window: nil).deviceClass
        == .fragile)
  }

  @Test func `a controller stays one whatever its stack looks like`() {
    let decision = rules.classify(vendor: "SIEMENS AG", name: "tasmota-1", timeToLive: 128, window: 65535)
    #expect(decision.deviceClass == .fragile)
    #expect(decision.isOT)
    #expect(decision.reason.en.contains("controllers"))
  }

  // RFC 791 §3.2: each router takes at least one off; lwIP starts at 255.
  @Test(arguments: [(255, true), (254, true), (224, true), (223, false), (128, false), (0, false)] as [(UInt8, Bool)])
  func `hops are allowed for`(timeToLive: UInt8, isLwIP: Bool) {
    let decision = rules.classify(vendor: nil, name: nil, timeToLive: timeToLive, window: 2144)
    #expect((decision.rule == "lwip.defaults") == isLwIP)
  }

  @Test func `a stack alone never makes a device robust`() {
    for rule in rules.rules {
      if case .stack = rule.match { #expect(rule.deviceClass == .fragile, "\(rule.id)") }
    }
    for (timeToLive, window) in [(64, 65535), (64, 29200), (128, 8192), (128, 65535), (255, 16384)] as [(UInt8, UInt16)]
    {
      let decision = rules.classify(vendor: nil, name: nil, timeToLive: timeToLive, window: window)
      #expect(decision.deviceClass == .normal, "\(timeToLive) \(window)")
    }
  }

  @Test(arguments: [
    ("a*b*c", "abc", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("*", "x", true),
    ("esp_*", "esp_", true), ("esp_*", "esp", false), ("*a*a*a*b", String(repeating: "a", count: 500), false),
    ("ab*", "AB1", true), ("é*", "É1", true),
  ])
  func `stars stand for any characters`(pattern: String, name: String, matches: Bool) {
    let rule = DeviceClassRules.Rule(
      id: "x", deviceClass: .fragile, isOT: false, why: LocalizedText(ja: "", en: ""), source: "",
      match: .name([pattern]), examples: [], counterexamples: [])
    #expect(rule.matches(.init(name: name)) == matches)
  }

  @Test(arguments: [
    ("class: robust", "class: sturdy", "sturdy is not one of fragile, normal, robust"),
    ("id: lwip.defaults", "id: ot.japan", "the id ot.japan is given twice"),
    ("timesToLive: [255]", "timesToLive: [256]", "from 0 to 255"),
    ("windows: [5744, 5760]", "windows: [70000]", "from 0 to 65535"),
    ("class: fragile\n    ot: true", "class: normal\n    ot: true", "a controller of a plant is fragile"),
    ("match:\n      stack:", "match:\n      name: [x]\n      stack:", "by exactly one of"),
    ("match:\n      stack:", "match:\n      stacks:", "stacks is not one of"),
  ])
  func `a senseless rule is refused with its reason`(old: String, new: String, problem: String) throws {
    let error = try RuleSet.complaint("devices/classes.yaml", replacing: old, with: new)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test func `classes are ordered by what they bear`() {
    #expect(DeviceClass.fragile < .normal && DeviceClass.normal < .robust)
    #expect(DeviceClass.allCases.sorted() == [.fragile, .normal, .robust])
  }
}
