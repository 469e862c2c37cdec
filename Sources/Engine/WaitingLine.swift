internal import Records

/// Devices that wait for a pace they share, in the order in which they came.
///
/// Only the first is woken when a frame may leave. Woken all together, 32,768 devices would each
/// find, for every single frame, that another was first.
struct WaitingLine: Sendable {
  private var devices = Deque<Int>()

  var isEmpty: Bool { devices.isEmpty }

  mutating func join(_ device: Int) { devices.append(device) }

  /// The device whose turn it is; nil when nobody waits.
  mutating func callFirst() -> Int? {
    devices.popFirst()
  }
}

// Paces that several devices share: that of ARP questions, and that of a gateway or relay.
extension SegmentScan {
  enum SharedPace {
    case arp
    case relay(Int)
  }

  /// What ``DeviceQueue`` need not wake for: the device stands in a line and will be called.
  static let whenCalled = MonotonicInstant(nanoseconds: .max)

  /// Whether a frame may leave now. If not, the device stands in line.
  mutating func mayPass(_ pace: SharedPace, device number: Int, now: MonotonicInstant) -> Bool {
    let isReady: Bool
    let isFree: Bool
    switch pace {
    case .arp: (isReady, isFree) = (arpBudget.earliest(now: now) <= now, arpLine.isEmpty)
    case .relay(let relay):
      (isReady, isFree) = (relays[relay].pacer.earliest(now: now) <= now, relays[relay].line.isEmpty)
    }
    if isReady, isFree || called == number {
      called = nil
      return true
    }
    guard !devices[number].isInLine else { return false }
    devices[number].isInLine = true
    standing += 1
    switch pace {
    case .arp: arpLine.join(number)
    case .relay(let relay): relays[relay].line.join(number)
    }
    return false
  }

  /// The next device in a line whose pace allows a frame now.
  mutating func callNext(now: MonotonicInstant) -> Int? {
    guard standing > 0 else { return nil }
    var next: Int?
    if !arpLine.isEmpty, arpBudget.earliest(now: now) <= now {
      next = arpLine.callFirst()
    } else if let relay = relays.indices.first(where: {
      !relays[$0].line.isEmpty && relays[$0].pacer.earliest(now: now) <= now
    }) {
      next = relays[relay].line.callFirst()
    }
    called = next
    if let next {
      devices[next].isInLine = false
      standing -= 1
    }
    return next
  }

  /// When the first of those who stand in line can be called; nil when nobody does.
  func earliestCall(now: MonotonicInstant) -> MonotonicInstant? {
    guard standing > 0 else { return nil }
    var earliest = arpLine.isEmpty ? nil : arpBudget.earliest(now: now)
    for relay in relays where !relay.line.isEmpty {
      let moment = relay.pacer.earliest(now: now)
      earliest = min(earliest ?? moment, moment)
    }
    return earliest
  }
}
