public import Addressing
public import Records

// What is kept of an address goes when nothing is left to do on it, and its place is used again:
// memory follows the devices under way, not the devices seen (engine.md §7 G15).
extension SegmentScan {
  /// Frees what is kept of an address that nothing is left to do on; ``target(_:)`` and
  /// ``figures(of:)`` know it no longer. Who owns it is still remembered.
  public mutating func forget(_ address: IPAddress, now: MonotonicInstant) {
    guard let index = positions[address], targets[index].isReleased else { return }
    portsForgotten += configuration.space.count - targets[index].scan.unresolved
    positions[address] = nil
    let device = targets[index].device
    targets[index].clear()
    freeTargets.append(index)
    devices[device].targets.removeAll { $0 == index }
    devices[device].recent.drop(target: index)
    guard devices[device].targets.isEmpty else { return }
    devices[device].clear()
    cooling.append(Cooling(device: device, mac: targets[index].nextHop, since: now))
  }

  /// A device that had no address left. For as long as a budget looks back, its count stays, lest a
  /// further address of it be probed as if nothing had been sent.
  struct Cooling: Sendable {
    let device: Int
    let mac: MACAddress
    let since: MonotonicInstant
  }

  static let coolingTime = Duration.milliseconds(1100)

  /// A place for a target: one that was freed, or a new one.
  mutating func place(_ target: Target) -> Int {
    if let index = freeTargets.popLast() {
      targets[index] = target
      released -= 1
      return index
    }
    targets.append(target)
    return targets.count - 1
  }

  /// The number of a device that was freed long enough ago, nil when there is none.
  mutating func reusableDevice(now: MonotonicInstant) -> Int? {
    while let first = cooling.first, now - first.since >= Self.coolingTime {
      guard devices[first.device].resets.isEmpty else { return nil }
      cooling.popFirst()
      // A further address of the device may have come meanwhile.
      guard devices[first.device].targets.isEmpty else { continue }
      if devicesByMAC[first.mac] == first.device { devicesByMAC[first.mac] = nil }
      queue.remove(first.device)
      return first.device
    }
    return nil
  }
}
