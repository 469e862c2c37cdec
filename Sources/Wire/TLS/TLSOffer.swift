/// What a client offers in its ClientHello (RFC 5246 §7.4.1.2; RFC 8446 §4.1.2), read rather than written.
public struct TLSOffer: Hashable, Sendable {
  /// The highest version, also where only an extension says so (RFC 8446 §4.2.1).
  public let version: TLSVersion
  /// The host name that is asked for (RFC 6066 §3), where it is one; nil without.
  public let serverName: String?

  private enum Extension { static let serverName: UInt16 = 0, versions: UInt16 = 43 }

  /// - Parameter body: the message without its header of four octets.
  /// - Throws: `truncated` or `malformed` where lengths contradict each other.
  public init(parsing body: [UInt8]) throws(WireError) {
    var reader = OctetReader(body)
    var highest = TLSVersion(rawValue: try reader.bigEndian16())
    guard highest.rawValue >> 8 == 3 else { throw .malformed(offset: 0) }
    try reader.skip(32)
    try reader.skip(Int(try reader.octet()))
    try reader.skip(Int(try reader.bigEndian16()))
    try reader.skip(Int(try reader.octet()))
    var name: String?
    if !reader.isAtEnd {
      var list = try reader.part(Int(try reader.bigEndian16()))
      while !list.isAtEnd {
        let type = try list.bigEndian16()
        var content = try list.part(Int(try list.bigEndian16()))
        switch type {
        case Extension.serverName where !content.isAtEnd: name = try Self.name(&content)
        case Extension.versions:
          _ = try content.octet()
          while content.remaining >= 2 {
            let number = TLSVersion(rawValue: try content.bigEndian16())
            // Others are chance, sent so that servers get used to them (RFC 8701).
            if number > highest, number <= .tls13 { highest = number }
          }
        default: break
        }
      }
    }
    version = highest
    serverName = name
  }

  private static func name(_ content: inout OctetReader) throws(WireError) -> String? {
    var list = try content.part(Int(try content.bigEndian16()))
    while !list.isAtEnd {
      let type = try list.octet()
      let octets = try list.take(Int(try list.bigEndian16()))
      guard type == 0 else { continue }
      // Letters, digits, hyphens, points and underscores: a name that does nothing to a terminal.
      let isName =
        (1...253).contains(octets.count)
        && octets.allSatisfy { octet in
          (0x30...0x39).contains(octet) || (0x41...0x5a).contains(octet) || (0x61...0x7a).contains(octet)
            || [0x2d, 0x2e, 0x5f].contains(octet)
        }
      return isName ? octets.text.lowercased() : nil
    }
    return nil
  }
}
