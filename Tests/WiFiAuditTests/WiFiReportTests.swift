import Addressing
import Authority
import Foundation
import LabSupport
import Profiles
import Records
import Reports
import Testing
import WiFi
import WiFiAudit
import Wire

struct WiFiReportTests {
  private static let (one, other, third) = (SampleAir.mac(0xa1), SampleAir.mac(0xb2), SampleAir.mac(0xc3))
  private static let wpa2 = SampleAir.rsn(4, [4], [2], 0xc0)

  private static func twice(_ frames: [UInt8]...) -> [[UInt8]] { frames + frames }

  // MARK: Profiles

  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let elements: [UInt8]
    var privacy = true
    let baseline: WiFiComparison.Outcome
    let strict: WiFiComparison.Outcome
  }

  /// Expected by the sentences of the issue: baseline is WPA2-AES or better, strict is WPA3, or WPA2 with PMF required.
  private static let cases = [
    Case(description: "open", elements: [], privacy: false, baseline: .deviates, strict: .deviates),
    Case(description: "wep", elements: [], baseline: .deviates, strict: .deviates),
    Case(description: "wpa", elements: SampleAir.wpa, baseline: .deviates, strict: .deviates),
    Case(
      description: "wpa and wpa2", elements: SampleAir.wpa + SampleAir.rsn(2, [4, 2], [2]), baseline: .deviates,
      strict: .deviates),
    Case(
      description: "wpa2, tkip beside ccmp", elements: SampleAir.rsn(4, [4, 2], [2], 0xc0), baseline: .deviates,
      strict: .deviates),
    Case(
      description: "wpa2, group tkip", elements: SampleAir.rsn(2, [4], [2], 0xc0), baseline: .deviates,
      strict: .deviates),
    Case(description: "wpa2 without pmf", elements: SampleAir.rsn(4, [4], [2]), baseline: .meets, strict: .deviates),
    Case(
      description: "wpa2, pmf possible", elements: SampleAir.rsn(4, [4], [2], 0x80), baseline: .meets,
      strict: .deviates),
    Case(description: "wpa2, pmf required", elements: wpa2, baseline: .meets, strict: .meets),
    Case(description: "wpa2, pmf required, wps", elements: wpa2 + SampleAir.wps, baseline: .meets, strict: .deviates),
    Case(
      description: "transition", elements: SampleAir.rsn(4, [4], [2, 8], 0x80) + SampleAir.hashToElement,
      baseline: .meets, strict: .deviates),
    Case(
      description: "wpa3", elements: SampleAir.rsn(4, [4], [8], 0xc0) + SampleAir.hashToElement, baseline: .meets,
      strict: .meets),
    Case(
      description: "wpa3 without h2e, gcmp", elements: SampleAir.rsn(9, [9], [8], 0xc0), baseline: .meets,
      strict: .meets),
    Case(description: "owe", elements: SampleAir.rsn(4, [4], [18], 0xc0), baseline: .meets, strict: .meets),
    Case(description: "RSN cut off", elements: [48, 3, 1, 0, 0], baseline: .notDetermined, strict: .notDetermined),
  ]

  @Test(arguments: cases) func `a network stands to the two profiles as their sentences say`(item: Case) throws {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), item.elements, privacy: item.privacy)
    for (profile, outcome) in [("baseline", item.baseline), ("strict", item.strict)] {
      let report = try SampleAir.report(
        SampleAir.hearing([beacon, beacon]), SampleAir.scope(names: ["site"]), profile)
      let judged = try #require(report.profile.networks.first)
      #expect(judged.outcome == outcome, "\(profile): \(judged)")
      #expect(judged.deviating.isEmpty == (outcome != .deviates) && report.profile.id == profile)
      // Heard once, nothing is said of it.
      let once = try SampleAir.report(
        SampleAir.hearing([beacon]), SampleAir.scope(addresses: [Self.one]), profile)
      #expect(once.profile.networks.map(\.outcome) == [.notDetermined] && once.networks[0].findings.isEmpty)
    }
  }

  @Test func `every weakness that the survey knows has its check, and each profile places each check once`() throws {
    let store = try SampleAir.store.get()
    let named = store.checks.filter { $0.rule.observation == .wifiNetwork }
    // Issue 7's list.
    let names =
      """
      wifi.open wifi.wep wifi.wpa1 wifi.tkip wifi.weak-group-cipher wifi.wps wifi.no-pmf wifi.pmf-optional wifi.transition \
      wifi.owe-open-half wifi.sae-no-pmf wifi.sae-no-h2e wifi.ft-psk wifi.default-ssid wifi.setup-ap wifi.mixed-security wifi.changed
      """
      .split(separator: " ").map(String.init)
    #expect(Set(named.map(\.id)) == Set(names) && names.count == 17)
    #expect(
      named.allSatisfy { $0.rule.finding == $0.id && $0.feeds.contains { $0.item == "jssec-iot-v1/JSSEC-14.2.a" } })
    #expect(Set(WiFiFinding.allCases.map(\.rawValue)).isSubset(of: names))
    for id in ["baseline", "strict"] {
      let baseline = try WiFiBaseline.named(id, in: store)
      let placed = baseline.information + names.filter(baseline.forbids)
      #expect(placed.sorted() == names.sorted(), "\(id)")
      // Levels, ciphers and PMF are words that the survey uses.
      for row in baseline.rows {
        if case .levels(let levels) = row.demand {
          #expect(levels.allSatisfy { WiFiSecurity.Level(rawValue: $0) != nil })
        }
        if case .managementProtection(let words) = row.demand {
          #expect(words.allSatisfy { WiFiSecurity.ManagementProtection(rawValue: $0) != nil })
        }
      }
    }
    #expect(throws: (any Error).self) { try WiFiBaseline.named("lax", in: store) }
  }

  // MARK: Scope

  @Test func `of networks out of scope nothing is in any output but their number`() throws {
    let frames = Self.twice(
      SampleAir.beacon(Self.one, Array("site".utf8), []), SampleAir.beacon(Self.other, Array("neighbour".utf8), []),
      SampleAir.beacon(Self.third, Array("site".utf8), Self.wpa2))
    let report = try SampleAir.report(
      SampleAir.hearing(frames), SampleAir.scope(names: ["site"], notAddresses: [Self.third]))
    #expect(report.networks.map(\.bssid) == ["\(Self.one)"])
    #expect(report.coverage.networks.outOfScope == 2 && report.coverage.networks.inScope == 1)
    let text = try SampleAir.everything(report)
    for secret in ["neighbour", "\(Self.other)", "\(Self.third)"] { #expect(!text.contains(secret)) }
    #expect(text.contains("site") && text.contains("\(Self.one)"))
  }

  @Test func `an address in scope is judged under any name and hidden, and exclusions win`() throws {
    let hidden = SampleAir.beacon(Self.one, [0, 0, 0], Self.wpa2)
    let named = SampleAir.beacon(Self.other, Array("renamed".utf8), Self.wpa2)
    let hearing = SampleAir.hearing(Self.twice(hidden, named))
    let both = try SampleAir.report(hearing, SampleAir.scope(names: ["x"], addresses: [Self.one, Self.other]))
    #expect(both.networks.map(\.ssid) == [nil, "renamed"])
    #expect(both.coverage.notHeard.ssids == ["x"] && both.coverage.notHeard.bssids.isEmpty)
    let without = try SampleAir.report(
      hearing, SampleAir.scope(addresses: [Self.one, Self.other, Self.third], notNames: ["renamed"]))
    #expect(without.networks.map(\.bssid) == ["\(Self.one)"])
    #expect(without.coverage.notHeard.bssids == ["\(Self.other)", "\(Self.third)"])
    #expect(try !SampleAir.everything(without).contains("renamed"))
  }

  @Test func `nothing heard is told as not heard, and never as clean`() throws {
    let report = try SampleAir.report(SampleAir.hearing([]), SampleAir.scope(names: ["site"]))
    #expect(report.networks.isEmpty && report.coverage.notHeard.ssids == ["site"] && report.gravest == nil)
    #expect(report.coverage.limitations.map(\.band) == ["2.4", "5", "6"])
    #expect(WiFiText(report, .en).text.contains("not heard: name site"))
    #expect(WiFiText(report, .en).text.contains("neither that there is none nor that it has no weakness"))
    #expect(WiFiText(report, .ja).text.contains("未受信: 名前 site"))
  }

  @Test func `a flood of invented networks is told, and the network of the scope stays`() throws {
    var frames = Self.twice(SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2))
    for number in 0..<UInt64(WiFiSurvey.most + 500) {
      frames.append(SampleAir.beacon(MACAddress(rawValue: 0x0e00_0000_0000 + number), Array("fake\(number)".utf8), []))
    }
    let report = try SampleAir.report(SampleAir.hearing(frames), SampleAir.scope(names: ["site"]))
    #expect(report.networks.map(\.ssid) == ["site"])
    #expect(report.coverage.networks.dropped == 501)
    let text = try SampleAir.everything(report)
    #expect(!text.contains("fake") && !text.contains("0e:00:") && text.contains("501"))
  }

  // MARK: Proof

  @Test func `WEP in beacons and WEP in data frames are two statements, each with its frames`() throws {
    let beacon = SampleAir.beacon(Self.one, Array("old".utf8), [])
    let data = SampleAir.data(Self.one, SampleAir.wepBody)
    let scope = SampleAir.scope(names: ["old"])
    let said = try SampleAir.report(SampleAir.hearing([beacon, beacon, data]), scope)
    #expect(said.networks[0].findings.map(\.check) == ["wifi.wep"] && said.gravest == .high)
    #expect(said.networks[0].findings[0].proofs.map { "\($0.kind) \($0.frames)" } == ["said 2"])
    let seen = try SampleAir.report(SampleAir.hearing([beacon, beacon, beacon, data, data]), scope)
    #expect(seen.networks[0].findings[0].proofs.map { "\($0.kind) \($0.frames)" } == ["said 3", "seen 2"])
    #expect(seen.networks[0].findings[0].deviates)
    #expect(
      WiFiText(seen, .en).text.contains("said by the network (beacons and answers heard: 3); seen in data frames: 2"))
    #expect(WiFiText(seen, .ja).text.contains("データフレーム2個で観測"))
  }

  @Test func `a network heard once is shown as not judged`() throws {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), [])
    let report = try SampleAir.report(SampleAir.hearing([beacon]), SampleAir.scope(addresses: [Self.one]))
    #expect(report.networks[0].security == "unknown" && report.coverage.networks.heardOnce == 1)
    #expect(
      WiFiText(report, .en).text.contains("Heard once, not judged") && WiFiText(report, .ja).text.contains("1回のみ受信"))
    #expect(try !SampleAir.everything(report).contains("wifi.wep"))
  }

  // MARK: Output

  private static let hostile = "\u{1b}[2J\u{202e}x\nnext\r\u{9b}31m"

  @Test func `names that a radio sends do nothing to a terminal and stay on their line`() throws {
    let frames = Self.twice(
      SampleAir.beacon(Self.one, Array(Self.hostile.utf8).prefix(32).map { $0 }, []),
      SampleAir.beacon(Self.other, [0xff, 0x41], Self.wpa2))
    let report = try SampleAir.report(SampleAir.hearing(frames), SampleAir.scope(addresses: [Self.one, Self.other]))
    #expect(report.networks.map(\.ssid) == ["0x1b5b324ae280ae780a6e6578740dc29b33316d", "0xff41"])
    for text in [WiFiText(report, .ja).text, WiFiText(report, .en).text, try SampleAir.json(report)] {
      for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format)
      }
      #expect(!text.contains("next"))
    }
  }

  @Test(arguments: [
    ("会議室", "会議室"), ("plain name", "plain name"), ("0x41", "0x30783431"), (" lead", "0x206c656164"),
    ("a\u{0}b", "0x610062"), ("a\u{301}", "a\u{301}"), ("", "0x"),
  ]) func `a name is shown as text or as octets, never as another name`(name: String, shown: String) {
    let text = WiFiName(Array(name.utf8)).description
    #expect(text.unicodeScalars.elementsEqual(shown.unicodeScalars))
  }

  @Test func `columns of the table stand below each other with Japanese names`() throws {
    let names = ["会議室のカメラ", "site", "ガレージ"]
    let frames = names.enumerated().flatMap { place, name in
      Self.twice(SampleAir.beacon(SampleAir.mac(UInt64(place + 1)), Array(name.utf8), Self.wpa2))
    }
    let report = try SampleAir.report(SampleAir.hearing(frames), SampleAir.scope(names: names))
    for language in [Language.ja, .en] {
      let lines = WiFiText(report, language).text.split(separator: "\n").prefix(4)
      // Where the second column begins, counted in columns of the terminal.
      let places = try lines.map { line in
        let range = try #require(line.range(of: "BSSID") ?? line.range(of: "02:00:00"))
        return DisplayWidth.columns(String(line[..<range.lowerBound]))
      }
      #expect(Set(places).count == 1 && places.count == 4, "\(lines)")
    }
  }

  @Test func `what the network says is in the JSON under the names of the issue`() throws {
    let frames = Self.twice(
      SampleAir.beacon(
        Self.one, Array("site".utf8), SampleAir.rsn(2, [4, 2], [2, 8], 0x80) + SampleAir.wps, channel: 11))
    let report = try SampleAir.report(SampleAir.hearing(frames), SampleAir.scope(names: ["site"]))
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(SampleAir.json(report).utf8)) as? [String: Any])
    let network = try #require((object["networks"] as? [[String: Any]])?.first)
    #expect(
      Set(network.keys) == [
        "bssid", "ssid", "channel", "security", "pairwise", "group", "akm", "pmf", "wps", "frames", "findings",
      ])
    #expect(network["bssid"] as? String == "02:00:00:00:00:a1" && network["ssid"] as? String == "site")
    #expect(network["channel"] as? Int == 11 && network["security"] as? String == "wpa2+wpa3")
    #expect(network["pairwise"] as? [String] == ["ccmp-128", "tkip"] && network["group"] as? String == "tkip")
    #expect(network["akm"] as? [String] == ["psk", "sae"] && network["pmf"] as? String == "capable")
    #expect(network["wps"] as? [String: Bool] == ["configured": true, "locked": false, "version2": false])
    #expect(network["frames"] as? Int == 2)
  }

  @Test func `the JSON is what its schema says, and the schema notices what is missing or wrong`() throws {
    var hearing = SampleAir.hearing(
      Self.twice(
        SampleAir.radiotap(SampleAir.beacon(Self.one, Array("site".utf8), SampleAir.wps), 2437),
        SampleAir.radiotap(SampleAir.beacon(Self.other, [], Self.wpa2), 5180))
        + [SampleAir.radiotap(SampleAir.beacon(Self.third, [], Self.wpa2), 5999)], .radiotap)
    hearing.passOver(1)
    hearing.breakOff(.truncated(at: 77))
    let report = try SampleAir.report(
      hearing, SampleAir.scope(names: ["site", "x"], addresses: [Self.other, Self.third]))
    let schema = try #require(
      JSONSerialization.jsonObject(
        with: try Data(
          contentsOf: SampleAir.repository.appendingPathComponent("Docs/OutputSchema/wifi.schema.json")))
        as? [String: Any])
    let check = SchemaCheck(root: schema)
    let text = try SampleAir.json(report)
    func faults(_ text: String) throws -> [String] {
      check.faults(of: try JSONSerialization.jsonObject(with: Data(text.utf8)), at: "wifi")
    }
    #expect(try faults(text) == [])
    let names = Set(text.matches(of: /"([A-Za-z0-9]+)":/).map { String($0.1) })
    #expect(names.isSuperset(of: ["brokenOff", "offset", "proofs", "deviating", "limitations", "megahertz"]))
    // Kinds of link are values that name themselves.
    for name in names.subtracting(["radiotap", "1"]) {
      #expect(try !faults(text.replacing("\"\(name)\":", with: "\"y\":")).isEmpty, "\(name)")
    }
    for (good, bad) in [
      ("\"wep\"", "\"wpe\""), ("\"truncated\"", "\"cut\""), (":77", ":-77"), ("\"said\"", "\"heard\""),
    ] {
      #expect(try text.contains(good) && !faults(text.replacing(good, with: bad)).isEmpty, "\(bad)")
    }
  }

  // MARK: Coverage

  @Test func `channels are told with their frames and the least time, and bands that were not heard`() throws {
    let beacon = SampleAir.beacon(Self.one, Array("site".utf8), Self.wpa2)
    // Tenths of seconds apart: three on channel 6 (two gaps), then 36, then 6 again.
    let frames = [2437, 2437, 2437, 5180, 2437].map { SampleAir.radiotap(beacon, $0) }
    let hearing = SampleAir.hearing(frames, .radiotap)
    let report = try SampleAir.report(hearing, SampleAir.scope(names: ["site"]))
    let told = report.coverage.channels.map { "\($0.band ?? "-") \($0.number ?? 0) \($0.frames) \($0.seconds)" }
    #expect(told == ["2.4 6 4 0.2", "5 36 1 0.0"])
    #expect(report.coverage.limitations.map { "\($0.code.rawValue) \($0.band)" } == ["NT-RADIO 6"])
    #expect(report.coverage.framesWithoutChannel == 0 && report.coverage.from == "2023-11-14T22:13:20.000Z")
    #expect(WiFiText(report, .en).text.contains("NT-RADIO: The 6 GHz band was not heard"))
  }

  @Test func `a gap of more than a second is no listening, nor is what lies between two files`() {
    var coverage = WiFiCoverage()
    for time in [0, 900_000_000, 1_900_000_001, 1_900_000_000] as [Int64] { coverage.heard(on: 2412, at: time) }
    #expect(coverage.channels[2412]?.nanoseconds == 900_000_000 && coverage.channels[2412]?.frames == 4)
    coverage.listened(on: 5955, for: 250_000_000)
    #expect(coverage.channels[5955]?.nanoseconds == 250_000_000 && coverage.channels[5955]?.frames == 0)
    let beacon = SampleAir.radiotap(SampleAir.beacon(Self.one, [], []), 2412)
    var hearing = WiFiHearing()
    for _ in 0..<2 {
      hearing.begin(WiFiSource(.file, name: "x"))
      hearing.take(beacon.span, .radiotap, at: 5)
    }
    #expect(hearing.coverage.channels[2412]?.nanoseconds == 0 && hearing.coverage.channels[2412]?.frames == 2)
  }

  @Test func `a frame that is marked as broken is no listening, and other link types are counted apart`() throws {
    var bad = SampleAir.radiotap(SampleAir.beacon(Self.one, Array("site".utf8), []), 2412)
    bad[8] = 0x40
    var hearing = SampleAir.hearing([bad, bad], .radiotap)
    hearing.passOver(1)
    hearing.passOver(1)
    let report = try SampleAir.report(hearing, SampleAir.scope(names: ["site"]))
    #expect(report.coverage.channels.isEmpty && report.coverage.noise == 2 && report.networks.isEmpty)
    #expect(report.coverage.sources.map(\.otherLinkTypes) == [["1": 2]])
    #expect(WiFiText(report, .en).text.contains("2 frames of link type 1, which is not 802.11's, were passed over"))
  }
}
