public import Addressing

/// Ports of one address that reached a final state: what a run found out since it was last asked,
/// or what an interrupted run hands to its continuation.
public struct SettledPorts: Hashable, Sendable {
  public var address: IPAddress
  public var open: [UInt16]
  public var closed: [UInt16]
  /// All silent ports so far, unlike the other two lists: silence is settled a section at a time.
  public var silent: [UInt16]

  public init(address: IPAddress, open: [UInt16] = [], closed: [UInt16] = [], silent: [UInt16] = []) {
    self.address = address
    self.open = open
    self.closed = closed
    self.silent = silent
  }
}

extension SegmentScan {
  struct Change: Sendable {
    var target: Int32
    var port: UInt16
    var isOpen: Bool
  }

  /// What was settled since the last call, in the order in which the addresses were found.
  ///
  /// Only kept when ``Configuration/keepsChanges`` says so.
  public mutating func takeSettled() -> [SettledPorts] {
    var settled: [Int: SettledPorts] = [:]
    for change in changes {
      let index = Int(change.target)
      let address = targets[index].address
      if change.isOpen {
        settled[index, default: SettledPorts(address: address)].open.append(change.port)
      } else {
        settled[index, default: SettledPorts(address: address)].closed.append(change.port)
      }
    }
    changes.removeAll(keepingCapacity: true)
    for index in targets.indices where targets[index].scan.cells.count(of: .silent) != targets[index].silentTold {
      targets[index].silentTold = targets[index].scan.cells.count(of: .silent)
      let silent = configuration.space.ports(.silent, in: targets[index].scan.cells)
      settled[index, default: SettledPorts(address: targets[index].address)].silent = silent
    }
    return settled.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Takes over what an earlier run found out about an address that is being scanned.
  mutating func restore(_ settled: SettledPorts, target index: Int) {
    let space = configuration.space
    targets[index].scan.restore(settled.open.compactMap(space.place), as: .open, space)
    targets[index].scan.restore(settled.closed.compactMap(space.place), as: .closed, space)
    targets[index].scan.restore(settled.silent.compactMap(space.place), as: .silent, space)
    targets[index].silentTold = settled.silent.count
  }
}
