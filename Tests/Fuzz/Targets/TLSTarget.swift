import Wire

extension FuzzTarget {
  /// What TLS servers say before anything is encrypted, and what precedes it.
  static let tls = FuzzTarget(
    "tls", ["TLSServerFlight", "TLSServerHello", "TLSKeyExchange", "SSL2", "StartTLS", "TLSRecords"], longest: 8192,
    seeds: ReplyParsers.tls + [
      Array("220 mail ESMTP\r\n250-mail\r\n250 STARTTLS\r\n220 go\r\n".utf8), Array("+OK\r\n+OK\r\n".utf8),
      Array("* OK ready\r\na1 OK begin\r\n".utf8),
      [0x80, 0x21, 4, 0, 1, 0, 2, 0, 0, 0, 6, 0, 16, 1, 0, 128, 7, 0, 192] + [UInt8](repeating: 1, count: 16),
    ]
  ) { octets in
    var whole = TLSServerFlight()
    whole.take(octets)
    var inPieces = TLSServerFlight()
    for octet in octets { inPieces.take([octet]) }
    // How much was taken behind the end may differ; what was read may not.
    try promise(whole.state == inPieces.state && whole.hello == inPieces.hello, "a flight that depends on its pieces")
    try promise(whole.certificates == inPieces.certificates, "certificates that depend on the pieces")
    try promise(
      whole.certificates.reduce(0) { $0 + $1.count } <= octets.count, "certificates longer than what carried them")
    if let hello = whole.hello, let body = whole.keyExchange {
      _ = try? TLSKeyExchange(parsing: body, suite: hello.suite)
    }
    for suite in [CipherSuite(0x0033), CipherSuite(0xc02f), CipherSuite(0x008e), CipherSuite(0x0003)] {
      guard let exchange = try? TLSKeyExchange(parsing: octets, suite: suite) else { continue }
      if case .finiteField(let prime, _, _) = exchange {
        try promise(prime.count <= octets.count, "a prime from nowhere")
      }
    }
    try divide(octets)
    _ = try? SSL2.reply(parsing: octets)
    _ = try? TLSServerHello(parsing: octets)
    for dialect in StartTLS.Dialect.allCases {
      var opening = StartTLS(dialect)
      for octet in octets.prefix(600) {
        if case .declined = opening.take([octet]) { break }
      }
    }
  }

  private static func divide(_ octets: [UInt8]) throws {
    var (whole, inPieces) = (TLSRecords(), TLSRecords())
    let records = whole.take(octets)
    var pieces: [TLSRecord] = []
    for octet in octets { pieces += inPieces.take([octet]) }
    try promise(records == pieces && whole == inPieces, "records that depend on their pieces")
    try promise(octets.starts(with: records.flatMap(\.octets)), "records that are not what came")
  }

  /// What DTLS services say: datagrams, each with its length in two octets before it, in any order.
  static let dtls = FuzzTarget(
    "dtls", ["DTLSServerFlight", "DTLSRecord", "DTLSFragment", "DTLSHelloVerifyRequest"], longest: 8192,
    seeds: DTLSSeeds.all
  ) { octets in
    var rest = octets[...]
    var datagrams: [[UInt8]] = []
    while rest.count > 2 {
      let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
      datagrams.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    var once = DTLSServerFlight()
    var twice = DTLSServerFlight()
    for datagram in datagrams {
      once.take(datagram)
      for _ in 0..<2 { twice.take(datagram) }
    }
    try promise(
      once.flight.state == twice.flight.state && once.flight.hello == twice.flight.hello
        && once.flight.certificates == twice.flight.certificates && once.cookie == twice.cookie,
      "a flight that depends on datagrams that come twice")
    try promise((once.cookie?.count ?? 1) <= 255 && once.cookie?.isEmpty != true, "a cookie of no length that there is")
    try promise(
      once.flight.certificates.reduce(0) { $0 + $1.count } <= octets.count, "certificates longer than what carried them"
    )
    if let hello = once.flight.hello {
      try promise(hello.version.rawValue >> 8 == 0xfe, "a version that is none of DTLS")
      if let body = once.flight.keyExchange { _ = try? TLSKeyExchange(parsing: body, suite: hello.suite) }
    }
  }
}

/// Octets by RFC 6347 §4.1 and §4.2, written by hand.
private enum DTLSSeeds {
  static let all: [[UInt8]] = [
    list([request]), list([request, hello, rest]), list([rest, hello]), list([alert]), list(halves + [rest]),
  ]

  private static func list(_ datagrams: [[UInt8]]) -> [UInt8] {
    datagrams.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
  }

  private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [type, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
  }

  private static func fragment(_ type: UInt8, _ number: UInt8, _ body: [UInt8], _ range: Range<Int>) -> [UInt8] {
    [type, 0, 0, UInt8(body.count), 0, number, 0, 0, UInt8(range.lowerBound), 0, 0, UInt8(range.count)] + body[range]
  }

  private static let request = record(22, fragment(3, 0, [0xfe, 0xff, 2, 7, 8], 0..<5))
  private static let body: [UInt8] = [0xfe, 0xfd] + [UInt8](repeating: 5, count: 32) + [0, 0, 0x33, 0]
  private static let hello = record(22, fragment(2, 1, body, 0..<38))
  private static let halves = [
    record(22, fragment(2, 1, body, 20..<38)), record(22, fragment(2, 1, body, 0..<25)),
  ]
  private static let rest =
    record(22, fragment(11, 2, [0, 0, 5, 0, 0, 2, 0x30, 0], 0..<8))
    + record(22, fragment(12, 3, [0, 1, 0xfb, 0, 1, 2, 0, 1, 9], 0..<9)) + record(22, fragment(14, 4, [], 0..<0))
  private static let alert = record(21, [2, 40])
}
