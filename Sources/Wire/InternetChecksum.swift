/// The ones' complement sum of RFC 1071, kept open so that parts can be added one at a time.
///
/// Words of any width that is a multiple of 16 bits may be added as they are, because 2¹⁶ is 1 modulo
/// 65,535 (RFC 1071 §2 (C), "parallel summation"). The sum holds at least 2³¹ of them.
@usableFromInline struct InternetChecksum: Sendable {
  @usableFromInline var sum: UInt64 = 0

  @usableFromInline init() {}

  /// Adds a 16-bit word.
  @inlinable @inline(__always) mutating func add(_ word: UInt16) { sum &+= UInt64(word) }

  /// Adds the two words of a 32-bit field.
  @inlinable @inline(__always) mutating func add(_ field: UInt32) { sum &+= UInt64(field) }

  /// Adds the four words of a 64-bit field.
  @inlinable @inline(__always) mutating func add(_ field: UInt64) {
    sum &+= field & 0xffff_ffff
    sum &+= field >> 32
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
  @inlinable @inline(__always) var value: UInt16 {
    // Below 2³³, below 2¹⁸, below 2¹⁶ + 3, and then there is no carry left.
    var folded = (sum & 0xffff_ffff) &+ (sum >> 32)
    folded = (folded & 0xffff) &+ (folded >> 16)
    folded = (folded & 0xffff) &+ (folded >> 16)
    folded = (folded & 0xffff) &+ (folded >> 16)
    return ~UInt16(truncatingIfNeeded: folded)
  }
}
