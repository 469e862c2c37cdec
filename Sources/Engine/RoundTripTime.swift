internal import Records

/// Smoothed round-trip time and the time-out that follows from it (RFC 6298), with floors for a LAN
/// instead of the Internet's one second (engine.md §6.5).
public struct RoundTripTime: Hashable, Sendable {
  private var smoothed: Double?
  private var variation = 0.0

  /// Before the first measurement.
  public static let initial = Duration.milliseconds(300)
  /// A wired device that answers in microseconds may still be busy for a scheduling tick.
  public static let floor = Duration.milliseconds(60)
  public static let ceiling = Duration.seconds(3)

  public init() {}

  public mutating func measured(_ sample: Duration) {
    let seconds = max(0, sample.seconds)
    if let known = smoothed {
      variation += (abs(known - seconds) - variation) / 4
      smoothed = known + (seconds - known) / 8
    } else {
      smoothed = seconds
      variation = seconds / 2
    }
  }

  /// How long to wait for an answer to try `number` (0, 1, …); each further try waits twice as long.
  public func timeout(try number: Int) -> Duration {
    var wait = Self.initial
    if let smoothed {
      wait = max(Self.floor, .nanoseconds(Int64((smoothed + 4 * variation) * 1e9)))
    }
    return min(Self.ceiling, wait * Int(1 << min(number, 4)))
  }
}
