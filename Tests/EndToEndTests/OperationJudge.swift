import Foundation

/// Says whether what was sent to a service reads or may write: from the fields that Wireshark's dissectors found, by a table
/// that was written from the specifications. Whatever the table does not name counts as a write.
enum OperationJudge {
  /// What a field may say where nothing is written.
  struct Reading {
    /// In Wireshark's words.
    let `protocol`: String
    let field: String
    let values: Set<String>
    /// Where it is said that these change nothing.
    let source: String
  }

  static let readings = [
    // POST is judged by its body, below.
    Reading(
      protocol: "http", field: "http.request.method", values: ["GET", "HEAD", "OPTIONS", "POST"],
      source: "RFC 9110 §9.2.1: safe methods"),
    Reading(
      protocol: "ssdp", field: "http.request.method", values: ["M-SEARCH"],
      source: "UPnP Device Architecture 2.0 §1.3.2: search; NOTIFY would announce"),
    Reading(
      protocol: "ipp", field: "ipp.operation_id", values: ["0x000b", "0x4001"],
      source: "RFC 8011 §4.2.5 Get-Printer-Attributes; CUPS Implementation of IPP, CUPS-Get-Default"),
    Reading(
      protocol: "rtsp", field: "rtsp.method", values: ["OPTIONS", "DESCRIBE"],
      source: "RFC 2326 §10.1, §10.2; SETUP makes a session, RECORD and ANNOUNCE write"),
    Reading(
      protocol: "sip", field: "sip.Method", values: ["OPTIONS"],
      source: "RFC 3261 §11: capabilities, no dialog is made"),
    Reading(
      protocol: "snmp", field: "snmp.data", values: ["0", "1", "5"],
      source: "RFC 3416 §3: GetRequest, GetNextRequest, GetBulkRequest; 3 is SetRequest"),
    Reading(
      protocol: "mqtt", field: "mqtt.msgtype", values: ["1", "8", "12", "14"],
      source: "MQTT 3.1.1 §2.2.1: CONNECT, SUBSCRIBE, PINGREQ, DISCONNECT; 3 is PUBLISH"),
    Reading(
      protocol: "mqtt", field: "mqtt.conflag.willflag", values: ["0"],
      source: "MQTT 3.1.1 §3.1.2.5: a will is published when the connection breaks"),
    Reading(
      protocol: "mqtt", field: "mqtt.conflag.cleansess", values: ["1"],
      source: "MQTT 3.1.1 §3.1.2.4: another session would be stored"),
    Reading(
      protocol: "mqttsn", field: "mqttsn.msg.type", values: ["0x01"], source: "MQTT-SN 1.2 §5.2.2: SEARCHGW"),
    Reading(
      protocol: "coap", field: "coap.code", values: ["1"], source: "RFC 7252 §5.1, §5.8.1: GET is safe; 2 to 4 are not"),
    Reading(
      protocol: "ntp", field: "ntp.flags.mode", values: ["3", "6"], source: "RFC 5905 §7.3: client, control message"),
    Reading(
      protocol: "ntp", field: "ntp.ctrl.flags2.opcode", values: ["1", "2"],
      source: "RFC 9327 §4: read status, read variables; 3 writes variables"),
    Reading(protocol: "dns", field: "dns.flags.opcode", values: ["0"], source: "RFC 1035 §4.1.1: query; 5 is UPDATE"),
    Reading(protocol: "mdns", field: "dns.flags.opcode", values: ["0"], source: "RFC 6762 §18.3"),
    Reading(
      protocol: "mdns", field: "dns.flags.response", values: ["0"], source: "RFC 6762 §18.2: a query announces nothing"),
    Reading(
      protocol: "nbns", field: "nbns.flags.opcode", values: ["0"], source: "RFC 1002 §4.2.1.1: query; 5 registers"),
    Reading(protocol: "tftp", field: "tftp.opcode", values: ["1"], source: "RFC 1350 §5: RRQ; 2 is WRQ"),
    Reading(
      protocol: "modbus", field: "modbus.func_code", values: ["1", "2", "3", "4", "17", "43"],
      source: "MODBUS Application Protocol V1.1b3 §6: reads, report server ID, read device identification"),
    Reading(
      protocol: "bacapp", field: "bacapp.confirmed_service", values: ["12", "14"],
      source: "ASHRAE 135 §21: readProperty, readPropertyMultiple; 15 is writeProperty"),
    Reading(protocol: "bacapp", field: "bacapp.unconfirmed_service", values: ["8"], source: "ASHRAE 135 §21: who-Is"),
    Reading(
      protocol: "enip", field: "enip.command", values: ["0x0004", "0x0063", "0x0064"],
      source: "CIP Volume 2 §2-4: ListServices, ListIdentity, ListInterfaces"),
    Reading(
      protocol: "kip", field: "knxip.service", values: ["0x0201", "0x0203", "0x020b"],
      source: "KNX 03_08_02 §4: search and description requests; 0x0205 takes a tunnel"),
    Reading(
      protocol: "opcua", field: "opcua.transport.type", values: ["HEL", "OPN", "MSG", "CLO"],
      source: "OPC UA Part 6 §6.7.2, §7.1.2"),
    Reading(
      protocol: "opcua", field: "opcua.servicenodeid.numeric", values: ["428", "446", "452"],
      source: "OPC UA Part 6 §A.3: GetEndpoints, open and close of a channel; 673 is Write"),
    Reading(protocol: "smb", field: "smb.cmd", values: ["0x72"], source: "MS-CIFS §2.2.2.1: negotiate"),
    Reading(protocol: "smb2", field: "smb2.cmd", values: ["0"], source: "MS-SMB2 §2.2.1.2: negotiate"),
    Reading(protocol: "cotp", field: "cotp.type", values: ["0x0e"], source: "MS-RDPBCGR §2.2.1.1: connection request"),
    Reading(protocol: "rdp", field: "rdp.neg_type", values: ["0x01"], source: "MS-RDPBCGR §2.2.1.1.1: negotiation"),
    Reading(
      protocol: "vnc", field: "vnc.client_proto_ver", values: ["003.003", "003.007", "003.008"],
      source: "RFC 6143 §7.1.1: the version; the desktop's messages come after §7.3.1"),
    Reading(
      protocol: "adb", field: "adb.command", values: ["0x4e584e43"], source: "AOSP adb protocol.txt: CNXN; OPEN runs"),
    Reading(
      protocol: "ftp", field: "ftp.request.command", values: ["USER", "PASS", "FEAT", "SYST", "PWD", "QUIT", "AUTH"],
      source: "RFC 959 §4.1, RFC 2389 §3, RFC 4217 §4: none of them touches a file; AUTH begins TLS"),
    Reading(
      protocol: "resp", field: "resp.bulk_string.value", values: ["50494e47"],
      source: "Redis command reference: PING, in hexadecimal"),
    Reading(
      protocol: "ubdp", field: "ubdp.command", values: ["0"], source: "the request that Ubiquiti's discovery tools send"
    ),
    Reading(
      protocol: "ipmi", field: "ipmi.header.netfn", values: ["0x06"], source: "IPMI 2.0 §5.1: application requests"),
    Reading(
      protocol: "ipmi", field: "ipmi.header.command", values: ["0x38"],
      source: "IPMI 2.0 §22.13: get channel authentication capabilities"),
    Reading(
      protocol: "dtls", field: "dtls.handshake.type", values: ["1"], source: "RFC 9147 §5.2: ClientHello"),
    Reading(
      protocol: "dtls", field: "dtls.alert_message.desc", values: ["40"],
      source: "RFC 5246 §7.2.2: handshake_failure, which ends a handshake"),
    // 23, application data, is judged by what is inside; where tshark cannot look inside, it is a write.
    Reading(
      protocol: "tls", field: "tls.record.content_type", values: ["20", "21", "22", "23"],
      source: "RFC 8446 §5.1: change of cipher, alert, handshake, application data"),
    Reading(
      protocol: "ssh", field: "ssh.message_code", values: ["20", "30", "34"],
      source: "RFC 4250 §4.1.2, RFC 4419 §5: lists, first packet of an exchange, request for a group; 50 begins a login"
    ),
    Reading(
      protocol: "ssh", field: "ssh.protocol", values: ["SSH-2.0-tenken", "SSH-1.5-tenken"],
      source: "RFC 4253 §4.2: the identification"),
    Reading(
      protocol: "telnet", field: "telnet.cmd", values: ["252", "254"], source: "RFC 854: WON'T, DON'T"),
    Reading(
      protocol: "telnet", field: "telnet.data", values: ["\\r\\n"], source: "an empty line is no command to any shell"),
  ]

