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
}
