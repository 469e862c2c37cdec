import Addressing
import LabSupport
import Testing
import Wire

/// Answers of a Linux 6 kernel on x86_64, read with a Python AF_NETLINK socket. Numbers are in the
/// order of a little-endian machine, addresses in network order.
struct NetlinkTests {
  /// RTM_GETROUTE for 8.8.8.8 on a host with a default route.
  static let viaGateway = octets(
    hex: """
      70 00 00 00  // nlmsg_len: 112
      18 00        // nlmsg_type: RTM_NEWROUTE
      00 00        // nlmsg_flags
      07 00 00 00  // nlmsg_seq
      68 01 00 00  // nlmsg_pid
      02 20 00 00  // family AF_INET, destination 32 bits, source 0 bits, type of service
      fe 00 00 01  // table main, protocol, scope universe, type unicast
      00 02 00 00  // flags: RTM_F_CLONED
      08 00 0f 00 fe 00 00 00  // RTA_TABLE
      08 00 01 00 08 08 08 08  // RTA_DST 8.8.8.8
      08 00 04 00 04 00 00 00  // RTA_OIF 4
      08 00 07 00 c0 00 02 02  // RTA_PREFSRC 192.0.2.2
      08 00 05 00 c0 00 02 01  // RTA_GATEWAY 192.0.2.1
      08 00 19 00 00 00 00 00  // RTA_UID
      24 00 0c 00              // RTA_CACHEINFO, 32 octets
      00 00 00 00 72 59 06 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      """)

  /// RTM_GETROUTE for 127.0.0.1.
  static let local = octets(
    hex: """
      68 00 00 00 18 00 00 00 07 00 00 00 68 01 00 00
      02 20 00 00
      fe 00 00 02  // type local
      00 02 00 80
      08 00 0f 00 fe 00 00 00
      08 00 01 00 7f 00 00 01  // RTA_DST 127.0.0.1
      08 00 04 00 01 00 00 00  // RTA_OIF 1
      08 00 07 00 7f 00 00 01  // RTA_PREFSRC 127.0.0.1
      08 00 19 00 00 00 00 00
      24 00 0c 00
      00 00 00 00 17 5a 06 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      """)

  /// RTM_GETLINK, cut behind the attributes that are read; the length says so.
  static func link(
    type: String = "01 00", index: String = "04 00 00 00", flags: String, name: String, address: String
  ) -> [UInt8] {
    let body = octets(
      hex: """
        00 00        // ifi_family, padding
        \(type)      // ifi_type
        \(index)     // ifi_index
        \(flags)     // ifi_flags
        00 00 00 00  // ifi_change
        \(name)      // IFLA_IFNAME
        08 00 04 00 dc 05 00 00  // IFLA_MTU 1500
        05 00 10 00 02 00 00 00  // IFLA_OPERSTATE down, one octet and padding
        \(address)   // IFLA_ADDRESS
        0a 00 02 00 ff ff ff ff ff ff 00 00  // IFLA_BROADCAST
        """)
    return octets(hex: "\(twoDigits(body.count + 16)) 00 00 00 10 00 00 00 07 00 00 00 68 01 00 00") + body
  }

  static let ifb = link(
    index: "02 00 00 00", flags: "82 00 00 00", name: "09 00 03 00 69 66 62 30 00 00 00 00",
    address: "0a 00 01 00 1a 92 67 b0 9f ba 00 00")
  /// IFF_UP, IFF_BROADCAST, IFF_RUNNING, IFF_MULTICAST, IFF_LOWER_UP.
  static let ethernet = link(
    flags: "43 10 01 00", name: "09 00 03 00 65 74 68 30 00 00 00 00", address: "0a 00 01 00 02 fc 00 00 00 01 00 00")
  static let loopback = link(
    type: "04 03", index: "01 00 00 00", flags: "49 00 01 00", name: "07 00 03 00 6c 6f 00 00",
    address: "0a 00 01 00 00 00 00 00 00 00 00 00")
  /// ARPHRD_NONE, without a hardware address; the name takes the place of one.
  static let tunnel = link(
    type: "fe ff", flags: "51 00 00 00", name: "09 00 03 00 74 75 6e 30 00 00 00 00", address: "04 00 3e 80")

  static let all = [viaGateway, local, ifb, ethernet, loopback, tunnel]

  private static func twoDigits(_ value: Int) -> String {
    let text = String(value, radix: 16)
    return text.count == 1 ? "0" + text : text
  }

  private func route(_ datagram: [UInt8]) throws -> RouteMessage {
    let messages = try netlink(datagram)
    #expect(messages.count == 1)
    return try RouteMessage(parsing: messages[0])
  }

  private func link(_ datagram: [UInt8]) throws -> LinkMessage { try LinkMessage(parsing: netlink(datagram)[0]) }

  @Test func `a route through a gateway is read`() throws {
    let route = try route(Self.viaGateway)
    #expect(route.kind == .unicast)
    #expect(route.interfaceIndex == 4)
    #expect(route.source == IPAddress("192.0.2.2"))
    #expect(route.gateway == IPAddress("192.0.2.1"))
  }

