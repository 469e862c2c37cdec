import Addressing
import Foundation
import Testing
import WiFi
import Wire

/// Beacons over the space of elements, made here, read by tshark and by us, and judged by a table of the standards' definitions.
struct WiFiSweepTests {
  struct Beacon: Sendable {
    var group: UInt8?
    var pairwise: [UInt8] = []
    var suites: [UInt8] = []
    var protection: UInt8 = 0
    var groupManagement: UInt8?
    var wpa: UInt8?
    /// State, and whether it is locked.
    var setup: (state: UInt8, isLocked: Bool)?
    var hashing: UInt8?
    var hasPair = false
    var hasDomain = false
    var privacy = true

    var elements: [UInt8] {
      var octets: [UInt8] = []
      if let group {
        var body = Array(WiFiFrames.rsn(group, pairwise, suites, protection).dropFirst(2))
        if let groupManagement { body += [0, 0, 0, 0x0f, 0xac, groupManagement] }
        octets += [48, UInt8(body.count)] + body
      }
      if hasDomain { octets += [54, 3, 0x12, 0x34, 1] }
      if let hashing { octets += [244, 1, hashing] }
      if let wpa { octets += WiFiFrames.wpa(wpa) }
      if let setup {
        var attributes: [UInt8] = [0x10, 0x4a, 0, 1, 0x10, 0x10, 0x44, 0, 1, setup.state]
        if setup.isLocked { attributes += [0x10, 0x57, 0, 1, 1] }
        octets += [221, UInt8(attributes.count + 4), 0, 0x50, 0xf2, 4] + attributes
      }
      if hasPair { octets += [221, 15, 0x50, 0x6f, 0x9a, 0x1c, 2, 0, 0, 0, 0, 9, 4, 0x70, 0x61, 0x69, 0x72] }
      return octets
    }

    /// Generations of the suites 00-0F-AC (IEEE 802.11-2020 table 9-151): WPA2 by IEEE 802.11i, r and w, FILS, and PSK with SHA-384; WPA3 by the Wi-Fi
    /// Alliance's specification (SAE, its variants, and the 192-bit suites); OWE by itself.
    private static let generations: [UInt8: Int] = [
      1: 2, 2: 2, 3: 2, 4: 2, 6: 2, 8: 3, 9: 3, 11: 2, 12: 3, 13: 3, 14: 2, 18: 0, 19: 2, 24: 3, 25: 3,
    ]

    /// By the definitions of the modes (Wi-Fi Alliance, WPA3 3.4 §2, §3; OWE 1.1).
    var level: WiFiSecurity.Level {
      guard group != nil else { return wpa != nil ? .wpa1 : privacy ? .wep : .open }
      if suites == [18] { return .owe }
      if wpa != nil { return .wpa1And2 }
      // WPA3-Enterprise: suite 5 with protection demanded; beside suite 1 with protection possible it is its mode of transition.
      let five = protection == 0xc0 || protection == 0x80 && suites.contains(1) ? 3 : 2
      let found = Set(suites.map { $0 == 5 ? five : Self.generations[$0]! })
      return found == [2] ? .wpa2 : found.contains(2) ? .wpa2And3 : .wpa3
    }
  }

  static let all: [Beacon] = {
    var all: [Beacon] = []
    let pairwise: [[UInt8]] = [[4], [2], [4, 2], [8], [9], [10], [9, 4]]
    let suites: [[UInt8]] = [
      [1], [2], [3], [4], [5], [6], [8], [9], [2, 8], [2, 6, 8], [1, 5], [11], [12], [13], [14], [18], [19], [24],
      [24, 8], [25, 9], [2, 24],
    ]
    for group in [1, 2, 4, 5, 8, 9, 10] as [UInt8] {
      for pairs in pairwise {
        for suite in suites {
          for protection in [0, 0x80, 0xc0] as [UInt8] {
            let number = all.count
            var beacon = Beacon(group: group, pairwise: pairs, suites: suite, protection: protection)
            // The other elements in turn, with lengths of turns that have no common factor.
            beacon.groupManagement = [nil, 6, 11, 12, 13][number % 5]
            beacon.wpa = [nil, nil, 2, nil, nil, 4, nil][number % 7]
            beacon.setup = [nil, (2, false), (1, false), (2, true)][number / 3 % 4]
            beacon.hashing = [nil, 0x20, 0x40, 0x60, 0x00, nil, 0x20, 0x40, 0x20, nil, 0x60][number % 11]
            beacon.hasDomain = number % 13 < 4
            beacon.hasPair = number % 17 == 0
            all.append(beacon)
          }
        }
      }
    }
    for wpa in [nil, 1, 2, 4, 5] as [UInt8?] {
      for setup in [nil, (2, false), (1, false), (2, true)] as [(UInt8, Bool)?] {
        for (privacy, hasPair) in [(true, false), (false, false), (false, true)] {
          var beacon = Beacon(wpa: wpa, hasPair: hasPair, privacy: privacy)
          beacon.setup = setup.map { (state: $0.0, isLocked: $0.1) }
          all.append(beacon)
        }
      }
    }
    return all
  }()

