import Addressing
import Foundation
import Testing
import WiFi
import Wire

/// Captures of other people, judged as a whole.
struct WiFiCaptureJudgementTests {
  private struct Case: Sendable {
    let file: String
    let network: UInt64
    let level: WiFiSecurity.Level
    let standing: WiFiStanding
    let findings: [WiFiFinding: WiFiProof]
  }

  /// What the files are: their names and makers say it (aircrack-ng's and wireshark's test data).
  private static let cases = [
    // One beacon without check sequence, and 30,630 data frames.
    Case(
      file: "wep_64_ptw.cap", network: 0x0012_bf12_3229, level: .wep, standing: .supported, findings: [.wep: .seen]),
    // One beacon with a right check sequence.
    Case(
      file: "wpa.cap", network: 0x000d_93eb_b08c, level: .wpa1, standing: .sound,
      findings: [.wpa1: .said, .tkip: .seen]),
    Case(
      file: "wpa2-psk-linksys.cap", network: 0x000b_86c2_a485, level: .wpa2, standing: .repeated,
      findings: [.noManagementProtection: .said]),
    // One frame in all, and nothing that shows that it came whole: it is judged, and said to be no verdict.
    Case(
      file: "wps2.0.pcap", network: 0x00c0_ca78_b137, level: .wpa1And2, standing: .once,
      findings: [.wpa1: .once, .setup: .once, .noManagementProtection: .once]),
  ]

  private static func survey(_ name: String) throws -> WiFiSurvey? {
    guard let (type, frames) = try Tshark.frames(name) else { return nil }
    var survey = WiFiSurvey()
    for frame in frames { survey.take(frame.span, type) }
    return survey
  }

  @Test(arguments: cases) private func `a capture is judged`(item: Case) throws {
    guard let survey = try Self.survey(item.file) else { return }
    #expect(survey.all.map(\.address.rawValue) == [item.network])
    let network = try #require(survey.all.first)
    #expect(network.security?.level == item.level && network.standing == item.standing)
    #expect(Dictionary(uniqueKeysWithValues: network.findings.map { ($0.finding, $0.proof) }) == item.findings)
  }

  @Test(arguments: cases) private func `what stands is what tshark reads in the beacons`(item: Case) throws {
    guard let network = try Self.survey(item.file)?.all.first else { return }
    let rows = try Tshark.fields(
      Tshark.captures.appendingPathComponent(item.file), "wlan.fc.type_subtype == 8 || wlan.fc.type_subtype == 5",
      [
        "wlan.ssid", "wlan.ds.current_channel", "wlan.fixed.capabilities.privacy", "wlan.rsn.gcs.type",
        "wlan.rsn.pcs.type", "wlan.rsn.akms.type", "wlan.wfa.ie.wpa.mcs.type", "wlan.wfa.ie.wpa.ucs.type",
        "wlan.wfa.ie.wpa.type", "wps.wifi_protected_setup_state",
      ])
    let description = try #require(network.description)
    func list(_ suites: [UInt32]?) -> String { (suites ?? []).map { "\($0 & 0xff)" }.joined(separator: ",") }
    let rsn = try description.rsn.map { try WiFiSecurityElement(parsing: $0) }
    let wpa = try description.wpa.map { try WiFiSecurityElement(parsing: $0) }
    let name = (network.name ?? []).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    let ours = [
      name, "\(description.channel?.number ?? 0)", description.demandsPrivacy ? "1" : "0",
      list(rsn?.group.map { [$0] }), list(rsn?.pairwise), list(rsn?.authentication), list(wpa?.group.map { [$0] }),
      list(wpa?.pairwise), list(wpa?.authentication), description.setup.map { $0.isConfigured ? "0x02" : "0x01" } ?? "",
    ]
    #expect(Set(rows) == [ours])
  }

  /// Data frames between a station and its access point, by tshark's own field for the station.
  @Test(arguments: ["wpa.cap", "wpa2-psk-linksys.cap", "wep_64_ptw.cap"])
  func `stations are those of which tshark sees two frames`(name: String) throws {
    guard let network = try Self.survey(name)?.all.first else { return }
    let rows = try Tshark.fields(
      Tshark.captures.appendingPathComponent(name),
      "wlan.bssid == \(network.address) && (wlan.fc.type == 2 && !(wlan.fc.subtype & 4) || wlan.fc.type_subtype in {0, 1, 11})",
      ["wlan.fc.type", "wlan.staa", "wlan.ta", "wlan.ra", "frame.number"])
    // Before its first beacon a network is not known.
    let beacons = try Tshark.fields(
      Tshark.captures.appendingPathComponent(name), "wlan.fc.type_subtype == 8", ["frame.number"])
    let first = try #require(Int(beacons[0][0]))
    var counts: [String: Int] = [:]
    for row in rows where Int(row[4]).map({ $0 > first }) ?? false {
      let sender = row[2] == "\(network.address)" ? row[3] : row[2]
      counts[row[0] == "2" ? row[1] : sender, default: 0] += 1
    }
    let expected = counts.filter { entry in
      let octet = UInt8(entry.key.prefix(2), radix: 16) ?? 1
      return entry.value >= 2 && octet & 1 == 0
    }
    #expect(Dictionary(uniqueKeysWithValues: network.stations.map { ("\($0.address)", $0.frames) }) == expected)
    print("\(name): \(expected.count) stations compared")
  }

  /// The second message of the handshake carries what the station chose.
  @Test func `a station's choice is read from a handshake`() throws {
    guard let network = try Self.survey("wpa.cap")?.all.first else { return }
    let station = network.stations.first { $0.address.rawValue == 0x0009_5b91_535d }
    #expect(station?.choice?.isWPA == true && station?.choice?.authentication == ["psk"])
    #expect(station?.choice?.pairwise == ["tkip"] && station?.protection[.tkip] == 2)
  }
}
