import Addressing
import LabSupport
import Records
import Testing
import Wire

@testable import Engine

struct DiscoveryPassiveTests {
  static let own = MACAddress(rawValue: 0x02fc_0000_0001)
  static let device = MACAddress(rawValue: 0x0011_22aa_bbcc)
  static let start = MonotonicInstant(nanoseconds: 1_000_000_000)

  // Frames are written octet by octet, without the code under test.

  static func ethernet(_ type: UInt16, from source: MACAddress = device, to: MACAddress = .broadcast) -> [UInt8] {
    to.octets + source.octets + [UInt8(type >> 8), UInt8(type & 0xff)]
  }

  static func arp(_ operation: UInt8, _ mac: MACAddress, _ sender: [UInt8], target: [UInt8]) -> [UInt8] {
    ethernet(0x0806, from: mac) + [0, 1, 8, 0, 6, 4, 0, operation] + mac.octets + sender
      + [0, 0, 0, 0, 0, 0] + target
  }

  static func datagram(
    _ source: [UInt8], _ sourcePort: UInt16, _ port: UInt16, from mac: MACAddress = device,
    to: MACAddress = .broadcast, _ data: [UInt8]
  ) -> [UInt8] {
    let length = UInt16(28 + data.count)
    return ethernet(0x0800, from: mac, to: to) + [0x45, 0, UInt8(length >> 8), UInt8(length & 0xff)]
      + [0, 0, 0, 0, 64, 17, 0, 0] + source + [255, 255, 255, 255]
      + [UInt8(sourcePort >> 8), UInt8(sourcePort & 0xff), UInt8(port >> 8), UInt8(port & 0xff)]
      + [UInt8((length - 20) >> 8), UInt8((length - 20) & 0xff), 0, 0] + data
  }

  static func discover(_ mac: MACAddress = device) -> [UInt8] {
    let message =
      [1, 1, 6, 0] + [UInt8](repeating: 0, count: 24) + mac.octets + [UInt8](repeating: 0, count: 202)
      + [0x63, 0x82, 0x53, 0x63, 53, 1, 1, 12, 3, 0x63, 0x61, 0x6d, 255]
    return datagram([0, 0, 0, 0], 68, 67, from: mac, message)
  }

  static func icmpv6(_ source: [UInt8], limit: UInt8, _ message: [UInt8]) -> [UInt8] {
    ethernet(0x86dd, to: MACAddress(rawValue: 0x3333_0000_0001))
      + [0x60, 0, 0, 0, 0, UInt8(message.count), 58, limit] + source
      + [0xff, 2] + [UInt8](repeating: 0, count: 13) + [1] + message
  }

  static let address: [UInt8] = [10, 0, 0, 9]
  static let linkLocal = IPv6Address(linkLocalOf: device)
  static let none = [UInt8](repeating: 0, count: 16)

  static func hear(_ sensor: inout PassiveSensor, _ frame: [UInt8], at now: MonotonicInstant = start) throws {
    sensor.receive(try InboundFrame(parsing: frame.span), octets: frame.span, at: now)
  }

  /// frame, what it shows
  static let examples: [([UInt8], PassiveSensor.Kind, IPAddress?, String?)] = [
    (arp(1, device, address, target: [10, 0, 0, 1]), .arp, IPAddress("10.0.0.9"), nil),
    (arp(2, device, address, target: [10, 0, 0, 1]), .arp, IPAddress("10.0.0.9"), nil),
    (arp(1, device, [0, 0, 0, 0], target: address), .arp, nil, nil),
    (arp(1, device, address, target: address), .gratuitousARP, IPAddress("10.0.0.9"), nil),
    (arp(2, device, address, target: address), .gratuitousARP, IPAddress("10.0.0.9"), nil),
    (discover(), .dhcp, nil, "cam"),
    (
      datagram(
        address, 5353, 5353,
        octets(
          hex: "0000 8400 0000 0001 0000 0000 03 63 61 6d 05 6c 6f 63 61 6c 00 0001 8001 00000078 0004 0a000009")),
      .mdns, IPAddress("10.0.0.9"), "cam.local"
    ),
    (datagram(address, 5353, 5353, [0, 0]), .mdns, IPAddress("10.0.0.9"), nil),
    (datagram(address, 50_000, 1900, [0x4d]), .ssdp, IPAddress("10.0.0.9"), nil),
    (datagram(address, 1900, 50_000, to: own, [0x4d]), .ssdp, IPAddress("10.0.0.9"), nil),
    (datagram(address, 137, 137, [0]), .otherMulticast, IPAddress("10.0.0.9"), nil),
    (
      icmpv6(linkLocal.octets, limit: 255, [0x85, 0, 0, 0, 0, 0, 0, 0]), .neighbourDiscovery, IPAddress(linkLocal), nil
    ),
    (
      icmpv6(none, limit: 255, [0x87, 0, 0, 0, 0, 0, 0, 0] + linkLocal.octets), .neighbourDiscovery,
      IPAddress(linkLocal), nil
    ),
    (
      icmpv6(linkLocal.octets, limit: 1, [143, 0, 0, 0, 0, 0, 0, 0]), .listenerReport, IPAddress(linkLocal), nil
    ),
    (icmpv6(none, limit: 1, [143, 0, 0, 0, 0, 0, 0, 0]), .listenerReport, nil, nil),
    (ethernet(0x88cc, to: MACAddress(rawValue: 0x0180_c200_000e)) + [2, 7], .lldp, nil, nil),
  ]

