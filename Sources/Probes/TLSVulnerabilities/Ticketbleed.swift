internal import Certificates
internal import Records
internal import Wire

/// Whether a resumed session is named with octets that nobody sent (CVE-2016-9244).
///
/// A client that resumes by ticket may name a session of its own, which the server has to repeat (RFC 5077 §3.4). The flaw repeats 32 octets
/// whatever was sent. Here one octet is sent, so that 31 would come of the service's memory.
struct TicketbleedExamination: FlawExamination {
  static let question = "tls.ticketbleed"

  private enum Phase {
    case ticket
    /// With one octet; again, when the answer was too long once.
    case short(FlawSession, again: Bool)
    /// With 32 octets, to see whether the ticket is taken at all; `word` says what came of one octet.
    case whole(FlawSession, word: String)
  }

  private let subject: FlawSubject
  private let session: [UInt8]
  private var phase = Phase.ticket

  init(_ subject: FlawSubject) {
    self.subject = subject
    session = seededOctets(subject.seed ^ 0x5449_434b_4554_5f5f, count: 32)
  }

  func begin() -> FlawStep { .ask(FlawQuestion(opening: .session(.ticket))) }

  mutating func take(_ outcome: FlawOutcome) -> FlawStep {
    switch phase {
    case .ticket: return takeTicket(outcome)
    case .short(let ticket, let again): return takeShort(outcome, ticket, again)
    case .whole(_, let word):
      guard case .went(let ground, _) = outcome, ground.hello?.session == session else {
        return inconclusive(
          "ticket-not-taken", "発行されたセッションチケットが再開に使用されないため、確認できませんでした。",
          "The ticket that the service gave resumes no session, so that the flaw could not be asked for.")
      }
      return refuted(
        "1オクテットのセッションIDとチケットによる再開への応答に、余分な内容はありませんでした(\(word))。32オクテットのIDはそのまま返りました。",
        "A ticket with a session name of one octet brought nothing that was not sent (\(word)); a name of 32 octets was repeated.",
        control: false)
    }
  }

  private mutating func takeTicket(_ outcome: FlawOutcome) -> FlawStep {
    switch outcome {
    case .failed(let how), .declined(let how): return lost(how)
    case .went(let ground, _):
      guard let ticket = ground.session, !ticket.ticket.isEmpty else {
        return refuted(
          "サービスはセッションチケットを発行しません。", "The service gives no session ticket when one is asked for.", control: false)
      }
      phase = .short(ticket, again: false)
      return ask(ticket, session: [session[0]])
    }
  }

  private mutating func takeShort(_ outcome: FlawOutcome, _ ticket: FlawSession, _ again: Bool) -> FlawStep {
    let sent = session[again ? 1 : 0]
    switch outcome {
    case .failed(let how): return lost(how)
    case .declined(let how):
      guard !again else { return lost(how) }
      phase = .whole(ticket, word: how)
    case .went(let ground, _):
      let name = ground.hello?.session ?? []
      if name == [sent] {
        return refuted(
          "1オクテットのセッションIDとチケットによる再開に、同じ1オクテットが返りました。",
          "A session name of one octet was repeated as it was when the session was resumed.", control: false)
      }
      let isLong = name.count == 32 && name[0] == sent && name.dropFirst().contains { $0 != 0 }
      if isLong, again { return leaked }
      if isLong {
        phase = .short(ticket, again: true)
        return ask(ticket, session: [session[1]])
      }
      phase = .whole(ticket, word: "\(name.count) octets")
    }
    return ask(ticket, session: session)
  }

  private var leaked: FlawStep {
    proven(
      "1オクテットのセッションIDとチケットによる再開に、その1オクテットで始まる32オクテットのIDが返りました(2回とも)。残り31オクテットは送信していない内容で、保存していません(長さとSHA-256のみ)。",
      "A session name of one octet was answered with one of 32 that begins with it, twice. The other 31 octets were never sent; they were not kept, only their number and digest."
    )
  }

  private func ask(_ ticket: FlawSession, session: [UInt8]) -> FlawStep {
    var hello = TLSHellos.only(ticket.version, [ticket.suite])
    (hello.ticket, hello.session) = (ticket.ticket, session)
    return .ask(FlawQuestion(opening: .hello(hello), isWithheld: true))
  }
}
