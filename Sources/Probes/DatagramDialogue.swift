internal import Records

/// Questions by datagram over one socket, one after the other. Each is asked a second time when nothing comes.
struct DatagramDialogue: Sendable {
  /// The channel of all its datagrams.
  static let channel: ProbeChannel = 0
  /// How often a question is asked at most.
  static let tries = 2

  private let port: UInt16
  private let localPort: UInt16?
  private let anySourcePort: Bool
  private let patience: Duration
  private var payload: [UInt8] = []
  private var asked = 0
  /// nil before the first question and behind the last.
  private(set) var wakeAt: MonotonicInstant?

  /// - Parameter patience: how long an answer is waited for.
  init(port: UInt16, localPort: UInt16? = nil, anySourcePort: Bool = false, patience: Duration = .seconds(3)) {
    self.port = port
    self.localPort = localPort
    self.anySourcePort = anySourcePort
    self.patience = patience
  }

  /// Asks at once, or after a pause; the last question is over.
  mutating func ask(_ payload: [UInt8], after pause: Duration = .zero, at now: MonotonicInstant) -> [ProbeAction] {
    self.payload = payload
    asked = 0
    guard pause == .zero else {
      wakeAt = now + pause
      return []
    }
    return send(at: now)
  }

  /// ``wakeAt`` has come.
  /// - Returns: nil when the question was asked in vain.
  mutating func wake(at now: MonotonicInstant) -> [ProbeAction]? { asked < Self.tries ? send(at: now) : nil }

  mutating func end() { wakeAt = nil }

  private mutating func send(at now: MonotonicInstant) -> [ProbeAction] {
    asked += 1
    wakeAt = now + patience
    return [
      .datagram(
        Self.channel, DatagramRequest(port: port, payload: payload, localPort: localPort, anySourcePort: anySourcePort))
    ]
  }
}
