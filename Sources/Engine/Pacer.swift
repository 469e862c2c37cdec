public import Records

/// An even pace for everything that one interface, or one kind of question, sends.
public struct Pacer: Sendable {
  /// Frames a second; 0 for no ceiling.
  public private(set) var rate: Int
  private var distance: Int64
  private var next: Int64 = .min

  /// What a late timer may be made up for. A longer pause is lost: no burst follows it.
  private static let slack: Int64 = 2_000_000

  /// - Parameter rate: frames a second, 0 for no ceiling.
  public init(rate: Int) {
    self.rate = max(0, rate)
    distance = rate > 0 ? 1_000_000_000 / Int64(rate) : 0
  }

  /// Changes the rate from now on.
  public mutating func setRate(_ rate: Int) {
    self.rate = max(0, rate)
    distance = rate > 0 ? 1_000_000_000 / Int64(rate) : 0
  }

  public func earliest(now: MonotonicInstant) -> MonotonicInstant {
    rate == 0 ? now : max(now, MonotonicInstant(nanoseconds: next))
  }

  /// How many frames may leave now.
  public func allowance(now: MonotonicInstant) -> Int {
    guard rate > 0 else { return .max }
    let due = now.nanoseconds - max(next, now.nanoseconds - Self.slack)
    return due < 0 ? 0 : Int(due / distance) + 1
  }

  public mutating func charge(at now: MonotonicInstant, frames: Int = 1) {
    guard rate > 0 else { return }
    next = max(next, now.nanoseconds - Self.slack) &+ distance * Int64(frames)
  }
}
