import Addressing
import LabSupport
import Testing
import Wire

/// The frames that a device would have sent, made in its place, and the questions about one neighbour.
/// The octets were laid down field by field with python3's struct module.
struct AnswerFrameTests {
  private let toUs = FrameAddresses(
    sourceMAC: Golden.device, destinationMAC: Golden.auditor, source: Golden.deviceAddress,
    destination: Golden.auditorAddress)
  private let toUsV6 = FrameAddresses(
    sourceMAC: Golden.device, destinationMAC: Golden.auditor, source: Golden.deviceV6, destination: Golden.auditorV6)

  static let synAck = octets(
    hex: """
      02 fc 00 00 00 01 00 11 22 aa bb cc 08 00
      45 00 00 28 00 00 40 00 40 06 26 1e 0a 4d 00 17 0a 4d 00 02
      00 50 9c 40 00 00 00 00 01 02 03 05 50 12 ff ff fa 88 00 00
      """)
  static let resetV6 = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 14 06 40
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      9c 40 01 bb 00 00 00 07 00 00 00 09 50 14 00 00 35 3f 00 00
      """)

  @Test func `a SYN-ACK and a RST are built octet by octet`() {
    let synAck = TCPHeader.frame(
      toUs, sourcePort: 80, destinationPort: 40_000, sequence: 0, acknowledgement: 0x0102_0305, flags: [.syn, .ack],
      window: 0xffff)
    #expect(synAck == Self.synAck)
    let reset = TCPHeader.frame(
      FrameBuildingTests.toDeviceV6, sourcePort: 40_000, destinationPort: 443, sequence: 7, acknowledgement: 9,
      flags: [.rst, .ack], window: 0)
    #expect(reset == Self.resetV6)
  }

  /// SYN frames whose headers and first 8 octets are quoted.
  static let packet = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 08 00
      45 00 00 28 00 00 40 00 40 06 26 1e 0a 4d 00 02 0a 4d 00 17
      9c 40 00 17 de ad be e0 00 00 00 00 00 00 00 00 00 00 00 00
      """)
  static let packetV6 = octets(
    hex: """
      00 11 22 aa bb cc 02 fc 00 00 00 01 86 dd
      60 00 00 00 00 14 06 40
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      9c 40 00 17 de ad be e0 00 00 00 00 00 00 00 00 00 00 00 00
      """)
  static let unreachable = octets(
    hex: """
      02 fc 00 00 00 01 00 11 22 aa bb cc 08 00
      45 00 00 38 00 00 40 00 40 01 26 13 0a 4d 00 17 0a 4d 00 02
      03 0d c3 0c 00 00 00 00
      45 00 00 28 00 00 40 00 40 06 26 1e 0a 4d 00 02 0a 4d 00 17 9c 40 00 17 de ad be e0
      """)
  static let unreachableV6 = octets(
    hex: """
      02 fc 00 00 00 01 00 11 22 aa bb cc 86 dd
      60 00 00 00 00 38 3a 40
      fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      01 01 a5 44 00 00 00 00
      60 00 00 00 00 14 06 40
      fe 80 00 00 00 00 00 00 00 fc 00 ff fe 00 00 01
      fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      9c 40 00 17 de ad be e0
      """)

  @Test func `an ICMP refusal quotes the header and eight octets behind it`() {
    let v4 = Unreachable.frame(toUs, code: 13, about: Self.packet.span)
    let v6 = Unreachable.frame(toUsV6, code: 1, about: Self.packetV6.span)
    #expect(v4 == Self.unreachable)
    #expect(v6 == Self.unreachableV6)
  }

  @Test func `a packet that ends before what is to be quoted is not quoted`() {
    for (addresses, packet, needed) in [(toUs, Self.packet, 42), (toUsV6, Self.packetV6, 62)] {
      for count in 0...packet.count {
        let frame = Unreachable.frame(addresses, code: 1, about: packet.span.extracting(0..<count))
        #expect((frame != nil) == (count >= needed), "\(count)")
      }
    }
  }

  /// For any code, what is built is read as an error about the quoted probe.
  @Test func `every refusal that is built names its probe`() throws {
    for code in UInt8.min...UInt8.max {
      let built = Unreachable.frame(toUs, code: code, about: Self.packet.span)
      let frame = try #require(built)
      guard case .unreachable(let message) = try inbound(frame).content else {
        Issue.record("code \(code) is not read")
        continue
      }
      #expect(message.code == code && message.sequence == 0xdead_bee0 && message.destinationPort == 23)
      #expect(message.destination == IPAddress(Golden.deviceAddress))
    }
  }

  @Test func `questions about one neighbour follow struct ndmsg`() {
    // RTM_GETNEIGH, NLM_F_REQUEST; NDA_DST.
    let one = octets(
      hex: """
        24 00 00 00 1e 00 01 00 05 00 00 00 00 00 00 00
        02 00 00 00 03 00 00 00 00 00 00 00 08 00 01 00 0a 4d 00 17
        """)
    #expect(NeighbourEntry.request(for: IPAddress(Golden.deviceAddress), interface: 3, sequence: 5) == one)
    // RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE; NTF_USE.
    let use = octets(
      hex: """
        30 00 00 00 1c 00 05 04 06 00 00 00 00 00 00 00
        0a 00 00 00 07 00 00 00 00 00 01 00
        14 00 01 00 fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
        """)
    #expect(NeighbourEntry.resolutionRequest(for: IPAddress(Golden.deviceV6), interface: 7, sequence: 6) == use)
  }
}
