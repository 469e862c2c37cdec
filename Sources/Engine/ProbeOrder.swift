/// The order in which the ports of a device are probed: the telling ones as listed, then the others
/// by a seeded permutation that differs from device to device.
public struct ProbeOrder: Sendable {
  private let priority: [UInt16]
  private let rest: [UInt16]
  private let permutation: Permutation

  /// - Parameter tweak: something of the device's own, such as its address.
  public init(priority: [UInt16], rest: [UInt16], seed: ScanSeed, tweak: UInt64) {
    self.priority = priority
    self.rest = rest
    permutation = Permutation(count: rest.count, seed: seed, tweak: tweak)
    sections = [0..<priority.count, priority.count..<priority.count + rest.count].filter { !$0.isEmpty }
  }

  /// Sections are finished one after the other, retries included, so that what matters most is
  /// settled within the first seconds even of a full range.
  public let sections: [Range<Int>]

  public var count: Int { priority.count + rest.count }

  public subscript(position: Int) -> UInt16 {
    position < priority.count ? priority[position] : rest[permutation[position - priority.count]]
  }
}
