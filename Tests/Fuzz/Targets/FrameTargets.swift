internal import Addressing
internal import Engine
internal import Evidence
internal import LabSupport
internal import Records
internal import Wire

extension FuzzTarget {
  /// Whole Ethernet frames: what arrives, and what the gate judges before it leaves.
  static let frames = FuzzTarget(
    "frames",
    [
      "InboundFrame", "FrameDestination", "EthernetHeader", "ARPPacket", "IPv4Header", "IPv6Header", "TCPHeader",
      "UDPHeader", "EchoMessage", "Unreachable", "NeighbourSolicitation", "NeighbourAdvertisement",
      "RouterSolicitation",
      "RouterAdvertisement", "DHCPClientMessage", "MulticastDNSName", "PassiveSensor",
    ],
    longest: 1514, seeds: Golden.all + FrameSeeds.announcements
  ) { octets in
    try Frames.readOutbound(octets)
    try Frames.readPayload(octets)
    guard let frame = try? InboundFrame(parsing: octets.span) else { return }
    try Frames.check(frame, octets)
  }

  static let netlink = FuzzTarget(
    "netlink", ["NetlinkMessage", "RouteMessage", "LinkMessage", "NeighbourEntry", "InterfaceAddress"],
    longest: 4096, seeds: FrameSeeds.netlink
  ) { octets in
    guard let messages = try? NetlinkMessage.parse(octets.span) else { return }
    try promise(messages.reduce(0) { $0 + 16 + $1.body.count } <= octets.count, "more octets than came")
    for message in messages {
      if let number = message.errorNumber { try promise(message.body.count >= 4 && number == number, "an errno") }
      _ = try? RouteMessage(parsing: message)
      _ = try? NeighbourEntry(parsing: message)
      _ = try? InterfaceAddress(parsing: message)
      if let link = try? LinkMessage(parsing: message) {
        try promise(link.name.utf8.count <= 3 * message.body.count, "a name longer than the message")
      }
    }
  }

  /// Capture files, read whole and cut to whole blocks as the continuation of a run does.
  static let pcapng = FuzzTarget(
    "pcapng", ["PcapNG", "WholeBlocks"], longest: 4096, seeds: FrameSeeds.captures
  ) { octets in
    let contents = PcapNG.read(octets)
    try promise(contents.trailingOctets <= octets.count, "more left than there was")
    try promise((contents.stop == nil) == (contents.trailingOctets == 0), "a stop without a rest, or the reverse")
    let whole = octets.count - contents.trailingOctets
    try promise(PcapNG.read(Array(octets.prefix(whole))).blocks == contents.blocks, "other blocks without the rest")
    var measure = WholeBlocks()
    let (front, back) = octets.pieces
    if measure.take(Array(front)) { _ = measure.take(Array(back)) }
    // The measure looks at the frames of blocks only, so it never stops earlier.
    try promise(measure.whole >= whole && measure.whole <= octets.count, "\(measure.whole) whole octets of \(whole)")
    var carried = 0
    for case .packet(let packet) in contents.blocks { carried += packet.octets.count }
    try promise(carried <= octets.count, "more octets in frames than in the file")
  }
}

private enum Frames {
  private static let peer = IPAddress(Golden.deviceAddress)

  /// What cannot be judged is not sent; what is judged is read again from the same octets as the same.
  static func readOutbound(_ octets: [UInt8]) throws {
    guard let destination = try? FrameDestination(of: octets.span) else { return }
    let frame = try? InboundFrame(parsing: octets.span)
    switch destination {
    case .tcp(let address, let port):
      guard case .tcp(let header, _)? = frame?.content else { return }
      try promise(frame?.destination == address && header.destinationPort == port, "another TCP destination")
    case .udp(let address, let port):
      guard case .udp(let header, _)? = frame?.content else { return }
      try promise(frame?.destination == address && header.destinationPort == port, "another UDP destination")
    case .arp(let target):
      guard case .arp(let packet)? = frame?.content else { throw BrokenPromise(description: "no ARP after all") }
      try promise(packet.target == target, "another target")
    case .echo, .neighbourSolicitation, .listenerQuery: return
    }
  }

  /// The data of datagrams, without the frame around it.
  static func readPayload(_ octets: [UInt8]) throws {
    _ = try? MulticastDNSName.announced(in: octets.span, by: peer)
    guard let message = try? DHCPClientMessage(parsing: octets.span) else { return }
    try promise((message.hostName ?? "").utf8.count <= 3 * 255, "a host name longer than an option")
    try promise((message.vendorClass ?? "").utf8.count <= 3 * 255, "a class longer than an option")
  }

  static func check(_ frame: InboundFrame, _ octets: [UInt8]) throws {
    switch frame.content {
    case .tcp(let header, let payload):
      try promise(payload.upperBound <= octets.count && payload.lowerBound >= 34 + header.length, "data outside")
      _ = header.timestampValue(in: octets.span, payload: payload)
      _ = header.timestampEcho(in: octets.span, payload: payload)
    case .udp(_, let payload):
      try promise(payload.upperBound <= octets.count && payload.lowerBound >= 42, "data outside")
      if let source = frame.source {
        let name = try? MulticastDNSName.announced(in: octets.span.extracting(payload), by: source)
        // 255 octets, each escaped at most, or replaced by U+FFFD.
        try promise((name ?? "").utf8.count <= 3 * 510, "a name longer than a name")
      }
    case .arp(let packet):
      var copy = [UInt8](repeating: 0xa5, count: 42)
      var span = copy.mutableSpan
      frame.ethernet.encode(into: &span)
      packet.encode(into: &span, at: EthernetHeader.length)
      try promise(copy.elementsEqual(octets.prefix(42)), "ARP does not come out as it came in")
    default: break
    }
    var sensor = PassiveSensor(own: Golden.auditor, capacity: 4)
    for turn in 0..<3 {
      sensor.receive(frame, octets: octets.span, at: MonotonicInstant(nanoseconds: Int64(turn) * 3_000_000_000))
    }
  }
}
