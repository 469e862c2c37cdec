internal import Records

/// The course of a probe that asks once on one connection and judges what comes back. What a probe of this kind does to the
/// other side its own comment says.
protocol SingleAnswerProbe: SingleQuestionProbe {
  /// How long an answer is waited for.
  static var patience: Duration { get }
  /// Octets kept of an answer.
  static var answerLimit: Int { get }
  var port: UInt16 { get }
  var answer: [UInt8] { get set }
  var wakeAt: MonotonicInstant? { get set }
  var report: ProbeReport? { get set }
  var request: [UInt8] { get }

  /// - Returns: nil while more has to come.
  func judge(_ answer: [UInt8]) -> ProbeReport?
  /// What it means that the service hung up on the question without a word; nil where that means nothing.
  func judgeHangUp() -> ProbeReport?
}

extension SingleAnswerProbe {
  func judgeHangUp() -> ProbeReport? { nil }

  mutating func start() -> [ProbeAction] { [.connect(0, port: port)] }

  mutating func take(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened:
      wakeAt = now + Self.patience
      return [.send(0, request)]
    case .received(_, let octets):
      answer += octets.prefix(max(0, Self.answerLimit - answer.count))
      report = judge(answer)
    case .ended: report = (answer.isEmpty && wakeAt != nil ? judgeHangUp() : nil) ?? silence
    case .timer: report = silence
    case .failed(_, let reason): report = Self.undecided(reason)
    case .response: break
    }
    if report != nil { wakeAt = nil }
    return []
  }

  private var silence: ProbeReport { Self.undecided(answer.isEmpty ? "no-answer" : "other-answer") }
}