  private static func address(_ number: Int) -> UInt64 { 0x0200_0100_0000 + UInt64(number) }

  /// Radiotap: flags (none), channel 2437 MHz, signal.
  private static func frame(_ number: Int, _ elements: [UInt8], privacy: Bool = true) -> [UInt8] {
    [0, 0, 15, 0, 0x2a, 0, 0, 0, 0, 0, 0x85, 0x09, 0xa0, 0, 0xc4]
      + WiFiFrames.beacon(elements, capabilities: privacy ? 0x11 : 1, name: "n\(number)", from: address(number))
  }

  private static let fields = [
    "wlan.bssid", "wlan.ssid", "wlan.ds.current_channel", "wlan.fixed.capabilities.privacy", "wlan.rsn.gcs.type",
    "wlan.rsn.pcs.type", "wlan.rsn.akms.type", "wlan.rsn.capabilities.mfpr", "wlan.rsn.capabilities.mfpc",
    "wlan.rsn.gmcs.type", "wlan.wfa.ie.wpa.mcs.type", "wlan.wfa.ie.wpa.ucs.type", "wlan.wfa.ie.wpa.type",
    "wps.wifi_protected_setup_state", "wps.ap_setup_locked", "wlan.rsnx.sae_hash_to_element", "wlan.wfa.ie.owe.bssid",
    "wlan.mobility_domain.mdid", "radiotap.channel.freq",
  ]

  /// The same fields by our own reading of what stands.
  private static func row(_ network: WiFiSurvey.Network) throws -> [String] {
    let description = try #require(network.description)
    func list(_ suites: [UInt32]?) -> String { (suites ?? []).map { "\($0 & 0xff)" }.joined(separator: ",") }
    func flag(_ value: Bool?) -> String { value.map { $0 ? "1" : "0" } ?? "" }
    let rsn = try description.rsn.map { try WiFiSecurityElement(parsing: $0) }
    let wpa = try description.wpa.map { try WiFiSecurityElement(parsing: $0) }
    let further = try description.rsnExtension.map { try WiFiSecurityExtension(parsing: $0) }
    let name = (network.name ?? []).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return [
      "\(network.address)", name, "\(description.channel?.number ?? 0)", flag(description.demandsPrivacy),
      list(rsn?.group.map { [$0] }), list(rsn?.pairwise), list(rsn?.authentication),
      flag(rsn?.requiresManagementProtection), flag(rsn?.allowsManagementProtection),
      list(rsn?.groupManagement.map { [$0] }), list(wpa?.group.map { [$0] }), list(wpa?.pairwise),
      list(wpa?.authentication), description.setup.map { $0.isConfigured ? "0x02" : "0x01" } ?? "",
      description.setup?.isLocked == true ? "1" : "", flag(further?.hashesToElement),
      description.transitionPair.map { "\(MACAddress(rawValue: $0.network))" } ?? "",
      description.hasMobilityDomain ? "0x3412" : "", "2437",
    ]
  }

  /// tshark's versions write truth differently.
  private static func normalised(_ row: [String]) -> [String] {
    row.enumerated().map { place, text in
      guard [3, 7, 8, 14, 15].contains(place) else { return text }
      return ["True": "1", "0x01": "1", "False": "0", "0x00": "0"][text] ?? text
    }
  }

  @Test func `every beacon reads as by tshark, and is what the definitions say`() throws {
    let frames = Self.all.enumerated().map { Self.frame($0, $1.elements, privacy: $1.privacy) }
    let survey = WiFiFrames.survey(frames + frames, .radiotap)
    #expect(survey.all.count == Self.all.count && survey.noise == 0)
    let file = try Tshark.write(frames)
    defer { try? FileManager.default.removeItem(at: file) }
    let rows = try Tshark.fields(file, "wlan.fc.type_subtype == 8", Self.fields)
    try #require(rows.count == frames.count && frames.count > 3000)
    for (number, row) in rows.enumerated() {
      let network = try #require(survey[MACAddress(rawValue: Self.address(number))])
      #expect(try Self.row(network) == Self.normalised(row))
      #expect(network.security?.level == Self.all[number].level, "\(Self.all[number])")
      let isWanted: [WiFiSecurity.ManagementProtection] = [.none, .capable, .required]
      let protection = Self.all[number].group == nil ? 0 : Int(Self.all[number].protection) >> 6
      #expect(network.security?.managementProtection == isWanted[protection == 3 ? 2 : protection == 2 ? 1 : 0])
    }
    print("\(rows.count) beacons compared in \(Self.fields.count) fields")
  }

