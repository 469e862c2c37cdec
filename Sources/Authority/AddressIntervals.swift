internal import Addressing

/// Address ranges merged into disjoint, ascending intervals, so that one question costs a binary
/// search however many ranges a scope lists. Reading allocates nothing.
struct AddressIntervals: Hashable, Sendable {
  // A family of its own each: `::/0` spans the numbers by which IPv4 addresses are kept.
  private let ipv4: Intervals<UInt32>
  private let ipv6: Intervals<UInt128>

  init(_ ranges: [AddressRange]) {
    ipv4 = Intervals(ranges.filter(\.first.isIPv4).map { (Self.ipv4($0.first), Self.ipv4($0.last)) })
    ipv6 = Intervals(ranges.filter { !$0.first.isIPv4 }.map { (Self.ipv6($0.first), Self.ipv6($0.last)) })
  }

  func contains(_ address: IPAddress) -> Bool {
    address.isIPv4 ? ipv4.contains(Self.ipv4(address)) : ipv6.contains(Self.ipv6(address))
  }

  /// Every address of `range` lies in the intervals.
  func contains(whole range: AddressRange) -> Bool {
    range.first.isIPv4
      ? ipv4.contains(Self.ipv4(range.first), through: Self.ipv4(range.last))
      : ipv6.contains(Self.ipv6(range.first), through: Self.ipv6(range.last))
  }

  private static func ipv4(_ address: IPAddress) -> UInt32 { UInt32(truncatingIfNeeded: address.words.1) }

  private static func ipv6(_ address: IPAddress) -> UInt128 {
    let (high, low) = address.words
    return UInt128(high) << 64 | UInt128(low)
  }
}

private struct Intervals<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
  private var firsts: [Number] = []
  private var lasts: [Number] = []

  init(_ runs: [(first: Number, last: Number)]) {
    for run in runs.sorted(by: { $0.first < $1.first }) {
      // Touching counts: the last number has no successor, so the comparison subtracts.
      if let open = lasts.last, run.first == 0 || run.first - 1 <= open {
        lasts[lasts.count - 1] = max(open, run.last)
      } else {
        firsts.append(run.first)
        lasts.append(run.last)
      }
    }
  }

  func contains(_ number: Number) -> Bool { contains(number, through: number) }

  func contains(_ first: Number, through last: Number) -> Bool {
    guard !firsts.isEmpty else { return false }
    // The last interval that does not begin above `first`, by halving without a branch that the
    // processor could guess wrongly.
    var place = 0
    var left = firsts.count
    while left > 1 {
      let half = left / 2
      place = firsts[place + half] <= first ? place + half : place
      left -= half
    }
    return firsts[place] <= first && last <= lasts[place]
  }
}
