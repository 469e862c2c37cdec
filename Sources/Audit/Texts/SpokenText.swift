package import Probes
package import Records
internal import Wire

/// A text that a service said, of a kind that fingerprints are written for.
public struct SpokenText: Hashable, Sendable {
  /// The names are those of the fingerprints' kinds, and so is what belongs to each text.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case sshBanner = "ssh.banner"
    case ftpBanner = "ftp.banner"
    case telnetBanner = "telnet.banner"
    case httpServer = "http.server"
    case httpAuthenticate = "http.www-authenticate"
    case httpTitle = "http.title"
    case httpBody = "http.body"
    case snmpDescription = "snmp.sysdescr"
    case rtspServer = "rtsp.server"
    case rtspAuthenticate = "rtsp.www-authenticate"
    case smtpBanner = "smtp.banner"
    case upnpServer = "upnp.server"
    case upnpManufacturer = "upnp.manufacturer"
    case upnpModel = "upnp.model"
    case certificateSubject = "x509.subject"
    case certificateIssuer = "x509.issuer"
  }

  public let kind: Kind
  public let octets: [UInt8]

  public init(_ kind: Kind, _ octets: [UInt8]) {
    self.kind = kind
    self.octets = octets
  }
}

/// What a conversation holds by which a device may be known.
package struct Spoken: Hashable {
  /// For fingerprints; none is empty.
  package var texts: [SpokenText] = []
  /// For device profiles, as claims of the kinds that their signs are named by. The device said just this.
  package var signs: [Claim] = []

  private mutating func add(_ kind: SpokenText.Kind, _ text: some Sequence<UInt8>) {
    let octets = Array(text)
    if !octets.isEmpty { texts.append(SpokenText(kind, octets)) }
  }

  private mutating func sign(_ kind: Claim.Kind, _ value: String, _ source: String) {
    if !value.isEmpty { signs.append(Claim(kind, value, source: source, confidence: .high)) }
  }

  /// What a device said on a connection or by datagram.
  /// - Parameter place: where, `tcp/80`, for the source of claims.
  package init(_ octets: [UInt8], speaking name: ProtocolName, at place: String) {
    switch name {
    case .ssh: readSSH(octets)
    case .ftp: readGreeting(octets, .ftpBanner)
    case .smtp: readGreeting(octets, .smtpBanner)
    case .telnet: readTelnet(octets)
    case .http: if let head = MessageHead(octets, opening: "HTTP/") { readHTTP(head.fields, head.rest, place) }
    case .rtsp:
      // One connection carries several answers, and the challenge comes with a later one.
      for head in MessageHead.all(octets, opening: "RTSP/") { readRTSP(head.fields, place) }
    case .ssdp:
      guard let head = MessageHead(octets, opening: "HTTP/") else { return }
      for value in head.fields.values(of: "Server") { add(.upnpServer, value.utf8) }
    case .snmp: readSNMP(octets, place)
    case .mdns: readMulticastDNS(octets, place)
    default: break
    }
  }

  /// What a device answered to a request.
  package init(_ exchange: HTTPExchange, at place: String) {
    readHTTP(exchange.headers, exchange.body, place)
    guard let own = exchange.certificateChain.first, let names = try? CertificateNames(parsing: own.span) else {
      return
    }
    add(.certificateSubject, names.subject.utf8)
    add(.certificateIssuer, names.issuer.utf8)
  }

  /// The fields of structured answers that fingerprints are written for, as probes read them.
  init(_ claims: [Claim]) {
    let kinds: [Claim.Kind: SpokenText.Kind] = [.upnpManufacturer: .upnpManufacturer, .upnpModel: .upnpModel]
    for claim in claims {
      if let kind = kinds[claim.kind] { add(kind, claim.value.utf8) }
    }
  }

  /// The identification string may stand behind other lines (RFC 4253 §4.2).
  private mutating func readSSH(_ octets: [UInt8]) {
    guard let line = octets.split(separator: 0x0a).first(where: { $0.starts(with: Array("SSH-".utf8)) }) else { return }
    let parts = line.split(separator: 0x2d, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return }
    add(.sshBanner, parts[2].prefix(255).filter { $0 != 0x0d })
  }

  /// FTP and SMTP greet in the same form (RFC 959 §4.2, RFC 5321 §4.2).
  private mutating func readGreeting(_ octets: [UInt8], _ kind: SpokenText.Kind) {
    guard let reply = try? ReplyLines(parsing: octets.span), reply.code == 220 else { return }
    add(kind, reply.lines.joined(separator: "\n").utf8)
  }

  private mutating func readTelnet(_ octets: [UInt8]) {
    var stream = TelnetStream()
    stream.receive(octets)
    add(.telnetBanner, stream.text[...].trimmed)
  }

  private mutating func readHTTP(_ fields: [HeaderField], _ body: [UInt8], _ place: String) {
    for value in fields.values(of: "Server") {
      add(.httpServer, value.utf8)
      sign(.server, value, "\(place) http Server")
    }
    readChallenges(fields, .httpAuthenticate, "\(place) http realm")
    if let title = PageTitle.read(body) {
      add(.httpTitle, title)
      sign(.title, String(decoding: title, as: UTF8.self), "\(place) http title")
    }
    add(.httpBody, body)
  }

  private mutating func readRTSP(_ fields: [HeaderField], _ place: String) {
    for value in fields.values(of: "Server") where !texts.contains(SpokenText(.rtspServer, Array(value.utf8))) {
      add(.rtspServer, value.utf8)
    }
    readChallenges(fields, .rtspAuthenticate, "\(place) rtsp realm")
  }

  /// RTSP took the field over from HTTP (RFC 2326 §12.44).
  private mutating func readChallenges(_ fields: [HeaderField], _ kind: SpokenText.Kind, _ source: String) {
    for value in fields.values(of: "WWW-Authenticate") {
      add(kind, value.utf8)
      if let realm = Self.realm(value) { sign(.realm, realm, source) }
    }
  }

  /// The types of service that a device announces (RFC 6763 §9).
  private mutating func readMulticastDNS(_ octets: [UInt8], _ place: String) {
    guard let message = try? ServiceRecords(parsing: octets.span) else { return }
    for type in message.types.prefix(64) { sign(.mdnsService, type, "\(place) mdns") }
  }

  private mutating func readSNMP(_ octets: [UInt8], _ place: String) {
    guard let message = try? SNMPMessage(parsing: octets.span), message.kind == .response else { return }
    if case .octets(let text)? = message.value(of: SNMPRequest.Object.sysDescr) {
      add(.snmpDescription, text)
      sign(.sysDescr, String(decoding: text, as: UTF8.self), "\(place) snmp sysDescr")
    }
    if case .identifier(let identifier)? = message.value(of: SNMPRequest.Object.sysObjectID) {
      sign(.sysObjectID, "\(identifier)", "\(place) snmp sysObjectID")
    }
  }

  /// The realm of the first challenge that has one, a quoted string (RFC 9110 §5.6.4, §11.5) or a word.
  static func realm(_ challenge: String) -> String? {
    let text = Array(challenge.utf8)
    let lower = text.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
    guard let start = lower[...].firstRange(of: Array("realm".utf8))?.upperBound else { return nil }
    var rest = text[start...].drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.popFirst() == 0x3d else { return nil }
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.first == 0x22 else { return String(decoding: rest.prefix { $0 > 0x20 && $0 != 0x2c }, as: UTF8.self) }
    rest = rest.dropFirst()
    var value: [UInt8] = []
    while let octet = rest.popFirst(), octet != 0x22 {
      guard octet == 0x5c else {
        value.append(octet)
        continue
      }
      if let escaped = rest.popFirst() { value.append(escaped) }
    }
    return String(decoding: value, as: UTF8.self)
  }
}

