import Documents
import Foundation
import Records
import Testing

@testable import Profiles

struct DeviceProfileTests {
  let store: ProfileStore
  var profiles: DeviceProfiles { store.deviceProfiles }

  init() throws { store = try RuleSet.store() }

  @Test func `there are families of makers common in Japan and of others`() {
    let japanese: Set = [
      "iodata", "elecom", "logitec", "buffalo", "nec", "yamaha", "allied-telesis", "i-pro", "canon", "sony", "icom",
      "omron", "keyence", "yokogawa", "mitsubishi-electric", "daikin", "sharp", "ricoh", "epson", "brother", "contec",
      "atmark-techno", "konica-minolta", "kyocera", "fujifilm", "century-systems", "furuno-systems", "planex",
    ]
    let makers = Set(profiles.all.map { String($0.id.prefix { $0 != "/" }) })
    #expect(profiles.all.count >= 40)
    #expect(makers.isSuperset(of: japanese), "\(japanese.subtracting(makers))")
  }

  @Test func `each example leads to its family through all of them together, and no counterexample does`() {
    for profile in profiles.all {
      for signs in profile.examples {
        let found = profiles.candidates(signs).map(\.id)
        #expect(found == [profile.id], "\(signs) of \(profile.id): \(found)")
      }
      for signs in profile.counterexamples {
        #expect(profiles.match(signs)?.id != profile.id, "\(signs) of \(profile.id)")
      }
    }
  }

