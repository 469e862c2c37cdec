public import Addressing

/// The order in which the ports of one address are first asked, as seed and address fix it.
///
/// Answers come in about this order, so what is settled is a few runs of turns where it would be
/// thousands of single ports: that is what a run's checkpoints are written in.
public struct ProbeOrder: Sendable {
  private let space: ProbeSpace
  private let order: Permutation

  public init(space: ProbeSpace, seed: ScanSeed, address: IPAddress) {
    let (high, low) = address.words
    self.init(space: space, seed: seed, tweak: high ^ low)
  }

  init(space: ProbeSpace, seed: ScanSeed, tweak: UInt64) {
    self.space = space
    order = Permutation(count: space.count - space.permutedFrom, seed: seed, tweak: tweak)
  }

  public var count: Int { space.count }

  /// The port that is asked at `turn`, 0 ..< count.
  public func port(at turn: Int) -> UInt16 {
    space.ports[turn < space.permutedFrom ? turn : space.permutedFrom + order[turn - space.permutedFrom]]
  }

  /// The turn of a port; nil when it was not asked for.
  public func turn(of port: UInt16) -> Int? {
    guard let place = space.place(of: port) else { return nil }
    return place < space.permutedFrom ? place : space.permutedFrom + order.position(of: place - space.permutedFrom)
  }
}
