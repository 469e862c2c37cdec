/// The first exchange with a remote desktop: which security there will be (MS-RDPBCGR 2.2.1.1, 2.2.1.2; ITU-T X.224
/// §13.3; RFC 1006 §6).
public enum RDPNegotiation {
  /// MS-RDPBCGR 2.2.1.1.1; bits that are not named are kept.
  public struct Protocols: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Neither bit: RDP's own encryption, without proof of who the server is.
    public static let standard: Protocols = []
    public static let tls = Protocols(rawValue: 1)
    /// CredSSP: the user proves itself before it gets a screen ("network level authentication").
    public static let credSSP = Protocols(rawValue: 2)
    /// RDSTLS.
    public static let rdsTLS = Protocols(rawValue: 4)
    /// CredSSP with early authorization.
    public static let credSSPEarly = Protocols(rawValue: 8)
  }

  /// Asks which security the server takes when the client can do `protocols`.
  ///
  /// What it does to the other side: a connection in its first state, no session and no log-on; it ends with the
  /// TCP connection. Some servers write the attempt to their log.
  public static func request(_ protocols: Protocols) -> [UInt8] {
    var octets: [UInt8] = [3, 0, 0, 19]  // TPKT version 3, length of all
    octets += [14, 0xe0, 0, 0, 0, 0, 0]  // X.224: length of the rest, connection request, references, class 0
    octets += [1, 0]  // RDP_NEG_REQ, no flags
    octets.appendLittleEndian16(8)
    octets.appendLittleEndian32(protocols.rawValue)
    return octets
  }

  public enum Answer: Hashable, Sendable {
    /// The server chose: one bit, or none for RDP's own encryption. `flags` are those of 2.2.1.2.1.
    case selected(Protocols, flags: UInt8)
    /// The server wants other protocols; the code is one of 2.2.1.2.2.
    case refused(FailureCode)
    /// A server older than the negotiation: RDP's own encryption.
    case withoutNegotiation
    /// X.224 disconnect request: somebody speaks the transport, but no desktop.
    case disconnected(reason: UInt8)
  }

  /// MS-RDPBCGR 2.2.1.2.2; others are kept.
  public struct FailureCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let tlsRequired = FailureCode(rawValue: 1)
    public static let tlsNotAllowed = FailureCode(rawValue: 2)
    public static let noCertificate = FailureCode(rawValue: 3)
    public static let inconsistentFlags = FailureCode(rawValue: 4)
    public static let credSSPRequired = FailureCode(rawValue: 5)
    public static let tlsWithUserAuthenticationRequired = FailureCode(rawValue: 6)
  }

  /// Reads the server's answer from the front of a stream.
  /// - Throws: `truncated` while octets are missing; `malformed` for lengths that contradict each other;
  ///   `unsupported` for another kind of X.224 unit.
  public static func answer(parsing bytes: Span<UInt8>) throws(WireError) -> Answer {
    var reader = OctetReader(bytes)
    guard try reader.octet() == 3 else { throw .malformed(offset: 0) }
    try reader.skip(1)
    let length = Int(try reader.bigEndian16())
    guard (11...1024).contains(length) else { throw .malformed(offset: 2) }
    var packet = try reader.part(length - 4)
    guard Int(try packet.octet()) == length - 5 else { throw .malformed(offset: 4) }
    let unit = try packet.octet()
    try packet.skip(4)
    let last = try packet.octet()
    switch unit & 0xf0 {
    case 0x80: return .disconnected(reason: last)
    case 0xd0: break
    default: throw .unsupported
    }
    guard packet.remaining >= 8 else { return .withoutNegotiation }
    let type = try packet.octet()
    let flags = try packet.octet()
    guard try packet.littleEndian16() == 8 else { throw .malformed(offset: 13) }
    let value = try packet.littleEndian32()
    switch type {
    case 2: return .selected(Protocols(rawValue: value), flags: flags)
    case 3: return .refused(FailureCode(rawValue: value))
    default: throw .malformed(offset: 11)
    }
  }
}
