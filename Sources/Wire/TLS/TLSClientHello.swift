/// A client's first message, of any version and with anything in it that a question needs.
///
/// What it does to the other side: the server answers and waits for a handshake that never goes on. It keeps nothing but a
/// log entry; a small processor is busy for the signature of its key exchange.
public struct TLSClientHello: Hashable, Sendable {
  /// The highest version that is offered; TLS 1.3 travels in an extension (RFC 8446 §4.1.2).
  public var version: TLSVersion
  /// The lowest, which only TLS 1.3 says.
  public var lowest: TLSVersion
  public var suites: [CipherSuite]
  /// Compression methods (RFC 3749); 0 is none, 1 is DEFLATE.
  public var compression: [UInt8] = [0]
  /// Groups for key exchange, the most wanted first (IANA "TLS Supported Groups").
  public var groups: [UInt16] = Self.usualGroups
  /// A host name that the server is asked for (RFC 6066 §3); LAN devices are asked without.
  public var serverName: String?
  /// A session that the client names, up to 32 octets; nil for none, or for the one that TLS 1.3 makes up.
  public var session: [UInt8]?
  /// A ticket of an earlier session (RFC 5077 §3.2).
  public var ticket: [UInt8]?
  /// The client takes heartbeat requests (RFC 6520 §2).
  public var announcesHeartbeat = false

  public init(_ version: TLSVersion, lowest: TLSVersion? = nil, suites: [CipherSuite]) {
    self.version = version
    self.lowest = lowest ?? version
    self.suites = suites
  }

  /// X25519, P-256, P-384, P-521, X448 and all that RFC 8422 and its predecessor RFC 4492 know, then the groups of RFC 7919:
  /// a server that has any of them can answer.
  public static let usualGroups: [UInt16] =
    [29, 23, 24, 25, 30] + weakCurves + [26, 27, 28, 22, 9, 10, 11, 12, 13, 14]
    + [256, 257, 258, 259, 260]

  /// Curves of fewer than 224 bits (RFC 4492 §5.1.1): sect163k1 to sect193r2, secp160k1 to secp192r1.
  public static let weakCurves: [UInt16] = [1, 2, 3, 4, 5, 15, 16, 17, 18, 19]

  /// The record (RFC 5246 §6.2.1; RFC 6101 for SSL 3).
  /// - Parameter random: 32 octets for the hello, 32 for a session, 32 for a key share, made from it when it is shorter.
  public func record(random: [UInt8]) -> [UInt8] {
    let body = body(random: random)
    let handshake = [1] + TLSOctets.length24(body.count) + body
    // The record says 1.0 for whatever is newer, as RFC 5246 §E.1 and RFC 8446 §5.1 ask for.
    let layer: TLSVersion = min(version, .tls10)
    return [22, UInt8(truncatingIfNeeded: layer.rawValue >> 8), UInt8(truncatingIfNeeded: layer.rawValue)]
      + TLSOctets.vector16(handshake)
  }

  /// The message without its header.
  /// - Parameter cookie: what DTLS has behind the session (RFC 6347 §4.2.1); nil for TLS.
  func body(random: [UInt8], cookie: [UInt8]? = nil) -> [UInt8] {
    var body: [UInt8] = []
    body.appendBigEndian16(min(version, .tls12).rawValue)
    body += Self.filled(random, 0)
    // A server of TLS 1.3 may sit behind a box that expects a session (RFC 8446 §D.4).
    let session = self.session ?? (version == .tls13 ? Self.filled(random, 1) : [])
    body.append(UInt8(truncatingIfNeeded: session.count))
    body += session
    if let cookie { body += [UInt8(truncatingIfNeeded: cookie.count)] + cookie }
    body += TLSOctets.vector16(
      suites.flatMap { [UInt8(truncatingIfNeeded: $0.rawValue >> 8), UInt8(truncatingIfNeeded: $0.rawValue)] })
    body.append(UInt8(truncatingIfNeeded: compression.count))
    body += compression
    // SSL 3 has no extensions; servers of its time take octets behind the hello for an error.
    if version > .ssl3 { body += TLSOctets.vector16(extensions(random)) }
    return body
  }

