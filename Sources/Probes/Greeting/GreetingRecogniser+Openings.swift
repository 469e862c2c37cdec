internal import Records

// Protocols whose servers speak first, by the way their greeting begins.
extension GreetingRecogniser {
  /// - Parameter port: decides between protocols that greet alike (FTP and SMTP: `220`); nil when not known.
  func opening(of octets: [UInt8], port: UInt16?) -> Identification? {
    if let name = binaryOpening(octets) { return name }
    let line = octets.prefix(512).prefix { $0 != 0x0d && $0 != 0x0a }
    guard line.allSatisfy({ $0 >= 0x20 || $0 == 0x09 || $0 == 0 }), !line.isEmpty else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    for (start, name, source) in Self.openings where text.hasPrefix(start) {
      return Identification(protocolName: name, basis: Self.said(text, source))
    }
    return replyCode(text, whole: octets, port: port)
  }

  private static let openings: [(start: String, name: ProtocolName, source: String)] = [
    ("HTTP/1.", .http, "RFC 9112 §4"), ("HTTP/0.9", .http, "RFC 9112 §4"), ("RTSP/1.", .rtsp, "RFC 2326 §7.1"),
    ("RTSP/2.", .rtsp, "RFC 7826 §8.1"), ("SIP/2.0 ", .sip, "RFC 3261 §7.2"), ("* OK", .imap, "RFC 9051 §7.1.1"),
    ("* PREAUTH", .imap, "RFC 9051 §7.1.4"), ("+OK", .pop3, "RFC 1939 §4"),
    ("@RSYNCD: ", ProtocolName(rawValue: "rsync"), "rsyncd.conf(5)"),
  ]

  /// RFB (RFC 6143 §7.1.1) and MySQL's first packet (protocol version 10, a version in digits).
  private func binaryOpening(_ octets: [UInt8]) -> Identification? {
    if octets.count >= 12, octets.starts(with: Array("RFB ".utf8)), octets[7] == 0x2e, octets[11] == 0x0a,
      (octets[4...6] + octets[8...10]).allSatisfy({ (0x30...0x39).contains($0) })
    {
      return Identification(
        protocolName: .rfb, basis: Self.said(String(decoding: octets[0..<11], as: UTF8.self), "RFC 6143 §7.1.1"))
    }
    guard octets.count >= 8, octets[3] == 0, octets[4] == 10, octets[2] == 0, (0x30...0x39).contains(octets[5])
    else { return nil }
    let length = Int(octets[0]) | Int(octets[1]) << 8
    guard let end = octets.dropFirst(5).prefix(64).firstIndex(of: 0), end > 6, length + 4 >= end else { return nil }
    let version = octets[5..<end]
    guard version.allSatisfy({ (0x21...0x7e).contains($0) }), version.contains(0x2e) else { return nil }
    return Identification(
      protocolName: .mysql,
      basis: Self.said(String(decoding: version, as: UTF8.self), "MySQL client/server protocol, HandshakeV10"))
  }

  /// `220` opens FTP (RFC 959 §5.4) and SMTP (RFC 5321 §4.3.1) alike; what follows, or the port, tells them apart.
  private func replyCode(_ line: String, whole: [UInt8], port: UInt16?) -> Identification? {
    let codes = ["220 ", "220-", "120 ", "421 ", "530 ", "554 "]
    guard codes.contains(where: line.hasPrefix) || line == "220" else { return nil }
    let text = String(decoding: whole.prefix(2_048), as: UTF8.self).lowercased()
    let isMail = text.contains("smtp") || line.hasPrefix("554 ")
    let isFile = text.contains("ftp") && !text.contains("smtp")
    if isMail || [25, 465, 587].contains(port ?? 0) {
      return Identification(protocolName: .smtp, basis: Self.said(line, "RFC 5321 §4.2"))
    }
    if isFile || [21, 2_121].contains(port ?? 0) {
      return Identification(protocolName: .ftp, basis: Self.said(line, "RFC 959 §4.2"))
    }
    return nil
  }

  private static func said(_ text: String, _ source: String) -> LocalizedText {
    let shown = String(text.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7f ? "." : Character($0) })
    return LocalizedText(ja: "\(source)に合う「\(shown)」", en: "\u{201c}\(shown)\u{201d}, as in \(source)")
  }
}
