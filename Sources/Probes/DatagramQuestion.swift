internal import Records

/// A datagram that is sent again once when nothing comes: what probes of one UDP question share.
struct DatagramQuestion: Hashable, Sendable {
  private let request: DatagramRequest
  private let patience: Duration
  private var tries = 0
  /// The channel of all its datagrams.
  static let channel: ProbeChannel = 0
  static let mostTries = 2

  init(_ request: DatagramRequest, patience: Duration = .seconds(3)) {
    self.request = request
    self.patience = patience
  }

  /// - Parameter wakeAt: is set to the end of the wait.
  /// - Returns: nil when it has been asked often enough.
  mutating func ask(at now: MonotonicInstant, wakeAt: inout MonotonicInstant?) -> [ProbeAction]? {
    guard tries < Self.mostTries else { return nil }
    tries += 1
    wakeAt = now + patience
    return [.datagram(Self.channel, request)]
  }
}
