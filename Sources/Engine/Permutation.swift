/// A seeded bijection of 0 ..< count onto itself: a Feistel network over the next even number of
/// bits, walked until the value falls into the range (Black, Rogaway: "Ciphers with arbitrary
/// finite domains", 2002; masscan orders its probes by the same idea).
///
/// It needs no table, so position n of any order can be computed alone; resuming needs one number.
public struct Permutation: Hashable, Sendable {
  public let count: Int
  private let hash: SipHash
  private let tweak: UInt64
  private let halfBits: UInt64
  private static let rounds: UInt64 = 6

  /// - Parameters:
  ///   - count: size of the range, 0 … 2³².
  ///   - tweak: makes different permutations of one seed, for example one per device.
  public init(count: Int, seed: ScanSeed, tweak: UInt64 = 0) {
    precondition((0...1 << 32).contains(count), "a permutation covers 0 … 2^32 values")
    self.count = count
    self.tweak = tweak
    hash = seed.orderHash
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
    let mask = (UInt64(1) << halfBits) - 1
    var left = value >> halfBits
    var right = value & mask
    for round in 0..<Self.rounds {
      (left, right) = (right, left ^ (hash.hash(right, tweak << 8 | round) & mask))
    }
    return left << halfBits | right
  }
}
