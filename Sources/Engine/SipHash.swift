/// SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012) over two words.
///
/// A keyed function of 16 octets is all that cookies and the permutation need.
public struct SipHash: Hashable, Sendable {
  public let key0: UInt64
  public let key1: UInt64

  public init(key0: UInt64, key1: UInt64) {
    self.key0 = key0
    self.key1 = key1
  }

  /// The hash of the 16-octet message made of `first` and `second`, both little-endian.
  public func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
    var state = State(key0: key0, key1: key1)
    state.absorb(first)
    state.absorb(second)
    state.absorb(16 << 56)  // the message length in the last block's top octet
    return state.finish()
  }

  private struct State {
    var v0, v1, v2, v3: UInt64

    init(key0: UInt64, key1: UInt64) {
      v0 = key0 ^ 0x736f_6d65_7073_6575
      v1 = key1 ^ 0x646f_7261_6e64_6f6d
      v2 = key0 ^ 0x6c79_6765_6e65_7261
      v3 = key1 ^ 0x7465_6462_7974_6573
    }

    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
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