extension Claim.Kind {
  /// What names a product in the answers of its services: the same words as the signs of device profiles.
  static let server = Claim.Kind(rawValue: "server")
  static let title = Claim.Kind(rawValue: "title")
  static let realm = Claim.Kind(rawValue: "realm")
  static let sysDescr = Claim.Kind(rawValue: "sysDescr")
  static let sysObjectID = Claim.Kind(rawValue: "sysObjectID")
}

extension ProtocolName {
  fileprivate static let ssdp = ProtocolName(rawValue: "ssdp")
  fileprivate static let mdns = ProtocolName(rawValue: "mdns")
}

/// The head of a message in lines, and what stands behind it.
private struct MessageHead {
  var fields: [HeaderField] = []
  var rest: [UInt8] = []

  private static let longest = 16_384

  private static let most = 8

  /// The heads of answers that follow each other: each begins a line.
  static func all(_ octets: [UInt8], opening: String) -> [MessageHead] {
    let opening = Array(opening.utf8)
    var heads: [MessageHead] = []
    var rest = octets[...]
    while heads.count < most, let range = rest.firstRange(of: opening) {
      rest = rest[range.upperBound...]
      guard range.lowerBound == 0 || octets[range.lowerBound - 1] == 0x0a else { continue }
      if let head = MessageHead(Array(octets[range.lowerBound...]), opening: String(decoding: opening, as: UTF8.self)) {
        heads.append(head)
      }
    }
    return heads
  }

  /// - Parameter opening: with what its first line begins. Lines without their end are not looked at.
  init?(_ octets: [UInt8], opening: String) {
    guard octets.starts(with: Array(opening.utf8)) else { return nil }
    var at = 0
    var isFirst = true
    while let end = octets[at...].prefix(max(0, Self.longest - at)).firstIndex(of: 0x0a) {
      var line = octets[at..<end]
      if line.last == 0x0d { line = line.dropLast() }
      at = end + 1
      if line.isEmpty {
        rest = Array(octets[at...])
        return
      }
      if !isFirst { fields.take(line: Array(line)) }
      isFirst = false
    }
  }
}

extension ArraySlice<UInt8> {
  /// Without white space (HTML Living Standard, "ASCII whitespace") and NULs at either end.
  var trimmed: ArraySlice<UInt8> {
    func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || (0x09...0x0d).contains(octet) || octet == 0 }
    let front = drop(while: isBlank)
    return front.lastIndex { !isBlank($0) }.map { front[...$0] } ?? []
  }

  func firstRange(of pattern: [UInt8]) -> Range<Int>? {
    guard let first = pattern.first else { return nil }
    var rest = self
    while let start = rest.firstIndex(of: first) {
      if self[start...].starts(with: pattern) { return start..<(start + pattern.count) }
      rest = self[(start + 1)...]
    }
    return nil
  }
}
