/// The beginning of a screen session (RFB, RFC 6143 §7.1): up to the question which security there is.
///
/// The visitor leaves before it chooses one: a client that goes on could take the screen, and some servers then
/// throw the other viewers out (RFC 6143 §7.3.1).
public enum RFBHandshake {
  /// The protocol version, 12 octets from either side (RFC 6143 §7.1.1).
  public struct Version: Hashable, Sendable {
    public let major: Int
    public let minor: Int

    /// Reads the server's greeting.
    /// - Throws: `truncated` below 12 octets that begin as a greeting; `malformed` for anything else.
    public init(parsing bytes: Span<UInt8>) throws(WireError) {
      var digits: [Int] = []
      for (index, pattern) in "RFB 000.000\n".utf8.enumerated() {
        guard index < bytes.count else { throw .truncated(needed: 12, available: bytes.count) }
        let octet = bytes[index]
        if pattern == 0x30, (0x30...0x39).contains(octet) {
          digits.append(Int(octet) - 0x30)
        } else if octet != pattern {
          throw .malformed(offset: index)
        }
      }
      major = digits[0] * 100 + digits[1] * 10 + digits[2]
      minor = digits[3] * 100 + digits[4] * 10 + digits[5]
    }

    /// The server lists its security types; before 3.7 it decides alone. Versions that nobody published (3.5,
    /// 3.889 of Apple, 4.0) are answered as their neighbours: below 7 as 3.3, above as 3.8.
    public var listsSecurityTypes: Bool { major > 3 || major == 3 && minor >= 7 }

    /// The version with which a visitor answers, none higher than the server's (RFC 6143 §7.1.1). The server
    /// then tells its security types; it stores nothing.
    public var reply: [UInt8] {
      let minor = !listsSecurityTypes ? 3 : major == 3 && self.minor == 7 ? 7 : 8
      return Array("RFB 003.00\(minor)\n".utf8)
    }
  }

  /// A number of the IANA registry "Remote Framebuffer Security Types"; others are kept.
  public struct SecurityType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// No password (RFC 6143 §7.2.1).
    public static let none = SecurityType(rawValue: 1)
    /// A challenge encrypted by DES with up to 8 characters of a password (RFC 6143 §7.2.2).
    public static let vncAuthentication = SecurityType(rawValue: 2)
    public static let tight = SecurityType(rawValue: 16)
    public static let tls = SecurityType(rawValue: 18)
    public static let veNCrypt = SecurityType(rawValue: 19)
    /// Apple's, for names and passwords of the Mac.
    public static let apple = SecurityType(rawValue: 30)
  }

  public enum Offer: Hashable, Sendable {
    /// In the server's order; with version 3.3 the one that it decided for.
    case types([SecurityType])
    /// The server refuses, with its words.
    case refused(reason: String)

    /// Reads what follows the visitor's version (RFC 6143 §7.1.2, appendix A.1 for 3.3).
    /// - Throws: `truncated` while octets are missing; `malformed` for a type beyond 255 or a reason beyond 4096 octets.
    public init(parsing bytes: Span<UInt8>, version: Version) throws(WireError) {
      var reader = OctetReader(bytes)
      if version.listsSecurityTypes {
        let count = Int(try reader.octet())
        if count > 0 {
          self = .types(try reader.take(count).map { SecurityType(rawValue: $0) })
          return
        }
      } else {
        let type = try reader.bigEndian32()
        guard type <= UInt8.max else { throw .malformed(offset: 0) }
        if type > 0 {
          self = .types([SecurityType(rawValue: UInt8(type))])
          return
        }
      }
      let size = try reader.bigEndian32()
      guard size <= 4096 else { throw .malformed(offset: reader.offset) }
      self = .refused(reason: try reader.take(Int(size)).text)
    }
  }
}
