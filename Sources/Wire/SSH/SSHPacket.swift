/// A packet of SSH as it is before encryption (RFC 4253 §6): no MAC, blocks of eight octets.
public struct SSHPacket: Hashable, Sendable {
  /// §6.1: every implementation takes 35,000 octets in all.
  public static let octetLimit = 35_000

  /// The first octet of the payload (RFC 4250 §4.1.2).
  public struct Message: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let disconnect = Message(rawValue: 1)
    public static let ignore = Message(rawValue: 2)
    public static let unimplemented = Message(rawValue: 3)
    public static let debug = Message(rawValue: 4)
    public static let serviceRequest = Message(rawValue: 5)
    public static let serviceAccept = Message(rawValue: 6)
    public static let keyExchangeInit = Message(rawValue: 20)
    public static let newKeys = Message(rawValue: 21)
    /// SSH_MSG_KEXDH_INIT and SSH_MSG_KEX_ECDH_INIT (RFC 4253 §8, RFC 5656 §7.1).
    public static let exchangeInit = Message(rawValue: 30)
    /// SSH_MSG_KEXDH_REPLY and SSH_MSG_KEX_ECDH_REPLY; SSH_MSG_KEX_DH_GEX_GROUP in a group exchange.
    public static let exchangeReply = Message(rawValue: 31)
    /// RFC 4419 §5.
    public static let groupInit = Message(rawValue: 32)
    public static let groupReply = Message(rawValue: 33)
    public static let groupRequest = Message(rawValue: 34)
    /// RFC 4252 §6.
    public static let authenticationRequest = Message(rawValue: 50)
    public static let authenticationFailure = Message(rawValue: 51)
    public static let authenticationSuccess = Message(rawValue: 52)
  }

  public let message: Message
  /// What follows the message's number.
  public let body: [UInt8]
  /// Octets of the whole packet.
  public let length: Int

  /// Reads a packet from the front of a stream; later octets are ignored.
  /// - Throws: `truncated` while octets are missing; `malformed` for lengths that §6 does not allow.
  public init(parsing bytes: Span<UInt8>) throws(WireError) {
    var reader = OctetReader(bytes)
    let count = Int(try reader.bigEndian32())
    guard (2...Self.octetLimit).contains(count) else { throw .malformed(offset: 0) }
    var packet = try reader.part(count)
    let padding = Int(try packet.octet())
    // The payload has at least its number.
    guard padding + 2 <= count else { throw .malformed(offset: 4) }
    message = Message(rawValue: try packet.octet())
    body = try packet.take(count - padding - 2)
    length = 4 + count
  }

  /// The octets of a packet with this payload. Padding is there to hide lengths, of which nothing said here has to be hidden: it is zeros.
  /// - Parameter block: the cipher's, 8 while there is none.
  public static func octets(_ message: Message, _ body: [UInt8], block: Int = 8) -> [UInt8] {
    let used = 4 + 1 + 1 + body.count
    // §6: at least four, and whole blocks in all.
    let padding = 4 + (block - (used + 4) % block) % block
    var octets: [UInt8] = []
    octets.appendBigEndian32(UInt32(truncatingIfNeeded: 2 + body.count + padding))
    octets.append(UInt8(truncatingIfNeeded: padding))
    octets.append(message.rawValue)
    return octets + body + [UInt8](repeating: 0, count: padding)
  }

  /// Why the server leaves (RFC 4253 §11.1), where this packet says so.
  public var disconnection: UInt32? {
    guard message == .disconnect else { return nil }
    var reader = OctetReader(body)
    return (try? reader.bigEndian32()) ?? 0
  }
}

extension OctetReader {
  /// A string (RFC 4251 §5).
  mutating func sshString() throws(WireError) -> [UInt8] {
    let count = try bigEndian32()
    return try take(Int(count))
  }

  /// An mpint (RFC 4251 §5) that is not negative, without leading zeros.
  mutating func sshInteger() throws(WireError) -> [UInt8] {
    let place = offset
    let octets = try sshString()
    guard octets.first.map({ $0 < 0x80 }) ?? true else { throw .malformed(offset: place) }
    return Array(octets.drop { $0 == 0 })
  }
}

extension [UInt8] {
  package mutating func appendSSHString(_ octets: [UInt8]) {
    appendBigEndian32(UInt32(truncatingIfNeeded: octets.count))
    self += octets
  }

  /// A number as an mpint: a zero in front where it would look negative.
  package mutating func appendSSHInteger(_ octets: [UInt8]) {
    let digits = Array(octets.drop { $0 == 0 })
    appendSSHString((digits.first ?? 0) >= 0x80 ? [0] + digits : digits)
  }

  /// Of a number without leading zeros.
  var significantBits: Int { isEmpty ? 0 : count * 8 - self[0].leadingZeroBitCount }
}
