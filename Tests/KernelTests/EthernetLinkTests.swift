import Addressing
import Engine
import Foundation
import LinkIO
import Records
import Testing
import Wire

@Suite(.needsNamespace, .serialized) struct EthernetLinkTests {
  private let target: IPv4Address
  private let device: MACAddress

  init() throws {
    target = try #require(IPv4Address("198.51.100.77"))
    device = try #require(MACAddress("02:00:00:00:00:77"))
  }

  private func send(_ frames: [[UInt8]], through link: EthernetLink) throws -> Int {
    try link.transmit(batch(frames), from: 0)
  }

  private func question(_ link: EthernetLink) throws -> [UInt8] {
    ARPPacket.request(for: target, from: link.mac, try #require(link.source))
  }

  private func syn(_ link: EthernetLink, to mac: MACAddress, port: UInt16) throws -> [UInt8] {
    var syn = SYNFrame(mac: link.mac, source: try #require(link.source), sourcePort: link.sourcePort)
    syn.aim(at: target, mac: mac, port: port, sequence: UInt32(port))
    return syn.withSpan { frame in frame.indices.map { frame[$0] } }
  }

  @Test func `a permitted frame arrives octet by octet`() throws {
    let cable = try Cable("tx", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    let frame = try question(link)
    var sent = 0
    let seen = try witnessed(on: cable.right) { sent = try send([frame], through: link) }
    #expect(sent == 1)
    #expect(seen == [hex(frame)])
  }

  @Test func `a full batch arrives whole and in order`() throws {
    let cable = try Cable("fb", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    // Questions of 42 octets between SYN frames of 74, so that every length is the frame's own.
    let frames = try (0..<FrameBatch.limit).map { number in
      number % 5 == 0 ? try question(link) : try syn(link, to: device, port: UInt16(number))
    }
    var sent = 0
    let seen = try witnessed(on: cable.right) { sent = try send(frames, through: link) }
    #expect(sent == FrameBatch.limit)
    #expect(seen == frames.map(hex))
  }

  @Test func `a batch that was taken in part is continued where it stopped`() throws {
    let cable = try Cable("pt", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    let frames = try (0..<8).map { try syn(link, to: device, port: UInt16($0)) }
    var sent: [Int] = []
    let seen = try witnessed(on: cable.right) {
      let batch = batch(frames)
      for first in [3, 8] { sent.append(try link.transmit(batch, from: first)) }
    }
    #expect(sent == [5, 0])
    #expect(seen == frames[3...].map(hex))
  }

  @Test func `one frame outside the scope keeps its whole batch from the cable`() throws {
    let cable = try Cable("no", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.64/28"))
    let outside = try #require(IPv4Address("198.51.100.80"))
    let stray = ARPPacket.request(for: outside, from: link.mac, try #require(link.source))
    let frames = try [question(link), stray, question(link)]
    let seen = try witnessed(on: cable.right) {
      #expect { try send(frames, through: link) } throws: { ($0 as? LinkError)?.code == .refusedByScope }
      // No station of its own: a SYN to everybody.
      #expect { try send([syn(link, to: .broadcast, port: 23)], through: link) } throws: {
        ($0 as? LinkError)?.code == .refusedByScope
      }
    }
    #expect(seen.isEmpty)
    #expect(link.refusals.count == 2)
  }

  @Test(arguments: [false, true])
  func `the capture shows what arrives and hides our own probes`(isBrief: Bool) throws {
    let cable = try Cable("rx", address: "198.51.100.9/24", ipv6: "fe80::9/64")
    let permitted = try gate("198.51.100.0/24", "fe80::/10")
    let near = try link(cable, reaching: "198.51.100.77", linkLocal: "fe80::9", isBrief: isBrief, permitted)
    let own = try #require(near.linkLocal)
    // From the other end: an answer to a question that nobody asked, which is harmless.
    let answer = Self.reply(from: target, device, to: try #require(near.source), near.mac)
    var syn6 = SYNFrame6(mac: near.mac, source: own, sourcePort: near.sourcePort)
    syn6.aim(at: IPv6Address(high: own.high, low: 0x77), mac: device, port: 23, sequence: 7)
    let probe6 = syn6.withSpan { frame in frame.indices.map { frame[$0] } }
    #expect(try send([syn(near, to: device, port: 23), probe6], through: near) == 2)
    try inject([answer], into: cable.right)

    let frames = try received(by: near, enough: 1)
    #expect(frames.inbound == [answer])
    // The kernel may announce its own groups; the probes are not among what it shows.
    #expect(frames.outbound.allSatisfy { $0.starts(with: [0x33, 0x33]) })
    #expect(near.receiveDrops() == 0)
  }

  @Test(arguments: [false, true])
  func `answers and announcements pass the filter, other traffic does not`(isBrief: Bool) throws {
    let cable = try Cable("fi", address: "198.51.100.9/24", ipv6: "fe80::9/64")
    let near = try link(
      cable, reaching: "198.51.100.77", linkLocal: "fe80::9", isBrief: isBrief, gate("198.51.100.0/24"))
    let group = [UInt8](arrayLiteral: 0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb)
    let ours = near.mac.octets
    let wanted = [
      Self.datagram(to: ours, [198, 51, 100, 9], from: 5683, port: near.datagramPort),
      // Ordinary conversations by UDP: their frames are evidence too.
      Self.datagram(to: ours, [198, 51, 100, 9], from: 5683, port: near.datagramPort ^ 1),
      Self.datagram(to: group, [224, 0, 0, 251], from: 5353, port: 5353),
      Self.datagram(to: [UInt8](repeating: 0xff, count: 6), [255, 255, 255, 255], from: 68, port: 67),
      // An echo request to us (ICMP), and a listener report with its hop-by-hop header (MLDv1).
      ours + device.octets + [0x08, 0x00]
        + Self.ipv4(proto: 1, [198, 51, 100, 9], payload: [8, 0, 0xf7, 0xff, 0, 0, 0, 0]),
      [0x33, 0x33, 0, 0, 0, 0xfb] + device.octets + Self.listenerReport,
      Self.reply(from: target, device, to: try #require(near.source), near.mac),
    ]
    let unwanted = [
      Self.datagram(to: group, [224, 0, 0, 251], from: 5353, port: 9999),
      ours + device.octets + [0x88, 0xb5] + [UInt8](repeating: 0, count: 46),
    ]
    try inject(unwanted + wanted, into: cable.right)
    #expect(try received(by: near, enough: wanted.count).inbound == wanted)
  }

  /// The kernel takes the tag of an incoming frame out (skb_vlan_untag); whoever captures has to put it back (IEEE 802.1Q §9.6).
  @Test(arguments: [false, true])
  func `a VLAN tag stays where it was`(isBrief: Bool) throws {
    let cable = try Cable("vl", address: "198.51.100.9/24")
    let near = try link(cable, reaching: "198.51.100.77", isBrief: isBrief, gate("198.51.100.0/24"))
    let answer = Self.reply(from: target, device, to: try #require(near.source), near.mac)
    // Priority 5, VLAN 7.
    let tagged = answer[..<12] + [0x81, 0x00, 0xa0, 0x07] + answer[12...]
    try inject([Array(tagged), answer], into: cable.right)
    #expect(try received(by: near, enough: 2).inbound == [Array(tagged), answer])
  }

  @Test(arguments: [false, true])
  func `a frame beyond the snap length is cut, which its original length shows`(isBrief: Bool) throws {
    let cable = try Cable("sn", address: "198.51.100.9/24")
    for end in [cable.left, cable.right] { try run("ip", "link", "set", end, "mtu", "9000") }
    let near = try link(cable, reaching: "198.51.100.77", isBrief: isBrief, gate("198.51.100.0/24"))
    let answer = Self.reply(from: target, device, to: try #require(near.source), near.mac)
    try inject([answer + [UInt8](repeating: 0xa5, count: 5000)], into: cable.right)
    var seen: [[Int]] = []
    let deadline = SystemClock.monotonic + .seconds(2)
    while seen.isEmpty, SystemClock.monotonic < deadline {
      SystemClock.wait(for: [near.descriptor], until: SystemClock.monotonic + .milliseconds(50))
      try near.receive(limit: 64) { frame, info in
        seen.append([frame.count, info.originalLength])
        #expect(frame[0] == answer[0] && frame[frame.count - 1] == 0xa5)
      }
    }
    // 14 octets of Ethernet, 28 of ARP.
    #expect(seen == [[2048, 5042]])
  }

  /// Nobody reads while they come: the room holds some 2500, and each that found none is counted.
  @Test func `frames that find no room without a ring are counted as lost`() throws {
    let cable = try Cable("ov", address: "198.51.100.9/24")
    let near = try link(cable, reaching: "198.51.100.77", isBrief: true, gate("198.51.100.0/24"))
    let answer = Self.reply(from: target, device, to: try #require(near.source), near.mac)
    try run(
      "python3", "-c",
      """
      import socket
      s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
      s.bind(('\(cable.right)', 0))
      for _ in range(8000): s.send(bytes.fromhex('\(hex(answer))'))
      """)
    var count = 0
    for _ in 0..<2 { try near.receive(limit: 10_000) { _, info in count += info.outbound ? 0 : 1 } }
    let lost = near.receiveDrops()
    #expect(count > 1000 && lost > 0)
    #expect(count + lost == 8000)
    #expect(near.receivedFrames() == 8000)
  }

  @Test(arguments: [false, true])
  func `a link that nobody holds any more leaves no packet socket behind`(isBrief: Bool) throws {
    let cable = try Cable("cl", address: "198.51.100.9/24")
    func sockets() throws -> Int {
      try String(contentsOfFile: "/proc/thread-self/net/packet", encoding: .utf8).split(separator: "\n").count - 1
    }
    let before = try sockets()
    do {
      let near = try link(cable, reaching: "198.51.100.77", isBrief: isBrief, gate("198.51.100.0/24"))
      #expect(try sockets() == before + 2)
      #expect(near.receivedFrames() >= 0)
    }
    // They are closed aside, as soon as the kernel lets go of them.
    let deadline = SystemClock.monotonic + .seconds(3)
    while try sockets() > before, SystemClock.monotonic < deadline { try run("sleep", "0.01") }
    #expect(try sockets() == before)
  }

  @Test func `an interface that goes down ends a capture without a ring`() throws {
    let cable = try Cable("de", address: "198.51.100.9/24")
    let near = try link(cable, reaching: "198.51.100.77", isBrief: true, gate("198.51.100.0/24"))
    try near.receive(limit: 64) { _, _ in }
    try run("ip", "link", "set", cable.left, "down")
    #expect { try near.receive(limit: 64) { _, _ in } } throws: { ($0 as? LinkError)?.code == .interfaceDown }
  }

  @Test func `an interface that goes down is reported as such`() throws {
    let cable = try Cable("dn", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    let frame = try question(link)
    #expect(try link.linkIsUp())
    try run("ip", "link", "set", cable.left, "down")
    #expect(try !link.linkIsUp())
    #expect {
      try send([frame], through: link)
    } throws: { error in
      guard let error = error as? LinkError, error.code == .interfaceDown else { return false }
      // What happened, and what to do.
      return error.text.en.contains("--link managed-switch") && error.text.ja.contains("--link managed-switch")
    }
  }

  @Test func `a carrier that is lost is noticed without sending`() throws {
    let cable = try Cable("ca", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    #expect(try link.linkIsUp())
    // The switch disables its port: our interface stays up, the carrier goes.
    try run("ip", "link", "set", cable.right, "down")
    #expect(try becomes(false) { try link.linkIsUp() })
    try run("ip", "link", "set", cable.right, "up")
    #expect(try becomes(true) { try link.linkIsUp() })
  }

  /// The kernel tells of a carrier's changes once a second at most (net/core/link_watch.c).
  private func becomes(_ wanted: Bool, _ state: () throws -> Bool) throws -> Bool {
    let deadline = SystemClock.monotonic + .seconds(3)
    while SystemClock.monotonic < deadline {
      if try state() == wanted { return true }
      try run("sleep", "0.02")
    }
    return false
  }

  @Test(arguments: ["SOCK_STREAM", "SOCK_DGRAM"])
  func `the reserved ports are nobody else's, in either family`(kind: String) throws {
    let cable = try Cable("rs", address: "198.51.100.9/24", ipv6: "fe80::9/64")
    let link = try link(cable, reaching: "198.51.100.77", linkLocal: "fe80::9", gate("198.51.100.0/24"))
    let port = kind == "SOCK_STREAM" ? link.sourcePort : link.datagramPort
    for (family, address) in [("AF_INET", "198.51.100.9"), ("AF_INET6", "::")] {
      for (port, expected) in [(port, "98"), (port ^ 1, "0")] {  // 98: EADDRINUSE
        let text = try run(
          "python3", "-c",
          """
          import socket
          s = socket.socket(socket.\(family), socket.\(kind))
          if s.family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
          try: s.bind(('\(address)', \(port))); print(0)
          except OSError as e: print(e.errno)
          """)
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == expected, "\(family) \(port)")
      }
    }
  }

  @Test func `a device that answers our datagram is not told that the port is closed`() throws {
    let cable = try Cable("un", address: "198.51.100.9/24")
    let link = try link(cable, reaching: "198.51.100.77", gate("198.51.100.0/24"))
    try run("ip", "neigh", "add", "198.51.100.77", "lladdr", device.description, "dev", cable.left)
    let answers = (0..<50).map { _ in
      Self.datagram(to: link.mac.octets, [198, 51, 100, 9], from: 5683, port: link.datagramPort)
    }
    let seen = try witnessed(on: cable.right) { try inject(answers, into: cable.right) }
    #expect(seen.isEmpty)
    // The same to a port that nobody has: the kernel does answer here.
    let stray = Self.datagram(to: link.mac.octets, [198, 51, 100, 9], from: 5683, port: 9)
    #expect(try witnessed(on: cable.right) { try inject([stray], into: cable.right) }.count == 1)
  }
}

extension EthernetLinkTests {
  private static func reply(
    from sender: IPv4Address, _ senderMAC: MACAddress, to target: IPv4Address, _ targetMAC: MACAddress
  ) -> [UInt8] {
    // RFC 826: Ethernet header, then hardware 1, protocol 0800, lengths 6 and 4, operation 2.
    targetMAC.octets + senderMAC.octets + [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 2] + senderMAC.octets + sender.octets
      + targetMAC.octets + target.octets
  }

  /// RFC 791 §3.1, from 198.51.100.77, with its checksum.
  private static func ipv4(proto: UInt8, _ destination: [UInt8], payload: [UInt8]) -> [UInt8] {
    var header: [UInt8] =
      [0x45, 0, 0, UInt8(20 + payload.count), 0, 0, 0x40, 0, 64, proto, 0, 0, 198, 51, 100, 77] + destination
    var sum: UInt32 = 0
    for index in stride(from: 0, to: 20, by: 2) { sum += UInt32(header[index]) << 8 | UInt32(header[index + 1]) }
    sum = (sum & 0xffff) + (sum >> 16)
    sum = ~((sum & 0xffff) + (sum >> 16))
    header[10] = UInt8(truncatingIfNeeded: sum >> 8)
    header[11] = UInt8(truncatingIfNeeded: sum)
    return header + payload
  }

  /// A UDP datagram of 4 octets, without a checksum (RFC 768).
  private static func datagram(to mac: [UInt8], _ destination: [UInt8], from source: UInt16, port: UInt16) -> [UInt8] {
    let ends = [source, port].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    return mac + [0x02, 0, 0, 0, 0, 0x77, 0x08, 0x00]
      + ipv4(proto: 17, destination, payload: ends + [0, 12, 0, 0, 1, 2, 3, 4])
  }

  /// RFC 2710 §3: a report about ff02::fb from fe80::77, behind a router alert (RFC 2711).
  private static let listenerReport: [UInt8] =
    [0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 0, 1]
    + [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x77]
    + [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb]
    + [58, 0, 5, 2, 0, 0, 1, 0]
    + [131, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb]
}
