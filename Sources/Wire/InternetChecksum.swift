/// The ones' complement sum of RFC 1071, kept open so that parts can be added one at a time.
struct InternetChecksum {
  private var sum: UInt64 = 0

  /// Adds a 16-bit word.
  mutating func add(_ word: UInt16) { sum &+= UInt64(word) }

  /// Adds the two words of a 32-bit field.
  mutating func add(_ field: UInt32) {
    add(UInt16(truncatingIfNeeded: field >> 16))
    add(UInt16(truncatingIfNeeded: field))
  }

  /// Adds octets in pairs; a last odd octet is padded with zero (RFC 1071 §4.1).
  mutating func add(_ octets: Span<UInt8>) {
    var offset = 0
    while offset + 1 < octets.count {
      add(octets.bigEndian16(at: offset))
      offset += 2
    }
    if offset < octets.count { add(UInt16(octets[offset]) << 8) }
  }

  /// The complement of the folded sum, ready to be stored. 0xffff over a message with its checksum
  /// in place means that nothing was changed, and comes out as 0.
  var value: UInt16 {
    var folded = sum
    while folded > 0xffff { folded = (folded & 0xffff) + (folded >> 16) }
    return ~UInt16(truncatingIfNeeded: folded)
  }
}
