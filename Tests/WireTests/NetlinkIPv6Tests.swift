import Addressing
import LabSupport
import Testing
import Wire

/// Answers of a Linux 6.18 kernel on x86_64 about IPv6 routes, addresses and neighbours, read with a
/// Python AF_NETLINK socket. The values were set with ip(8), which is their witness.
struct NetlinkIPv6Tests {
  /// RTM_GETROUTE for fe80::5 through interface 3.
  static let linkLocalRoute = octets(
    hex: """
      9c 00 00 00 18 00 00 00 07 00 00 00 c5 5a 00 00
      0a 80 80 00 fe 02 00 01 00 00 00 00  // AF_INET6, 128 bits, type unicast
      08 00 0f 00 fe 00 00 00              // RTA_TABLE
      14 00 01 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 05  // RTA_DST fe80::5
      14 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // RTA_SRC ::
      14 00 07 00 fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01  // RTA_PREFSRC fe80::fc:ff:fe00:1
      08 00 06 00 00 01 00 00              // RTA_PRIORITY
      08 00 04 00 03 00 00 00              // RTA_OIF 3
      24 00 0c 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      05 00 14 00 00 00 00 00              // RTA_PREF
      """)

  /// RTM_GETROUTE for 2001:db8:9::1, routed via fe80::99.
  static let viaGateway = octets(
    hex: """
      b0 00 00 00 18 00 00 00 07 00 00 00 c5 5a 00 00
      0a 80 80 00 fe 03 00 01 00 00 00 00
      08 00 0f 00 fe 00 00 00
      14 00 01 00 20 01 0d b8 00 09 00 00 00 00 00 00 00 00 00 01
      14 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      14 00 07 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 03  // RTA_PREFSRC 2001:db8::3
      08 00 06 00 00 04 00 00
      14 00 05 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 99  // RTA_GATEWAY fe80::99
      08 00 04 00 03 00 00 00
      24 00 0c 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      05 00 14 00 00 00 00 00
      """)

  /// RTM_GETROUTE for 203.0.113.9, routed via inet6 fe80::99.
  static let viaOtherFamily = octets(
    hex: """
      80 00 00 00 18 00 00 00 07 00 00 00 c5 5a 00 00
      02 20 00 00 fe 00 00 01 00 02 00 00
      08 00 0f 00 fe 00 00 00
      08 00 01 00 cb 00 71 09
      08 00 04 00 03 00 00 00
      08 00 07 00 c0 00 02 02
      16 00 12 00 0a 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 99 00 00  // RTA_VIA AF_INET6 fe80::99
      08 00 19 00 00 00 00 00
      24 00 0c 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      """)

  /// ip neigh add 192.0.2.77 lladdr 00:11:22:aa:bb:cc nud stale.
  static let neighbour = octets(
    hex: """
      4c 00 00 00 1c 00 02 00 07 00 00 00 c5 5a 00 00
      02 00 00 00  // AF_INET
      03 00 00 00  // interface 3
      04 00        // NUD_STALE
      00 01        // flags, type
      08 00 01 00 c0 00 02 4d                          // NDA_DST 192.0.2.77
      0a 00 02 00 00 11 22 aa bb cc 00 00              // NDA_LLADDR
      08 00 04 00 00 00 00 00                          // NDA_PROBES
      14 00 03 00 7a 17 00 00 0a 00 00 00 0a 00 00 00 00 00 00 00  // NDA_CACHEINFO
      """)

  /// ip neigh add 192.0.2.78 nud failed.
  static let failedNeighbour = octets(
    hex: """
      40 00 00 00 1c 00 02 00 07 00 00 00 c5 5a 00 00
      02 00 00 00 03 00 00 00 20 00 00 01
      08 00 01 00 c0 00 02 4e
      08 00 04 00 00 00 00 00
      14 00 03 00 7a 17 00 00 0a 00 00 00 0a 00 00 00 00 00 00 00
      """)

  /// ip -6 neigh add fe80::211:22ff:feaa:bbcc lladdr 00:11:22:aa:bb:cc nud permanent.
  static let neighbour6 = octets(
    hex: """
      58 00 00 00 1c 00 02 00 07 00 00 00 c5 5a 00 00
      0a 00 00 00 03 00 00 00 80 00 00 01
      14 00 01 00 fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      0a 00 02 00 00 11 22 aa bb cc 00 00
      08 00 04 00 00 00 00 00
      14 00 03 00 0a 00 00 00 0a 00 00 00 0a 00 00 00 00 00 00 00
      """)

  /// ip addr add 192.0.2.2/24.
  static let address = octets(
    hex: """
      4c 00 00 00 14 00 02 00 07 00 00 00 c5 5a 00 00
      02 18 80 00  // AF_INET, 24 bits, IFA_F_PERMANENT, scope
      03 00 00 00  // interface 3
      08 00 01 00 c0 00 02 02  // IFA_ADDRESS
      08 00 02 00 c0 00 02 02  // IFA_LOCAL
      08 00 03 00 76 61 30 00  // IFA_LABEL va0
      08 00 08 00 80 00 00 00  // IFA_FLAGS
      14 00 06 00 ff ff ff ff ff ff ff ff d5 f1 02 00 d5 f1 02 00  // IFA_CACHEINFO
      """)

  /// ip -6 addr add 2001:db8::2:2/64, a moment before.
  static let tentativeAddress = octets(
    hex: """
      48 00 00 00 14 00 02 00 07 00 00 00 c5 5a 00 00
      0a 40 c0 00 03 00 00 00
      14 00 01 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 02 00 02
      14 00 06 00 ff ff ff ff ff ff ff ff 9e f2 02 00 9e f2 02 00
      08 00 08 00 c0 00 00 00  // IFA_F_PERMANENT, IFA_F_TENTATIVE
      """)

