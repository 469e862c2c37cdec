/// What a server says to a ``TLSClientHello/identifying``.
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
