internal import Addressing
internal import LabSupport
internal import Wire

/// Frames, netlink answers and captures that are read whole.
enum FrameSeeds {
  /// RFC 2131 §2 from a client that starts, and RFC 1035 §4.1 from one that tells its name, each as data and in a frame.
  static let announcements = [discover, name, frame(discover, from: 68, to: 67), frame(name, from: 5353, to: 5353)]

  private static let discover =
    octets(hex: "01 01 06 00 39 03 f3 26 00 00 80 00") + [UInt8](repeating: 0, count: 16)
    + octets(hex: "00 11 22 aa bb cc") + [UInt8](repeating: 0, count: 202)
    + octets(hex: "63 82 53 63 35 01 01 32 04 0a 4d 00 17 00 0c 03 63 61 6d 3c 03 61 62 63 ff")

  private static let name = octets(
    hex: """
      00 00 84 00 00 00 00 02 00 00 00 00        // two answers
      03 63 61 6d 05 6c 6f 63 61 6c 00           // cam.local
      00 1c 80 01 00 00 00 78 00 10 fe 80 00 00 00 00 00 00 02 11 22 ff fe aa bb cc
      c0 0c 00 01 80 01 00 00 00 78 00 04 0a 4d 00 17
      """)

  private static func frame(_ data: [UInt8], from source: UInt16, to destination: UInt16) -> [UInt8] {
    let addresses = FrameAddresses(
      sourceMAC: Golden.device, destinationMAC: Golden.auditor, source: Golden.deviceAddress,
      destination: Golden.auditorAddress)
    return UDPHeader.frame(addresses, sourcePort: source, destinationPort: destination, payload: data) ?? []
  }

  /// Answers of a Linux kernel on x86_64 (a route, a link), and our own questions, which have the same shape.
  static let netlink = [
    octets(
      hex: """
        70 00 00 00 18 00 00 00 07 00 00 00 68 01 00 00
        02 20 00 00 fe 00 00 01 00 02 00 00
        08 00 0f 00 fe 00 00 00 08 00 01 00 08 08 08 08 08 00 04 00 04 00 00 00
        08 00 07 00 c0 00 02 02 08 00 05 00 c0 00 02 01 08 00 19 00 00 00 00 00
        24 00 0c 00 00 00 00 00 72 59 06 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        """),
    octets(
      hex: """
        40 00 00 00 10 00 00 00 07 00 00 00 68 01 00 00
        00 00 01 00 04 00 00 00 43 10 01 00 00 00 00 00
        09 00 03 00 65 74 68 30 00 00 00 00 08 00 04 00 dc 05 00 00
        0a 00 01 00 02 fc 00 00 00 01 00 00
        """),
    octets(
      hex: "24 00 00 00 02 00 00 00 07 00 00 00 68 01 00 00 9b ff ff ff 28 00 00 00 18 00 01 00 07 00 00 00 00 00 00 00"
    ),
    RouteMessage.request(for: address, sequence: 1), LinkMessage.request(index: 2, sequence: 2),
    LinkMessage.dumpRequest(sequence: 3), InterfaceAddress.dumpRequest(sequence: 4),
    NeighbourEntry.request(for: address, interface: 2, sequence: 5),
    NeighbourEntry.resolutionRequest(for: address, interface: 2, sequence: 6),
  ]

  private static let address = IPAddress(Golden.deviceAddress)

  static let captures: [[UInt8]] = {
    let frame = CapturedFrame(nanoseconds: 1_700_000_000_123_456_789, octets: Golden.synAck, outbound: false)
    let head = PcapNG.sectionHeader(application: "tenken", operatingSystem: "Linux", comment: "lab")
    let interface = PcapNG.interfaceDescription(name: "eth0", filter: "tcp", snapLength: 256)
    let packet = PcapNG.enhancedPacket(frame, comment: "hi")
    let statistics = PcapNG.interfaceStatistics(at: 1, received: 2, dropped: 3)
    return [head + interface + packet + statistics, head + interface, head + interface + packet + packet]
  }()
}