  static let all = [
    linkLocalRoute, viaGateway, viaOtherFamily, neighbour, failedNeighbour, neighbour6, address, tentativeAddress,
  ]

  private func route(_ datagram: [UInt8]) throws -> RouteMessage { try RouteMessage(parsing: netlink(datagram)[0]) }
  private func entry(_ datagram: [UInt8]) throws -> NeighbourEntry {
    try NeighbourEntry(parsing: netlink(datagram)[0])
  }
  private func own(_ datagram: [UInt8]) throws -> InterfaceAddress {
    try InterfaceAddress(parsing: netlink(datagram)[0])
  }

  @Test func `a route on the link is read`() throws {
    let route = try route(Self.linkLocalRoute)
    #expect(route.kind == .unicast)
    #expect(route.interfaceIndex == 3)
    #expect(route.source == IPAddress("fe80::fc:ff:fe00:1"))
    #expect(route.gateway == nil)
  }

  @Test func `gateways of both families are read`() throws {
    #expect(try route(Self.viaGateway).gateway == IPAddress("fe80::99"))
    #expect(try route(Self.viaGateway).source == IPAddress("2001:db8::3"))
    #expect(try route(Self.viaOtherFamily).gateway == IPAddress("fe80::99"))
    #expect(try route(Self.viaOtherFamily).source == IPAddress("192.0.2.2"))
  }

  @Test func `neighbours are read with their state`() throws {
    let stale = try entry(Self.neighbour)
    #expect(stale.address == IPAddress("192.0.2.77"))
    #expect(stale.mac == Golden.device)
    #expect(stale.interfaceIndex == 3)
    #expect(stale.state == .stale)
    let failed = try entry(Self.failedNeighbour)
    #expect(failed.address == IPAddress("192.0.2.78"))
    #expect(failed.mac == nil)
    #expect(failed.state == .failed)
    let permanent = try entry(Self.neighbour6)
    #expect(permanent.address == IPAddress("fe80::211:22ff:feaa:bbcc"))
    #expect(permanent.mac == Golden.device)
    #expect(permanent.state == .permanent)
  }

  @Test func `addresses of this host are read`() throws {
    let address = try own(Self.address)
    #expect(address.address == IPAddress("192.0.2.2"))
    #expect(address.prefixLength == 24)
    #expect(address.interfaceIndex == 3)
    #expect(!address.isTentative && !address.isTemporary)
    let tentative = try own(Self.tentativeAddress)
    #expect(tentative.address == IPAddress("2001:db8::2:2"))
    #expect(tentative.prefixLength == 64)
    #expect(tentative.isTentative)
  }

  @Test func `this end of a point-to-point link is taken, not the other`() throws {
    var datagram = Self.address
    datagram[31] = 9  // IFA_ADDRESS 192.0.2.9
    #expect(try own(datagram).address == IPAddress("192.0.2.2"))
  }

  @Test func `tables of other families and other messages are refused`() throws {
    var bridge = Self.neighbour
    bridge[16] = 7  // AF_BRIDGE
    #expect(throws: WireError.unsupported) { try entry(bridge) }
    #expect(throws: WireError.unsupported) { try entry(Self.address) }
    #expect(throws: WireError.unsupported) { try own(Self.neighbour) }
    // An IPv6 entry that says AF_INET has an address of the wrong length.
    var confused = Self.neighbour6
    confused[16] = 2
    #expect(throws: WireError.unsupported) { try entry(confused) }
  }

  @Test func `requests are what the kernel's structures say`() throws {
    let target = try #require(IPAddress("fe80::5"))
    #expect(
      RouteMessage.request(for: target, through: 258, sequence: 1)
        == octets(
          hex: """
            38 00 00 00 1a 00 01 00 01 00 00 00 00 00 00 00
            0a 80 00 00 00 00 00 00 00 00 00 00  // AF_INET6, 128 bits
            14 00 01 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 05  // RTA_DST
            08 00 04 00 02 01 00 00  // RTA_OIF 258
            """))
    // NLM_F_REQUEST | NLM_F_DUMP is 0x301; struct ndmsg has 12 octets, ifaddrmsg 8, ifinfomsg 16.
    for (request, kind, length) in [
      (NeighbourEntry.dumpRequest(sequence: 1), UInt8(30), 12), (InterfaceAddress.dumpRequest(sequence: 1), 22, 8),
      (LinkMessage.dumpRequest(sequence: 1), 18, 16),
    ] {
      let head = [UInt8(16 + length), 0, 0, 0, kind, 0, 0x01, 0x03, 1, 0, 0, 0, 0, 0, 0, 0]
      #expect(request == head + [UInt8](repeating: 0, count: length))
    }
  }

  @Test func `every prefix is rejected`() {
    for golden in Self.all {
      for length in 1..<golden.count {
        #expect(throws: WireError.self, "\(length)") { try netlink(Array(golden.prefix(length))) }
      }
    }
  }

  @Test func `every shortened and every mutated body is rejected or read without a trap`() throws {
    var random = SeededRandom(seed: 12)
    for golden in Self.all {
      for length in 16..<golden.count {
        // The header agrees with what is there, so the attributes meet the end.
        var cut = Array(golden.prefix(length))
        cut[0] = UInt8(length)
        Self.readAll(try netlink(cut)[0])
      }
      for _ in 0..<2000 {
        var mutated = golden
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          mutated[Int.random(in: 16..<golden.count, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
        }
        Self.readAll(try netlink(mutated)[0])
      }
    }
  }

  private static func readAll(_ message: NetlinkMessage) {
    _ = try? RouteMessage(parsing: message)
    _ = try? NeighbourEntry(parsing: message)
    _ = try? InterfaceAddress(parsing: message)
  }
}
