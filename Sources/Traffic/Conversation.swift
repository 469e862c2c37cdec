internal import Checklist
internal import Records
internal import Wire

/// A TCP connection between a device and somebody, read along in order from its front; where segments are missing it is
/// not read any further.
struct Conversation {
  enum Side { case client, server }

  private enum Kind { case unknown, tls, text, syslog, other }

  private struct Direction {
    /// The sequence number that comes next; nil until a segment was seen.
    var next: UInt32?
    var isBroken = false
    var tls = TLSWalk()
  }

  /// What came out of it so far.
  struct Outcome {
    var protocolName: ProtocolName?
    var protection: TrafficFacts.Protection?
    var name: String?
    var certificate: TrafficFacts.PeerCertificate?
    var clientCertificate = false
    var carriedData = false
    var isUpdate = false
  }

  private(set) var outcome = Outcome()
  let port: UInt16
  private var kind = Kind.unknown
  private var client = Direction()
  private var server = Direction()
  private var head: [UInt8] = []
  private var headIsDone = false
  private var asksForUpdate = false
  private var syslog = SyslogStream()

  private static let longestHead = 8192
  private static let logPorts: Set<UInt16> = [514, 601]
  static let secureLogPort: UInt16 = 6514
  /// FTP, SMTP, POP3, IMAP and XMPP, where TLS may follow some lines of text: only what is said for good is in clear text.
  private static let opensWithText: Set<UInt16> = [21, 25, 110, 143, 587, 5222]
  private static let saidForGood = ["AUTH ", "USER ", "PASS ", "MAIL ", "LOGIN "]

  init(port: UInt16) { self.port = port }

  /// Takes a segment.
  /// - Returns: records of syslog that became whole with it.
  mutating func take(
    _ header: TCPHeader, _ payload: Span<UInt8>, from side: Side, at moment: Timestamp, _ judge: PeerCertificateJudge
  ) -> [[UInt8]] {
    let octets =
      side == .client
      ? Self.inOrder(header, payload, &client) : Self.inOrder(header, payload, &server)
    guard !octets.isEmpty else { return [] }
    if kind == .unknown { recognise(octets, side) }
    // STARTTLS and its like: TLS begins in the middle (RFC 2595, RFC 3207).
    if kind == .text, side == .client, TLSWalk.begins(octets) { kind = .tls }
    switch kind {
    case .tls: takeTLS(octets, side, moment, judge)
    case .text: takeText(octets, side)
    case .syslog: return side == .client ? syslog.take(octets) : []
    case .unknown, .other: outcome.carriedData = true
    }
    return []
  }

  /// The octets of a segment that were not there yet; none behind a gap.
  private static func inOrder(
    _ header: TCPHeader, _ payload: Span<UInt8>, _ direction: inout Direction
  ) -> [UInt8] {
    if header.flags.contains(.syn) {
      direction.next = header.sequence &+ 1
      return []
    }
    guard payload.count > 0, !direction.isBroken else { return [] }
    let next = direction.next ?? header.sequence
    let ahead = Int(Int32(bitPattern: header.sequence &- next))
    guard ahead <= 0 else {
      direction.isBroken = true
      return []
    }
    guard -ahead < payload.count else { return [] }
    direction.next = header.sequence &+ UInt32(truncatingIfNeeded: payload.count)
    return (-ahead..<payload.count).map { payload[$0] }
  }

  private mutating func recognise(_ octets: [UInt8], _ side: Side) {
    let known = ClearProtocol.name(.tcp, port)
    if TLSWalk.begins(octets) {
      kind = .tls
      outcome.protocolName = .tls
      return
    }
    if octets.starts(with: "SSH-".utf8) {
      (kind, outcome.protocolName, outcome.protection) = (.other, .ssh, .opaque)
      return
    }
    if Self.logPorts.contains(port), side == .client {
      kind = .syslog
      (outcome.protocolName, outcome.protection) = (ProtocolName(rawValue: "syslog"), TrafficFacts.Protection.none)
      outcome.carriedData = true
      return
    }
    if ClearProtocol.isText(octets) {
      kind = .text
      if !Self.opensWithText.contains(port) { outcome.protection = TrafficFacts.Protection.none }
      outcome.protocolName = known
      return
    }
    kind = .other
    outcome.protocolName = known
    // A connection that was under way before the capture began shows nothing of how it began.
    outcome.protection = known == nil ? .opaque : TrafficFacts.Protection.none
  }

