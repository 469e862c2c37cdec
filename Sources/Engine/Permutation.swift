/// A seeded bijection of 0 ..< count onto itself: a Feistel network over the next even number of
/// bits, walked until the value falls into the range (Black, Rogaway: "Ciphers with arbitrary
/// finite domains", 2002; masscan orders its probes by the same idea).
///
/// It needs no table, so position n of any order can be computed alone; resuming needs one number.
/// The keys of the rounds come from SipHash. The round itself is two multiplications, because it
/// runs for every probe and has to scatter, not to keep a secret.
public struct Permutation: Sendable {
  public let count: Int
  private let keys: InlineArray<6, UInt64>
  private let halfBits: UInt64

  /// - Parameters:
  ///   - count: size of the range, 0 … 2³².
  ///   - tweak: makes different permutations of one seed, for example one per device.
  public init(count: Int, seed: ScanSeed, tweak: UInt64 = 0) {
    precondition((0...1 << 32).contains(count), "a permutation covers 0 … 2^32 values")
    self.count = count
    let hash = seed.orderHash
    keys = InlineArray { hash.hash(tweak, UInt64($0)) }
    var bits: UInt64 = 1
    while (1 << (2 * bits)) < UInt64(count) { bits += 1 }
    halfBits = bits
  }

  /// The value at position `index`, 0 ..< count.
  public subscript(index: Int) -> Int {
    precondition((0..<count).contains(index), "position outside the permutation")
    var value = encipher(UInt64(index))
    // The domain is less than four times the range, so this ends after a few steps on average, and
    // always, because walking a cycle of a bijection returns to where it began.
    while value >= UInt64(count) { value = encipher(value) }
    return Int(value)
  }

  private func encipher(_ value: UInt64) -> UInt64 {
    var left = value >> halfBits
    var right = value & ((UInt64(1) << halfBits) &- 1)
    for index in keys.indices {
      (left, right) = (right, left ^ scatter(right &+ keys[index]))
    }
    return left << halfBits | right
  }

  /// The upper bits of a product depend on every bit below them; folding between two products makes
  /// them depend on those above as well. Both factors are odd: 2⁶⁴ divided by the golden ratio, and
  /// by the square root of 2.
  private func scatter(_ value: UInt64) -> UInt64 {
    var mixed = value &* 0x9e37_79b9_7f4a_7c15
    mixed ^= mixed >> 32
    mixed = mixed &* 0xb504_f333_f9de_6485
    return mixed >> (64 &- halfBits)
  }
}
