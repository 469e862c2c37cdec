import Addressing
import Foundation
import Records
import Traffic
import Wire

/// Frames written octet by octet, without checksums, which nobody looks at in a capture.
enum MadeTraffic {
  static let device = MACAddress(rawValue: 0x0011_22aa_bb01)
  static let other = MACAddress(rawValue: 0x0011_22aa_bb99)
  static let own = "192.168.10.20"
  static let id = DeviceID(mac: device)
  /// 2026-11-20T01:02:11Z.
  static let start: Int64 = 1_795_136_531_000_000_000

  static func words(_ number: Int) -> [UInt8] { [UInt8(number >> 8 & 0xff), UInt8(number & 0xff)] }
  static func octets(of mac: MACAddress) -> [UInt8] { (0..<6).map { UInt8(mac.rawValue >> (8 * (5 - $0)) & 0xff) } }
  static func octets(of address: String) -> [UInt8] { address.split(separator: ".").map { UInt8($0) ?? 0 } }

  static func ethernet(_ from: MACAddress, _ to: MACAddress, _ type: Int, _ content: [UInt8]) -> [UInt8] {
    octets(of: to) + octets(of: from) + words(type) + content
  }

  /// RFC 791 §3.1: version and length, service, total length, identification, fragment, time to live, protocol, checksum.
  static func ipv4(_ from: String, _ to: String, _ proto: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0x45, 0] + words(20 + content.count) + [0, 1, 0x40, 0, 64, proto, 0, 0] + octets(of: from) + octets(of: to)
      + content
  }

  /// RFC 768.
  static func udp(_ from: Int, _ to: Int, _ data: [UInt8]) -> [UInt8] {
    words(from) + words(to) + words(8 + data.count) + [0, 0] + data
  }

  /// RFC 9293 §3.1.
  static func tcp(_ from: Int, _ to: Int, _ sequence: Int, _ flags: UInt8, _ data: [UInt8]) -> [UInt8] {
    words(from) + words(to) + words(sequence >> 16) + words(sequence) + [
      0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0,
    ]
      + data
  }

  /// From or to the device; the other side is behind the other MAC address.
  static func frame(_ from: String, _ to: String, _ proto: UInt8, _ content: [UInt8]) -> [UInt8] {
    from == own
      ? ethernet(device, other, 0x0800, ipv4(from, to, proto, content))
      : ethernet(other, device, 0x0800, ipv4(from, to, proto, content))
  }

  static func datagram(_ from: String, _ fromPort: Int, _ to: String, _ toPort: Int, _ data: [UInt8]) -> [UInt8] {
    frame(from, to, 17, udp(fromPort, toPort, data))
  }

  /// A connection of the device with what each side says in turn.
  static func connection(
    _ peer: String, _ port: Int, _ said: [(isDevice: Bool, octets: [UInt8])], from source: Int = 40_001
  )
    -> [[UInt8]]
  {
    var (mine, theirs) = (1000, 5000)
    var frames = [
      frame(own, peer, 6, tcp(source, port, mine - 1, 0x02, [])),
      frame(peer, own, 6, tcp(port, source, theirs - 1, 0x12, [])),
    ]
    for (isDevice, octets) in said {
      // Segments of at most 1400 octets.
      for start in stride(from: 0, to: octets.count, by: 1400) {
        let part = Array(octets[start..<min(start + 1400, octets.count)])
        if isDevice {
          frames.append(frame(own, peer, 6, tcp(source, port, mine, 0x18, part)))
          mine += part.count
        } else {
          frames.append(frame(peer, own, 6, tcp(port, source, theirs, 0x18, part)))
          theirs += part.count
        }
      }
    }
    return frames
  }

  // MARK: TLS

  static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [type, 3, 3] + words(content.count) + content }
  static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type, 0] + words(body.count) + body }

  static func clientHello(_ version: TLSVersion, _ name: String?) -> [UInt8] {
    var hello = TLSClientHello(version, lowest: .tls12, suites: [CipherSuite(0xc02f), CipherSuite(0x1301)])
    hello.serverName = name
    return hello.record(random: Array(0..<96))
  }

  /// RFC 5246 §7.4.1.3, or RFC 8446 §4.1.3 with supported_versions.
  static func serverHello(is13: Bool) -> [UInt8] {
    let extensions: [UInt8] = is13 ? [0, 6, 0, 43, 0, 2, 3, 4] : [0, 0]
    return message(
      2, [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + (is13 ? [0x13, 0x01] : [0xc0, 0x2f]) + [0] + extensions)
  }

  static func certificate(_ chain: [[UInt8]]) -> [UInt8] {
    let list = chain.flatMap { der -> [UInt8] in [0] + words(der.count) + der }
    return message(11, [0] + words(list.count) + list)
  }

  /// A handshake of TLS 1.2 and, if it goes on, data of the device.
  static func tls12(_ name: String?, _ chain: [[UInt8]], goesOn: Bool = true, client: [[UInt8]]? = nil) -> [(
    isDevice: Bool, octets: [UInt8]
  )] {
    let flight =
      serverHello(is13: false) + certificate(chain) + (client == nil ? [] : message(13, [1, 1, 0, 0, 0, 0]))
      + message(14, [])
    let answer =
      (client.map { record(22, certificate($0)) } ?? []) + record(22, message(16, [UInt8](repeating: 1, count: 33)))
    var said = [(true, clientHello(.tls12, name)), (false, record(22, flight))]
    guard goesOn else { return said + [(true, record(21, [2, 42]))] }
    said += [(true, answer + record(20, [1]) + record(22, [UInt8](repeating: 9, count: 40)))]
    said += [(false, record(20, [1]) + record(22, [UInt8](repeating: 9, count: 40)))]
    return said + [(true, record(23, [UInt8](repeating: 5, count: 64)))]
  }

  // MARK: Reading

  /// A frame every `step` milliseconds, all of one link.
  static func read(
    _ frames: [[UInt8]], step: Int64 = 10, link: UInt16 = 1, _ make: () -> TrafficReader = { reader() }
  ) -> TrafficReader {
    var reader = make()
    reader.begin("made.pcap")
    for (number, frame) in frames.enumerated() {
      reader.take(frame.span, linkType: link, length: frame.count, at: start + Int64(number) * step * 1_000_000)
    }
    return reader
  }

  static func reader(auditors: Set<IPAddress> = []) -> TrafficReader {
    TrafficReader([subject], auditors: auditors)
  }

  static let subject = TrafficReader.Subject(id: id, macs: [device], addresses: [IPAddress(own)].compactMap(\.self))

  /// draft-ietf-opsawg-pcap.
  static func pcap(_ frames: [[UInt8]]) throws -> URL {
    func little(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    var octets: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + little(0) + little(0) + little(65_535) + little(1)
    for (number, frame) in frames.enumerated() {
      octets += little(1_795_136_531 + number) + little(0) + little(frame.count) + little(frame.count) + frame
    }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("tenken-made-\(UUID().uuidString).pcap")
    try Data(octets).write(to: file)
    return file
  }
}
