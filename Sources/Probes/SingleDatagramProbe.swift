internal import Records

/// The course of a probe that asks by one datagram, twice when nothing comes, and judges the first answer that it
/// understands. What a probe of this kind does to the other side its own comment says.
protocol SingleDatagramProbe: SingleQuestionProbe {
  var dialogue: DatagramDialogue { get set }
  var report: ProbeReport? { get set }
  var request: [UInt8] { get }

  /// - Returns: nil for what is no answer to the question; it is waited on.
  func judge(_ octets: [UInt8]) -> ProbeReport?
}

extension SingleDatagramProbe {
  var nextWake: MonotonicInstant? { report == nil ? dialogue.wakeAt : nil }

  mutating func start(at now: MonotonicInstant) -> [ProbeAction] { dialogue.ask(request, at: now) }

  mutating func take(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets): report = judge(octets)
    case .timer:
      if let again = dialogue.wake(at: now) { return again }
      report = Self.undecided("no-answer")
    case .failed(_, reason: "port-unreachable"):
      report = Self.report(.refuted, Self.sheet.portClosed)
    case .failed(_, let reason): report = Self.undecided(reason)
    case .opened, .ended, .response: break
    }
    return []
  }
}
