/// Counts events and knows the most that ever fell within one second.
///
/// The window slides: it ends at an event and is open at its far end, so two events exactly one
/// second apart are never in the same window.
public struct PeakCounter: Hashable, Sendable {
  public static let windowNanoseconds: Int64 = 1_000_000_000

  public private(set) var total = 0
  public private(set) var peak = 0
  private var times: [Int64] = []
  private var oldest = 0

  public init() {}

  /// Takes one event in and returns how many fell within the second that ends with it.
  ///
  /// Kernel receive times may step back a little between processors; such an event counts at the
  /// time of its predecessor, so that the window never runs backwards.
  @discardableResult
  public mutating func record(at nanoseconds: Int64) -> Int {
    let now = max(nanoseconds, times.last ?? nanoseconds)
    total += 1
    times.append(now)
    while now - times[oldest] >= Self.windowNanoseconds { oldest += 1 }
    let inWindow = times.count - oldest
    peak = max(peak, inWindow)
    if oldest > 4096, oldest * 2 > times.count {
      times.removeFirst(oldest)
      oldest = 0
    }
    return inWindow
  }
}
