internal import Records

/// What ports and first octets say of traffic that nobody encrypts.
enum ClearProtocol {
  /// Protocols whose messages everybody can read although they are no text, by transport and port.
  private static let byPort: [ServiceEndpoint: String] = {
    let udp: [UInt16: String] = [
      53: "dns", 67: "dhcp", 68: "dhcp", 69: "tftp", 123: "ntp", 137: "netbios", 138: "netbios", 161: "snmp",
      162: "snmp-trap", 514: "syslog", 546: "dhcp", 547: "dhcp", 1900: "ssdp", 2055: "netflow", 3610: "echonet-lite",
      3702: "ws-discovery", 4739: "ipfix", 5353: "mdns", 5355: "llmnr", 5683: "coap", 6343: "sflow",
      9995: "netflow", 9996: "netflow", 47808: "bacnet",
    ]
    let tcp: [UInt16: String] = [
      21: "ftp", 23: "telnet", 25: "smtp", 80: "http", 102: "s7", 110: "pop3", 143: "imap", 389: "ldap", 502: "modbus",
      514: "syslog", 554: "rtsp", 587: "smtp", 601: "syslog", 1883: "mqtt", 44818: "ethernet-ip", 53: "dns",
    ]
    return Dictionary(
      uniqueKeysWithValues: udp.map { (ServiceEndpoint(transport: .udp, port: $0.key), $0.value) }
        + tcp.map { (ServiceEndpoint(transport: .tcp, port: $0.key), $0.value) })
  }()

  static func name(_ transport: Transport, _ port: UInt16) -> ProtocolName? {
    byPort[ServiceEndpoint(transport: transport, port: port)].map { ProtocolName(rawValue: $0) }
  }

  /// Nearly all of it are letters, signs and line ends.
  static func isText(_ octets: some Collection<UInt8>) -> Bool {
    let front = octets.prefix(64)
    guard front.count >= 4 else { return false }
    let readable = front.count { (0x20...0x7e).contains($0) || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }
    return readable * 10 >= front.count * 9
  }

  /// The head of a DTLS record (RFC 9147 §4): its type and version.
  static func dtls(_ octets: some Collection<UInt8>) -> (type: UInt8, version: UInt16)? {
    let front = Array(octets.prefix(13))
    guard front.count == 13, (20...25).contains(front[0]), front[1] == 0xfe, [0xff, 0xfd, 0xfc].contains(front[2])
    else { return nil }
    return (front[0], 0xfe00 | UInt16(front[2]))
  }

  /// A packet of QUIC with a long header (RFC 9000 §17.2), versions 1 and 2: TLS 1.3 inside (RFC 9001).
  static func isQUIC(_ octets: some Collection<UInt8>) -> Bool {
    let front = Array(octets.prefix(5))
    guard front.count == 5, front[0] & 0xc0 == 0xc0 else { return false }
    return front[1...] == [0, 0, 0, 1] || front[1...] == [0x6b, 0x33, 0x43, 0xcf]
  }
}

/// Places and names that are those of updates.
enum UpdateSign {
  private static let endings = [
    ".bin", ".img", ".fw", ".pkg", ".swu", ".upd", ".rom", ".trx", ".chk", ".hex", ".dfu", ".ipk", ".dav", ".fwr",
    ".ota", ".tar.gz", ".npk",
  ]
  private static let folders = ["/firmware/", "/fwupdate", "/fw_update", "/ota/", "/fota/"]
  private static let labels: Set<Substring> = [
    "firmware", "fwupdate", "fw", "ota", "fota", "update", "updates", "upgrade",
  ]

  /// - Parameter path: of a request, without its query.
  static func isPath(_ path: String) -> Bool {
    let path = path.lowercased()
    return endings.contains { path.hasSuffix($0) } || folders.contains { path.contains($0) }
  }

  static func isName(_ name: String) -> Bool {
    name.lowercased().split { $0 == "." || $0 == "-" }.contains { labels.contains($0) }
  }
}
