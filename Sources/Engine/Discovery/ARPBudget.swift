public import Records

/// How much ARP the auditor's interface sends: never more than `limit` frames in any one second, sweeps, polls,
/// heartbeats and what the kernel asks together, evenly spread.
///
/// A switch with dynamic ARP inspection shuts the port of whoever sends more than it allows (engine.md §5), and
/// with it the auditor. It does not forgive one second, so the window slides: every frame is
/// compared with the one `limit` frames before it.
public struct ARPBudget: Sendable {
  /// Frames in any second; 0 for no ceiling.
  public let limit: Int
  /// Frames charged in all.
  public private(set) var total = 0

  /// One second and what the sending clock and the wire may differ by.
  private static let window: Int64 = 1_005_000_000
  /// What a late timer may be made up for, as far as the window allows. A longer pause is lost.
  private static let slack: Int64 = 2_000_000

  private let distance: Int64
  private var next = Int64.min / 2
  /// When the last `limit` frames left, in a ring.
  private var times: [Int64]
  private var oldest = 0
  /// Frames of ours that the capture has not shown yet.
  private var unseen = 0

  /// - Parameter limit: frames a second, 0 for no ceiling.
  public init(limit: Int) {
    self.limit = max(0, limit)
    times = [Int64](repeating: .min / 2, count: self.limit)
    distance = limit > 0 ? Self.window / Int64(limit) : 0
  }

  /// When the next frame may leave.
  public func earliest(now: MonotonicInstant) -> MonotonicInstant {
    guard limit > 0 else { return now }
    return max(now, MonotonicInstant(nanoseconds: max(times[oldest] + Self.window, next)))
  }

  /// Counts a frame that this program sends.
  public mutating func charge(at now: MonotonicInstant) {
    // No more of them can be on their way than left within a second; others were lost by the capture.
    unseen = limit > 0 ? min(unseen + 1, limit) : unseen + 1
    count(at: now)
  }

  /// Takes note of a frame that the capture shows leaving: one of ours, or else one of the kernel's, which asks
  /// before it opens a connection and is counted now.
  public mutating func observe(at now: MonotonicInstant) {
    if unseen > 0 { unseen -= 1 } else { count(at: now) }
  }

  private mutating func count(at now: MonotonicInstant) {
    total += 1
    guard limit > 0 else { return }
    times[oldest] = now.nanoseconds
    oldest = (oldest + 1) % limit
    next = max(next, now.nanoseconds - Self.slack) + distance
  }
}
