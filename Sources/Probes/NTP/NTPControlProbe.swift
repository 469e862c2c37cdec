public import Records
internal import Wire

/// Asks a time server for its variables, as monitoring programs do (mode 6, RFC 9327).
///
/// - Octets sent: a request to read variables (12), twice when nothing comes; then, after silence, the ordinary question for the
///   time (48), to see that the server still answers. Never a request that writes or configures, never mode 7.
/// - Connections opened: none; one socket.
/// - State left behind: counters; on some servers the address of who asked.
/// - Worst known reaction: none known from reading; old servers of the 4.2 series had faults in other mode 6 commands, which are not
///   sent.
public struct NTPControlProbe: Probe {
  public static let question = "ntp.mode6"
  public static let sheet = ProbeSheet(
    id: "ntp-control", technique: .udpProbe,
    sends: LocalizedText(ja: "NTPの変数の読み出し要求(モード6)", en: "an NTP request to read variables (mode 6)"),
    leavesBehind: "counters; the asker's address on some servers", worstReaction: "none known", datagrams: 3,
    duration: .seconds(14))

  private static let patience = Duration.seconds(3)

  private let port: UInt16
  private let sequence: UInt16
  private let nonce: UInt64
  private var tries = 0
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the request's number and the control's timestamp.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    sequence = UInt16(truncatingIfNeeded: seed) | 1
    nonce = seed
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask(at: now) }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    tries += 1
    wakeAt = now + Self.patience
    let payload =
      tries < Self.sheet.datagrams
      ? NTPControlMessage.readVariablesRequest(sequence: sequence) : NTPMessage.request(nonce: nonce)
    return [.datagram(0, DatagramRequest(port: port, payload: payload))]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets): take(octets)
    case .timer:
      guard tries < Self.sheet.datagrams else {
        giveUp("no-answer")
        return []
      }
      return ask(at: now)
    case .failed(_, reason: "port-unreachable"): finish(.refuted, Self.sheet.portClosed)
    case .failed(_, let reason): giveUp(reason)
    case .opened, .ended, .response: break
    }
    return []
  }

  private mutating func take(_ octets: [UInt8]) {
    if let answer = try? NTPControlMessage(parsing: octets.span) {
      // An echo of the question is no response; 2 is "read variables" (RFC 9327 §2).
      guard answer.isResponse, answer.operation == 2, answer.sequence == sequence else { return }
      return judge(answer)
    }
    guard tries == Self.sheet.datagrams, let time = try? NTPMessage(parsing: octets.span),
      time.mode == NTPMessage.Mode.server, time.originTimestamp == nonce
    else { return }
    finish(
      .refuted,
      LocalizedText(
        ja: "\(Self.sheet.sends.ja)には応答がなく、直後の通常の時刻要求には応答がありました。",
        en:
          "\(Self.sheet.sends.en.capitalisedFirst) was not answered; the ordinary question for the time right afterwards was."
      ))
  }

  private mutating func judge(_ answer: NTPControlMessage) {
    guard !answer.isError else {
      return finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "拒否の応答", en: "a refusal"),
          LocalizedText(ja: "変数は読み出せませんでした。", en: "No variable was read.")))
    }
    let variables = NTPControlMessage.variables(in: answer.data)
    guard let first = variables.first else { return giveUp("other-answer") }
    let shown = variables.first { $0.name == "version" } ?? first
    let text = "\(shown.name)=\(shown.value)".cut(to: 100)
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(
          ja: "「\(text)」など\(variables.count)個の変数",
          en: "\(variables.count) variables, among them \u{201c}\(text)\u{201d}"),
        LocalizedText(
          ja: "問い合わせた相手を確かめずに応答しています。", en: "It does not ask who wants to know.")),
      claims: claims(variables))
  }

  private func claims(_ variables: [(name: String, value: String)]) -> [Claim] {
    let kinds: [(String, Claim.Kind)] = [("version", .software), ("system", .system)]
    return kinds.compactMap { name, kind in
      guard let value = variables.first(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
      return Claim(kind, value, source: "udp/\(port) ntp readvar \(name)", confidence: .high)
    }
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText, claims: [Claim] = []) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis, claims: claims)
  }
}
