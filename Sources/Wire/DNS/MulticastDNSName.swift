public import Addressing

/// The name that a host announces for its own address by multicast DNS (RFC 6762 §8.3, RFC 1035 §4.1).
///
/// It is only listened to. A device says `printer.local`; names from an answer that does not hold the
/// sender's own address belong to others (a reflector repeats them) and are not taken.
public enum MulticastDNSName {
  private enum RecordType { static let a: UInt16 = 1, aaaa: UInt16 = 28 }

  /// The longest name (RFC 1035 §2.3.4), in octets of its labels with their lengths.
  static let longestName = 255

  /// The owner name of the first address record that holds `source`, without the final dot.
  /// - Parameters:
  ///   - message: the data of a datagram from port 5353.
  ///   - source: the datagram's source address.
  /// - Returns: nil for a question, or an answer without such a record.
  /// - Throws: `truncated` or `malformed` when the message is not whole up to that record, or a name has a
  ///   compression pointer that does not point backwards.
  public static func announced(in message: Span<UInt8>, by source: IPAddress) throws(WireError) -> String? {
    guard message.count >= 12 else { throw .truncated(needed: 12, available: message.count) }
    guard message[2] & 0x80 != 0 else { return nil }
    var offset = 12
    for _ in 0..<message.bigEndian16(at: 4) {
      offset = try end(ofNameAt: offset, in: message) + 4
    }
    // Answers, authorities and additional records have one form. Each takes 11 octets or more, so
    // that the walk ends with the message whatever the counts say.
    let records = (0..<3).reduce(0) { $0 + Int(message.bigEndian16(at: 6 + 2 * $1)) }
    for _ in 0..<records {
      let fixed = try end(ofNameAt: offset, in: message)
      guard message.count - fixed >= 10 else { throw .truncated(needed: fixed + 10, available: message.count) }
      let length = Int(message.bigEndian16(at: fixed + 8))
      let data = fixed + 10
      guard message.count - data >= length else { throw .truncated(needed: data + length, available: message.count) }
      // The top bit of the class says "flush the cache" (RFC 6762 §10.2).
      if message.bigEndian16(at: fixed + 2) & 0x7fff == 1,
        address(type: message.bigEndian16(at: fixed), message.extracting(data..<data + length)) == source
      {
        return try name(at: offset, in: message)
      }
      offset = data + length
    }
    return nil
  }

  private static func address(type: UInt16, _ data: Span<UInt8>) -> IPAddress? {
    switch (type, data.count) {
    case (RecordType.a, 4): IPAddress(IPv4Address(rawValue: data.bigEndian32(at: 0)))
    case (RecordType.aaaa, 16): IPAddress(data.ipv6Address(at: 0))
    default: nil
    }
  }

  /// Where what follows a name begins; a compression pointer ends it.
  private static func end(ofNameAt start: Int, in message: Span<UInt8>) throws(WireError) -> Int {
    var offset = start
    while true {
      guard offset < message.count else { throw .truncated(needed: offset + 1, available: message.count) }
      let length = Int(message[offset])
      switch length {
      case 0: return offset + 1
      case 1..<64: offset += 1 + length
      case 0xc0...: return offset + 2
      default: throw .malformed(offset: offset)
      }
    }
  }

  /// The labels joined by dots; a dot or backslash inside a label is escaped (RFC 1035 §5.1).
  private static func name(at start: Int, in message: Span<UInt8>) throws(WireError) -> String {
    var labels: [UInt8] = []
    var offset = start
    var total = 1
    /// Pointers go back behind the last jump only, so that a name cannot contain itself.
    var limit = start
    while true {
      guard offset < message.count else { throw .truncated(needed: offset + 1, available: message.count) }
      let length = Int(message[offset])
      switch length {
      case 0: return String(decoding: labels, as: UTF8.self)
      case 1..<64:
        total += 1 + length
        guard total <= longestName else { throw .malformed(offset: offset) }
        guard message.count - offset > length else {
          throw .truncated(needed: offset + 1 + length, available: message.count)
        }
        if !labels.isEmpty { labels.append(0x2e) }
        for octet in octets(message.extracting(offset + 1..<offset + 1 + length)) {
          if octet == 0x2e || octet == 0x5c { labels.append(0x5c) }
          labels.append(octet)
        }
        offset += 1 + length
      case 0xc0...:
        guard message.count - offset >= 2 else { throw .truncated(needed: offset + 2, available: message.count) }
        let target = Int(message.bigEndian16(at: offset) & 0x3fff)
        guard target >= 12, target < limit else { throw .malformed(offset: offset) }
        limit = target
        offset = target
      default: throw .malformed(offset: offset)
      }
    }
  }
}
