internal import Records

/// Smoothed round-trip time and the time-out that follows from it (RFC 6298), with floors for a LAN
/// instead of the Internet's one second (engine.md §6.5).
///
/// In whole nanoseconds, because it is asked for each probe.
public struct RoundTripTime: Hashable, Sendable {
  private var smoothed: Int64 = -1
  private var variation: Int64 = 0
  private var first = initial

  /// Before the first measurement: 300 ms.
  public static let initial: Int64 = 300_000_000
  /// 60 ms: a wired device that answers in microseconds may still be busy for a scheduling tick.
  public static let floor: Int64 = 60_000_000
  /// 3 s.
  public static let ceiling: Int64 = 3_000_000_000

  public init() {}

  /// The smoothed time in nanoseconds, nil before the first measurement.
  public var smoothedNanoseconds: Int64? { smoothed < 0 ? nil : smoothed }

  /// - Parameter sample: nanoseconds from question to answer.
  public mutating func measured(_ sample: Int64) {
    let sample = max(0, sample)
    if smoothed >= 0 {
      variation += (abs(smoothed - sample) - variation) / 4
      smoothed += (sample - smoothed) / 8
    } else {
      smoothed = sample
      variation = sample / 2
    }
    first = min(Self.ceiling, max(Self.floor, smoothed + 4 * variation))
  }

  /// How long to wait for an answer to try `number` (0, 1, …), in nanoseconds; each further try
  /// waits twice as long.
  public func timeout(try number: Int) -> Int64 { min(Self.ceiling, first << Int64(min(number, 4))) }
}
