internal import Records

extension ProbeRegistry {
  /// Management of devices, and what they share: files, time, names, printing.
  static let management = [
    Line(.udp([.snmp])) {
      SNMPProbe(port: $0.endpoint.port, said: $0.said, seed: $0.seed)
    },
    Line(.tcp([.ftp], tls: false)) { FTPProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.udp([ProtocolName(rawValue: "ntp")])) { NTPControlProbe(port: $0.endpoint.port, seed: $0.seed) },
    Line(.udp([ProtocolName(rawValue: "dns")])) { OpenResolverProbe(port: $0.endpoint.port, seed: $0.seed) },
    // A service that was heard asking for a name has answered the question already.
    Line(.tcp([.telnet], tls: false)) {
      $0.answered.contains(TelnetProbe.question) ? nil : TelnetProbe(port: $0.endpoint.port)
    },
    // Consoles without a login show a prompt that no word tells from other text.
    Line(.unidentifiedTCP(consolePorts)) {
      TelnetProbe.prompt(in: $0.said)?.isCommand == true ? TelnetProbe(port: $0.endpoint.port) : nil
    },
    Line(.tcp([.adb])) { ADBProbe(port: $0.endpoint.port) },
    Line(.tcp([.http])) {
      // Port of IPP (RFC 8010 §4): elsewhere a web server's body of another kind would only fill its log.
      $0.endpoint.port == 631
        ? IPPProbe(address: $0.address, port: $0.endpoint.port, secure: $0.tls, seed: $0.seed) : nil
    },
  ]

  /// Telnet's own port, its usual second ones, and those of serial consoles (Digi, Moxa, Lantronix).
  private static let consolePorts: [UInt16] = [
    23, 1023, 2001, 2002, 2323, 3001, 3002, 4001, 4002, 4003, 4004, 5023, 9527, 9999, 10001, 10023,
  ]
}
