public import Wire

/// A reply and its parser. `captured` ones came from Debian 12's daemons on loopback; the others are written from the
/// specification that is named.
public struct ServiceReply: Sendable {
  public enum Prefixes: Sendable {
    /// A stream's message: each shorter prefix asks for more octets.
    case incomplete
    /// A datagram: each shorter prefix is refused.
    case refused
    /// A shorter prefix may be a message.
    case free
  }

  public let name: String
  public let golden: [UInt8]
  public let prefixes: Prefixes
  /// Reads the octets; says how many octets the value has taken from them.
  public let parse: @Sendable ([UInt8]) throws(WireError) -> Int
}

extension ServiceReplies {
  static func reply(
    _ name: String, _ golden: [UInt8], _ prefixes: ServiceReply.Prefixes,
    _ parse: @escaping @Sendable (Span<UInt8>) throws(WireError) -> Int
  ) -> ServiceReply {
    ServiceReply(name: name, golden: golden, prefixes: prefixes) { octets throws(WireError) in try parse(octets.span) }
  }
}
