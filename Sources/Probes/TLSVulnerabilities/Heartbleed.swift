internal import Records
internal import Wire

/// Whether a heartbeat is answered with more than was sent (CVE-2014-0160; RFC 6520 §4).
///
/// The request says that its payload has 48 octets and carries 32, padding included: a service with the flaw answers with 16 octets of
/// its memory behind ours, as few as leave no doubt. RFC 6520 asks to discard such a request silently, so that a service without the flaw
/// is told from one that answers nothing at all by a request that is right.
struct HeartbleedExamination: FlawExamination {
  static let question = "tls.heartbleed"

  private enum Phase {
    case hello, wrong
    /// After what came of the wrong one.
    case right(FlawReaction)
  }

  private let subject: FlawSubject
  private let payload: [UInt8]
  private var phase = Phase.hello

  /// What is asked for beyond what is sent.
  static let excess = 16
  private static let heartbeat: UInt8 = 24
  private static let (request, response): (UInt8, UInt8) = (1, 2)

  init(_ subject: FlawSubject) {
    self.subject = subject
    payload = seededOctets(subject.seed ^ 0x4845_4152_5442_4c44, count: 32)
  }

  /// A hello alone, so that what the service announces is evidence.
  func begin() -> FlawStep { .ask(FlawQuestion(opening: .hello(hello))) }

  mutating func take(_ outcome: FlawOutcome) -> FlawStep {
    switch (outcome, phase) {
    case (.failed(let how), _), (.declined(let how), _): return lost(how)
    case (.went(let ground, _), .hello):
      guard ground.hello?.extensions.contains(15) == true else {
        return refuted(
          "heartbeat拡張を示したClientHelloに対し、サービスはこの拡張を示しませんでした。",
          "The service does not announce heartbeat when it is offered.", control: false)
      }
      phase = .wrong
      return ask(payload: 32 + Self.excess)
    case (.went(_, let reactions), .wrong):
      let reaction = reactions.first ?? FlawReaction()
      if let leak = leaked(reaction) { return leak }
      phase = .right(reaction)
      // Sixteen octets of payload and as many of padding (RFC 6520 §4).
      return ask(payload: 16)
    case (.went(_, let reactions), .right(let before)): return compare(before, reactions.first ?? FlawReaction())
    }
  }

  private var hello: TLSClientHello {
    var hello = subject.hello
    hello.announcesHeartbeat = true
    return hello
  }

  /// - Parameter payload: how long the request says that it is; it carries 32 octets of payload and padding.
  private func ask(payload announced: Int) -> FlawStep {
    let content = [Self.request, 0, UInt8(announced)] + payload
    return .ask(
      FlawQuestion(
        opening: .hello(hello),
        turns: { ground in
          guard let hello = ground.hello, hello.extensions.contains(15) else { return [] }
          return [TLSRecord(Self.heartbeat, hello.version, content).octets]
        }, isWithheld: true))
  }

  private func leaked(_ reaction: FlawReaction) -> FlawStep? {
    guard let answer = reaction.records.first(where: { $0.type == Self.heartbeat })?.content, answer.count >= 3,
      answer[0] == Self.response, answer.count > 3 + payload.count
    else { return nil }
    let more = min(Self.excess, answer.count - 3 - payload.count)
    guard answer[3...].starts(with: payload), more == Self.excess else {
      return inconclusive(
        "other-answer", "heartbeatの要求に、送信した内容とは異なる長い応答が返りました。",
        "A heartbeat request was met with a longer answer that does not repeat what was sent.")
    }
    return proven(
      "32オクテットを含み48オクテットと称するheartbeatの要求に、送信していない\(more)オクテットを含む応答が返りました。その内容は保存していません(長さとSHA-256のみ)。",
      "A heartbeat request that carried 32 octets and announced 48 was answered with \(more) octets that were never sent. They were not kept, only their number and digest."
    )
  }

  private func compare(_ before: FlawReaction, _ reaction: FlawReaction) -> FlawStep {
    let answer = reaction.records.first { $0.type == Self.heartbeat }?.content ?? []
    guard answer.count >= 19, answer[0] == Self.response, answer[3..<19].elementsEqual(payload.prefix(16)) else {
      return inconclusive(
        "no-heartbeat", "サービスはheartbeat拡張を示しましたが、正しいheartbeatの要求にもハンドシェイク中は応答しませんでした(\(reaction.word))。",
        "The service announces heartbeat, but answers not even a right request before the handshake is complete (\(reaction.word))."
      )
    }
    return refuted(
      "長さを偽ったheartbeatの要求には送信した以上の内容が返らず(\(before.word))、正しい要求には同じ内容が返りました。",
      "A heartbeat request with a wrong length was met with nothing beyond what it carried (\(before.word)), a right one with its own payload.",
      control: false)
  }
}
