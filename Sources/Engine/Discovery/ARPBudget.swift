public import Records

/// How much ARP the auditor's interface sends: never more than `limit` frames in any one second, sweeps, polls,
/// heartbeats and what the kernel asks together, evenly spread.
///
/// A switch with dynamic ARP inspection shuts the port of whoever sends more than it allows (engine.md §5), and
/// with it the auditor; it does not forgive one second. Each frame moves the moment of the next by a
/// 1.005 s share, and a late timer makes up for 2 ms at most: `limit` + 1 frames take at
/// least 1.005 − 0.002 s, wherever the second begins.
public struct ARPBudget: Sendable {
  /// Frames in any second; 0 for no ceiling.
  public let limit: Int
  /// Frames counted in all.
  public private(set) var total = 0

  /// One second and what the sending clock and the wire may differ by.
  private static let window: Int64 = 1_005_000_000
  /// What a late timer may be made up for. A longer pause is lost.
  private static let slack: Int64 = 2_000_000

  private let distance: Int64
  private var next = Int64.min / 2
  /// Frames of ours that the capture has not shown yet.
  private var unseen = 0

  /// - Parameter limit: frames a second, 0 for no ceiling.
  public init(limit: Int) {
    self.limit = max(0, limit)
    distance = limit > 0 ? (Self.window + Int64(limit) - 1) / Int64(limit) : 0
  }

  /// When the next frame may leave.
  public func earliest(now: MonotonicInstant) -> MonotonicInstant {
    limit == 0 ? now : max(now, MonotonicInstant(nanoseconds: next))
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
    next = max(next, now.nanoseconds - Self.slack) + distance
  }
}