  // MARK: TLS

  private mutating func takeTLS(
    _ octets: [UInt8], _ side: Side, _ moment: Timestamp, _ judge: PeerCertificateJudge
  ) {
    switch side {
    case .client:
      client.tls.take(octets)
      for message in client.tls.messages { takeClient(message.type, message.body) }
    case .server:
      server.tls.take(octets)
      for message in server.tls.messages { takeServer(message.type, message.body, moment, judge) }
    }
    guard case .tls(let version) = outcome.protection else { return }
    // In TLS 1.3 the client's Finished is one such record.
    let least = version >= TLSVersion.tls13.rawValue ? 2 : 1
    outcome.carriedData = client.tls.dataRecords >= least
  }

  private mutating func takeClient(_ type: UInt8, _ body: [UInt8]) {
    switch type {
    case 1:
      guard let offer = try? TLSOffer(parsing: body) else { return }
      outcome.name = offer.serverName ?? outcome.name
      if let name = offer.serverName, UpdateSign.isName(name) { outcome.isUpdate = true }
    case 11: outcome.clientCertificate = !TLSWalk.certificates(body).isEmpty
    default: break
    }
  }

  private mutating func takeServer(
    _ type: UInt8, _ body: [UInt8], _ moment: Timestamp, _ judge: PeerCertificateJudge
  ) {
    switch type {
    case 2:
      guard let hello = try? TLSServerHello(parsing: body) else { return }
      outcome.protection = .tls(version: hello.version.rawValue)
      if hello.version >= .tls13 { outcome.certificate = .hidden }
    case 11: outcome.certificate = judge.judge(TLSWalk.certificates(body), name: outcome.name, at: moment)
    default: break
    }
  }

  // MARK: Text

  /// Of a request only its method, the ending of its place and the host are looked at; then everything is forgotten.
  private mutating func takeText(_ octets: [UInt8], _ side: Side) {
    outcome.carriedData = true
    if side == .server {
      if asksForUpdate, octets.starts(with: "HTTP/1.".utf8), octets.count >= 12, octets[9] == 0x32 {
        outcome.isUpdate = true
      }
      return
    }
    if Self.opensWithText.contains(port) {
      let line = String(decoding: octets.prefix(64), as: UTF8.self).uppercased()
      // IMAP has a tag in front. `AUTH TLS` of FTP is the question for TLS (RFC 4217 §4).
      if Self.saidForGood.contains(where: { line.hasPrefix($0) || line.contains(" " + $0) }),
        !line.hasPrefix("AUTH TLS")
      {
        outcome.protection = TrafficFacts.Protection.none
      }
      return
    }
    // Each request of a connection that is kept begins a segment.
    if octets.starts(with: "GET ".utf8) || octets.starts(with: "POST ".utf8) { (head, headIsDone) = ([], false) }
    guard !headIsDone else { return }
    head += octets.prefix(Self.longestHead - head.count)
    let lines = head.split(separator: 0x0a, omittingEmptySubsequences: false)
    let isWhole = lines.dropLast().contains { $0.isEmpty || $0.elementsEqual([0x0d]) }
    guard isWhole || head.count >= Self.longestHead else { return }
    readHead(lines)
    (head, headIsDone) = ([], true)
  }

  private mutating func readHead(_ lines: [ArraySlice<UInt8>]) {
    let words = String(decoding: lines.first ?? [], as: UTF8.self).split { $0 == " " || $0.isNewline }
    guard words.count >= 3 else { return }
    if words[2].hasPrefix("RTSP/") { outcome.protocolName = .rtsp }
    guard words[2].hasPrefix("HTTP/") else { return }
    outcome.protocolName = .http
    let path = words[1].prefix { $0 != "?" && $0 != "#" }
    asksForUpdate = words[0] == "GET" && UpdateSign.isPath(String(path))
    var fields: [HeaderField] = []
    for line in lines.dropFirst() { fields.take(line: Array(line.last == 0x0d ? line.dropLast() : line)) }
    if let host = fields.values(of: "Host").first, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
      host.utf8.count <= 253
    {
      outcome.name = String(host.prefix { $0 != ":" })
    }
  }

  /// Records of TLS that a client sent behind its handshake: those of a collector's secure port are log records.
  var encryptedRecords: Int { client.tls.dataRecords }
}
