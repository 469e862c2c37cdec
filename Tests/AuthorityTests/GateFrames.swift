import Addressing
import LabSupport
import Wire

/// Outgoing frames written out octet by octet from RFC 791, RFC 8200, RFC 768, RFC 792, RFC 4443,
/// RFC 4861 and RFC 3810, so that the gate is not judged by the builders that stand above it.
/// Checksums are left 0.
enum GateFrames {
  static let device = "00112233aabb"
  private static let auditor = "020000000002"
  private static let ownIPv6 = "fe80000000000000 00000000000000aa"

  /// 16 octets as hexadecimal.
  static func hex(_ address: IPv6Address) -> String { digits(address.high, 16) + digits(address.low, 16) }

  static func hex(_ address: IPv4Address) -> String { digits(UInt64(address.rawValue), 8) }

  static func digits(_ value: UInt64, _ width: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: width - text.utf8.count) + text
  }

  /// A 20-octet IPv4 header, or the 40 of IPv6, in front of `payload`.
  static func ip(
    _ address: IPAddress, mac: String = device, proto4: UInt8, proto6: UInt8, hopLimit: UInt8 = 64, _ payload: String
  ) -> [UInt8] {
    let body = octets(hex: payload)
    if let v4 = address.v4 {
      let length = digits(UInt64(20 + body.count), 4)
      return octets(
        hex: "\(mac) \(auditor) 0800 4500 \(length) 0000 4000 40 \(digits(UInt64(proto4), 2)) 0000 c0a80a02 \(hex(v4))")
        + body
    }
    let v6 = address.v6 ?? .unspecified
    let head = "60000000 \(digits(UInt64(body.count), 4)) \(digits(UInt64(proto6), 2)) \(digits(UInt64(hopLimit), 2))"
    return octets(hex: "\(mac) \(auditor) 86dd \(head) \(ownIPv6) \(hex(v6))") + body
  }

  static func tcp(_ address: IPAddress, port: UInt16 = 23, mac: String = device, payload: String = "") -> [UInt8] {
    let header = "9c40 \(digits(UInt64(port), 4)) 00000001 00000000 5002 faf0 0000 0000"
    return ip(address, mac: mac, proto4: 6, proto6: 6, header + payload)
  }

  static func udp(_ address: IPAddress, port: UInt16 = 123, mac: String = device, payload: String = "e3") -> [UInt8] {
    let length = digits(UInt64(8 + payload.utf8.count / 2), 4)
    return ip(address, mac: mac, proto4: 17, proto6: 17, "9c40 \(digits(UInt64(port), 4)) \(length) 0000 \(payload)")
  }

  static func echo(_ address: IPAddress, mac: String = device) -> [UInt8] {
    ip(address, mac: mac, proto4: 1, proto6: 58, (address.isIPv4 ? "08" : "80") + "00 0000 1234 0001")
  }

  /// To the solicited-node group of the target, with the option that names the sender's MAC address.
  static func neighbourSolicitation(_ target: IPv6Address, mac: String? = nil) -> [UInt8] {
    let to = mac ?? digits(target.solicitedNode.multicastMAC.rawValue, 12)
    let destination = mac == nil ? target.solicitedNode : target
    return ip(
      IPAddress(destination), mac: to, proto4: 0, proto6: 58, hopLimit: 255,
      "87 00 0000 00000000 \(hex(target)) 01 01 \(auditor)")
  }

  /// A general query of MLDv1 behind the router-alert option (RFC 2710 §3).
  static func listenerQuery(to group: IPv6Address) -> [UInt8] {
    ip(
      IPAddress(group), mac: digits(group.multicastMAC.rawValue, 12), proto4: 0, proto6: 0, hopLimit: 1,
      "3a 00 05 02 00 00 01 00  82 00 0000 03e8 0000 \(hex(.unspecified))")
  }

  static func arp(_ target: IPv4Address, mac: String = "ffffffffffff") -> [UInt8] {
    octets(hex: "\(mac) \(auditor) 0806 0001 0800 06 04 0001 \(auditor) c0a80a02 000000000000 \(hex(target))")
  }
}
