internal import Records

/// Whose turn it is: devices that can send now in the order in which they became able, the others
/// by the time at which they will be.
///
/// Each step costs the same however many devices there are (a heap step for those that wait).
struct DeviceQueue: Sendable {
  private struct Sleeper: Sendable {
    var at: MonotonicInstant
    var device: Int
  }

  private enum Place: UInt8, Sendable { case none, ready, sleeping }

  private var ready = Deque<Int>()
  private var heap: [Sleeper] = []
  private var places: [Place] = []
  private var wakeAt: [MonotonicInstant] = []

  /// Puts a device into the queue, or moves it forward. A later time than the one it has is ignored.
  mutating func schedule(_ device: Int, at moment: MonotonicInstant, now: MonotonicInstant) {
    while places.count <= device {
      places.append(.none)
      wakeAt.append(MonotonicInstant(nanoseconds: 0))
    }
    switch places[device] {
    case .ready: return
    case .sleeping where wakeAt[device] <= moment: return
    case .sleeping, .none: break
    }
    if moment <= now {
      places[device] = .ready
      ready.append(device)
    } else {
      places[device] = .sleeping
      wakeAt[device] = moment
      push(Sleeper(at: moment, device: device))
    }
  }

  /// Takes the device whose turn it is.
  mutating func next(now: MonotonicInstant) -> Int? {
    wake(now)
    while let device = ready.popFirst() {
      guard places[device] == .ready else { continue }  // it was removed
      places[device] = .none
      return device
    }
    return nil
  }

  /// Takes a device out of the queue.
  mutating func remove(_ device: Int) {
    if device < places.count { places[device] = .none }
  }

  /// When the first sleeper wakes; nil when nobody waits.
  mutating func earliest(now: MonotonicInstant) -> MonotonicInstant? {
    if !ready.isEmpty { return now }
    while let first = heap.first {
      if isValid(first) { return first.at }
      pop()
    }
    return nil
  }

  private func isValid(_ sleeper: Sleeper) -> Bool {
    places[sleeper.device] == .sleeping && wakeAt[sleeper.device] == sleeper.at
  }

  private mutating func wake(_ now: MonotonicInstant) {
    while let first = heap.first, first.at <= now {
      if isValid(first) {
        places[first.device] = .ready
        ready.append(first.device)
      }
      pop()
    }
  }

  private mutating func push(_ sleeper: Sleeper) {
    heap.append(sleeper)
    var child = heap.count - 1
    while child > 0, heap[child].at < heap[(child - 1) / 2].at {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      let left = parent * 2 + 1
      guard left < heap.count else { return }
      let right = left + 1
      let child = right < heap.count && heap[right].at < heap[left].at ? right : left
      guard heap[child].at < heap[parent].at else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}
