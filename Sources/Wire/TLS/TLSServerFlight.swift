/// What a server sends after a ClientHello, up to where it waits for the client or begins to encrypt: read as it comes, in
/// whatever pieces (RFC 5246 §7.3; RFC 8446 §2).
public struct TLSServerFlight: Hashable, Sendable {
  /// How far it is.
  public enum State: Hashable, Sendable {
    /// More has to come.
    case open
    /// ServerHelloDone, or the ServerHello of TLS 1.3: the rest is encrypted.
    case complete
    /// A fatal alert; its description (RFC 8446 §6.2).
    case refused(alert: UInt8)
    /// What came is no TLS, or contradicts itself.
    case malformed
  }

  public private(set) var state = State.open
  public private(set) var hello: TLSServerHello?
  /// The DER of the certificates in the order sent (RFC 5246 §7.4.2).
  public private(set) var certificates: [[UInt8]] = []
  /// The body of ServerKeyExchange (§7.4.3), whose form the suite decides.
  public private(set) var keyExchange: [UInt8]?
  /// CertificateRequest (§7.4.4) was among it.
  public private(set) var asksForCertificate = false
  /// Alerts of level warning (§7.2), which say nothing about what follows.
  public private(set) var warnings: [UInt8] = []

  /// ServerHello is one of DTLS.
  private let isOverDatagrams: Bool
  private var record: [UInt8] = []
  private var messages: [UInt8] = []
  /// All octets that were taken.
  private var taken = 0

  /// Certificate chains of devices have some kilobytes; what is longer than this is no handshake.
  public static let limit = 128 * 1024
  private static let longestRecord = 16_384 + 2048

  public init() { isOverDatagrams = false }

  /// For whoever takes records apart by himself.
  init(isOverDatagrams: Bool) { self.isOverDatagrams = isOverDatagrams }

  /// Nothing that could belong to a handshake came yet.
  public var isEmpty: Bool { taken == 0 }

  public mutating func take(_ octets: some Collection<UInt8>) {
    guard state == .open else { return }
    taken += octets.count
    guard taken <= Self.limit else {
      state = .malformed
      return
    }
    record += octets
    while state == .open, let (type, content) = nextRecord() { take(type, content) }
  }

  private mutating func nextRecord() -> (type: UInt8, content: ArraySlice<UInt8>)? {
    guard let type = record.first else { return nil }
    guard (20...23).contains(type), record.count < 2 || record[1] == 3 else {
      state = .malformed
      return nil
    }
    guard record.count >= 5 else { return nil }
    let length = Int(record[3]) << 8 | Int(record[4])
    guard length <= Self.longestRecord, length > 0 || type == 23 else {
      state = .malformed
      return nil
    }
    guard record.count >= 5 + length else { return nil }
    let content = record[5..<5 + length]
    record = Array(record.dropFirst(5 + length))
    return (type, content)
  }

  private mutating func take(_ type: UInt8, _ content: ArraySlice<UInt8>) {
    switch type {
    case 21: takeAlerts(Array(content))
    case 22:
      messages += content
      while state == .open, let message = nextMessage() { take(message.type, message.body) }
    // ChangeCipherSpec or encrypted data before the ServerHello is nobody's handshake.
    default: state = hello == nil ? .malformed : .complete
    }
  }

  mutating func takeAlerts(_ content: [UInt8]) {
    guard content.count == 2, content[0] == 1 || content[0] == 2 else {
      state = .malformed
      return
    }
    // A warning that closes is an end (§7.2.1).
    if content[0] == 1, content[1] != 0 { warnings.append(content[1]) } else { state = .refused(alert: content[1]) }
  }

  private mutating func nextMessage() -> (type: UInt8, body: [UInt8])? {
    guard messages.count >= 4 else { return nil }
    let length = Int(messages[1]) << 16 | Int(messages[2]) << 8 | Int(messages[3])
    guard length <= Self.limit else {
      state = .malformed
      return nil
    }
    guard messages.count >= 4 + length else { return nil }
    defer { messages = Array(messages.dropFirst(4 + length)) }
    return (messages[0], Array(messages[4..<4 + length]))
  }

  /// A handshake message (RFC 5246 §7.4), whole.
  mutating func take(_ type: UInt8, _ body: [UInt8]) {
    do throws(WireError) {
      switch type {
      case 0: break  // HelloRequest
      case 2:
        guard hello == nil else { throw .malformed(offset: 0) }
        let read = try TLSServerHello(parsing: body, isOverDatagrams: isOverDatagrams)
        hello = read
        if read.version >= .tls13 { state = .complete }
      case _ where hello == nil: throw .malformed(offset: 0)
      case 11: certificates = try Self.certificates(body)
      case 12: keyExchange = body
      case 13: asksForCertificate = true
      case 14: state = .complete
      default: break  // CertificateStatus and whatever else is announced by an extension
      }
    } catch {
      state = .malformed
    }
  }

