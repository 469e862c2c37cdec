import Foundation

/// Requests that change what they reach, put together from the specifications that ``OperationJudge`` names, and a capture
/// of them as the auditor would have sent them.
struct KnownWrites {
  /// What a client and a server say, in order.
  struct Conversation {
    let name: String
    /// What Wireshark takes it for; nil where it has no dissector.
    let dissector: String?
    let port: UInt16
    let isDatagram: Bool
    let messages: [(fromServer: Bool, octets: [UInt8])]
    /// An address for each, because tshark remembers what was said between two.
    fileprivate(set) var device = ""
    /// How many messages the device gets.
    var asked: Int { messages.count { !$0.fromServer } }
  }

  static let all = (web + messages + files + machines + unread).enumerated().map { index, conversation in
    var conversation = conversation
    conversation.device = "10.0.0.\(index + 1)"
    return conversation
  }

  static var capture: [UInt8] { capture(of: all) }

  /// A DNS query whose name is cut short.
  static let cut: Conversation = {
    var cut = datagram("DNS, cut", "dns", 53, "0001 0100 0001 0000 0000 0000 03 6c")
    cut.device = "10.0.0.1"
    return cut
  }()

  // MARK: The web and its likes

  private static let web = [
    text("PUT", "http", 80, "PUT /config HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"),
    text("DELETE", "http", 80, "DELETE /config HTTP/1.1\r\nHost: a\r\n\r\n"),
    text(
      "a form", "http", 80,
      "POST /reboot.cgi HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: 8\r\n\r\nreboot=1"),
    soap("ONVIF SystemReboot", "<SystemReboot xmlns=\"http://www.onvif.org/ver10/device/wsdl\"/>"),
    soap("UPnP AddPortMapping", "<u:AddPortMapping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\"/>"),
    stream("IPP Print-Job", "ipp", 631, octets(post: "/ipp/print", "application/ipp", printJob)),
    text("RTSP RECORD", "rtsp", 554, "RECORD rtsp://a/1 RTSP/1.0\r\nCSeq: 1\r\nSession: 1\r\n\r\n"),
    text("RTSP SETUP", "rtsp", 554, "SETUP rtsp://a/1 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP\r\n\r\n"),
    datagram(
      "SIP INVITE", "sip", 5060, Array("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP b\r\nCSeq: 1 INVITE\r\n\r\n".utf8)),
    datagram(
      "SSDP NOTIFY", "ssdp", 1900,
      Array("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\n\r\n".utf8)),
    stream("data inside TLS", "tls", 443, hex("17 0303 0001 78")),
    datagram("data inside DTLS", "dtls", 5684, "17 fefd 0000 000000000001 0001 78"),
  ]

  /// RFC 8011 §4.2.1, encoded by RFC 8010 §3.1.
  private static let printJob =
    hex("0101 0002 00000001 01 47 0012") + Array("attributes-charset".utf8) + hex("0005") + Array("utf-8".utf8)
    + hex("48 001b") + Array("attributes-natural-language".utf8) + hex("0002") + Array("en".utf8) + hex("03 78")

  private static func soap(_ name: String, _ action: String) -> Conversation {
    let body =
      "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>\(action)</s:Body></s:Envelope>"
    return stream(name, "xml", 80, octets(post: "/control", "application/soap+xml", Array(body.utf8)))
  }

