public import Records
internal import Wire

/// Looks whether a console opens without asking who is there (RFC 854, RFC 855).
///
/// - Octets sent: a refusal to each option that the service asks for or announces (3 octets, each once, at most 64); one empty line (CR
///   LF) when a command prompt stands there, or when nothing came at all. No name, no password, no command.
/// - Connections opened: one, closed with FIN.
/// - State left behind: log entries; for a few seconds a session, where no login is asked for.
/// - Worst known reaction: a console with room for one session is taken for up to 20 seconds. Menus that ask
///   for Enter get none, because they would be begun.
public struct TelnetProbe: Probe {
  public static let question = "telnet.no-auth"
  public static let sheet = ProbeSheet(
    id: "telnet", technique: .serviceQuestions,
    sends: LocalizedText(ja: "空行1つ", en: "one empty line"),
    leavesBehind: "log entries; for a few seconds a session",
    worstReaction: "a console for one session is taken meanwhile",
    connections: 1, duration: .seconds(40))

  /// Some servers look the client's name up first (6 s were seen).
  private static let longest = Duration.seconds(9)
  /// Silence after the last octets that counts as "said what it had to say".
  private static let pause = Duration.milliseconds(900)
  private static let answerWait = Duration.seconds(4)
  private static let octetLimit = 32 * 1024
  private static let refusalLimit = 64

  private enum Step {
    case listening
    /// The empty line was sent, after this prompt; nil after silence. `from`: where the text of the answer begins.
    case confirming(String?, from: Int)
  }

  private let port: UInt16
  private var stream = TelnetStream()
  private var octets = 0
  private var refused: Set<TelnetStream.Negotiation> = []
  private var seen = 0
  private var step = Step.listening
  private var latest: MonotonicInstant?
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  public init(port: UInt16) { self.port = port }

  /// How a greeting ends, once Telnet's commands are taken out.
  static func prompt(in said: [UInt8]) -> ConsolePrompt? {
    var stream = TelnetStream()
    stream.receive(said.prefix(octetLimit))
    return ConsolePrompt(endOf: stream.text)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { [.connect(0, port: port)] }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .opened:
      latest = now + Self.longest
      wakeAt = latest
    case .received(_, let octets): return take(octets, at: now)
    case .timer: return decide(at: now)
    case .ended:
      // A login that is asked for stays asked for; nothing else is settled.
      if case .login = ConsolePrompt(endOf: stream.text) { refute() } else { giveUp("closed") }
    case .failed(_, let reason): giveUp(reason)
    case .response: break
    }
    return []
  }

  private mutating func take(_ received: [UInt8], at now: MonotonicInstant) -> [ProbeAction] {
    octets += received.count
    guard octets <= Self.octetLimit else {
      giveUp("octet-limit")
      return []
    }
    stream.receive(received)
    wakeAt = min(latest ?? now, now + Self.pause)
    var answers: [UInt8] = []
    for negotiation in stream.negotiations[seen...] {
      guard refused.count < Self.refusalLimit, let refusal = negotiation.refusal,
        refused.insert(negotiation).inserted
      else { continue }
      answers += refusal.octets
    }
    seen = stream.negotiations.count
    return answers.isEmpty ? [] : [.send(0, answers)]
  }

  private mutating func decide(at now: MonotonicInstant) -> [ProbeAction] {
    switch step {
    case .listening: return heard(at: now)
    case .confirming(let prompt, let from): confirm(prompt, from)
    }
    return []
  }

  private mutating func heard(at now: MonotonicInstant) -> [ProbeAction] {
    switch ConsolePrompt(endOf: stream.text) {
    case .login: refute()
    case .command(let prompt): return sendLine(after: prompt, at: now)
    case nil:
      // The prompt may come after a pause.
      if let latest, now < latest {
        wakeAt = latest
      } else if stream.text.allSatisfy({ $0 <= 0x20 }) {
        return sendLine(after: nil, at: now)
      } else {
        giveUp("no-prompt")
      }
    }
    return []
  }

  private mutating func sendLine(after prompt: String?, at now: MonotonicInstant) -> [ProbeAction] {
    step = .confirming(prompt, from: stream.text.count)
    latest = now + Self.answerWait
    wakeAt = latest
    return [.send(0, [0x0d, 0x0a])]
  }

  /// A shell answers an empty line with its prompt on a new line. A banner that merely ends in `#` does not come twice.
  private mutating func confirm(_ prompt: String?, _ from: Int) {
    let answer = stream.text[min(from, stream.text.count)...]
    switch ConsolePrompt(endOf: answer) {
    case .login: refute()
    case .command(let again):
      let hasLineEnd = answer.contains { $0 == 0x0a || $0 == 0x0d }
      // After silence there is no prompt to compare with; then nothing but the prompt may have come.
      let lines = answer.split { $0 == 0x0a || $0 == 0x0d }.count
      guard hasLineEnd, prompt == again || prompt == nil && lines == 1 else { return giveUp("other-answer") }
      prove(again, twice: prompt != nil)
    case nil: giveUp(answer.isEmpty ? "no-answer" : "other-answer")
    }
  }

  private mutating func prove(_ prompt: String, twice: Bool) {
    let shown = prompt.cut(to: 40)
    let seen =
      twice
      ? LocalizedText(
        ja: "接続するとコマンドの入力を待つプロンプト「\(shown)」が表示され、空行1つに対して再び表示されました。",
        en:
          "After connecting, a command prompt (\u{201c}\(shown)\u{201d}) appeared, and came again in answer to one empty line."
      )
      : LocalizedText(
        ja: "空行1つを送信すると、コマンドの入力を待つプロンプト「\(shown)」が表示されました。",
        en: "One empty line was answered with a command prompt (\u{201c}\(shown)\u{201d}).")
    finish(
      .proven,
      LocalizedText(
        ja: "\(seen.ja)利用者名もパスワードも求められませんでした。コマンドは実行していません。",
        en: "\(seen.en) Neither a name nor a password was asked for. No command was given."))
  }

  private mutating func refute() {
    wakeAt = nil
    report = ProbeReport(verdicts: [Self.refuted])
  }

  private static let refuted = ProbeVerdict(
    question, .refuted,
    basis: LocalizedText(
      ja: "利用者名またはパスワードの入力を求めるプロンプトが表示されました。", en: "It shows a prompt that asks for a name or a password."))

  /// The verdict that a greeting holds already: a login that is asked for, to a listener who says nothing.
  static func verdict(on said: [UInt8]) -> ProbeVerdict? { prompt(in: said) == .login ? refuted : nil }

  private mutating func giveUp(_ reason: String) {
    finish(
      .inconclusive(reason: reason),
      LocalizedText(
        ja: "表示された内容からは、ログインの要否を判断できませんでした(\(reason))。",
        en: "What it showed does not tell whether a login is needed (\(reason))."))
  }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis)
  }
}