  /// Every field of the table, and those of the judgements below.
  static let fields = Array(Set(readings.map(\.field) + ["xml.tag", "http.request.uri", "tcp.reassembled_in"])).sorted()

  /// Ports on which every octet may be printed. From the makers' documents (RFC 1179; HP: 9100 to 9102).
  private static let printers: Set<UInt16> = [515, 9100, 9101, 9102]

  /// One end of a connection to the other.
  private struct Way: Hashable {
    let destination: String
    let port: UInt16?
    let ownPort: UInt16?
  }

  /// What is judged frame by frame, and what an SSH connection says once it is encrypted by how much that is: SSH_MSG_NEWKEYS (21) with
  /// one sealed packet behind it, and one sealed packet more. Nothing writes before a login (RFC 4252 §5.1), and no login is in there: the request
  /// for the service of authentication is 16 octets shorter than the question for `none` with six letters of a name (48 and 32, each with
  /// its code), and SSH_MSG_NEWKEYS is 16, so that the two are as long as each other. With a password the second would be longer.
  static func objections(to frames: [WireRecord.Frame]) -> [String?] {
    var sealed: [Way: Int] = [:]
    return frames.map { frame in
      guard let objection = objection(to: frame) else { return nil }
      guard frame.protocols.contains("ssh") else { return objection }
      let way = Way(destination: frame.destination, port: frame.port, ownPort: frame.ownPort)
      if frame.fields["ssh.message_code"] == ["21"], sealed[way] == nil {
        sealed[way] = frame.payload.count
        return nil
      }
      guard sealed[way] == frame.payload.count else { return objection }
      // No third one.
      sealed[way] = 0
      return nil
    }
  }