  private static func octets(post path: String, _ type: String, _ body: [UInt8]) -> [UInt8] {
    Array("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
      + body
  }

  // MARK: Messages, names, time

  private static let messages = [
    Conversation(
      name: "MQTT PUBLISH", dissector: "mqtt", port: 1883, isDatagram: false,
      messages: [(false, hex("10 0d 0004 4d515454 04 02 003c 0001 61")), (false, hex("30 05 0001 61 6f6e"))]),
    stream("MQTT with a will", "mqtt", 1883, hex("10 13 0004 4d515454 04 06 003c 0001 61 0001 74 0001 6d")),
    stream("MQTT with a session that is kept", "mqtt", 1883, hex("10 0d 0004 4d515454 04 00 003c 0001 61")),
    datagram("MQTT-SN PUBLISH", "mqttsn", 1884, "08 0c 62 0001 0000 78"),
    datagram("CoAP PUT", "coap", 5683, "40 03 0001 b1 61 ff 78"),
    datagram(
      "SNMP SetRequest", "snmp", 161,
      "30 27 020100 0406 7075626c6963 a3 1a 020101 020100 020100 30 0f 30 0d 0608 2b06010201010400 0401 78"),
    datagram("NTP, write variables", "ntp", 123, "16 03 0001 0000 0000 0000 0003 613d31 00"),
    datagram("NTP, private", "ntp", 123, "17 00 03 2a 0000 0000"),
    datagram("DNS UPDATE", "dns", 53, "0001 2800 0001 0000 0000 0000 03 6c6162 00 0006 0001"),
    datagram(
      "mDNS announcement", "mdns", 5353,
      "0000 8400 0000 0001 0000 0000 01 61 05 6c6f63616c 00 0001 8001 00000078 0004 0a000001"),
    datagram(
      "NetBIOS registration", "nbns", 137,
      hex("0001 2910 0001 0000 0000 0001 20") + Array("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".utf8)
        + hex("00 0020 0001 c00c 0020 0001 00000000 0006 0000 0a000001")),
  ]

  // MARK: Files, screens, shells

  private static let files = [
    datagram("TFTP WRQ", "tftp", 69, hex("0002 61 00") + Array("octet".utf8) + [0]),
    Conversation(
      name: "FTP STOR", dissector: "ftp", port: 21, isDatagram: false,
      messages: [(true, Array("220 ready\r\n".utf8)), (false, Array("STOR a\r\n".utf8))]),
    text("FTP DELE", "ftp", 21, "DELE a\r\n"),
    stream("SMB 1 session setup", "smb", 445, hex("00000023 ff534d42 73") + zeros(30)),
    stream(
      "SMB 2 WRITE", "smb2", 445, hex("00000071 fe534d42 4000 0000 00000000 0900") + zeros(50) + hex("3100") + zeros(47)
    ),
    stream("data after a connection request", "cotp", 3389, hex("03 00 0008 02 f0 80 78")),
    Conversation(
      name: "RFB, taking the desktop", dissector: "vnc", port: 5900, isDatagram: false,
      messages: [
        (true, Array("RFB 003.003\n".utf8)), (false, Array("RFB 003.003\n".utf8)), (true, hex("00000001")),
        (false, [0]),
      ]),
    stream(
      "ADB shell", "adb", 5555,
      hex("4f50454e 01000000 00000000 0d000000 b0040000 b0afbab1") + Array("shell:reboot".utf8) + [0]),
    // SSH_MSG_USERAUTH_REQUEST (RFC 4252 §5) of "a" for "ssh-connection" by "none", in a packet of RFC 4253 §6.
    Conversation(
      name: "SSH, a login", dissector: "ssh", port: 22, isDatagram: false,
      messages: [
        (true, Array("SSH-2.0-lab\r\n".utf8)), (false, Array("SSH-2.0-tenken\r\n".utf8)),
        (
          false,
          hex("0000002c 0b 32 00000001 61 0000000e") + Array("ssh-connection".utf8) + hex("00000004")
            + Array("none".utf8) + zeros(11)
        ),
      ]),
    text("a command", "telnet", 23, "reboot\r\n"),
    stream("Telnet WILL", "telnet", 23, [0xff, 0xfb, 0x01]),
    text("Redis SET", "resp", 6379, "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"),
  ]

  // MARK: Plants and machines

  private static let machines = [
    stream("Modbus, write a register", "modbus", 502, hex("0001 0000 0006 01 06 0001 0003")),
    datagram(
      "BACnet writeProperty", "bacapp", 47808, "81 0a 0018 01 04 00 05 01 0f 0c 00400001 19 55 3e 44 3f800000 3f"),
    datagram("BACnet timeSynchronization", "bacapp", 47808, "81 0a 0012 01 00 10 06 a4 7e010101 b4 00000000"),
    datagram("EtherNet/IP SendRRData", "enip", 44818, hex("6f00 0000") + zeros(20)),
    datagram("KNX connect", "kip", 3671, "0610 0205 001a 0801 c0a80001 0e57 0801 c0a80001 0e57 0404 0200"),
    stream(
      "OPC UA Write", "opcua", 4840, hex("4d534746 5c000000 07000000 09000000 01000000 01000000 0100a102") + zeros(64)),
    datagram("Ubiquiti, another command", "ubdp", 10001, "01 06 0000"),
    datagram("IPMI, power down", "ipmi", 623, "06 00 ff 07 00 00000000 00000000 08 20 00 e0 81 00 02 00 7d"),
  ]

  /// Without a dissector in Wireshark 4.0, or without anything to dissect.
  private static let unread = [
    datagram("ECHONET Lite SetC", nil, 3610, "1081 0001 05ff01 013001 61 01 80 01 30"),
    datagram(
      "SADP update", nil, 37020, Array("<?xml version=\"1.0\"?><Probe><Uuid>1</Uuid><Types>update</Types></Probe>".utf8)
    ),
    datagram(
      "WS-Discovery Hello", nil, 3702,
      Array("<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</a:Action>".utf8)),
    datagram("DHIP setConfig", nil, 37810, zeros(32) + Array("{\"method\":\"configManager.setConfig\"}".utf8)),
    stream("DVRIP ConfigSet", nil, 34567, hex("ff 00 0000 00000000 00000000 00 00 1004 02000000") + Array("{}".utf8)),
    datagram("DVRIP restart", nil, 34569, "ff 00 0000 00000000 00000000 00 00 aa05 00000000"),
    text("something to print", nil, 9100, "x"),
    text("a protocol that nobody knows", nil, 7777, "\u{1}\u{2}"),
  ]

  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private static func hex(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8.filter { $0 != 0x20 })
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
    }
  }

  private static func stream(_ name: String, _ dissector: String?, _ port: UInt16, _ octets: [UInt8]) -> Conversation {
    Conversation(name: name, dissector: dissector, port: port, isDatagram: false, messages: [(false, octets)])
  }

  private static func text(_ name: String, _ dissector: String?, _ port: UInt16, _ text: String) -> Conversation {
    stream(name, dissector, port, Array(text.utf8))
  }

  private static func datagram(_ name: String, _ dissector: String?, _ port: UInt16, _ octets: [UInt8]) -> Conversation
  {
    Conversation(name: name, dissector: dissector, port: port, isDatagram: true, messages: [(false, octets)])
  }

  private static func datagram(_ name: String, _ dissector: String?, _ port: UInt16, _ text: String) -> Conversation {
    datagram(name, dissector, port, hex(text))
  }

  // MARK: The capture

  /// Ethernet frames (link type 1) between the auditor and a device for each conversation.
  static func capture(of conversations: [Conversation]) -> [UInt8] {
    var file = big(0xa1b2_c3d4, 4) + big(2, 2) + big(4, 2) + zeros(8) + big(65535, 4) + big(1, 4)
    for (index, conversation) in conversations.enumerated() {
      var wire = Cable(conversation, client: 40_000 + index)
      for message in conversation.messages { wire.say(message.octets, fromServer: message.fromServer) }
      for frame in wire.frames { file += zeros(8) + big(frame.count, 4) + big(frame.count, 4) + frame }
    }
    return file
  }

  fileprivate static func big(_ value: Int, _ octets: Int) -> [UInt8] {
    (0..<octets).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

/// The frames of one conversation, with checksums.
private struct Cable {
  private let server: [UInt8]
  private let ports: (client: Int, server: Int)
  private let isDatagram: Bool
  private var sequence = (client: 0, server: 0)
  private(set) var frames: [[UInt8]] = []

  init(_ conversation: KnownWrites.Conversation, client: Int) {
    server = conversation.device.split(separator: ".").compactMap { UInt8($0) }
    ports = (client, Int(conversation.port))
    isDatagram = conversation.isDatagram
    guard !isDatagram else { return }
    segment([], fromServer: false, flags: 0x02)
    segment([], fromServer: true, flags: 0x12)
    segment([], fromServer: false, flags: 0x10)
  }

  mutating func say(_ octets: [UInt8], fromServer: Bool) {
    guard isDatagram else { return segment(octets, fromServer: fromServer, flags: 0x18) }
    let length = 8 + octets.count
    // A UDP checksum of zero means none (RFC 768).
    packet(
      KnownWrites.big(ports.client << 16 | ports.server, 4) + KnownWrites.big(length << 16, 4) + octets,
      fromServer: fromServer, transport: 17)
  }

  private mutating func segment(_ octets: [UInt8], fromServer: Bool, flags: Int) {
    let (own, other) = fromServer ? (sequence.server, sequence.client) : (sequence.client, sequence.server)
    let numbers = KnownWrites.big(own, 4) + KnownWrites.big(flags & 0x10 == 0 ? 0 : other, 4)
    let pair = fromServer ? ports.server << 16 | ports.client : ports.client << 16 | ports.server
    var segment =
      KnownWrites.big(pair, 4) + numbers + KnownWrites.big(0x5000_ffff | flags << 16, 4) + [0, 0, 0, 0] + octets
    let pseudo = addresses(fromServer) + [0, 6] + KnownWrites.big(segment.count, 2)
    segment.replaceSubrange(16..<18, with: KnownWrites.big(Self.checksum(pseudo + segment), 2))
    packet(segment, fromServer: fromServer, transport: 6)
    let length = octets.count + (flags & 0x02 == 0 ? 0 : 1)
    if fromServer { sequence.server += length } else { sequence.client += length }
  }

  private func addresses(_ fromServer: Bool) -> [UInt8] {
    let auditor: [UInt8] = [10, 0, 0, 250]
    return fromServer ? server + auditor : auditor + server
  }

  private mutating func packet(_ payload: [UInt8], fromServer: Bool, transport: UInt8) {
    let macs: ([UInt8], [UInt8]) = ([2, 0, 0, 0, 0, 0xfa], [2, 0, 0, 0, 0, 1])
    var header = KnownWrites.big(0x4500 << 16 | (20 + payload.count), 4) + [0, 0, 0x40, 0, 64, transport, 0, 0]
    header += addresses(fromServer)
    header.replaceSubrange(10..<12, with: KnownWrites.big(Self.checksum(header), 2))
    frames.append((fromServer ? macs.0 + macs.1 : macs.1 + macs.0) + [0x08, 0x00] + header + payload)
  }

  /// RFC 1071.
  private static func checksum(_ octets: [UInt8]) -> Int {
    var sum = 0
    for place in stride(from: 0, to: octets.count, by: 2) {
      sum += Int(octets[place]) << 8 | (place + 1 < octets.count ? Int(octets[place + 1]) : 0)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~sum & 0xffff
  }
}
