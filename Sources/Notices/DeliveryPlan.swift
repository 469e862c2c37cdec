/// When a delivery that did not succeed is tried again: a machine that is told what came of each attempt and knows neither clock nor
/// network.
public struct DeliveryPlan: Sendable {
  /// What came of one attempt.
  public enum Attempt: Hashable, Sendable {
    /// It was taken; by whom, such as the address that was reached.
    case delivered(by: String)
    /// It will not be taken however often it is sent.
    case refused(String)
    /// It may be taken later; after how long, where the receiver said so.
    case failed(String, retryAfter: Duration? = nil)
  }

  public enum Step: Hashable, Sendable {
    case done
    /// Wait so long and try again.
    case again(after: Duration)
    /// Keep it for the next turn, which is not before so long from now.
    case keep(Duration)
    /// Keep it for a person.
    case refuse
  }

  static let attempts = 5
  static let longestPause = Duration.seconds(30)
  /// What is waited for within one turn when a receiver asks for it; beyond, the notice is kept.
  static let longestWait = Duration.seconds(60)
  static let longestKeep = Duration.seconds(86_400)

  private var made = 0
  private var state: UInt64

  /// - Parameter seed: decides the random part of the pauses.
  public init(seed: UInt64) { state = seed }

  public mutating func step(after attempt: Attempt) -> Step {
    made += 1
    switch attempt {
    case .delivered: return .done
    case .refused: return .refuse
    case .failed(_, let asked):
      let asked = asked.map { min(max($0, .zero), Self.longestKeep) }
      if let asked, asked > Self.longestWait { return .keep(asked) }
      guard made < Self.attempts else { return .keep(asked ?? .zero) }
      return .again(after: max(asked ?? .zero, pause()))
    }
  }

  /// 1, 2, 4 … seconds, of which the latter half is random, so that many do not come at once.
  private mutating func pause() -> Duration {
    let whole = min(Duration.seconds(1 << (made - 1)), Self.longestPause)
    let share = Double(next() >> 11) / Double(1 << 53)
    return .milliseconds(Int64(whole / .milliseconds(1) * (0.5 + share / 2)))
  }

  /// SplitMix64 (S. Vigna).
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

extension DeliveryPlan.Attempt {
  /// Of an answer by HTTP (RFC 9110 §15): what went wrong at the server, or came too often, may be tried again.
  public init(status: Int, retryAfter: Int64, by address: String) {
    let wait = retryAfter >= 0 ? Duration.seconds(min(retryAfter, 1_000_000)) : nil
    switch status {
    case 200..<300: self = .delivered(by: address)
    case 408, 425, 429, 500..<600: self = .failed("HTTP \(status) (\(address))", retryAfter: wait)
    default: self = .refused("HTTP \(status) (\(address))")
    }
  }
}
