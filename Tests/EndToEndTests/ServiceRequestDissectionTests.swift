import Addressing
import Foundation
import Testing
import Wire

/// The requests of Sources/Wire as Wireshark's dissectors read them: a decoder that nobody here wrote. ECHONET Lite,
/// DHIP and DVRIP have none; their fields are checked one by one in WireTests.
@Suite(.enabled(if: isPrivileged, "needs tshark: run Scripts/test")) struct ServiceRequestDissectionTests {
  private struct Request {
    let name: String
    let port: UInt16
    let isDatagram: Bool
    /// In Wireshark's words.
    let dissector: String
    /// A field that the dissector must have found, with its value.
    let field: (name: String, value: String)
    let octets: [UInt8]
    /// What the server says first, when the dissector has to have seen it.
    var greeting: [UInt8] = []
  }

  private static let datagrams = [
    Request(
      name: "SNMP 2c", port: 161, isDatagram: true, dissector: "snmp", field: ("snmp.community", "public"),
      octets: SNMPRequest.get(
        SNMPRequest.Object.identity, community: Array("public".utf8), version: .v2c, requestID: 0x1234_5678)),
    Request(
      name: "SNMP 1", port: 161, isDatagram: true, dissector: "snmp", field: ("snmp.version", "0"),
      octets: SNMPRequest.get(
        [SNMPRequest.Object.sysDescr], community: Array("private".utf8), version: .v1, requestID: 1)),
    Request(
      name: "SNMP 3", port: 161, isDatagram: true, dissector: "snmp", field: ("snmp.msgVersion", "3"),
      octets: SNMPRequest.discovery(messageID: 0x4a69)),
    Request(
      name: "SNMP details", port: 161, isDatagram: true, dissector: "snmp", field: ("snmp.community", "public"),
      octets: SNMPRequest.get(
        SNMPRequest.Object.details, community: Array("public".utf8), version: .v2c, requestID: 0x1234_567b)),
    Request(
      name: "DNS-SD", port: 5353, isDatagram: true, dissector: "mdns", field: ("dns.qry.name", "_hap._tcp.local"),
      octets: ServiceQuestion.instances(of: ["_ipp._tcp", "_hap._tcp"], identifier: 7)),
    Request(
      name: "CoAP", port: 5683, isDatagram: true, dissector: "coap",
      field: ("coap.opt.uri_path_recon", "/.well-known/core"),
      octets: CoAPMessage.discovery(identifier: 7, token: [1, 2, 3, 4])),
    Request(
      name: "NTP", port: 123, isDatagram: true, dissector: "ntp", field: ("ntp.flags.mode", "3"),
      octets: NTPMessage.request(nonce: 0x0102_0304_0506_0708)),
    Request(
      name: "NTP control", port: 123, isDatagram: true, dissector: "ntp", field: ("ntp.ctrl.flags2.opcode", "2"),
      octets: NTPControlMessage.readVariablesRequest(sequence: 1)),
    Request(
      name: "DNS", port: 53, isDatagram: true, dissector: "dns", field: ("dns.qry.name", "lab.example"),
      octets: DNSQuestion.address(of: "lab.example", identifier: 1) ?? []),
    Request(
      name: "TFTP", port: 69, isDatagram: true, dissector: "tftp", field: ("tftp.source_file", "nothing"),
      octets: TFTPPacket.readRequest(file: "nothing") ?? []),
    Request(
      name: "Ubiquiti 1", port: 10001, isDatagram: true, dissector: "ubdp", field: ("ubdp.version", "1"),
      octets: UbiquitiDiscovery.request1),
    Request(
      name: "Ubiquiti 2", port: 10001, isDatagram: true, dissector: "ubdp", field: ("ubdp.version", "2"),
      octets: UbiquitiDiscovery.request2),
    Request(
      name: "BACnet", port: 47808, isDatagram: true, dissector: "bacapp", field: ("bacapp.confirmed_service", "12"),
      octets: BACnetMessage.readRequest(property: BACnetMessage.Property.modelName, invokeID: 1)),
    Request(
      name: "EtherNet/IP", port: 44818, isDatagram: true, dissector: "enip", field: ("enip.command", "0x0063"),
      octets: EtherNetIPIdentity.request(context: 1)),
    Request(
      name: "KNX search", port: 3671, isDatagram: true, dissector: "kip", field: ("knxip.totallength", "14"),
      octets: KNXnetIPDescription.searchRequest(answerTo: IPv4Address(rawValue: 0xc000_0201), port: 3671)),
    Request(
      name: "KNX description", port: 3671, isDatagram: true, dissector: "kip", field: ("knxip.totallength", "14"),
      octets: KNXnetIPDescription.descriptionRequest()),
  ]

  private static let streams = [
    Request(
      name: "MQTT", port: 1883, isDatagram: false, dissector: "mqtt", field: ("mqtt.clientid", "aud1"),
      octets: MQTTRequest.connect(clientID: "aud1")),
    Request(
      name: "MQTT 5", port: 1883, isDatagram: false, dissector: "mqtt", field: ("mqtt.ver", "5"),
      octets: MQTTRequest.connect(clientID: "aud1", version: .v5)),
    Request(
      name: "MQTT session", port: 1883, isDatagram: false, dissector: "mqtt", field: ("mqtt.topic", "$SYS/#"),
      octets: MQTTRequest.connect(clientID: "a") + MQTTRequest.subscribe(to: ["$SYS/#"], identifier: 1)
        + MQTTRequest.disconnect),
    Request(
      name: "MQTT 5 session", port: 1883, isDatagram: false, dissector: "mqtt", field: ("mqtt.topic", "#"),
      octets: MQTTRequest.connect(clientID: "a", version: .v5)
        + MQTTRequest.subscribe(to: ["#"], identifier: 1, version: .v5) + MQTTRequest.disconnect),
    Request(
      name: "RTSP", port: 554, isDatagram: false, dissector: "rtsp", field: ("rtsp.method", "DESCRIBE"),
      octets: RTSPRequest(.describe, target: "rtsp://192.0.2.2/", sequence: 1)?.octets ?? []),
    Request(
      name: "RFB", port: 5900, isDatagram: false, dissector: "vnc", field: ("vnc.client_proto_ver", "003.008"),
      octets: Array("RFB 003.008\n".utf8), greeting: Array("RFB 003.008\n".utf8)),
    Request(
      name: "RDP", port: 3389, isDatagram: false, dissector: "rdp",
      field: ("rdp.negReq.requestedProtocols", "0x00000003"),
      octets: RDPNegotiation.request([.tls, .credSSP])),
    Request(
      name: "SMB 1", port: 445, isDatagram: false, dissector: "smb", field: ("smb.dialect.name", "NT LM 0.12"),
      octets: SMBNegotiateRequest.smb1),
    Request(
      name: "SMB 2", port: 445, isDatagram: false, dissector: "smb2", field: ("smb2.dialect_count", "4"),
      octets: SMBNegotiateRequest.smb2(clientID: (1, 2))),
    Request(
      name: "Redis", port: 6379, isDatagram: false, dissector: "resp", field: ("resp.bulk_string.value", "50494e47"),
      octets: RESP.ping),
    Request(
      name: "ADB", port: 5555, isDatagram: false, dissector: "adb", field: ("adb.command", "0x4e584e43"),
      octets: ADBMessage.connect),
    Request(
      name: "Modbus", port: 502, isDatagram: false, dissector: "modbus", field: ("modbus.func_code", "43"),
      octets: ModbusIdentification.request(transaction: 1)),
    Request(
      name: "OPC UA", port: 4840, isDatagram: false, dissector: "opcua", field: ("opcua.servicenodeid.numeric", "428"),
      octets: OPCUARequest.hello(endpoint: "opc.tcp://192.0.2.2:4840") + OPCUARequest.openChannel
        + OPCUARequest.getEndpoints(endpoint: "opc.tcp://192.0.2.2:4840", channel: channel)
        + OPCUARequest.closeChannel(channel)),
    Request(
      name: "IPP", port: 631, isDatagram: false, dissector: "ipp", field: ("ipp.operation_id", "0x000b"),
      octets: posted(IPPRequest.attributes(of: "ipp://192.0.2.2/ipp/print", identifier: 1))),
  ]

  private static let channel = OPCUAChannel(identifier: 7, token: 9)

  private static func posted(_ body: [UInt8]) -> [UInt8] {
    Array(
      """
      POST /ipp/print HTTP/1.1\r\nHost: 192.0.2.2:631\r\nContent-Type: application/ipp\r\n\
      Content-Length: \(body.count)\r\n\r\n
      """.utf8) + body
  }

  @Test func `every request is read as its protocol, without complaint`() throws {
    let requests = Self.datagrams + Self.streams
    let scratch = try Scratch()
    let capture = scratch.path + "/requests.pcap"
    try Data(Self.capture(of: requests)).write(to: URL(fileURLWithPath: capture))
    for (index, request) in requests.enumerated() {
      let outcome = try Program.run(
        "tshark",
        [
          "-r", capture, "-Y",
          "udp.srcport == \(Self.client(index)) or (tcp.srcport == \(Self.client(index)) and tcp.len > 0)",
          "-d", "udp.port==10001,ubdp", "-d", "tcp.port==5555,adb", "-T", "fields", "-E", "separator=|", "-e",
          "frame.protocols", "-e",
          "_ws.malformed",
          "-e", "_ws.expert.severity", "-e", "_ws.expert.message", "-e", request.field.name,
        ])
      #expect(outcome.status == 0, "\(request.name): \(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      try #require(lines.count == 1, "\(request.name): \(outcome.output)")
      let fields = lines[0].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      try #require(fields.count == 5, "\(request.name): \(lines[0])")
      #expect(fields[0].split(separator: ":").contains { $0 == request.dissector }, "\(request.name): \(lines[0])")
      #expect(fields[1].isEmpty, "\(request.name): \(lines[0])")
      // 0x200000 is a remark, what is above a note, a warning or an error.
      let severities = fields[2].split(separator: ",").compactMap { Int($0) }
      #expect(severities.allSatisfy { $0 <= 0x20_0000 }, "\(request.name): \(lines[0])")
      #expect(fields[4].split(separator: ",").contains { $0 == request.field.value }, "\(request.name): \(lines[0])")
    }
  }

  /// A port of its own for each request: tshark remembers what was said between two ports.
  private static func client(_ index: Int) -> Int { 40000 + index }

  /// A capture of raw IPv4 (link type 101): a datagram each, or a TCP connection with greeting and request.
  private static func capture(of requests: [Request]) -> [UInt8] {
    var file: [UInt8] = [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4] + big(0) + big(0) + big(65535) + big(101)
    for (index, request) in requests.enumerated() {
      let (client, server) = (client(index), Int(request.port))
      var packets: [(fromServer: Bool, transport: UInt8, octets: [UInt8])] = []
      if request.isDatagram {
        // A UDP checksum of zero means none (RFC 768).
        packets = [(false, 17, big(client << 16 | server) + big((8 + request.octets.count) << 16) + request.octets)]
      } else {
        func segment(_ fromServer: Bool, _ sequence: Int, _ other: Int, _ flags: Int, _ data: [UInt8] = []) {
          let ports = fromServer ? server << 16 | client : client << 16 | server
          let header = big(ports) + big(sequence) + big(other) + big(0x5000_ffff | flags << 16) + big(0)
          packets.append((fromServer, 6, header + data))
        }
        segment(false, 0, 0, 0x02)
        segment(true, 0, 1, 0x12)
        segment(false, 1, 1, 0x10)
        if !request.greeting.isEmpty { segment(true, 1, 1, 0x18, request.greeting) }
        segment(false, 1, 1 + request.greeting.count, 0x18, request.octets)
      }
      for packet in packets {
        let (near, far): ([UInt8], [UInt8]) = ([192, 0, 2, 1], [192, 0, 2, 2])
        let header =
          big(0x4500 << 16 | (20 + packet.octets.count)) + big(0x4000) + big(64 << 24 | Int(packet.transport) << 16)
          + (packet.fromServer ? far + near : near + far)
        let length = header.count + packet.octets.count
        file += big(0) + big(0) + big(length) + big(length) + header + packet.octets
      }
    }
    return file
  }

  private static func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}
