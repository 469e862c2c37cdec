public import Addressing

/// Part `number` of `count` of a site, so that several runs can share it.
///
/// The cut is by address and never inside one: a device's budget holds only when a single run sends
/// to it. The parts are disjoint, together they are everything, and their sizes differ by at most one.
public struct Shard: Hashable, Sendable {
  /// From 1.
  public let number: Int
  public let count: Int

  /// Parses `k/n`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], (1...65_536).contains(count),
      (1...count).contains(number)
    else { return nil }
    self.number = number
    self.count = count
  }

  /// The addresses of this part; neighbours go to different parts, so that each part is of one kind.
  /// - Parameter addresses: ascending, the same for every part.
  public func part(of addresses: [IPAddress]) -> [IPAddress] {
    addresses.indices.filter { $0 % count == number - 1 }.map { addresses[$0] }
  }

  /// Whether an address that was found on the link, in a block too large to list, is of this part.
  public func contains(_ address: IPAddress) -> Bool {
    let (high, low) = address.words
    return Int((high ^ low) % UInt64(count)) == number - 1
  }
}

extension Shard: CustomStringConvertible {
  public var description: String { "\(number)/\(count)" }
}
