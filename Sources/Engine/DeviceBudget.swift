public import Records

/// How many frames a device may get: never more than `limit` in any one second, whoever sends them,
/// spread evenly instead of in bursts.
///
/// The window is counted in 10 ms slots over 1.01 s, so the true figure of any second is at most
/// the one enforced here, and small delays between this count and the wire do no harm.
public struct DeviceBudget: Sendable {
  /// Frames a second.
  public let limit: Int
  /// The most frames counted within one window so far.
  public private(set) var peak = 0
  /// All frames charged.
  public private(set) var total = 0

  private static let slot: Int64 = 10_000_000
  private static let slots = 101
  private var counts = [Int](repeating: 0, count: slots)
  private var inWindow = 0
  private var newestSlot: Int64 = .min
  private var earliestNext = MonotonicInstant(nanoseconds: .min)

  /// - Parameter limit: frames a second, at least 1.
  public init(limit: Int) { self.limit = max(1, limit) }

  /// When the next probe may be sent, keeping `reserve` frames of the window free for frames that
  /// are not probes (connections, the kernel's own resets).
  public mutating func earliestProbe(now: MonotonicInstant, reserve: Int) -> MonotonicInstant {
    advance(to: now)
    guard inWindow + reserve < max(limit, reserve + 1) else {
      return MonotonicInstant(nanoseconds: (newestSlot + 1) * Self.slot)
    }
    return max(now, earliestNext)
  }

  /// How many more frames the current window takes.
  public mutating func headroom(now: MonotonicInstant) -> Int {
    advance(to: now)
    return limit - inWindow
  }

  /// Counts a probe that was sent, and sets the distance to the next.
  public mutating func chargeProbe(at now: MonotonicInstant) {
    charge(at: now)
    // A pause is not made up for: the distance counts from now, with at most 8 frames of slack so
    // that a late timer does not lower high rates (engine.md §6.6).
    let distance = Int64(1_000_000_000) / Int64(limit)
    let floor = now.nanoseconds - distance * Int64(min(8, limit / 100))
    earliestNext = MonotonicInstant(nanoseconds: max(earliestNext.nanoseconds, floor) &+ distance)
  }

  /// Counts a frame that somebody else sent to the device, such as this host's kernel.
  public mutating func charge(at now: MonotonicInstant) {
    advance(to: now)
    counts[Int(newestSlot % Int64(Self.slots))] += 1
    inWindow += 1
    total += 1
    peak = max(peak, inWindow)
  }

  private mutating func advance(to now: MonotonicInstant) {
    let current = now.nanoseconds / Self.slot
    guard current > newestSlot else { return }
    if newestSlot == .min || current - newestSlot >= Int64(Self.slots) {
      counts = [Int](repeating: 0, count: Self.slots)
      inWindow = 0
    } else {
      for passed in newestSlot + 1...current {
        let index = Int(passed % Int64(Self.slots))
        inWindow -= counts[index]
        counts[index] = 0
      }
    }
    newestSlot = current
  }
}

/// An even pace for everything that one interface sends.
public struct Pacer: Sendable {
  private let distance: Int64
  private let slack: Int64
  private var next: Int64 = .min

  /// - Parameters:
  ///   - rate: frames a second, at least 1.
  ///   - slack: how many frames may follow at once after a late timer; a longer pause is lost.
  public init(rate: Int, slack: Int = 8) {
    distance = 1_000_000_000 / Int64(max(1, rate))
    self.slack = distance * Int64(slack)
  }

  public func earliest(now: MonotonicInstant) -> MonotonicInstant {
    max(now, MonotonicInstant(nanoseconds: next))
  }

  public mutating func charge(at now: MonotonicInstant) {
    next = max(next, now.nanoseconds - slack) &+ distance
  }
}
