internal import Addressing

/// Address ranges merged into disjoint, ascending intervals, so that one question costs a binary
/// search however many ranges a scope lists. Reading allocates nothing.
struct AddressIntervals: Hashable, Sendable {
  fileprivate struct Interval: Hashable, Sendable {
    var first: UInt128
    var last: UInt128
  }

  // A family of its own each: `::/0` spans the numbers by which IPv4 addresses are kept.
  private let ipv4: [Interval]
  private let ipv6: [Interval]

  init(_ ranges: [AddressRange]) {
    ipv4 = Self.merged(ranges.filter(\.first.isIPv4))
    ipv6 = Self.merged(ranges.filter { !$0.first.isIPv4 })
  }

  private static func merged(_ ranges: [AddressRange]) -> [Interval] {
    let sorted = ranges.map { Interval(first: number($0.first), last: number($0.last)) }.sorted { $0.first < $1.first }
    var result: [Interval] = []
    for interval in sorted {
      // Touching counts: the last number has no successor, so the comparison subtracts.
      if let open = result.last, interval.first == 0 || interval.first - 1 <= open.last {
        result[result.count - 1].last = max(open.last, interval.last)
      } else {
        result.append(interval)
      }
    }
    return result
  }

  func contains(_ address: IPAddress) -> Bool {
    let number = Self.number(address)
    return (address.isIPv4 ? ipv4 : ipv6).last(notAbove: number).map { number <= $0.last } ?? false
  }

  /// Every address of `range` lies in the intervals.
  func contains(whole range: AddressRange) -> Bool {
    let interval = (range.first.isIPv4 ? ipv4 : ipv6).last(notAbove: Self.number(range.first))
    return interval.map { Self.number(range.last) <= $0.last } ?? false
  }

  private static func number(_ address: IPAddress) -> UInt128 {
    let (high, low) = address.words
    return UInt128(high) << 64 | UInt128(low)
  }
}

extension [AddressIntervals.Interval] {
  /// The last interval that does not begin above `number`, nil when all do.
  fileprivate func last(notAbove number: UInt128) -> Element? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].first <= number { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : self[low - 1]
  }
}
