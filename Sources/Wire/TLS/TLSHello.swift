/// The first message of a TLS client, made to be answered by every server from 1999 to today.
public enum TLSClientHello {
  /// Builds a ClientHello in a record of its own (RFC 5246 §6.2.1, §7.4.1.2; RFC 8446 App. D).
  ///
  /// It offers TLS 1.2 and below with suites of all ages, and names no server. A server that speaks only TLS 1.3
  /// answers with an alert (RFC 8446 App. D.2), which tells what it is just as well. The handshake is never
  /// finished: the server keeps nothing but a log entry.
  /// - Parameter random: 32 octets; shorter ones are filled up with zeros.
  public static func record(random: [UInt8]) -> [UInt8] {
    var body: [UInt8] = [0x03, 0x03]
    body += random.prefix(32)
    body += [UInt8](repeating: 0, count: 32 - min(32, random.count))
    // No session to resume.
    body.append(0)
    body += vector16(suites.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
    // Compression: none.
    body += [1, 0]
    body += vector16(extensions)
    let length = body.count
    let handshake: [UInt8] =
      [
        1, UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
        UInt8(truncatingIfNeeded: length),
      ]
      + body
    // The record says 1.0, as RFC 5246 App. E.1 asks for.
    return [22, 0x03, 0x01] + vector16(handshake)
  }

  /// Elliptic curves with AEAD first, plain RSA with CBC, 3DES and RC4 last (IANA "TLS Cipher Suites"), and the
  /// signal for secure renegotiation (RFC 5746 §3.3).
  private static let suites: [UInt16] = [
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x009e, 0x009f, 0x0033, 0x0039,
    0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x0016, 0x000a, 0x0005, 0x0004, 0x00ff,
  ]

  /// Groups (RFC 8422 §5.1.1), point format (§5.1.2), signature algorithms (RFC 5246 §7.4.1.4.1).
  private static let extensions: [UInt8] =
    [0, 10] + vector16(vector16([0, 29, 0, 23, 0, 24, 0, 25])) + [0, 11] + vector16([1, 0]) + [0, 13]
    + vector16(vector16([4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 6, 1, 2, 3, 2, 1]))

  private static func vector16(_ octets: [UInt8]) -> [UInt8] {
    [UInt8(truncatingIfNeeded: octets.count >> 8), UInt8(truncatingIfNeeded: octets.count)] + octets
  }
}

/// What a server says to a ``TLSClientHello``.
public enum TLSServerReply: Hashable, Sendable {
  /// A ServerHello; the version in it, `0x0303` for TLS 1.2 (RFC 5246 §7.4.1.3).
  case hello(version: UInt16)
  /// A record with one plaintext alert; its description (RFC 8446 §6.2).
  case alert(UInt8)

  /// Reads the front of `octets`; later octets are ignored.
  /// - Returns: nil when they are no such reply, or not yet all of what tells.
  public init?(parsing octets: some Collection<UInt8>) {
    let head = Array(octets.prefix(11))
    // ContentType, ProtocolVersion 3.x, length up to 2^14 + 2048 (RFC 5246 §6.2).
    guard head.count >= 7, head[1] == 3, head[2] <= 4 else { return nil }
    let length = Int(head[3]) << 8 | Int(head[4])
    switch head[0] {
    case 21:
      guard length == 2, head[5] == 1 || head[5] == 2 else { return nil }
      self = .alert(head[6])
    case 22:
      guard head.count == 11, head[5] == 2, (42...18_432).contains(length), head[9] == 3, head[10] <= 4 else {
        return nil
      }
      self = .hello(version: UInt16(head[9]) << 8 | UInt16(head[10]))
    default: return nil
    }
  }
}
