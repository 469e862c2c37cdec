/// What an attempt to log in came to.
public enum LoginOutcome: Hashable, Sendable {
  /// An interactive session, by what the profile names as proof. `passwordAsked`: false where the name alone opened it.
  case accepted(passwordAsked: Bool)
  case refused
  /// The device says that it locks.
  case lockedOut
  /// The signs disagree or decide nothing; a word such as `no-proof`.
  case inconclusive(String)
  /// No prompt came; nothing was entered.
  case timedOut
  /// No connection came about; nothing was entered.
  case unreachable(String)

  /// A word for records.
  public var word: String {
    switch self {
    case .accepted: "accepted"
    case .refused: "refused"
    case .lockedOut: "locked-out"
    case .inconclusive(let reason): "inconclusive (\(reason))"
    case .timedOut: "timed-out"
    case .unreachable(let reason): "unreachable (\(reason))"
    }
  }
}
