public import Records
internal import Wire

/// Asks a name server to find out the address of a name that it cannot know itself (RFC 1035).
///
/// - Octets sent: a question with recursion for `tenken.example` (32), twice when nothing comes. The name is reserved and can never exist
///   (RFC 2606 §2), and it is the same for everybody, so that the question tells nobody anything.
/// - Connections opened: none; one socket.
/// - State left behind: a log entry; the name's absence, in the cache for a while.
/// - Worst known reaction: none known. A resolver that serves the asker asks its own servers for the name, at last one of
///   the root servers, as for any other.
public struct OpenResolverProbe: Probe {
  public static let question = "dns.open-resolver"
  public static let sheet = ProbeSheet(
    id: "open-resolver", technique: .udpProbe,
    sends: LocalizedText(
      ja: "予約された名前(tenken.example)の再帰的な名前解決の要求", en: "a recursive question for a reserved name (tenken.example)"),
    leavesBehind: "a log entry; the name's absence in the cache",
    worstReaction: "none known; a resolver asks its own servers for the name", datagrams: 2, duration: .seconds(14))

  static let name = "tenken.example"
  /// Resolvers give their servers a few seconds before they answer SERVFAIL.
  private static let patience = Duration.seconds(6)

  private let identifier: UInt16
  let request: [UInt8]
  var dialogue: DatagramDialogue
  public internal(set) var report: ProbeReport?

  /// - Parameter seed: makes the question's number.
  public init(port: UInt16, seed: UInt64) {
    identifier = UInt16(truncatingIfNeeded: seed)
    // The name has two short labels, so that there always is a question.
    request = DNSQuestion.address(of: Self.name, identifier: identifier) ?? []
    dialogue = DatagramDialogue(port: port, patience: Self.patience)
  }

  public var wakeAt: MonotonicInstant? { nextWake }
  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension OpenResolverProbe: SingleDatagramProbe {
  /// The flag "recursion available" (RA) alone is no proof: servers set it while they refuse or cannot.
  func judge(_ octets: [UInt8]) -> ProbeReport? {
    // A refusal may leave the question out; whatever else is to count repeats it. Resolvers may mix the case.
    guard let answer = try? DNSAnswer(parsing: octets.span), answer.identifier == identifier,
      answer.name == nil || answer.name?.lowercased() == Self.name
    else { return nil }
    switch answer.responseCode {
    case DNSAnswer.ResponseCode.refused:
      return Self.report(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "拒否(REFUSED)", en: "REFUSED"),
          LocalizedText(ja: "この場所からの名前解決は受け付けていません。", en: "It does not resolve names for this vantage.")))
    case DNSAnswer.ResponseCode.noSuchName, DNSAnswer.ResponseCode.noError:
      return answer.name == nil ? nil : judgeSubstance(answer)
    default: return Self.undecided("rcode-\(answer.responseCode)")
    }
  }

  private func judgeSubstance(_ answer: DNSAnswer) -> ProbeReport {
    guard answer.recursionAvailable else {
      return Self.report(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "再帰なしの応答", en: "an answer without recursion"),
          LocalizedText(ja: "他の名前の解決は提供していません。", en: "It does not resolve other names.")))
    }
    // What it says on its own authority it need not have asked anybody for.
    guard !answer.isAuthoritative else { return Self.undecided("own-authority") }
    let isAbsent = answer.responseCode == DNSAnswer.ResponseCode.noSuchName
    return Self.report(
      .proven,
      Self.sheet.answered(
        with: isAbsent
          ? LocalizedText(ja: "「存在しない」との回答(NXDOMAIN)", en: "\u{201c}no such name\u{201d} (NXDOMAIN)")
          : LocalizedText(ja: "回答(NOERROR)", en: "an answer (NOERROR)"),
        LocalizedText(
          ja: "自身の管理しない名前を、問い合わせた相手に代わって調べています。", en: "It looked up a name that is not its own, for whoever asked.")))
  }
}
