import LabSupport
import Testing
import Wire

/// Octets by RFC 6347 §4.1 (record), §4.2.1 (HelloVerifyRequest) and §4.2.2 (fragments), written by hand.
struct DTLSTests {
  private static func long(_ value: Int) -> [UInt8] {
    [UInt8(value >> 16), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
  }
  private static func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

  static func record(_ type: UInt8, _ content: [UInt8], epoch: UInt8 = 0, version: UInt8 = 0xfd) -> [UInt8] {
    [type, 0xfe, version, 0, epoch, 0, 0, 0, 0, 0, 9] + word(content.count) + content
  }

  static func fragment(_ type: UInt8, _ message: Int, _ body: [UInt8], _ range: Range<Int>? = nil) -> [UInt8] {
    let range = range ?? 0..<body.count
    return [type] + long(body.count) + word(message) + long(range.lowerBound) + long(range.count) + body[range]
  }

  /// HelloVerifyRequest with a cookie of four octets.
  static let request = record(22, fragment(3, 0, [0xfe, 0xff, 4, 1, 2, 3, 4]), version: 0xff)
  /// ServerHello of DTLS 1.2 with TLS_DHE_RSA_WITH_AES_128_CBC_SHA and renegotiation_info.
  static let hello: [UInt8] =
    [0xfe, 0xfd] + [UInt8](repeating: 0x77, count: 32) + [0, 0, 0x33, 0, 0, 5, 0xff, 0x01, 0, 1, 0]
  static let certificate: [UInt8] = [0, 0, 8, 0, 0, 2, 0x30, 0, 0, 0, 0]
  static let exchange: [UInt8] = [0, 3, 0, 0xff, 0xfb, 0, 1, 2, 0, 2, 9, 8, 0]
  /// In one datagram, behind a cookie: messages 1 to 4.
  static let flight =
    record(22, fragment(2, 1, hello)) + record(22, fragment(11, 2, certificate) + fragment(12, 3, exchange))
    + record(22, fragment(14, 4, []))

  private static func read(_ datagrams: [[UInt8]]) -> DTLSServerFlight {
    var flight = DTLSServerFlight()
    for datagram in datagrams { flight.take(datagram) }
    return flight
  }

  private func isWhole(_ flight: DTLSServerFlight) throws {
    #expect(flight.flight.state == .complete)
    let hello = try #require(flight.flight.hello)
    #expect(hello.version == .dtls12 && hello.suite == CipherSuite(0x0033) && hello.extensions == [0xff01])
    #expect(flight.flight.certificates == [[0x30, 0], []])
    #expect(
      try TLSKeyExchange(parsing: #require(flight.flight.keyExchange), suite: hello.suite)
        == .finiteField(prime: [0xff, 0xfb], generator: [2], value: [9, 8]))
  }

  // MARK: Client

  @Test func `the first hello has its fields where the RFC has them`() {
    var hello = TLSClientHello(.dtls12, suites: [CipherSuite(0xc02b), .renegotiationSignal])
    hello.groups = [23]
    let octets = hello.datagram(random: [UInt8](repeating: 5, count: 32), message: 0, sequence: 0x0102_0304_0506)
    let extensions: [UInt8] =
      [0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 4, 3, 0, 1, 2]  // supported_groups, ec_point_formats
    let front: [UInt8] =
      [22, 0xfe, 0xff, 0, 0, 1, 2, 3, 4, 5, 6]  // handshake, DTLS 1.0, epoch 0, sequence number
    #expect(Array(octets.prefix(11)) == front)
    let body = Array(octets.dropFirst(25))
    #expect(Array(octets[11..<13]) == Self.word(body.count + 12))
    // ClientHello, its length, message 0, from 0, all of it.
    #expect(Array(octets[13..<25]) == [1] + Self.long(body.count) + [0, 0] + [0, 0, 0] + Self.long(body.count))
    // DTLS 1.2, random, no session, no cookie, two suites, no compression.
    let start: [UInt8] =
      [0xfe, 0xfd] + [UInt8](repeating: 5, count: 32) + [0, 0] + [0, 4, 0xc0, 0x2b, 0, 0xff] + [1, 0]
    #expect(Array(body.prefix(start.count)) == start)
    #expect(Array(body.dropFirst(start.count + 2).prefix(extensions.count)) == extensions)
    // signature_algorithms came with TLS 1.2 (RFC 5246 §7.4.1.4.1): right behind.
    #expect(Array(body.dropFirst(start.count + 2 + extensions.count).prefix(2)) == [0, 13])
  }

  @Test func `the second hello is the first with the cookie, the next number and the same random`() {
    let hello = TLSClientHello(.dtls10, suites: [CipherSuite(0x002f)])
    let random = [UInt8](repeating: 6, count: 96)
    let first = hello.datagram(random: random, message: 0, sequence: 0)
    let second = hello.datagram(random: random, cookie: [1, 2, 3, 4], message: 1, sequence: 1)
    #expect(second.count == first.count + 4)
    #expect(first[25...26].elementsEqual([0xfe, 0xff]) && second[10] == 1 && Array(second[17..<19]) == [0, 1])
    // Behind version, random and the empty session.
    #expect(Array(second[60..<65]) == [4, 1, 2, 3, 4])
    #expect(Array(second[27..<60]) == Array(first[27..<60]) && Array(second[65...]) == Array(first[61...]))
    // Pairs of hash and signature, ecdsa_secp256r1_sha256 first, came with TLS 1.2 (RFC 8446 §4.2.3).
    #expect(!first.contains(subsequence: [4, 3, 5, 3]))
    let later = TLSClientHello(.dtls12, suites: [CipherSuite(0x002f)]).datagram(random: random, message: 0, sequence: 0)
    #expect(later.contains(subsequence: [4, 3, 5, 3]))
  }

  @Test func `the goodbye is a fatal alert in a record of its own`() {
    #expect(DTLSAlert.goodbye(sequence: 3) == [21, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 2, 40])
  }

  // MARK: Server

  @Test func `a request for a cookie is read, and is no answer yet`() {
    let flight = Self.read([Self.request])
    #expect(flight.cookie == [1, 2, 3, 4] && flight.flight.state == .open && flight.flight.hello == nil)
    for count in Self.request.indices {
      #expect(Self.read([Array(Self.request.prefix(count))]).cookie == nil, "\(count)")
    }
    let long = [UInt8](repeating: 7, count: 255)
    #expect(Self.read([Self.record(22, Self.fragment(3, 0, [0xfe, 0xff, 255] + long))]).cookie == long)
    // No cookie, one that is longer than its message, another version.
    for body in [[0xfe, 0xff, 0], [0xfe, 0xff, 5, 1, 2], [3, 3, 1, 1]] as [[UInt8]] {
      #expect(Self.read([Self.record(22, Self.fragment(3, 0, body))]).cookie == nil)
    }
  }

  @Test func `a flight in one datagram is read to its end, and no prefix is more than that`() throws {
    try isWhole(Self.read([Self.request, Self.flight]))
    for count in Self.flight.indices {
      let part = Self.read([Array(Self.flight.prefix(count))])
      #expect(part.flight.state == .open, "\(count)")
    }
  }

  /// Without a cookie ServerHello is message 0.
  @Test func `the numbers begin where ServerHello begins`() throws {
    let messages = [(2, Self.hello), (11, Self.certificate), (12, Self.exchange), (14, [])] as [(UInt8, [UInt8])]
    for start in [0, 1, 2, 65_530] {
      let datagrams = messages.enumerated().map {
        Self.record(22, Self.fragment($0.element.0, start + $0.offset, $0.element.1))
      }
      try isWhole(Self.read(datagrams))
      try isWhole(Self.read(datagrams.reversed()))
      try isWhole(Self.read(datagrams + datagrams))
    }
  }

  /// Fragments of every size, in order, backwards, twice, and overlapping (§4.2.3).
  @Test(arguments: 1...12) func `fragments come in any order`(size: Int) throws {
    let messages = [(2, Self.hello), (11, Self.certificate), (12, Self.exchange), (14, [])] as [(UInt8, [UInt8])]
    for overlap in [0, 1, 3] {
      let datagrams = messages.enumerated().flatMap { number, message -> [[UInt8]] in
        let (type, body) = message
        guard !body.isEmpty else { return [Self.record(22, Self.fragment(type, number + 1, body))] }
        return stride(from: 0, to: body.count, by: size).map { start in
          let range = max(0, start - overlap)..<min(body.count, start + size)
          return Self.record(22, Self.fragment(type, number + 1, body, range))
        }
      }
      try isWhole(Self.read(datagrams))
      try isWhole(Self.read(datagrams.reversed()))
      try isWhole(Self.read(datagrams.shuffled(seed: UInt64(size))))
      for missing in datagrams.indices {
        var rest = datagrams
        rest.remove(at: missing)
        // An overlapping neighbour may bring what is missing.
        if overlap == 0 { #expect(Self.read(rest).flight.state == .open) }
        try isWhole(Self.read(rest + datagrams))
      }
    }
  }

  @Test func `a fragment that contradicts the others is passed over`() throws {
    let half = Self.record(22, Self.fragment(2, 1, Self.hello, 0..<20))
    let longer = Self.record(22, Self.fragment(2, 1, Self.hello + [0], 0..<46))
    let other = Self.record(22, Self.fragment(11, 1, Self.hello, 20..<45))
    try isWhole(Self.read([half, longer, other, Self.flight]))
    // Beyond its own message.
    let beyond: [UInt8] = [2] + Self.long(10) + [0, 1] + Self.long(8) + Self.long(3) + [1, 2, 3]
    #expect(Self.read([Self.record(22, beyond)]).flight.hello == nil)
    try isWhole(Self.read([Self.record(22, beyond), Self.flight]))
  }

  @Test func `alerts end it, warnings do not`() {
    #expect(Self.read([Self.record(21, [2, 70])]).flight.state == .refused(alert: 70))
    #expect(Self.read([Self.record(21, [1, 0])]).flight.state == .refused(alert: 0))
    let warned = Self.read([Self.record(21, [1, 112])])
    #expect(warned.flight.state == .open && warned.flight.warnings == [112])
  }

  /// Anybody can send a datagram (§4.1.2.7).
  @Test func `what is no DTLS of this handshake is passed over`() throws {
    let strangers: [[UInt8]] = [
      [], [22], Array("HTTP/1.1 400\r\n".utf8), [22, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 70],
      Self.record(21, [2, 70], epoch: 1), Self.record(22, Self.fragment(2, 1, Self.hello), epoch: 1),
      Self.record(23, [1, 2, 3]), Self.record(20, [1]), Self.record(21, [2, 70, 0]),
      [21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 2, 70],
    ]
    #expect(Self.read(strangers) == DTLSServerFlight())
    try isWhole(Self.read(strangers + [Self.flight]))
  }

  @Test func `a hello of TLS inside DTLS is malformed`() {
    let hello = [3, 3] + Self.hello.dropFirst(2)
    #expect(Self.read([Self.record(22, Self.fragment(2, 1, Array(hello)))]).flight.state == .malformed)
  }

  @Test func `what hostile services send stays within bounds`() {
    // A thousand messages that never become whole, each of 64 KiB.
    let many = (0..<1000).map {
      Self.record(22, [11] + Self.long(65_536) + Self.word($0) + Self.long(0) + Self.long(1) + [0])
    }
    #expect(Self.read(many).flight.state == .open)
    var random = SeededRandom(seed: 31)
    let sources = [Self.request, Self.flight, Self.record(21, [2, 40])]
    for _ in 0..<20_000 {
      var flight = DTLSServerFlight()
      for _ in 0..<3 {
        var octets = sources.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
          octets[Int.random(in: 0..<octets.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        flight.take(Array(octets.prefix(Int.random(in: 0...octets.count, using: &random))))
      }
      #expect((flight.cookie?.count ?? 0) <= 255)
    }
  }

  // MARK: Versions

  @Test func `versions of DTLS stand where their TLS stands`() {
    #expect(TLSVersion.dtls10.ofStreams == .tls11 && TLSVersion.dtls12.ofStreams == .tls12)
    #expect(TLSVersion.dtls10 < .dtls12 && TLSVersion.dtls12 < .tls12 && TLSVersion.dtls12 > .tls11)
    #expect(TLSVersion.dtls10 < .tls11 && TLSVersion.dtls10 > .tls10 && TLSVersion.dtls12 < .tls13)
    #expect(!(TLSVersion.dtls12 < .dtls12) && TLSVersion.all.allSatisfy { !$0.isOverDatagrams })
    #expect(TLSVersion.all == TLSVersion.all.sorted())
    #expect("\(TLSVersion.dtls10) \(TLSVersion.dtls12)" == "DTLS 1.0 DTLS 1.2")
  }
}

extension Array where Element == UInt8 {
  fileprivate func contains(subsequence: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: subsequence) }
  }
}

extension Array {
  fileprivate func shuffled(seed: UInt64) -> Self {
    var random = SeededRandom(seed: seed)
    return shuffled(using: &random)
  }
}