  /// - Returns: nil when the frame only reads; otherwise what may write.
  static func objection(to frame: WireRecord.Frame) -> String? {
    guard !frame.payload.isEmpty else { return nil }
    if frame.transport == "tcp", let port = frame.port, printers.contains(port) { return "an octet to a printer" }
    switch frame.protocols.last {
    // The beginning of a message, judged with its end.
    case "tcp" where frame.fields["tcp.reassembled_in"].map { $0 != ["\(frame.number)"] } == true: return nil
    case "tcp", "udp", "data", nil: return undissected(frame)
    default: break
    }
    let rules = readings.filter { frame.protocols.contains($0.protocol) }
    var told = 0
    for rule in rules {
      for value in frame.fields[rule.field] ?? [] {
        guard rule.values.contains(value) else { return "\(rule.field) \(value)" }
        told += 1
      }
    }
    if told == 0, frame.transport == "tcp", isClientHello(frame.payload) || isSSL2Hello(frame.payload) { return nil }
    guard told > 0 else { return "nothing tells what it does" }
    if frame.fields["tls.record.content_type"]?.contains("23") == true, frame.protocols.last == "tls" {
      return "what is inside TLS is not known"
    }
    if frame.fields["http.request.method"] == ["POST"] { return posted(frame) }
    return nil
  }

