import Addressing
import WiFi
import Wire

/// Frames that are written here, element by element (IEEE 802.11-2020 §9.3, §9.4.2).
enum WiFiFrames {
  static let network: UInt64 = 0x0200_0000_0001
  static let station: UInt64 = 0x0000_5e00_5301

  static func octets(_ address: UInt64) -> [UInt8] {
    (0..<6).reversed().map { UInt8(truncatingIfNeeded: address >> ($0 * 8)) }
  }

  /// RSN: group, pairwise, AKMs, capabilities.
  static func rsn(_ group: UInt8, _ pairwise: [UInt8], _ suites: [UInt8], _ capabilities: UInt8 = 0) -> [UInt8] {
    func list(_ numbers: [UInt8]) -> [UInt8] { [UInt8(numbers.count), 0] + numbers.flatMap { [0, 0x0f, 0xac, $0] } }
    let body = [1, 0, 0, 0x0f, 0xac, group] + list(pairwise) + list(suites) + [capabilities, 0]
    return [48, UInt8(body.count)] + body
  }

  static func wpa(_ cipher: UInt8, _ suite: UInt8 = 2) -> [UInt8] {
    [
      221, 22, 0, 0x50, 0xf2, 1, 1, 0, 0, 0x50, 0xf2, cipher, 1, 0, 0, 0x50, 0xf2, cipher, 1, 0, 0, 0x50, 0xf2, suite,
    ]
  }

  static func beacon(
    _ elements: [UInt8], capabilities: UInt8 = 0x11, name: String = "test", channel: [UInt8] = [3, 1, 6],
    from address: UInt64 = network, answer: Bool = false
  ) -> [UInt8] {
    let head: [UInt8] = [answer ? 0x50 : 0x80, 0, 0, 0] + [UInt8](repeating: 255, count: 6)
    let fixed = [UInt8](repeating: 0, count: 8) + [100, 0, capabilities, 0]
    return head + octets(address) + octets(address) + [0, 0] + fixed + [0, UInt8(name.utf8.count)] + Array(name.utf8)
      + channel + elements
  }

  /// From a station to its access point.
  static func data(
    _ body: [UInt8], isProtected: Bool = true, of station: UInt64 = station, to network: UInt64 = network
  ) -> [UInt8] {
    [0x08, isProtected ? 0x41 : 0x01, 0, 0] + octets(network) + octets(station) + octets(network) + [0, 0] + body
  }

  static func request(
    _ elements: [UInt8], name: String = "test", of station: UInt64 = station, to network: UInt64 = network
  ) -> [UInt8] {
    let head: [UInt8] = [0, 0, 0, 0] + octets(network) + octets(station) + octets(network) + [0, 0, 0x11, 0, 10, 0]
    return head + [0, UInt8(name.utf8.count)] + Array(name.utf8) + elements
  }

  /// Behind LLC and SNAP (IEEE 802.11-2020 figure 12-33).
  static func key(_ information: UInt16, _ elements: [UInt8] = []) -> [UInt8] {
    let count = 95 + elements.count
    return [
      0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e, 2, 3, 0, UInt8(count), 2, UInt8(information >> 8), UInt8(information & 255),
    ]
      + [UInt8](repeating: 0, count: 90) + [0, UInt8(elements.count)] + elements
  }

  static func survey(_ frames: [[UInt8]], _ type: RadioHeader.LinkType = .plain) -> WiFiSurvey {
    var survey = WiFiSurvey()
    for frame in frames { survey.take(frame.span, type) }
    return survey
  }

  /// CRC-32 with the polynomial 0x04c11db7, bit by bit (IEEE 802.11-2020 §9.2.4.8), behind the frame.
  static func checked(_ frame: [UInt8]) -> [UInt8] {
    var sum: UInt32 = 0xffff_ffff
    for octet in frame {
      sum ^= UInt32(octet)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xedb8_8320 }
    }
    return frame + (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> ($0 * 8)) }
  }
}
