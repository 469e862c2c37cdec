public import Records

/// Time that passes only when a test says so.
public final class ManualClock {
  /// One hour after the start of the machine, as a real monotonic clock might read.
  public static let start = MonotonicInstant(nanoseconds: 3_600_000_000_000)
  /// 2026-11-20T01:00:00Z.
  public static let startOfDay = Timestamp(nanoseconds: 1_795_136_400_000_000_000)

  public private(set) var now = ManualClock.start
  /// Turns of the loop under test, by second since the start.
  public private(set) var turns: [Int] = [0]

  public init() {}

  public var elapsed: Duration { now - ManualClock.start }

  public var wall: Timestamp { ManualClock.startOfDay + elapsed }

  /// The civil time at `instant`.
  public func wall(at instant: MonotonicInstant) -> Timestamp { ManualClock.startOfDay + (instant - ManualClock.start) }

  /// Sleeps until `instant`; a moment that has passed does not turn the clock back.
  public func sleep(until instant: MonotonicInstant) {
    now = max(now, instant)
    let second = Int(elapsed.components.seconds)
    while turns.count <= second { turns.append(0) }
    turns[second] += 1
  }

  /// The most turns in any second: a loop that spins shows here.
  public var busiestSecond: Int { turns.max() ?? 0 }
}
