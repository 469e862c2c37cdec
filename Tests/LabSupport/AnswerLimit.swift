internal import Records

/// How many answers of one kind a stack gives in a second.
public struct AnswerLimit: Sendable {
  public enum Kind: Sendable {
    /// A token bucket, as Linux limits ICMP.
    case bucket
    /// A counter that starts anew with each second, as the BSDs limit resets.
    case counter
  }

  public let rate: Int
  private let burst: Int
  private let kind: Kind
  private var tokens: Double
  private var last: MonotonicInstant?
  private var second: Int64 = .min
  private var inSecond = 0

  /// - Parameters:
  ///   - rate: answers a second.
  ///   - burst: answers that a bucket gives at once after a pause.
  public init(rate: Int, burst: Int = 1, kind: Kind = .bucket) {
    self.rate = rate
    self.burst = burst
    self.kind = kind
    tokens = Double(burst)
  }

  /// Takes one answer from the allowance.
  mutating func allows(at now: MonotonicInstant) -> Bool {
    switch kind {
    case .bucket:
      let passed = last.map { Double(now.nanoseconds - $0.nanoseconds) / 1e9 } ?? 0
      last = now
      tokens = min(Double(burst), tokens + passed * Double(rate))
      guard tokens >= 1 else { return false }
      tokens -= 1
      return true
    case .counter:
      let current = now.nanoseconds / 1_000_000_000
      if current != second {
        second = current
        inSecond = 0
      }
      inSecond += 1
      return inSecond <= rate
    }
  }
}
