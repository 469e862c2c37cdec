internal import Addressing
internal import Checklist
internal import Records
internal import Traffic
internal import Wire

extension FuzzTarget {
  /// Captures of devices' own traffic: a link type, then frames, each with its length in two octets before it.
  static let traffic = FuzzTarget(
    "traffic", ["TrafficPacket", "SyslogMessage", "TLSOffer", "EAPOLFrame"], longest: 8192, seeds: TrafficSeeds.all
  ) { octets in
    guard let first = octets.first else { return }
    let links = TrafficPacket.LinkType.allCases
    let link = links[Int(first) % links.count]
    var reader = TrafficReader(TrafficSeeds.subjects, auditors: [TrafficSeeds.auditor])
    reader.begin("f")
    var rest = octets.dropFirst()
    var (frames, time) = (0, Int64(1_700_000_000_000_000_000))
    while rest.count >= 2 {
      let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
      let frame = Array(rest.prefix(length))
      rest = rest.dropFirst(length)
      reader.take(frame.span, linkType: link.rawValue, length: frame.count, at: time)
      frames += 1
      // Some frames come after a pause, some before the one that stands in front of them.
      time += Int64(frame.first ?? 0) * 40_000_000 - 1_000_000_000
      _ = try? EAPOLFrame(parsing: frame.span)
      _ = try? TLSOffer(parsing: frame)
      try syslog(frame)
    }
    try promise(reader.count.frames == frames && reader.count.unread <= frames, "frames that nobody counted")
    guard let facts = reader.facts else { return }
    try check(facts, frames: frames, octets: octets.count)
  }

  private static func syslog(_ frame: [UInt8]) throws {
    if let message = try? SyslogMessage(parsing: frame.span) {
      try promise((0...7).contains(message.severity) && (0...23).contains(message.facility), "a priority beyond 191")
    }
    var (whole, inPieces) = (SyslogStream(), SyslogStream())
    let records = whole.take(frame)
    var pieces: [[UInt8]] = []
    for octet in frame { pieces += inPieces.take([octet]) }
    try promise(records == pieces || whole.isMalformed, "records that depend on their pieces")
    try promise(records.reduce(0) { $0 + $1.count } <= frame.count, "records longer than what carried them")
  }

  private static func check(_ facts: TrafficFacts, frames: Int, octets: Int) throws {
    try promise(facts.flows.count <= 2 * frames && facts.logs.count <= octets, "more than came")
    try promise(facts.from <= facts.to, "a time that runs backwards")
    for flow in facts.flows {
      try promise(flow.bursts.count == flow.burstOctets.count && !flow.bursts.isEmpty, "a flow without a burst")
      try promise(
        flow.burstOctets.reduce(0, +) == flow.octetsIn + flow.octetsOut, "octets that no burst has")
      try promise(
        (flow.name ?? "").utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } && (flow.name ?? "").utf8.count <= 1024,
        "a name that acts on a terminal")
      try promise(!flow.evidence.isEmpty, "a flow that rests on nothing")
    }
    for log in facts.logs {
      try promise(log.named.count <= 4, "more addresses than are kept")
      try promise(
        log.sensitive.map { ["password", "token", "session", "mail address"].contains($0) } ?? true, "a content")
    }
  }
}

private enum TrafficSeeds {
  static let subjects = [
    TrafficReader.Subject(
      id: DeviceID(mac: MACAddress(rawValue: 0x0011_22aa_bb01)), macs: [MACAddress(rawValue: 0x0011_22aa_bb01)],
      addresses: [IPAddress(IPv4Address(rawValue: 0xc0a8_0a14))])
  ]
  static let auditor = IPAddress(IPv4Address(rawValue: 0xc0a8_0a02))

  /// Ethernet and IPv4 from the device to 192.168.10.50.
  private static func frame(_ proto: UInt8, _ content: [UInt8]) -> [UInt8] {
    let length = 20 + content.count
    return [0, 0x11, 0x22, 0xaa, 0xbb, 0x99, 0, 0x11, 0x22, 0xaa, 0xbb, 1, 8, 0]
      + [0x45, 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 1, 0x40, 0, 64, proto, 0, 0]
      + [192, 168, 10, 20, 192, 168, 10, 50] + content
  }

  private static func udp(_ port: UInt16, _ data: [UInt8]) -> [UInt8] {
    let length = 8 + data.count
    return frame(
      17, [0x9c, 0x40, UInt8(port >> 8), UInt8(port & 0xff), UInt8(length >> 8), UInt8(length & 0xff), 0, 0] + data)
  }

  private static func tcp(_ port: UInt16, _ sequence: UInt8, _ flags: UInt8, _ data: [UInt8]) -> [UInt8] {
    frame(
      6,
      [
        0x9c, 0x41, UInt8(port >> 8), UInt8(port & 0xff), 0, 0, 0, sequence, 0, 0, 0, 0, 0x50, flags, 255, 255, 0, 0, 0,
        0,
      ]
        + data)
  }

  /// Link 1 is Ethernet, second of the list.
  private static func capture(_ frames: [UInt8]...) -> [UInt8] {
    [1] + frames.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
  }

  static let all: [[UInt8]] = [
    capture(udp(514, Array("<34>1 - cam - - - login failed from 192.168.10.2 password=abc".utf8))),
    capture(
      udp(162, [0x30, 5, 2, 1, 0, 4, 0]), udp(53, [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0, 0, 1, 0, 1])),
    capture(tcp(443, 1, 2, []), tcp(443, 2, 0x18, TLSClientHello.identifying.record(random: []))),
    capture(tcp(80, 1, 2, []), tcp(80, 2, 0x18, Array("GET /fw.bin HTTP/1.1\r\nHost: a.example\r\n\r\n".utf8))),
    capture(tcp(601, 1, 2, []), tcp(601, 2, 0x18, Array("9 <11>abcde<14>x\n".utf8))),
    capture([0, 0x11, 0x22, 0xaa, 0xbb, 1, 0, 0x11, 0x22, 0xaa, 0xbb, 0x99, 0x88, 0x8e, 2, 0, 0, 4, 3, 1, 0, 4]),
    Array("\u{3}\0\u{6}<11>ab\0\u{4}<x>y".utf8),
  ]
}