  private static func certificates(_ body: [UInt8]) throws(WireError) -> [[UInt8]] {
    var reader = OctetReader(body)
    let length = Int(try reader.bigEndian24())
    var list = try reader.part(length)
    var found: [[UInt8]] = []
    while !list.isAtEnd {
      let length = Int(try list.bigEndian24())
      found.append(try list.take(length))
    }
    return found
  }
}

/// ServerHello (RFC 5246 §7.4.1.3; RFC 8446 §4.1.3).
public struct TLSServerHello: Hashable, Sendable {
  /// What was chosen, also where only an extension says so (RFC 8446 §4.2.1).
  public let version: TLSVersion
  public let random: [UInt8]
  /// The session that the server names, 0 to 32 octets.
  public let session: [UInt8]
  public let suite: CipherSuite
  public let compression: UInt8
  /// By IANA's numbers, in the order sent.
  public let extensions: [UInt16]
  /// The server asks for another key share (RFC 8446 §4.1.4); version and suite are chosen already.
  public var isRetryRequest: Bool { random == Self.retry }

  /// - Parameter isOverDatagrams: it is one of DTLS, whose versions count down from 0xfeff (RFC 6347 §4.2.1).
  public init(parsing body: [UInt8], isOverDatagrams: Bool = false) throws(WireError) {
    var reader = OctetReader(body)
    let legacy = try reader.bigEndian16()
    guard legacy >> 8 == (isOverDatagrams ? 0xfe : 3) else { throw .malformed(offset: 0) }
    random = try reader.take(32)
    let length = Int(try reader.octet())
    guard length <= 32 else { throw .malformed(offset: 34) }
    session = try reader.take(length)
    suite = CipherSuite(try reader.bigEndian16())
    compression = try reader.octet()
    var chosen = TLSVersion(rawValue: legacy)
    var types: [UInt16] = []
    if reader.remaining >= 2 {
      let length = Int(try reader.bigEndian16())
      var list = try reader.part(length)
      while !list.isAtEnd {
        let type = try list.bigEndian16()
        let length = Int(try list.bigEndian16())
        let content = try list.take(length)
        types.append(type)
        if type == 43, content.count == 2, !isOverDatagrams {
          chosen = TLSVersion(rawValue: UInt16(content[0]) << 8 | UInt16(content[1]))
        }
      }
    }
    version = chosen
    extensions = types
  }

  /// The SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3).
  private static let retry: [UInt8] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
  ]
}

/// The parameters that a server sends for its key exchange, without their signature.
public enum TLSKeyExchange: Hashable, Sendable {
  /// ServerDHParams (RFC 5246 §7.4.3): the prime, the generator and the server's public value, big-endian, no leading zeros.
  case finiteField(prime: [UInt8], generator: [UInt8], value: [UInt8])
  /// A named curve (RFC 8422 §5.4) and the server's point.
  case curve(UInt16, point: [UInt8])
  /// A curve spelled out (RFC 4492 §5.4), which is only read as such.
  case explicitCurve

  /// - Parameter suite: decides the form; suites with a shared secret have a hint in front (RFC 4279 §3, RFC 5489 §2).
  /// - Throws: `unsupported` for suites whose message is of another kind.
  public init(parsing body: [UInt8], suite: CipherSuite) throws(WireError) {
    var reader = OctetReader(body)
    if suite.name?.contains("PSK") == true {
      let hint = Int(try reader.bigEndian16())
      try reader.skip(hint)
    }
    if suite.isDHE {
      let prime = try Self.number(&reader)
      let generator = try Self.number(&reader)
      self = .finiteField(prime: prime, generator: generator, value: try Self.number(&reader))
    } else if suite.isECDHE {
      switch try reader.octet() {
      case 3:
        let curve = try reader.bigEndian16()
        let length = Int(try reader.octet())
        self = .curve(curve, point: try reader.take(length))
      case 1, 2: self = .explicitCurve
      default: throw .malformed(offset: 0)
      }
    } else if suite.name?.contains("RSA_EXPORT") == true {
      // ServerRSAParams (RFC 2246 §7.4.3) carry the short key, which is no group.
      throw .unsupported
    } else {
      throw .unsupported
    }
  }

  private static func number(_ reader: inout OctetReader) throws(WireError) -> [UInt8] {
    let length = Int(try reader.bigEndian16())
    return Array(try reader.take(length).drop { $0 == 0 })
  }
}
