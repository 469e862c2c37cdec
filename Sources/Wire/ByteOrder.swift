// The only place where multi-octet fields are put together, so that safe raw loads (SE-0525) can be
// adopted by changing this file. Callers check the length once; the subscripts check it again.

extension Span<UInt8> {
  /// The two octets at `offset` in network order.
  @inline(__always) func bigEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }

  /// The four octets at `offset` in network order.
  @inline(__always) func bigEndian32(at offset: Int) -> UInt32 {
    UInt32(bigEndian16(at: offset)) << 16 | UInt32(bigEndian16(at: offset + 2))
  }

  /// The six octets at `offset` in network order.
  @inline(__always) func bigEndian48(at offset: Int) -> UInt64 {
    UInt64(bigEndian32(at: offset)) << 16 | UInt64(bigEndian16(at: offset + 4))
  }

  /// The eight octets at `offset` in network order.
  @inline(__always) func bigEndian64(at offset: Int) -> UInt64 {
    UInt64(bigEndian32(at: offset)) << 32 | UInt64(bigEndian32(at: offset + 4))
  }

  /// The two octets at `offset` in the order of this machine, as netlink has them.
  func hostEndian16(at offset: Int) -> UInt16 {
    // A value assembled in network order reads as the host's own once its octets are turned
    // around on a little-endian machine, and as it is on a big-endian one.
    UInt16(bigEndian: bigEndian16(at: offset))
  }

  /// The four octets at `offset` in the order of this machine, as netlink has them.
  func hostEndian32(at offset: Int) -> UInt32 { UInt32(bigEndian: bigEndian32(at: offset)) }
}

extension MutableSpan<UInt8> {
  @inlinable @inline(__always) mutating func storeBigEndian16(_ value: UInt16, at offset: Int) {
    self[offset] = UInt8(truncatingIfNeeded: value >> 8)
    self[offset + 1] = UInt8(truncatingIfNeeded: value)
  }

  @inlinable @inline(__always) mutating func storeBigEndian32(_ value: UInt32, at offset: Int) {
    storeBigEndian16(UInt16(truncatingIfNeeded: value >> 16), at: offset)
    storeBigEndian16(UInt16(truncatingIfNeeded: value), at: offset + 2)
  }

  @inlinable @inline(__always) mutating func storeBigEndian48(_ value: UInt64, at offset: Int) {
    storeBigEndian16(UInt16(truncatingIfNeeded: value >> 32), at: offset)
    storeBigEndian32(UInt32(truncatingIfNeeded: value), at: offset + 2)
  }

  @inlinable @inline(__always) mutating func storeBigEndian64(_ value: UInt64, at offset: Int) {
    storeBigEndian32(UInt32(truncatingIfNeeded: value >> 32), at: offset)
    storeBigEndian32(UInt32(truncatingIfNeeded: value), at: offset + 4)
  }
}
