internal import Records
internal import Wire

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

  let kind: Kind
  /// The line, fit to be shown.
  let shown: String

  /// - Returns: nil when the octets are no such answer, or its line has not ended yet.
  init?(parsing octets: [UInt8]) {
    guard let reply = try? RESP.reply(parsing: octets.span, limit: 256) else { return nil }
    switch reply {
    case .simple("PONG"): (kind, shown) = (.pong, "+PONG")
    case .error(let text) where text.hasPrefix("NOAUTH "):
      (kind, shown) = (.authenticationRequired, "-" + text.cut(to: 39))
    case .error(let text) where text.hasPrefix("DENIED "): (kind, shown) = (.denied, "-" + text.cut(to: 39))
    default: return nil
    }
  }
}
