internal import Addressing

/// IPv4 addresses in order and without repetition, kept as runs: a /16 is one run, whatever its size.
struct AddressList: Hashable, Sendable {
  private struct Run: Hashable, Sendable {
    var first: UInt32
    /// The position of `first` among all addresses.
    var position: Int
  }

  private var runs: [Run] = []
  private(set) var count = 0

  init(_ addresses: [IPv4Address]) {
    var previous: UInt32?
    for address in addresses.sorted() where address.rawValue != previous {
      if previous.map({ $0 + 1 }) != address.rawValue { runs.append(Run(first: address.rawValue, position: count)) }
      previous = address.rawValue
      count += 1
    }
  }

  /// - Parameter position: 0 ..< ``count``.
  subscript(position: Int) -> IPv4Address {
    let run = runs[lastRun { $0.position <= position }]
    return IPv4Address(rawValue: run.first + UInt32(position - run.position))
  }

  /// Where an address stands, nil when it is not in the list.
  func position(of address: IPv4Address) -> Int? {
    let index = lastRun { $0.first <= address.rawValue }
    guard index >= 0 else { return nil }
    let end = index + 1 < runs.count ? runs[index + 1].position : count
    let position = runs[index].position + Int(address.rawValue - runs[index].first)
    return position < end ? position : nil
  }

  /// The last run for which a condition holds that holds for a front part of the runs; −1 for none.
  private func lastRun(where holds: (Run) -> Bool) -> Int {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if holds(runs[middle]) { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}
