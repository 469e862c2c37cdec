internal import Records
internal import Wire

/// The hellos that an examination sends.
enum TLSHellos {
  /// Forward secrecy and authenticated encryption first, then whatever a server of any age may have.
  private static let usual: [CipherSuite] = {
    let preferred: [UInt32] = [
      0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f, 0xccaa, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xc023,
      0xc027, 0xc024, 0xc028, 0xc009, 0xc013, 0xc00a, 0xc014, 0x0067, 0x006b, 0x0033, 0x0039, 0x0032, 0x0038, 0x0045,
      0x0088, 0xc012, 0xc008, 0x0016, 0xc011, 0xc007, 0x009c, 0x009d, 0xc09c, 0xc09d, 0x003c, 0x003d, 0x002f, 0x0035,
      0x0041, 0x0084, 0x0096, 0x000a, 0x0005, 0x0004, 0x0007, 0x0009, 0x0015, 0x0003, 0x0006, 0x0008, 0x0014,
      // Without a certificate, and without encryption: a service may have nothing else.
      0xc018, 0xc019, 0x0034, 0x003a, 0x001b, 0x0018, 0xc006, 0xc010, 0x003b, 0x0002, 0x0001,
    ]
    return preferred.map(CipherSuite.init(rawValue:))
  }()

  /// Those with a secret that both sides know (RFC 4279, RFC 5487, RFC 5489, RFC 6655, RFC 8442), ephemeral ones first: small
  /// devices often have nothing else (RFC 7252 §9.1.3.1).
  private static let presharedEphemeral: [CipherSuite] = [
    0xd001, 0xd002, 0xd003, 0xd005, 0xccac, 0xc037, 0xc038, 0xc035, 0xc036, 0x00aa, 0x00ab, 0xc0a6, 0xc0a7, 0x00b2,
    0x00b3,
    0x0090, 0x0091,
  ].map(CipherSuite.init(rawValue:))
  private static let preshared: [CipherSuite] = [
    0x00a8, 0x00a9, 0xc0a4, 0xc0a5, 0xc0a8, 0xc0a9, 0xccab, 0x00ae, 0x00af, 0x008c, 0x008d, 0x008b, 0x008a, 0x002c,
  ].map(CipherSuite.init(rawValue:))

  /// The usual ones and those with a known secret, ephemeral key exchange before all others.
  private static let usualOverDatagrams: [CipherSuite] =
    usual.filter(\.hasForwardSecrecy) + presharedEphemeral + usual.filter { !$0.hasForwardSecrecy } + preshared

  /// Suites that a version can have: authenticated encryption and SHA-256 came with TLS 1.2 (RFC 5246 §1.2; RFC 5288 §4).
  static func all(_ version: TLSVersion) -> [CipherSuite] {
    if version == .tls13 { return CipherSuite.ofTLS13 }
    return CipherSuite.beforeTLS13.filter { version.ofStreams == .tls12 || !$0.needsTLS12 }
  }

  /// Every suite of a weak family.
  static let weak: [CipherSuite] = CipherSuite.beforeTLS13.filter { !$0.weaknesses.isEmpty }

  /// What of the weak suites can still show something new.
  static func left(of offered: [CipherSuite], after accepted: [CipherSuite]) -> [CipherSuite] {
    let shown = accepted.reduce(into: Set<CipherSuite.Weakness>()) { $0.formUnion($1.weaknesses) }
    return offered.filter { !$0.weaknesses.isSubset(of: shown) }
  }

  /// The hello that finds out about a version, and is the control when it was answered.
  static func version(_ version: TLSVersion) -> TLSClientHello {
    guard version != .tls13 else {
      // Also with TLS 1.2 and below, so that a service without 1.3 answers rather than declines.
      return TLSClientHello(
        .tls13, lowest: .tls10, suites: CipherSuite.ofTLS13 + usual + [.renegotiationSignal])
    }
    let all = version.isOverDatagrams ? usualOverDatagrams : usual
    let suites = all.filter { version.ofStreams == .tls12 || !$0.needsTLS12 }
    var hello = TLSClientHello(version, suites: suites + [.renegotiationSignal])
    hello.compression = compression(version)
    return hello
  }

  static func only(_ version: TLSVersion, _ suites: [CipherSuite]) -> TLSClientHello {
    TLSClientHello(version, suites: suites + (version == .tls13 ? [] : [.renegotiationSignal]))
  }

  static func reversed(_ version: TLSVersion) -> TLSClientHello {
    var hello = only(version, Self.version(version).suites.filter { !$0.isSignal }.reversed())
    hello.compression = compression(version)
    return hello
  }

  /// Over datagrams nobody compresses, and it is not asked.
  private static func compression(_ version: TLSVersion) -> [UInt8] { version.isOverDatagrams ? [0] : [1, 0] }

  /// - Parameter otherwise: a suite that the service picks when it has none of these.
  static func finiteField(_ version: TLSVersion, otherwise: CipherSuite?) -> TLSClientHello {
    let suites = all(version).filter(\.isDHE)
    var hello = only(version, suites + (otherwise.map { [$0] } ?? []))
    // Without one of RFC 7919's groups in the list the service sends its own (RFC 7919 §4).
    hello.groups = otherwise == nil ? [] : [29, 23, 24, 25]
    return hello
  }

  static func weakCurves(_ version: TLSVersion) -> TLSClientHello {
    var hello = only(version, all(version).filter(\.isECDHE))
    hello.groups = TLSClientHello.weakCurves
    return hello
  }

  /// Finite fields, and curves only if they are weak: a service that has neither declines.
  static func parameters(_ version: TLSVersion) -> TLSClientHello {
    var hello = only(version, all(version).filter { $0.isDHE || $0.isECDHE })
    hello.groups = TLSClientHello.weakCurves
    return hello
  }

  static func fallback(_ version: TLSVersion) -> TLSClientHello {
    var hello = Self.version(version)
    hello.suites.append(.fallbackSignal)
    return hello
  }

  /// The curve of an elliptic key exchange.
  static func curve(of flight: TLSServerFlight) -> UInt16? {
    guard let suite = flight.hello?.suite, let body = flight.keyExchange,
      case .curve(let curve, _)? = try? TLSKeyExchange(parsing: body, suite: suite)
    else { return nil }
    return curve
  }
}
