/// How many HTTP requests a device still gets in a run, whichever probe asks (protocols.md §5): embedded servers
/// serve one client at a time, and some count requests as an attack.
public struct HTTPAllowance: Hashable, Sendable {
  public static let requests = 10
  public private(set) var left = requests

  /// - Parameter used: requests that an earlier part of the run made.
  public init(used: Int = 0) { left = max(0, Self.requests - used) }

  /// - Returns: false when nothing is left.
  public mutating func take() -> Bool {
    guard left > 0 else { return false }
    left -= 1
    return true
  }
}
