/// SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012) over whole words.
///
/// Cookies and the permutation need messages of a few words only. ``State`` lets a caller absorb
/// what stays the same once and finish many messages from there.
public struct SipHash: Hashable, Sendable {
  public let key0: UInt64
  public let key1: UInt64

  public init(key0: UInt64, key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  /// The hash of the 16-octet message made of `first` and `second`, both little-endian.
  public func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var state = State(self)
    state.absorb(first)
    state.absorb(second)
    return state.finish(last: 16 << 56)
  }

  /// A message that is being absorbed.
  public struct State: Hashable, Sendable {
    @usableFromInline var v0, v1, v2, v3: UInt64

    /// §2.1 of the paper: the key against the letters of "somepseudorandomlygeneratedbytes".
    public init(_ hash: SipHash) {
      v0 = hash.key0 ^ 0x736f_6d65_7073_6575
      v1 = hash.key1 ^ 0x646f_7261_6e64_6f6d
      v2 = hash.key0 ^ 0x6c79_6765_6e65_7261
      v3 = hash.key1 ^ 0x7465_6462_7974_6573
    }

    /// Takes eight octets of the message, little-endian.
    @inlinable @inline(__always) public mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    /// The hash of what was absorbed and of a last block, which holds at most seven octets and in
    /// its top octet the length of the whole message modulo 256 (§2.2 of the paper).
    @inlinable @inline(__always) public func finish(last block: UInt64) -> UInt64 {
      var state = self
      state.absorb(block)
      state.v2 ^= 0xff
      state.round()
      state.round()
      state.round()
      state.round()
      return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }

    @inlinable @inline(__always) mutating func round() {
      v0 &+= v1
      v1 = v1 << 13 | v1 >> 51
      v1 ^= v0
      v0 = v0 << 32 | v0 >> 32
      v2 &+= v3
      v3 = v3 << 16 | v3 >> 48
      v3 ^= v2
      v0 &+= v3
      v3 = v3 << 21 | v3 >> 43
      v3 ^= v0
      v2 &+= v1
      v1 = v1 << 17 | v1 >> 47
      v1 ^= v2
      v2 = v2 << 32 | v2 >> 32
    }
  }
}
