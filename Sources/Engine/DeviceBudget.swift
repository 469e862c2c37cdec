public import Records

/// How many frames a device may get: never more than `limit` in any one second, whoever sends them,
/// spread evenly instead of in bursts.
///
/// The window is counted in 10 ms slots over 1.01 s, so the true figure of any second is at most
/// the one enforced here, and small delays between this count and the wire do no harm.
public struct DeviceBudget: Sendable {
  /// Frames a second; 0 when there is no ceiling.
  public private(set) var limit: Int
  /// The most frames counted within one window so far.
  public private(set) var peak = 0
  /// All frames charged.
  public private(set) var total = 0

  private static let slot: Int64 = 10_000_000
  private static let slots = 101
  private var counts = InlineArray<101, UInt16>(repeating: 0)
  private var inWindow = 0
  private var newestSlot: Int64 = .min
  private var earliestNext = MonotonicInstant(nanoseconds: .min)

  /// Frames that may follow one another at once after a late timer (engine.md §6.6).
  public static let microBatch = 8

  /// - Parameter limit: frames a second, 0 for no ceiling.
  public init(limit: Int) { self.limit = max(0, limit) }

  /// Changes the ceiling; what was counted stays.
  public mutating func setLimit(_ limit: Int) { self.limit = max(0, limit) }

  /// Counts go on where an earlier run's ended.
  mutating func restore(total: Int, peak: Int) {
    self.total += total
    self.peak = max(self.peak, peak)
  }

  /// When the next probe may be sent, keeping `reserve` frames of the window free for frames that
  /// are not probes (heartbeats, resets, connections).
  public mutating func earliestProbe(now: MonotonicInstant, reserve: Int) -> MonotonicInstant {
    let earliest = earliestFrame(now: now, reserve: reserve)
    return limit > 0 ? max(earliest, earliestNext) : earliest
  }

  /// The same for a frame that comes before probes: it waits for room, but for no distance.
  public mutating func earliestFrame(now: MonotonicInstant, reserve: Int) -> MonotonicInstant {
    guard limit > 0 else { return now }
    advance(to: now)
    // One in fifty is left free: a frame that is charged now may leave when this process gets the
    // processor again, beside those that leave on time.
    let kept = reserve + (limit + 49) / 50
    guard inWindow + kept < max(limit, kept + 1) else {
      return MonotonicInstant(nanoseconds: (newestSlot + 1) * Self.slot)
    }
    return now
  }

  /// How many more frames the current window takes; `Int.max` without a ceiling.
  public mutating func headroom(now: MonotonicInstant) -> Int {
    guard limit > 0 else { return .max }
    advance(to: now)
    return limit - inWindow
  }

  /// Counts a probe or reset that was sent, and sets the distance to the next probe.
  public mutating func chargeProbe(at now: MonotonicInstant) {
    charge(at: now)
    guard limit > 0 else { return }
    // A pause is not made up for: the distance counts from now, with a few frames of slack so that
    // a late timer does not lower high rates.
    let distance = Int64(1_000_000_000) / Int64(limit)
    let floor = now.nanoseconds - distance * Int64(min(Self.microBatch, limit / 100))
    earliestNext = MonotonicInstant(nanoseconds: max(earliestNext.nanoseconds, floor) &+ distance)
  }

  /// Counts a frame that somebody else sent to the device, such as this host's kernel.
  public mutating func charge(at now: MonotonicInstant) {
    advance(to: now)
    let index = Int(newestSlot % Int64(Self.slots))
    if counts[index] < .max {
      counts[index] += 1
      inWindow += 1
    }
    total += 1
    peak = max(peak, inWindow)
  }

  private mutating func advance(to now: MonotonicInstant) {
    let current = now.nanoseconds / Self.slot
    guard current > newestSlot else { return }
    if newestSlot == .min || current - newestSlot >= Int64(Self.slots) {
      counts = InlineArray(repeating: 0)
      inWindow = 0
    } else {
      for passed in newestSlot + 1...current {
        let index = Int(passed % Int64(Self.slots))
        inWindow -= Int(counts[index])
        counts[index] = 0
      }
    }
    newestSlot = current
  }
}
