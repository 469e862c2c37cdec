/// The protocol of Redis (RESP 2, "Redis serialization protocol specification"), as far as PING needs it.
public enum RESP {
  /// Asks whether the server answers a stranger. It reads nothing and stores nothing.
  public static let ping = Array("*1\r\n$4\r\nPING\r\n".utf8)

  public enum Reply: Hashable, Sendable {
    case simple(String)
    /// The first word is the kind: `NOAUTH`, `DENIED`, `ERR`.
    case error(String)
    case integer(Int64)
    case bulk([UInt8]?)
    /// The number of elements; they are not read.
    case array(count: Int64)
  }

  /// Reads the reply at the front of a stream.
  /// - Parameter limit: the longest line or bulk string, in octets, that is waited for.
  /// - Throws: `truncated` while octets are missing; `malformed` when it cannot become a reply.
  public static func reply(parsing bytes: Span<UInt8>, limit: Int = 8192) throws(WireError) -> Reply {
    var reader = OctetReader(bytes)
    let kind = try reader.octet()
    guard [0x2b, 0x2d, 0x3a, 0x24, 0x2a].contains(kind) else { throw .malformed(offset: 0) }
    let line = try reader.line(limit: limit)
    switch kind {
    case 0x2b: return .simple(line.text)
    case 0x2d: return .error(line.text)
    default: break
    }
    guard let number = Int64(line.text) else { throw .malformed(offset: 1) }
    switch kind {
    case 0x3a: return .integer(number)
    case 0x2a: return .array(count: number)
    default:
      guard number >= 0 else { return .bulk(nil) }
      guard number <= Int64(limit) else { throw .malformed(offset: 1) }
      let content = try reader.take(Int(number))
      guard try reader.octet() == 0x0d, try reader.octet() == 0x0a else { throw .malformed(offset: reader.offset) }
      return .bulk(content)
    }
  }
}