  /// The SSL Protocol (Netscape, 1995): a record with a header of two octets that holds one CLIENT-HELLO of version 2, whose
  /// three lengths fill it. Wireshark's dissector shows no field for it.
  static func isSSL2Hello(_ octets: [UInt8]) -> Bool {
    guard octets.count > 11, octets[0] & 0x80 != 0, Int(octets[0] & 0x7f) << 8 | Int(octets[1]) == octets.count - 2,
      Array(octets[2..<5]) == [1, 0, 2]
    else { return false }
    let lengths = stride(from: 5, to: 11, by: 2).map { Int(octets[$0]) << 8 | Int(octets[$0 + 1]) }
    return 11 + lengths.reduce(0, +) == octets.count
  }

  /// RFC 8446 §5.1, §4.1.2: a record that is one ClientHello, on a port that Wireshark takes for another protocol's.
  private static func isClientHello(_ octets: [UInt8]) -> Bool {
    octets.count > 9 && octets[0] == 22 && octets[1] == 3 && octets[5] == 1
      && Int(octets[3]) << 8 | Int(octets[4]) == octets.count - 5
      && Int(octets[7]) << 8 | Int(octets[8]) == octets.count - 9
  }

  /// A POST reads when its body is a question of IPP or an action of SOAP whose name begins with Get (UPnP Device
  /// Architecture 2.0 §3; ONVIF Core Specification §5.12: such commands change nothing).
  private static func posted(_ frame: WireRecord.Frame) -> String? {
    if frame.protocols.contains("ipp") { return nil }
    let tags = (frame.fields["xml.tag"] ?? []).map { tag in
      String(tag.drop { $0 == "<" }.prefix { $0 != " " && $0 != ">" && $0 != "/" }.split(separator: ":").last ?? "")
    }
    guard let body = tags.firstIndex(of: "Body"), body + 1 < tags.count else { return "POST of something else" }
    return tags[body + 1].hasPrefix("Get") ? nil : "the action \(tags[body + 1])"
  }

  /// What Wireshark 4.0 has no dissector for, by port.
  private static func undissected(_ frame: WireRecord.Frame) -> String? {
    let octets = frame.payload
    let text = String(decoding: octets, as: UTF8.self)
    switch (frame.transport, frame.port) {
    // ECHONET Lite Specification 1.13, part 2, §3.2: EHD 10 81, then TID, SEOJ, DEOJ and, in octet 10, ESV: Get, INF_REQ.
    case ("udp", 3610):
      guard octets.count > 11, octets.prefix(2) == [0x10, 0x81] else { return "no ECHONET Lite" }
      return [0x62, 0x63].contains(octets[10]) ? nil : "ESV \(String(octets[10], radix: 16))"
    // Hikvision SADP: an inquiry; `update` and `activate` change the device (hikvision's SADP tool, as captured).
    case ("udp", 37020):
      return text.contains("<Types>inquiry</Types>") && text.ranges(of: "<Types>").count == 1
        ? nil : "another SADP message"
    // WS-Discovery, April 2005, §5.2: Probe; Hello and Bye announce.
    case ("udp", 3702):
      let action = text.firstMatch(of: /Action[^>]*>([^<]+)</)?.1
      return action == "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe" ? nil : "action \(action ?? "")"
    // Dahua DHIP: JSON behind a header of 32 octets; DHDiscover.search is the search of Dahua's ConfigTool.
    case ("udp", 37810):
      let method = text.firstMatch(of: /"method"\s*:\s*"([^"]+)"/)?.1
      return method == "DHDiscover.search" ? nil : "method \(method ?? "")"
    // DVRIP: 20 octets of header, the command in octets 14 and 15: 1020 asks for SystemInfo, 1530 searches; 1040 sets,
    // 1450 restarts (OpenIPC/python-dvr).
    case ("tcp", 34567), ("udp", 34569):
      guard octets.count >= 20, octets[0] == 0xff else { return "no DVRIP" }
      let command = Int(octets[14]) | Int(octets[15]) << 8
      return [1020, 1530].contains(command) ? nil : "command \(command)"
    default: return "not understood"
    }
  }
}
