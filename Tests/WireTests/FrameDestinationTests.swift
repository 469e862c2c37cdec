import Addressing
import LabSupport
import Testing
import Wire

/// What the authority gate reads. What is not in its list must be refused.
struct FrameDestinationTests {
  private let auditor = IPAddress(Golden.auditorAddress)
  private let auditorV6 = IPAddress(Golden.auditorV6)

  @Test func `destinations are read from the octets`() throws {
    #expect(try destination(Golden.arpRequest) == .arp(Golden.deviceAddress))
    #expect(try destination(Golden.synAck) == .tcp(auditor, port: 40_000))
    #expect(try destination(Golden.synAckV6) == .tcp(auditorV6, port: 40_000))
    #expect(try destination(Golden.udpV4) == .udp(auditor, port: 40_001))
    #expect(try destination(Golden.udpV6) == .udp(auditorV6, port: 40_001))
    #expect(try destination(FrameBuildingTests.echo) == .echo(IPAddress(Golden.deviceAddress)))
    #expect(try destination(FrameBuildingTests.echoToAll) == .echo(IPAddress(IPv6Address.allNodes)))
    #expect(
      try destination(FrameBuildingTests.solicitation) == .neighbourSolicitation(target: Golden.deviceV6))
    #expect(
      try destination(FrameBuildingTests.unicastSolicitation) == .neighbourSolicitation(target: Golden.deviceV6))
    #expect(try destination(FrameBuildingTests.query) == .listenerQuery(.allNodes))
  }

  @Test(arguments: [
    Golden.withOptions, Golden.fragment, Golden.unreachable, Golden.echoReply, Golden.extended, Golden.fragmentV6,
    Golden.echoReplyV6, Golden.advertisement, Golden.routerSolicitation, Golden.routerAdvertisement,
    Golden.listenerReport, Golden.unreachableV6, octets(hex: "01 80 c2 00 00 0e 00 11 22 aa bb cc 88 cc 02 07"),
  ])
  func `what this program never sends is refused`(frame: [UInt8]) {
    #expect(throws: WireError.unsupported) { try destination(frame) }
  }

  @Test func `a first fragment is refused`() {
    var frame = Golden.synAck
    frame[20] = 0x20  // more fragments
    #expect(throws: WireError.unsupported) { try destination(frame) }
  }

  @Test func `a question whose packet goes elsewhere than its target is refused`() {
    var frame = FrameBuildingTests.solicitation
    frame[53] ^= 1
    #expect(throws: WireError.unsupported) { try destination(frame) }
  }

  @Test func `nothing but the router alert may stand before a listener query`() {
    // Octets 54 … 61 are the hop-by-hop header; any other option, order or next header is refused.
    for offset in 54..<62 where offset != 55 {
      for bit in 0..<8 {
        var frame = FrameBuildingTests.query
        frame[offset] ^= 1 << bit
        #expect(throws: (any Error).self) { try destination(frame) }
      }
    }
    var longer = FrameBuildingTests.query
    longer[55] = 1
    #expect(throws: WireError.unsupported) { try destination(longer) }
    var routed = FrameBuildingTests.query
    routed[20] = 43
    #expect(throws: WireError.unsupported) { try destination(routed) }
    var toHost = FrameBuildingTests.query
    toHost[38] = 0xfe
    #expect(throws: WireError.unsupported) { try destination(toHost) }
  }

  @Test func `every prefix of what is sent is refused or names the same destination`() throws {
    for golden in FrameBuildingTests.all + [Golden.arpRequest, Golden.synAckV6] {
      let whole = try destination(golden)
      for length in 0..<golden.count {
        guard let read = try? destination(Array(golden.prefix(length))) else { continue }
        #expect(read == whole)
      }
      // Ethernet, the smaller network header, 8 octets of transport: less is never enough.
      for length in 0..<42 { #expect(throws: WireError.self) { try destination(Array(golden.prefix(length))) } }
    }
  }
}