  @Test func `every source is dated and says where it is to be found`() {
    for profile in profiles.all {
      for source in profile.sources {
        #expect(source.retrieved >= "2026-11-25", "\(profile.id) \(source.id)")
        #expect(source.url != nil || source.document != nil, "\(profile.id) \(source.id)")
        for word in ["nmap", "/tmp", "/work"] { #expect(!source.title.lowercased().contains(word)) }
      }
    }
  }

  @Test func `the organisations are names of the IEEE registry`() throws {
    // Without the package ieee-data there is nothing to hold them against.
    let directory = VendorRegistry.defaultDirectory
    guard FileManager.default.fileExists(atPath: directory + "/oui.csv") else { return }
    var names: Set<String> = []
    for file in ["oui.csv", "mam.csv", "oui36.csv"] {
      let bytes = try #require(FileManager.default.contents(atPath: "\(directory)/\(file)"))
      for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
        let fields = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { continue }
        names.insert(fields[2].drop { $0 == "\"" || $0 == " " }.lowercased())
      }
    }
    for profile in profiles.all {
      let patterns = profile.clauses.flatMap { $0.patterns[.organisation] ?? [] }
      for organisation in profile.maker.organisations + patterns {
        #expect(
          names.contains { begins($0, withWords: organisation.lowercased()) }, "\(profile.id): \(organisation)")
      }
    }
  }

  @Test func `the enterprise numbers are the makers' by IANA's list`() throws {
    // tshark brings IANA's list along, up to version 4.0 as a file.
    guard let bytes = FileManager.default.contents(atPath: "/usr/share/wireshark/enterprises.tsv") else { return }
    var names: [UInt32: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.first != "#" {
      let fields = line.split(separator: "\t")
      if fields.count >= 2, let number = UInt32(fields[0]) { names[number] = fields[1].lowercased() }
    }
    let words: [String: String] = ["google/cast": "google", "mikrotik/routeros": "mikrotik", "cisco/rv": "cisco"]
    for profile in profiles.all {
      for number in profile.maker.enterprises {
        let name = try #require(names[number], "\(profile.id): \(number)")
        let word = words[profile.id] ?? String(profile.maker.name.en.lowercased().prefix { $0.isLetter || $0 == "-" })
        #expect(name.contains(word), "\(profile.id): \(number) is \(name)")
      }
    }
  }

  @Test func `a profile's class never contradicts the rules that hold before anything is asked`() {
    for profile in profiles.all {
      for signs in profile.examples {
        guard let organisation = signs.values[.organisation]?.first else { continue }
        let decision = store.deviceClassRules.classify(vendor: organisation, name: nil, timeToLive: nil, window: nil)
        #expect(!decision.isOT || profile.fragility.isOT, "\(profile.id)")
      }
      if profile.fragility.isOT { #expect(profile.fragility.deviceClass == .fragile) }
    }
  }

  @Test func `two families that fit equally well give none`() {
    let both = DeviceProfile.Signs([.organisation: ["OMRON Corporation"], .model: ["NJ501", "CJ2M"]])
    #expect(Set(profiles.candidates(both).map(\.id)) == ["omron/nj-nx", "omron/cs-cj"])
    #expect(profiles.match(both) == nil)
    #expect(profiles.match(.init()) == nil)
    #expect(profiles.match(.init([.model: [""], .name: ["..."], .sysObjectID: ["."]])) == nil)
  }

  @Test func `what names the product outweighs the address of another maker's network module`() {
    var signs = DeviceProfile.Signs([.organisation: ["Lantronix"]])
    #expect(profiles.match(signs)?.id == "lantronix/xport")
    signs.add("1.3.6.1.4.1.2435.2.3", as: .sysObjectID)
    #expect(profiles.match(signs)?.id == "brother/printer")
  }

  @Test func `values of any length and with control characters are borne`() {
    let long = String(repeating: "*a", count: 100_000) + "\u{1b}[2J"
    for sign in DeviceProfile.Sign.allCases { #expect(profiles.match(.init([sign: [long]])) == nil) }
  }

  @Test func `the allow-list tells what is named, what is off by default and what is not named`() throws {
    let router = try #require(profiles["yamaha/rtx"])
    guard case .listed(let telnet) = router.expectation(of: ServiceEndpoint(transport: .tcp, port: 23)) else {
      Issue.record("Telnet is in the profile")
      return
    }
    #expect(telnet.isOnByDefault == true)
    let computer = try #require(profiles["raspberry-pi/os"])
    guard case .listed(let shell) = computer.expectation(of: ServiceEndpoint(transport: .tcp, port: 22)) else {
      Issue.record("SSH is in the documentation")
      return
    }
    #expect(shell.isOnByDefault == false)
    #expect(router.expectation(of: ServiceEndpoint(transport: .udp, port: 23)) == .unlisted)
    let camera = try #require(profiles["i-pro/camera"])
    #expect(camera.expectation(of: ServiceEndpoint(transport: .tcp, port: 80)) == .noAllowList)
  }

  @Test func `the end of support is stated for the model or branch that a document names`() throws {
    let bridge = try #require(profiles["signify/hue-bridge"])
    #expect(bridge.endOfLife(model: "BSB001", firmware: nil).map(\.date) == ["2020-04-30"])
    #expect(bridge.endOfLife(model: nil, firmware: nil).isEmpty)
    let router = try #require(profiles["mikrotik/routeros"])
    #expect(router.endOfLife(model: nil, firmware: "7.18.1").count == 1)
    #expect(router.endOfLife(model: nil, firmware: "7.20").isEmpty)
    #expect(router.endOfLife(model: nil, firmware: nil).isEmpty)
  }

  // The reference in each row is quoted from the CVE record or release list that the profile names.
  @Test(
    arguments: [
      ("yamaha/rtx", "RTX1210", "Rev.14.01.38", .outdated), ("yamaha/rtx", "RTX1210", "Rev.14.01.40", .notOlder),
      ("yamaha/rtx", "RTX5000", "Rev.14.00.29", .noReference), ("yamaha/rtx", nil, "Rev.14.01.38", .noReference),
      ("synology/dsm", nil, "7.2.1-69057-5", .outdated), ("synology/dsm", nil, "7.2.1-69057-6", .notOlder),
      ("synology/dsm", nil, "7.2.2-72806", .outdated), ("synology/dsm", nil, "7.2.2", .incomparable(.endings)),
      ("synology/dsm", nil, "5.2-5967", .noReference), ("mikrotik/routeros", nil, "6.49.18 (long-term)", .notOlder),
      ("mikrotik/routeros", nil, "6.48.6", .outdated), ("mikrotik/routeros", nil, "6.49.10", .outdated),
      ("qnap/qts", "TS-453D", "h5.1.6.2734", .outdated), ("qnap/qts", nil, "5.1.7.2770 build 20240520", .notOlder),
      ("tp-link/archer", "Archer AX21", "1.1.3 Build 20221125", .outdated),
      ("signify/hue-bridge", "BSB002", "1935144020", .outdated),
      ("signify/hue-bridge", "BSB002", "1935144040", .notOlder), ("keyence/kv", "KV-8000", "2.0", .noReference),
      ("buffalo/wsr", "WSR-2533DHPL2", "unknown", .incomparable(.unreadable)),
    ] as [(String, String?, String, FirmwareAssessment.Outcome)])
  func `a version is held against the reference of its model and branch`(
    id: String, model: String?, reported: String, outcome: FirmwareAssessment.Outcome
  ) throws {
    let profile = try #require(profiles[id])
    let assessment = profile.assessFirmware(reported, model: model, by: "sysDescr")
    #expect(assessment.outcome == outcome, "\(assessment.basis.en)")
    #expect((assessment.reference == nil) == (outcome == .noReference))
    // Both sides and both sources stay in the sentence.
    for text in [assessment.basis.en, assessment.basis.ja] {
      #expect(text.contains(reported) && text.contains("sysDescr"))
      if let reference = assessment.reference {
        #expect(text.contains(reference.version.text) && text.contains(reference.source.title))
      }
    }
  }

  @Test(arguments: [
    ("id: yamaha/rtx", "id: yamaha/rt", "differs from the file's place"),
    ("roles: [router, gateway]", "roles: [router, toaster]", "toaster is not in vocabularies/roles.yaml"),
    ("roles: [router, gateway]", "roles: [router, router]", "each once"),
    ("class: normal", "class: normal\not: true", "a controller of a plant is fragile"),
    ("class: normal", "class: normal\ncolour: red", "unknown key colour"),
    ("port: 23", "port: 0", "from 1 to 65535"), ("port: 23", "port: 80", "a port is given twice"),
    ("transport: udp\n    port: 161", "transport: sctp\n    port: 161", "expected tcp or udp"),
    ("source: login", "source: hearsay", "there is no source hearsay"),
    ("https://www.tenable", "http://www.tenable", "begins with https://"),
    ("2026-11-25", "2026-02-29", "is no day of the calendar"), ("2026-11-25", "25.11.2026", "as in 2026-11-25"),
    ("[\"1.3.6.1.4.1.1182\"]", "[\"1.3.6.1.4.1.118\"]", "not under a number"),
    ("[\"RTX*\", \"NVR*\"]", "[\"*\", \"**\"]", "would fit every device"),
    ("- path: \"/\"", "- path: \"/reboot.cgi\"", "with the word reboot"),
    ("- path: \"/\"", "- path: \"admin page\"", "origin form"),
    ("version: Rev.15.02.17", "version: newest", "cannot be read as a version"),
    ("version: Rev.15.02.17", "branch: 16\n    version: Rev.15.02.17", "is not of the branch"),
    (
      "class: normal", "rolesOfModels: [{ models: [RTX*], role: camera, source: login }]\nclass: normal",
      "camera is not among the family's roles"
    ),
    (
      "class: normal", "rolesOfModels: [{ models: [\"*\"], role: router, source: login }]\nclass: normal",
      "would fit every model"
    ),
    (
      "class: normal", "rolesOfModels: [{ models: [RTX*], role: router, source: x }]\nclass: normal",
      "there is no source x"
    ),
    ("relation: affected", "relation: old", "not one of latest, fixed, affected"),
  ])
  func `a senseless profile is refused with its reason`(old: String, new: String, problem: String) throws {
    let error = try RuleSet.complaint("devices/yamaha/rtx.yaml", replacing: old, with: new)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.file.hasSuffix("devices/yamaha/rtx.yaml") == true)
  }

  @Test func `an address alone may not stand for one of a maker's families`() throws {
    let error = try RuleSet.complaint(
      "devices/canon/printer.yaml", replacing: "match:\n", with: "match:\n  - { organisation: [CANON INC] }\n")
    #expect(error?.problem.contains("canon/network-camera") == true, "\(error?.problem ?? "")")
  }

  @Test func `where a device has one role of several, its model tells which`() throws {
    let camera = try #require(profiles["i-pro/camera"])
    #expect(camera.role(models: ["WJ-NX410K"]) == "nvr" && camera.role(models: ["x", "wj-nx310/8"]) == "nvr")
    #expect(camera.role(models: []) == nil && camera.role(models: ["NX410K", ""]) == nil)
    // The first that fits counts; where nothing tells, none does; where a device has all of them, the first does.
    #expect(try #require(profiles["dahua/camera"]).role(models: ["NVR4104", "IPC-HDW3441"]) == "camera")
    #expect(try #require(profiles["esphome/node"]).role(models: ["esp32dev"]) == nil)
    #expect(try #require(profiles["buffalo/wsr"]).role(models: []) == "router")
  }

  @Test func `an enterprise number names a maker whose families agree on it`() {
    #expect(profiles.maker(ofEnterprise: 1182)?.en == "Yamaha" && profiles.maker(ofEnterprise: 8072) == nil)
    #expect(profiles.maker(ofEnterprise: 0) == nil)
  }

  @Test func `no path of a profile can change anything by its name, and none is asked of a printer's data port`() {
    for profile in profiles.all {
      for path in profile.unauthenticated + profile.management {
        #expect(!store.neverWritePorts.contains(path.port), "\(profile.id) \(path.path)")
        #expect(path.path.hasPrefix("/"))
      }
    }
  }

  @Test func `roles are told apart and named in both languages`() {
    #expect(Set(store.roles.map(\.title.ja)).count == store.roles.count)
    #expect(store.roles.map(\.id) == store.roles.map(\.id).sorted())
    let used = Set(profiles.all.flatMap(\.roles))
    #expect(used.isSuperset(of: ["router", "camera", "printer", "nas", "plc", "hmi", "ap", "switch", "intercom"]))
  }
}
