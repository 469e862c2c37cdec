/// The first line of a Redis server's answer to PING (RESP2: simple strings and errors).
struct RedisReply: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// `+PONG`: the command was carried out.
    case pong
    /// `-NOAUTH …`: a password is asked for before every command.
    case authenticationRequired
    /// `-DENIED …`: protected mode, nobody but the host itself is served.
    case denied
  }

  /// PING as an array of one bulk string, which every version understands.
  static let ping = Array("*1\r\n$4\r\nPING\r\n".utf8)

  let kind: Kind
  /// The line, fit to be shown.
  let shown: String

  /// - Returns: nil when the octets are no such answer, or its line has not ended yet.
  init?(parsing octets: [UInt8]) {
    let line = octets.prefix(256).prefix { $0 != 0x0d && $0 != 0x0a }
    guard octets.count > line.count + 1, octets[line.count] == 0x0d, octets[line.count + 1] == 0x0a,
      line.allSatisfy({ (0x20...0x7e).contains($0) })
    else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    switch text {
    case "+PONG": kind = .pong
    case _ where text.hasPrefix("-NOAUTH "): kind = .authenticationRequired
    case _ where text.hasPrefix("-DENIED "): kind = .denied
    default: return nil
    }
    shown = String(text.prefix(40))
  }
}