  private func extensions(_ random: [UInt8]) -> [UInt8] {
    func one(_ type: UInt16, _ content: [UInt8]) -> [UInt8] {
      var octets: [UInt8] = []
      octets.appendBigEndian16(type)
      return octets + TLSOctets.vector16(content)
    }
    func list(_ numbers: [UInt16]) -> [UInt8] {
      var octets: [UInt8] = []
      for number in numbers { octets.appendBigEndian16(number) }
      return octets
    }
    var all: [UInt8] = []
    if let serverName {
      all += one(0, TLSOctets.vector16([0] + TLSOctets.vector16(Array(serverName.utf8))))
    }
    if !groups.isEmpty { all += one(10, TLSOctets.vector16(list(groups))) + one(11, [3, 0, 1, 2]) }
    if version.ofStreams >= .tls12 { all += one(13, TLSOctets.vector16(list(Self.signatures))) }
    if announcesHeartbeat { all += one(15, [1]) }
    if let ticket { all += one(35, ticket) }
    // Extended master secret (RFC 7627 §5.1).
    if lowest < .tls13 { all += one(23, []) }
    if version == .tls13 {
      let offered = TLSVersion.all.filter { $0 >= max(lowest, .tls10) }.reversed().map(\.rawValue)
      let versions = list(Array(offered))
      all += one(43, [UInt8(truncatingIfNeeded: versions.count)] + versions)
      all += one(45, [1, 1])
      // Any 32 octets are a public key of X25519 (RFC 7748 §5); no secret belongs to this one.
      var share: [UInt8] = []
      if groups.contains(29) {
        share.appendBigEndian16(29)
        share += TLSOctets.vector16(Self.filled(random, 2))
      }
      all += one(51, TLSOctets.vector16(share))
    }
    return all
  }

  /// ECDSA, Ed25519, Ed448, RSA-PSS, RSA and DSA with SHA-2, SHA-1 and MD5 (RFC 8446 §4.2.3; RFC 5246 §7.4.1.4.1): a server with
  /// a key of any kind can sign.
  private static let signatures: [UInt16] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601,
    0x0301, 0x0303, 0x0402, 0x0502, 0x0602, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101,
  ]

  /// 32 octets: the `place`-th part of `random`, or what follows from it.
  private static func filled(_ random: [UInt8], _ place: Int) -> [UInt8] {
    (0..<32).map { index in
      let position = place * 32 + index
      if position < random.count { return random[position] }
      let base = random.isEmpty ? 0 : random[position % random.count]
      return base &* 167 &+ UInt8(truncatingIfNeeded: position &* 59 &+ 13)
    }
  }
}

extension TLSClientHello {
  /// The hello that finds out whether a port speaks TLS: made to be answered by every server from 1999 to today.
  ///
  /// It offers TLS 1.2 and below with suites of all ages, and names no server. A server that speaks only TLS 1.3
  /// answers with an alert (RFC 8446 App. D.2), which tells what it is just as well.
  public static let identifying: TLSClientHello = {
    var hello = TLSClientHello(.tls12, lowest: .ssl3, suites: usualSuites + [.renegotiationSignal])
    hello.groups = [29, 23, 24, 25]
    return hello
  }()

  /// Elliptic curves with AEAD first, plain RSA with CBC, 3DES and RC4 last.
  private static let usualSuites: [CipherSuite] = [
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x009e, 0x009f, 0x0033, 0x0039,
    0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x0016, 0x000a, 0x0005, 0x0004,
  ].map(CipherSuite.init(rawValue:))
}

/// Vectors with a length of two octets in front (RFC 5246 §4.3).
enum TLSOctets {
  static func vector16(_ octets: [UInt8]) -> [UInt8] {
    [UInt8(truncatingIfNeeded: octets.count >> 8), UInt8(truncatingIfNeeded: octets.count)] + octets
  }

  /// A length of three octets.
  static func length24(_ count: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
  }
}
