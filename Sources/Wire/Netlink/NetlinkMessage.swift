internal import Addressing

/// One rtnetlink message: header, fixed part, attributes (RFC 3549 §2.2, rtnetlink(7)).
public struct NetlinkMessage: Hashable, Sendable {
  /// Octets of `struct nlmsghdr`.
  static let headerLength = 16

  /// `nlmsg_type` values used here (linux/rtnetlink.h, linux/netlink.h).
  public enum Kind {
    public static let error: UInt16 = 2
    public static let done: UInt16 = 3
    public static let newLink: UInt16 = 16
    public static let getLink: UInt16 = 18
    public static let newAddress: UInt16 = 20
    public static let getAddress: UInt16 = 22
    public static let newRoute: UInt16 = 24
    public static let getRoute: UInt16 = 26
    public static let newNeighbour: UInt16 = 28
    public static let getNeighbour: UInt16 = 30
  }

  public var kind: UInt16
  public var sequence: UInt32
  /// Everything behind the header, without padding.
  public var body: [UInt8]

  /// Reads the messages of one datagram.
  /// - Throws: `malformed` when a length leaves the datagram.
  public static func parse(_ datagram: Span<UInt8>) throws(WireError) -> [NetlinkMessage] {
    var messages: [NetlinkMessage] = []
    var offset = 0
    while offset < datagram.count {
      guard datagram.count - offset >= headerLength else {
        throw .truncated(needed: headerLength, available: datagram.count - offset)
      }
      let length = Int(datagram.hostEndian32(at: offset))
      guard length >= headerLength, length <= datagram.count - offset else { throw .malformed(offset: offset) }
      messages.append(
        NetlinkMessage(
          kind: datagram.hostEndian16(at: offset + 4), sequence: datagram.hostEndian32(at: offset + 8),
          body: octets(datagram.extracting(offset + headerLength..<offset + length))))
      offset += (length + 3) & ~3
    }
    return messages
  }

  /// The errno of an error message as a positive number, 0 for an acknowledgement.
  public var errorNumber: Int32? {
    guard kind == Kind.error, body.count >= 4 else { return nil }
    return 0 &- Int32(bitPattern: body.span.hostEndian32(at: 0))
  }

  /// The attributes behind a fixed part of `skipping` octets, by type.
  func attributes(skipping fixed: Int) throws(WireError) -> [UInt16: [UInt8]] {
    var found: [UInt16: [UInt8]] = [:]
    for (type, value) in try Self.attributeList(body, from: fixed) { found[type] = value }
    return found
  }

  /// Attributes in their order. Those that hold others are read by the same function.
  static func attributeList(_ body: [UInt8], from fixed: Int) throws(WireError) -> [(type: UInt16, value: [UInt8])] {
    var found: [(type: UInt16, value: [UInt8])] = []
    let span = body.span
    var offset = fixed
    while offset < span.count {
      guard span.count - offset >= 4 else { throw .truncated(needed: 4, available: span.count - offset) }
      let length = Int(span.hostEndian16(at: offset))
      guard length >= 4, length <= span.count - offset else { throw .malformed(offset: offset) }
      // The two top bits say "nested" and "network order" (linux/netlink.h), not which attribute.
      let type = span.hostEndian16(at: offset + 2) & 0x3fff
      found.append((type, octets(span.extracting(offset + 4..<offset + length))))
      offset += (length + 3) & ~3
    }
    return found
  }

  /// `nlmsg_flags` values beside NLM_F_REQUEST (linux/netlink.h).
  enum Flag {
    /// NLM_F_CREATE, and NLM_F_ACK for an answer in any case.
    static let create: UInt16 = 0x404
  }

  /// A request: header, fixed part, attributes.
  /// - Parameters:
  ///   - dump: asks for every entry of a table instead of one.
  ///   - flags: further ones.
  static func request(
    _ kind: UInt16, sequence: UInt32, dump: Bool = false, flags further: UInt16 = 0, fixed: [UInt8],
    attributes: [(type: UInt16, value: [UInt8])] = []
  ) -> [UInt8] {
    var body = fixed
    for (type, value) in attributes {
      body += host(UInt16(4 + value.count)) + host(type) + value
      body += [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }
    let flags: UInt16 = further | (dump ? 0x301 : 1)  // NLM_F_DUMP, NLM_F_REQUEST
    return host(UInt32(headerLength + body.count)) + host(kind) + host(flags) + host(sequence) + host(UInt32(0))
      + body
  }

  static func host(_ value: UInt16) -> [UInt8] {
    let ordered = value.bigEndian
    return [UInt8(truncatingIfNeeded: ordered >> 8), UInt8(truncatingIfNeeded: ordered)]
  }

  static func host(_ value: UInt32) -> [UInt8] {
    let ordered = value.bigEndian
    return (0..<4).map { UInt8(truncatingIfNeeded: ordered >> (24 - 8 * UInt32($0))) }
  }
}

/// Address families as the kernel counts them (linux/socket.h).
enum AddressFamily {
  static let ipv4: UInt8 = 2
  static let ipv6: UInt8 = 10

  /// The address in an attribute, nil when its length does not fit the family.
  static func address(_ value: [UInt8]?, family: UInt8) -> IPAddress? {
    guard let value else { return nil }
    switch (family, value.count) {
    case (ipv4, 4): return IPAddress(IPv4Address(rawValue: value.span.bigEndian32(at: 0)))
    case (ipv6, 16):
      return IPAddress(IPv6Address(high: value.span.bigEndian64(at: 0), low: value.span.bigEndian64(at: 8)))
    default: return nil
    }
  }
}

func octets(_ span: Span<UInt8>) -> [UInt8] {
  var copy: [UInt8] = []
  copy.reserveCapacity(span.count)
  for index in span.indices { copy.append(span[index]) }
  return copy
}