  @Test func `each kind of frame shows who sent it`() throws {
    for (frame, kind, address, name) in Self.examples {
      var sensor = PassiveSensor(own: Self.own)
      try Self.hear(&sensor, frame)
      let sightings = sensor.takeSightings()
      #expect(sightings.count == 1)
      #expect(sightings.first?.mac == Self.device)
      #expect(sightings.first?.kind == kind)
      #expect(sightings.first?.address == address)
      #expect(sightings.first?.name == name)
    }
    #expect(Set(Self.examples.map(\.1)) == Set(PassiveSensor.Kind.allCases))
  }

  @Test func `answers to us, our own frames and groups are no sightings`() throws {
    var sensor = PassiveSensor(own: Self.own)
    for frame in [
      Self.datagram(Self.address, 161, 40_001, to: Self.own, [0x30]),
      Self.datagram(Self.address, 137, 137, from: Self.own, [0]),
      Self.datagram(Self.address, 137, 137, from: MACAddress(rawValue: 0x0100_5e00_0001), [0]),
      Self.arp(2, MACAddress(rawValue: 0x0100_5e00_0001), Self.address, target: Self.address),
      Self.ethernet(0x8899) + [1, 2, 3],
    ] { try Self.hear(&sensor, frame) }
    #expect(sensor.takeSightings().isEmpty)
  }

  @Test func `a sighting is told once`() throws {
    var sensor = PassiveSensor(own: Self.own)
    for _ in 0..<5 { for (frame, _, _, _) in Self.examples { try Self.hear(&sensor, frame) } }
    let sightings = sensor.takeSightings()
    // Of the sixteen, request and reply twice show the same, as do the two ways of SSDP, and the solicitations.
    #expect(sightings.count == 12)
    #expect(sensor.takeSightings().isEmpty)
  }

  @Test func `a storm of invented senders stays within the memory given`() throws {
    var sensor = PassiveSensor(own: Self.own, capacity: 500)
    for number in 0..<20_000 {
      let mac = MACAddress(rawValue: 0x0600_0000_0000 + UInt64(number))
      try Self.hear(&sensor, Self.arp(2, mac, Self.address, target: Self.address))
    }
    #expect(sensor.takeSightings().count == 500)
    #expect(sensor.dropped == 19_500)
    // Sightings and devices, two tables of 500; some ten values each.
    #expect(storedValues(sensor) < 20_000)
    // The device that comes after the storm is seen.
    try Self.hear(&sensor, Self.arp(1, Self.device, Self.address, target: [10, 0, 0, 1]))
    #expect(sensor.takeSightings().map(\.mac) == [Self.device])
  }

  @Test func `a start after silence is a sign, once`() throws {
    let signs: [([UInt8], RebootSign.Kind)] = [
      (Self.arp(1, Self.device, Self.address, target: Self.address), .gratuitousARP),
      (Self.arp(1, Self.device, [0, 0, 0, 0], target: Self.address), .addressProbe),
      (Self.discover(), .dhcpDiscover),
      (
        Self.icmpv6(Self.none, limit: 255, [0x87, 0, 0, 0, 0, 0, 0, 0] + Self.linkLocal.octets), .duplicateDetection
      ),
    ]
    let chatter = Self.datagram(Self.address, 137, 137, [0])
    let report = Self.icmpv6(Self.none, limit: 1, [143, 0, 0, 0, 0, 0, 0, 0])
    for (frame, kind) in signs {
      var sensor = PassiveSensor(own: Self.own, quiet: .seconds(2))
      // Heard first in this moment: nobody knows whether it starts.
      try Self.hear(&sensor, frame, at: Self.start)
      // Announcing every second is a habit.
      for second in 1...5 { try Self.hear(&sensor, frame, at: Self.start + .seconds(second)) }
      #expect(sensor.takeRebootSigns().isEmpty)
      // Silent for 7 s, then something that says nothing of a start, then the sign, then more of it.
      try Self.hear(&sensor, report, at: Self.start + .seconds(12))
      try Self.hear(&sensor, frame, at: Self.start + .seconds(13))
      try Self.hear(&sensor, frame, at: Self.start + .seconds(14))
      let expected = RebootSign(
        mac: Self.device, kind: kind, quietFor: .seconds(7), since: Self.start + .seconds(12))
      #expect(sensor.takeRebootSigns() == [expected])
      // Awake for long, it renews its announcement.
      for second in 15...40 { try Self.hear(&sensor, chatter, at: Self.start + .seconds(second)) }
      try Self.hear(&sensor, frame, at: Self.start + .seconds(41))
      #expect(sensor.takeRebootSigns().isEmpty)
    }
  }

  @Test func `an answer to a probe counts as life`() throws {
    // TCP answers are not looked at further, but a device that sends them was not silent.
    var sensor = PassiveSensor(own: Self.own, quiet: .seconds(2))
    let segment =
      Self.ethernet(0x0800, to: Self.own) + [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0] + Self.address
      + [10, 0, 0, 2] + octets(hex: "00 50 9c 40 00000000 00000001 50 14 0000 0000 0000")
    for tenth in 0..<100 { try Self.hear(&sensor, segment, at: Self.start + .milliseconds(100 * tenth)) }
    try Self.hear(&sensor, Self.discover(), at: Self.start + .seconds(10))
    #expect(sensor.takeRebootSigns().isEmpty)
    #expect(sensor.takeSightings().map(\.kind) == [.dhcp])
  }
}