  @Test func `a route to this host itself is read`() throws {
    let route = try route(Self.local)
    #expect(route.kind == .local)
    #expect(route.interfaceIndex == 1)
    #expect(route.source == IPAddress("127.0.0.1"))
    #expect(route.gateway == nil)
  }

  @Test func `a gateway of another family is a gateway`() throws {
    var datagram = Self.local
    // RTA_UID becomes RTA_VIA (18).
    datagram[62] = 0x12
    #expect(try route(datagram).gateway != nil)
  }

  @Test func `interfaces are read`() throws {
    let ifb = try link(Self.ifb)
    #expect(ifb.index == 2)
    #expect(ifb.name == "ifb0")
    #expect(ifb.mac == MACAddress("1a:92:67:b0:9f:ba"))
    #expect(ifb.isEthernet)
    #expect(!ifb.isLoopback)
    #expect(!ifb.isRunning)
    let ethernet = try link(Self.ethernet)
    #expect(ethernet.index == 4)
    #expect(ethernet.name == "eth0")
    #expect(ethernet.mac == MACAddress("02:fc:00:00:00:01"))
    #expect(ethernet.isEthernet)
    #expect(ethernet.isRunning)
    let loopback = try link(Self.loopback)
    #expect(loopback.name == "lo")
    #expect(loopback.isLoopback)
    #expect(!loopback.isEthernet)
    let tunnel = try link(Self.tunnel)
    #expect(tunnel.mac == nil)
    #expect(!tunnel.isEthernet)
  }

  @Test func `requests are what the kernel's structures say`() {
    #expect(
      RouteMessage.request(for: IPAddress(Golden.deviceAddress), sequence: 0x0102_0304)
        == octets(
          hex: """
            24 00 00 00  // nlmsg_len: 16 + 12 + 8
            1a 00        // RTM_GETROUTE
            01 00        // NLM_F_REQUEST
            04 03 02 01  // nlmsg_seq
            00 00 00 00  // nlmsg_pid: the kernel fills it in
            02 20 00 00 00 00 00 00 00 00 00 00  // struct rtmsg: AF_INET, 32 bits
            08 00 01 00 0a 4d 00 17  // RTA_DST
            """))
    #expect(
      LinkMessage.request(index: 258, sequence: 1)
        == octets(
          hex: """
            20 00 00 00 12 00 01 00 01 00 00 00 00 00 00 00
            00 00 00 00  // family, padding, type
            02 01 00 00  // ifi_index 258
            00 00 00 00 00 00 00 00
            """))
  }

  @Test func `an error carries its number, an acknowledgement 0`() throws {
    let head = octets(hex: "24 00 00 00 02 00 00 00 07 00 00 00 68 01 00 00")
    let quoted = octets(hex: "24 00 00 00 1a 00 01 00 07 00 00 00 00 00 00 00")
    #expect(try netlink(head + octets(hex: "9b ff ff ff") + quoted)[0].errorNumber == 101)  // -ENETUNREACH
    #expect(try netlink(head + octets(hex: "00 00 00 00") + quoted)[0].errorNumber == 0)
    #expect(try netlink(Self.local)[0].errorNumber == nil)
    // No kernel says this, and it must not stop the program.
    #expect(try netlink(head + octets(hex: "00 00 00 80") + quoted)[0].errorNumber != nil)
  }

  @Test func `messages of one datagram are told apart`() throws {
    let done = octets(hex: "14 00 00 00 03 00 02 00 07 00 00 00 68 01 00 00 00 00 00 00")
    let messages = try netlink(Self.ifb + Self.ethernet + done)
    // RTM_NEWLINK, RTM_NEWLINK, NLMSG_DONE.
    #expect(messages.map(\.kind) == [16, 16, 3])
    #expect(messages.map(\.sequence) == [7, 7, 7])
    #expect(try LinkMessage(parsing: messages[1]).name == "eth0")
  }

  @Test func `a message of another kind is not taken for a route or a link`() throws {
    #expect(throws: WireError.unsupported) { try route(Self.ifb) }
    #expect(throws: WireError.unsupported) { try link(Self.local) }
  }

  @Test func `every prefix is rejected`() {
    for golden in Self.all {
      for length in 1..<golden.count {
        #expect(throws: WireError.self, "\(length)") { try netlink(Array(golden.prefix(length))) }
      }
    }
    #expect(throws: Never.self) { try netlink([]) }
  }

  @Test func `every shortened body is rejected or read without a trap`() throws {
    for golden in Self.all {
      for length in 16..<golden.count {
        // The header agrees with what is there, so the attributes meet the end.
        var cut = Array(golden.prefix(length))
        cut[0] = UInt8(length)
        let message = try netlink(cut)[0]
        _ = try? RouteMessage(parsing: message)
        _ = try? LinkMessage(parsing: message)
      }
    }
  }
}
