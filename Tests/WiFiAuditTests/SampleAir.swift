import Addressing
import Authority
import Documents
import Foundation
import Profiles
import Records
import Testing
import WiFiAudit
import Wire

/// Frames as a radio would send them, written element by element (IEEE 802.11-2020 §9.4.2), and what is said of them.
enum SampleAir {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static let store = Result { try ProfileStore(directory: repository.path + "/Profiles") }

  static func mac(_ last: UInt64) -> MACAddress { MACAddress(rawValue: 0x0200_0000_0000 | last) }

  /// RSN: group, pairwise, key management, capabilities (0x80 PMF is possible, 0xc0 it is demanded).
  static func rsn(_ group: UInt8, _ pairwise: [UInt8], _ suites: [UInt8], _ capabilities: UInt8 = 0) -> [UInt8] {
    func list(_ numbers: [UInt8]) -> [UInt8] { [UInt8(numbers.count), 0] + numbers.flatMap { [0, 0x0f, 0xac, $0] } }
    let body = [1, 0, 0, 0x0f, 0xac, group] + list(pairwise) + list(suites) + [capabilities, 0]
    return [48, UInt8(body.count)] + body
  }

  static let wpa: [UInt8] = [
    221, 22, 0, 0x50, 0xf2, 1, 1, 0, 0, 0x50, 0xf2, 2, 1, 0, 0, 0x50, 0xf2, 2, 1, 0, 0, 0x50, 0xf2, 2,
  ]
  static let hashToElement: [UInt8] = [244, 1, 0x20]
  static let wps: [UInt8] = [221, 9, 0, 0x50, 0xf2, 4, 0x10, 0x44, 0, 1, 2]

  static func beacon(
    _ address: MACAddress, _ name: [UInt8], _ elements: [UInt8], privacy: Bool = true, channel: UInt8 = 6
  ) -> [UInt8] {
    let head: [UInt8] = [0x80, 0, 0, 0, 255, 255, 255, 255, 255, 255] + address.octets + address.octets + [0, 0]
    let fixed = [UInt8](repeating: 0, count: 8) + [100, 0, privacy ? 0x11 : 0x01, 0]
    return head + fixed + [0, UInt8(name.count)] + name + [3, 1, channel] + elements
  }

  /// From the access point; a body of WEP has a key number and no extended IV.
  static func data(_ address: MACAddress, _ body: [UInt8]) -> [UInt8] {
    [0x08, 0x42, 0, 0, 2, 0, 0, 0, 0, 7] + address.octets + address.octets + [0, 0] + body
  }

  static let wepBody: [UInt8] = [1, 2, 3, 0] + [UInt8](repeating: 0x55, count: 32)

  /// Behind a header of radiotap that says the channel and that no check sequence follows.
  static func radiotap(_ frame: [UInt8], _ frequency: UInt16) -> [UInt8] {
    [0, 0, 14, 0, 0x0a, 0, 0, 0, 0, 0, UInt8(frequency & 0xff), UInt8(frequency >> 8), 0x80, 0] + frame
  }

  /// Each frame a tenth of a second after the one before it.
  static func hearing(_ frames: [[UInt8]], _ type: RadioHeader.LinkType = .plain) -> WiFiHearing {
    var hearing = WiFiHearing()
    hearing.begin(WiFiSource(.file, name: "air.pcap"))
    for (place, frame) in frames.enumerated() {
      hearing.take(frame.span, type, at: 1_700_000_000_000_000_000 + Int64(place) * 100_000_000)
    }
    return hearing
  }

  static func scope(
    names: [String] = [], addresses: [MACAddress] = [], notNames: [String] = [], notAddresses: [MACAddress] = []
  ) -> WiFiScope {
    WiFiScope(
      included: WiFiScope.Networks(names: Set(names.map { Array($0.utf8) }), addresses: Set(addresses)),
      excluded: WiFiScope.Networks(names: Set(notNames.map { Array($0.utf8) }), addresses: Set(notAddresses)))
  }

  static func report(_ hearing: WiFiHearing, _ scope: WiFiScope, _ profile: String = "baseline") throws -> WiFiReport {
    let store = try store.get()
    return WiFiReport(
      hearing, scope: scope, baseline: try WiFiBaseline.named(profile, in: store), names: try WiFiRules(store).names,
      checks: store.checks, wording: store.wording)
  }

  static func json(_ report: WiFiReport) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  /// Everything that the report says, in every form.
  static func everything(_ report: WiFiReport) throws -> String {
    try json(report) + WiFiText(report, .ja).text + WiFiText(report, .en).text
  }
}
