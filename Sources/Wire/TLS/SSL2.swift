/// The hello of SSL 2, whose records and messages look like no later version's.
public enum SSL2 {
  /// CLIENT-HELLO with every cipher kind (The SSL Protocol, Netscape 1995; RFC 5246 §E.2 has its form).
  /// - Parameter random: the challenge; 16 octets of it are used.
  public static func clientHello(random: [UInt8]) -> [UInt8] {
    var body: [UInt8] = [1, 0, 2]
    let kinds = CipherSuite.ofSSL2.flatMap { suite in
      [16, 8, 0].map { UInt8(truncatingIfNeeded: suite.rawValue >> UInt32($0)) }
    }
    body.appendBigEndian16(UInt16(truncatingIfNeeded: kinds.count))
    body.appendBigEndian16(0)
    body.appendBigEndian16(16)
    body += kinds
    body += (0..<16).map { $0 < random.count ? random[$0] : UInt8($0) }
    return [0x80 | UInt8(truncatingIfNeeded: body.count >> 8), UInt8(truncatingIfNeeded: body.count)] + body
  }

  /// A record has a length of 15 bits.
  public static let longest = 2 + 0x7fff

  /// SERVER-HELLO, or the error that declines.
  public enum Reply: Hashable, Sendable {
    /// An empty certificate and no kinds: the server speaks SSL 2 and has nothing to offer in it.
    case hello(certificate: [UInt8], kinds: [CipherSuite])
    /// ERROR (The SSL Protocol, "Error message"): 1 no cipher, 2 no certificate, 4 bad certificate, 6 unsupported type.
    case error(UInt16)
  }

  /// - Throws: `truncated` while more has to come, `malformed` for what is no message of SSL 2.
  public static func reply(parsing octets: [UInt8]) throws(WireError) -> Reply {
    var reader = OctetReader(octets)
    let first = try reader.octet()
    // The long header has a padding, which only encrypted records need.
    guard first & 0x80 != 0 else { throw .malformed(offset: 0) }
    let length = Int(first & 0x7f) << 8 | Int(try reader.octet())
    var body = try reader.part(length)
    switch try body.octet() {
    case 0: return .error(try body.bigEndian16())
    case 4:
      _ = try body.octet()  // session id hit
      _ = try body.octet()  // certificate type
      guard try body.bigEndian16() == 2 else { throw .malformed(offset: 5) }
      let (first, second) = (Int(try body.bigEndian16()), Int(try body.bigEndian16()))
      let connection = Int(try body.bigEndian16())
      let certificate = try body.take(first)
      var list = try body.part(second)
      var kinds: [CipherSuite] = []
      while !list.isAtEnd { kinds.append(CipherSuite(rawValue: try list.bigEndian24())) }
      _ = try body.take(connection)
      return .hello(certificate: certificate, kinds: kinds)
    default: throw .malformed(offset: 2)
    }
  }
}
