import Addressing
import LabSupport
import Testing
import Wire

func dhcp(_ message: [UInt8]) throws(WireError) -> DHCPClientMessage { try DHCPClientMessage(parsing: message.span) }

func announcedName(_ message: [UInt8], _ source: IPAddress) throws(WireError) -> String? {
  try MulticastDNSName.announced(in: message.span, by: source)
}

/// What devices broadcast about themselves.
struct AnnouncementTests {
  /// RFC 2131 §2, field by field; options as a small client writes them.
  static let discover =
    octets(
      hex: """
        01 01 06 00  // BOOTREQUEST, Ethernet, 6 octets of address, no hops
        39 03 f3 26  // transaction
        00 00 80 00  // seconds, broadcast flag
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // ciaddr, yiaddr, siaddr, giaddr
        00 11 22 aa bb cc 00 00 00 00 00 00 00 00 00 00  // chaddr
        """) + [UInt8](repeating: 0, count: 192)  // sname, file
    + octets(
      hex: """
        63 82 53 63              // magic cookie
        35 01 01                 // message type: DISCOVER
        32 04 0a 4d 00 17        // requested address
        00                       // pad
        0c 07 63 61 6d 2d 30 31 00  // host name "cam-01" with its NUL
        3c 09 75 64 68 63 70 20 31 2e 33  // vendor class "udhcp 1.3"
        37 03 01 03 06           // parameter list
        ff
        """)

  /// RFC 1035 §4.1, built with python3's struct: a PTR whose data points back, an AAAA record, and among the
  /// additional records an A record whose owner is a pointer to the AAAA record's.
  static let announcement = octets(
    hex: """
      00 00 84 00 00 00 00 02 00 00 00 01  // answer; 0 questions, 2 answers, 0 authorities, 1 additional
      05 5f 68 74 74 70 04 5f 74 63 70 05 6c 6f 63 61 6c 00  // _http._tcp.local
      00 0c 00 01 00 00 11 94 00 02 c0 0c
      03 63 61 6d 05 6c 6f 63 61 6c 00  // cam.local, at offset 42
      00 1c 80 01 00 00 00 78 00 10 fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      c0 2a 00 01 80 01 00 00 00 78 00 04 0a 4d 00 17
      """)

  @Test func `a client that starts says who it is`() throws {
    let message = try dhcp(Self.discover)
    #expect(message.kind == .discover)
    #expect(message.clientMAC == Golden.device)
    #expect(message.address == Golden.deviceAddress)
    #expect(message.hostName == "cam-01")
    #expect(message.vendorClass == "udhcp 1.3")
  }

  @Test func `the address a client has counts more than the one it asks for`() throws {
    var octets = Self.discover
    octets.replaceSubrange(12..<16, with: [10, 77, 0, 9])
    #expect(try dhcp(octets).address == IPv4Address("10.77.0.9"))
    octets = Self.discover
    octets[244] = 5  // the option with its pad behind it: 5 octets are no address
    #expect(try dhcp(octets).address == nil)
  }

  @Test(arguments: [(0, UInt8(2)), (1, 6), (2, 8), (236, 0), (240, 0x36)])
  func `what is no client's message is not taken for one`(offset: Int, value: UInt8) {
    var octets = Self.discover
    octets[offset] = value
    #expect(throws: WireError.unsupported) { try dhcp(octets) }
  }

  @Test func `the name that a host announces for its own address is read`() throws {
    #expect(try announcedName(Self.announcement, IPAddress(Golden.deviceAddress)) == "cam.local")
    #expect(try announcedName(Self.announcement, IPAddress(Golden.deviceV6)) == "cam.local")
    // A reflector's own address is in none of the records that it repeats.
    #expect(try announcedName(Self.announcement, IPAddress(Golden.auditorAddress)) == nil)
    var question = Self.announcement
    question[2] = 0
    #expect(try announcedName(question, IPAddress(Golden.deviceAddress)) == nil)
  }

  @Test(arguments: [
    UInt8(0x4f),  // at itself: its own offset is 79
    0x54,  // forwards
    0x05,  // into the message's header
  ])
  func `a pointer that does not go back to a name is rejected`(pointer: UInt8) {
    var octets = Self.announcement
    octets[80] = pointer
    #expect(throws: WireError.malformed(offset: 79)) { try announcedName(octets, IPAddress(Golden.deviceAddress)) }
  }

  @Test func `pointers that lead in a circle end`() {
    // Two names that point at each other: the second step would go forwards.
    let octets = octets(
      hex: """
        00 00 84 00 00 00 00 02 00 00 00 00
        c0 18 00 01 00 01 00 00 00 00 00 00
        01 61 c0 0c 00 01 00 01 00 00 00 00 00 04 0a 4d 00 17
        """)
    #expect(throws: WireError.malformed(offset: 12)) {
      try announcedName(octets, IPAddress(Golden.deviceAddress))
    }
  }

  @Test func `a name is cut nowhere and grows no longer than 255 octets`() throws {
    // Labels of 63 octets with their lengths: 3 x 64 + 62 + 1 = 255 is the most (RFC 1035 §2.3.4).
    for (last, isRead) in [(61, true), (62, false)] {
      var name: [UInt8] = []
      for length in [63, 63, 63, last] { name += [UInt8(length)] + [UInt8](repeating: 0x61, count: length) }
      let record = octets(hex: "00 00 01 00 01 00 00 00 78 00 04 0a 4d 00 17")
      let message = octets(hex: "00 00 84 00 00 00 00 01 00 00 00 00") + name + record
      let read = try? announcedName(message, IPAddress(Golden.deviceAddress))
      #expect(read?.utf8.count == (isRead ? 63 * 3 + last + 3 : nil))
    }
  }

  @Test func `dots inside a label stay distinguishable`() throws {
    let message = octets(
      hex: """
        00 00 84 00 00 00 00 01 00 00 00 00
        04 61 2e 5c 62 05 6c 6f 63 61 6c 00 00 01 00 01 00 00 00 78 00 04 0a 4d 00 17
        """)
    #expect(try announcedName(message, IPAddress(Golden.deviceAddress)) == "a\\.\\\\b.local")
  }

  @Test func `every prefix is rejected or read without a trap`() {
    for length in 0..<Self.discover.count {
      let message = try? dhcp(Array(Self.discover.prefix(length)))
      #expect((message != nil) == (length >= 243 && message?.kind == .discover))
    }
    for length in 0..<Self.announcement.count {
      // The A record is the last: no prefix holds it whole.
      #expect(throws: WireError.self) {
        try announcedName(Array(Self.announcement.prefix(length)), IPAddress(Golden.deviceAddress))
      }
    }
  }

  @Test func `mutated announcements never trap and no text is invented`() {
    var random = SeededRandom(seed: 2029)
    var named = 0
    var invented = 0
    for _ in 0..<40_000 {
      let damaged = MutationTests.mutate(Self.announcement, &random)
      if let name = try? announcedName(damaged, IPAddress(Golden.deviceAddress)) {
        named += 1
        // Each octet of a name is at most a replacement character of 3 octets, escaped or not.
        if name.utf8.count > 3 * 255 { invented += 1 }
      }
      if let message = try? dhcp(MutationTests.mutate(Self.discover, &random)) {
        named += 1
        if (message.hostName?.utf8.count ?? 0) > 3 * 255 { invented += 1 }
      }
    }
    #expect(invented == 0)
    #expect(named > 10_000)
  }
}
