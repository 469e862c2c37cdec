import Addressing
import LabSupport
import Testing
import Wire

/// The frames of discovery and of UDP probes, octet by octet.
struct FrameBuildingTests {
  static let toDevice = FrameAddresses(
    sourceMAC: Golden.auditor, destinationMAC: Golden.device, source: Golden.auditorAddress,
    destination: Golden.deviceAddress)
  static let toDeviceV6 = FrameAddresses(
    sourceMAC: Golden.auditor, destinationMAC: Golden.device, source: Golden.auditorV6, destination: Golden.deviceV6)

  // Written down field by field with python3's struct module.
  static let echo = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 08 00
      45 00 00 1c 00 00 40 00 40 01 26 2f 0a 4d 00 02 0a 4d 00 17
      08 00 39 09 be ef 00 07
      """)
  static let echoToAll = octets(
    hex: """
      33 33 00 00 00 01 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 0b 3a 40
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      ff 02 00 00 00 00 00 00 00 00 00 00 00 00 00 01
      80 00 bf 3f be ef 00 07 01 02 03
      """)
  static let solicitation = octets(
    hex: """
      33 33 ff aa bb cc 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 20 3a ff
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      ff 02 00 00 00 00 00 00 00 00 00 01 ff aa bb cc
      87 00 dd a4 00 00 00 00 fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      01 01 02 fc 00 00 00 01
      """)
  static let unicastSolicitation = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 20 3a ff
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      87 00 ba 17 00 00 00 00 fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      01 01 02 fc 00 00 00 01
      """)
  static let query = octets(
    hex: """
      33 33 00 00 00 01 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 24 00 01
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      ff 02 00 00 00 00 00 00 00 00 00 00 00 00 00 01
      3a 00 05 02 00 00 01 00
      82 00 79 c2 03 e8 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      02 7d 00 00
      """)
  static let datagram = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 08 00
      45 00 00 1f 00 00 40 00 40 11 26 1c 0a 4d 00 02 0a 4d 00 17
      9c 41 00 a1 00 0b 89 e0 61 62 63
      """)
  static let datagramV6 = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 0c 11 40
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      9c 41 16 33 00 0c 1e a6 40 01 12 34
      """)

  static let all = [echo, echoToAll, solicitation, unicastSolicitation, query, datagram, datagramV6]

  @Test func `echo requests are built for both families`() {
    #expect(EchoMessage.request(Self.toDevice, identifier: 0xbeef, sequence: 7) == Self.echo)
    let toAll = FrameAddresses(
      sourceMAC: Golden.auditor, destinationMAC: IPv6Address.allNodes.multicastMAC, source: Golden.auditorV6,
      destination: .allNodes)
    #expect(EchoMessage.request(toAll, identifier: 0xbeef, sequence: 7, data: [1, 2, 3]) == Self.echoToAll)
  }

  @Test func `neighbour solicitations are built for the group and for one device`() {
    #expect(
      NeighbourSolicitation.frame(for: Golden.deviceV6, from: Golden.auditor, Golden.auditorV6) == Self.solicitation)
    #expect(
      NeighbourSolicitation.frame(for: Golden.deviceV6, to: Golden.device, from: Golden.auditor, Golden.auditorV6)
        == Self.unicastSolicitation)
  }

  @Test func `the general listener query is built`() {
    #expect(ListenerQuery.frame(from: Golden.auditor, Golden.auditorV6) == Self.query)
  }

  @Test func `datagrams are built for both families`() {
    #expect(
      UDPHeader.frame(Self.toDevice, sourcePort: 40_001, destinationPort: 161, payload: Array("abc".utf8))
        == Self.datagram)
    #expect(
      UDPHeader.frame(
        Self.toDeviceV6, sourcePort: 40_001, destinationPort: 5683, payload: [0x40, 1, 0x12, 0x34])
        == Self.datagramV6)
  }

  @Test func `a UDP checksum of zero is sent as its other form`() throws {
    // 0x4e45 makes the sum 0xffff here (found with python3); RFC 768 keeps 0 for "no checksum".
    let frame = try #require(
      UDPHeader.frame(Self.toDevice, sourcePort: 40_001, destinationPort: 161, payload: [0x4e, 0x45]))
    #expect(frame[40..<42] == [0xff, 0xff])
  }

  @Test func `what does not fit one frame is not built`() {
    // 1514 − 14 − 20 − 8 and 1514 − 14 − 40 − 8.
    for (addresses, room) in [(Self.toDevice, 1472), (Self.toDeviceV6, 1452)] {
      let most = [UInt8](repeating: 7, count: room)
      #expect(UDPHeader.frame(addresses, sourcePort: 1, destinationPort: 2, payload: most)?.count == 1514)
      #expect(UDPHeader.frame(addresses, sourcePort: 1, destinationPort: 2, payload: most + [7]) == nil)
      #expect(EchoMessage.request(addresses, identifier: 1, sequence: 2, data: most)?.count == 1514)
      #expect(EchoMessage.request(addresses, identifier: 1, sequence: 2, data: most + [7]) == nil)
    }
  }

  @Test func `addresses of two families make no frame`() {
    #expect(
      FrameAddresses(
        sourceMAC: Golden.auditor, destinationMAC: Golden.device, source: IPAddress(Golden.auditorAddress),
        destination: IPAddress(Golden.deviceV6)) == nil)
    #expect(
      FrameAddresses(
        sourceMAC: Golden.auditor, destinationMAC: Golden.device, source: IPAddress(Golden.auditorV6),
        destination: IPAddress(Golden.deviceV6)) == Self.toDeviceV6)
  }
}