  /// §9.4.2.45: one other network in the beacon, with its own name and RSN element; tshark reads the values one behind the other.
  @Test func `networks in another's beacon read as by tshark`() throws {
    var frames: [[UInt8]] = []
    let chosen = stride(from: 0, to: Self.all.count, by: 97).map { Self.all[$0] }.filter { $0.group != nil }
    for (number, beacon) in chosen.enumerated() {
      let inner = [83, 2, 0x11, 0, 0, 1, 0x68, 85, 1, 2] + WiFiFrames.rsn(4, [9], [8], 0xc0)
      let profile = [71, UInt8(1 + 2 + inner.count), 3, 0, UInt8(inner.count)] + inner
      // Multiples of eight, so that the index is only added.
      frames.append(Self.frame(number * 8, profile + beacon.elements))
    }
    let survey = WiFiFrames.survey(frames + frames, .radiotap)
    let file = try Tshark.write(frames)
    defer { try? FileManager.default.removeItem(at: file) }
    let rows = try Tshark.fields(
      file, "wlan.fc.type_subtype == 8",
      ["wlan.ssid", "wlan.rsn.pcs.type", "wlan.rsn.akms.type", "wlan.multiple_bssid_index.bssid_index"])
    #expect(rows.count == frames.count && survey.all.count == 2 * frames.count)
    for (number, row) in rows.enumerated() {
      let outer = try #require(survey[MACAddress(rawValue: Self.address(number * 8))])
      let inner = try #require(survey[MACAddress(rawValue: Self.address(number * 8 + 2))])
      // It inherits WPA's element from the beacon (§9.4.2.45).
      let level = chosen[number].wpa == nil ? WiFiSecurity.Level.wpa3 : .wpa1And2
      #expect(row[3] == "2" && inner.security?.level == level && outer.security?.level == chosen[number].level)
      // The profile stands before the network's own elements.
      let elements = try [inner, outer].map { try WiFiSecurityElement(parsing: try #require($0.description?.rsn)) }
      let suites = elements.flatMap(\.authentication).map { "\($0 & 0xff)" }.joined(separator: ",")
      let ciphers = elements.flatMap(\.pairwise).map { "\($0 & 0xff)" }.joined(separator: ",")
      #expect(row[1] == ciphers && row[2] == suites)
      #expect(inner.name == [0x68])
    }
    print("\(rows.count) beacons with another network compared")
  }

  /// Each element cut at each length, with its length told right and told wrong, sound and not.
  @Test func `an element that is cut changes nothing that stands`() throws {
    let sample = stride(from: 0, to: Self.all.count, by: 61).map { Self.all[$0].elements }
    let good = WiFiFrames.beacon(WiFiFrames.rsn(4, [4], [2], 0xc0))
    var count = 0
    for elements in sample {
      var offset = 0
      while offset < elements.count {
        let (front, body) = (
          Array(elements[..<offset]), Array(elements[(offset + 2)..<(offset + 2 + Int(elements[offset + 1]))])
        )
        for length in 0..<body.count {
          let told = front + [elements[offset], UInt8(length)] + body.prefix(length)
          let untold = front + elements[offset...(offset + 1)] + body.prefix(length)
          for octets in [told, untold] {
            let cut = WiFiFrames.beacon(octets)
            for frame in [cut, WiFiFrames.checked(cut)] {
              let network = try #require(
                WiFiFrames.survey([good, good, frame, good])[MACAddress(rawValue: WiFiFrames.network)])
              #expect(network.security?.level == .wpa2 && network.standing == .repeated && network.findings.isEmpty)
              // By itself, often enough to be believed, it is at least no trap.
              _ = WiFiFrames.survey([frame, frame, frame]).judgements(WiFiDefaultNames([]))
              count += 1
            }
          }
        }
        offset += 2 + body.count
      }
    }
    print("\(count) cut beacons")
    #expect(count > 5000)
  }
}
