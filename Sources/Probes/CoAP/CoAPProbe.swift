public import Records
internal import Wire

/// Asks a constrained device for the list of its resources without DTLS (RFC 7252, RFC 6690 §4), and for a resource that
/// does not exist as the control.
///
/// - Octets sent: non-confirmable GETs of `/.well-known/core` (24) and of a made-up name (24 at most); each once more when
///   nothing comes. No other resource is read, none observed, never PUT, POST or DELETE.
/// - Connections opened: none; one socket for both.
/// - State left behind: none; some devices keep a partly fetched list for seconds.
/// - Worst known reaction: a device that answers confirmably although it was not asked to repeats its answer up to four
///   times (RFC 7252 §4.2), because nothing acknowledges it.
public struct CoAPProbe: Probe {
  public static let question = "coap.open"
  public static let sheet = ProbeSheet(
    id: "coap", technique: .udpProbe,
    sends: LocalizedText(
      ja: "DTLSを使わないCoAPのGET(/.well-known/core)", en: "a CoAP GET of /.well-known/core without DTLS"),
    leavesBehind: "none", worstReaction: "an answer that is repeated up to four times", datagrams: 4,
    duration: .seconds(20))

  private static let patience = Duration.seconds(3)

  private let port: UInt16
  /// Message IDs and tokens follow each other from here.
  private let identity: UInt32
  private let madeUp: String
  private var tries = 0
  /// The list, once it is there; then the control is being asked.
  private var links: [String]?
  private var list: [UInt8] = []
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the tokens and the name of the control.
  public init(port: UInt16, seed: UInt64) {
    self.port = port
    identity = UInt32(truncatingIfNeeded: seed)
    madeUp = "tenken-" + String(seed % 100_000_000)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask(at: now) }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    tries += 1
    wakeAt = now + Self.patience
    let number = UInt16(truncatingIfNeeded: identity &+ UInt32(truncatingIfNeeded: tries))
    let message =
      links == nil
      ? CoAPMessage.discovery(identifier: number, token: token)
      : CoAPMessage.get(path: [madeUp], identifier: number &+ 2, token: token)
    return [.datagram(0, DatagramRequest(port: port, payload: message))]
  }

  /// Another one for the control.
  private var token: [UInt8] {
    let value = links == nil ? identity : ~identity
    return (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets):
      // Whatever does not repeat the token is no answer (RFC 7252 §5.3.1).
      guard let answer = try? CoAPMessage(parsing: octets.span), answer.token == token, answer.code.rawValue >= 0x40
      else { return [] }
      return links == nil ? listed(answer, at: now) : controlled(answer)
    case .timer:
      if tries < 2 { return ask(at: now) }
      links == nil ? giveUp("no-answer") : prove(LocalizedText(ja: "応答なし", en: "nothing"))
    case .failed(_, reason: "port-unreachable") where links == nil: finish(.refuted, Self.sheet.portClosed)
    case .failed(_, let reason): giveUp(reason)
    case .opened, .ended, .response: break
    }
    return []
  }

  private mutating func listed(_ answer: CoAPMessage, at now: MonotonicInstant) -> [ProbeAction] {
    let code = answer.code
    if code == .unauthorized || code == .forbidden {
      finish(
        .refuted,
        Self.sheet.answered(
          with: LocalizedText(ja: "\(code)", en: "\(code)"),
          LocalizedText(ja: "権限のない読み出しは拒否されました。", en: "It refuses strangers.")))
      return []
    }
    guard code == .content, answer.contentFormat ?? 40 == 40,
      let found = try? LinkFormat.links(parsing: answer.payload.span), !found.isEmpty
    else {
      giveUp(code.isSuccess ? "other-answer" : "code-\(code)")
      return []
    }
    links = found.map(\.target)
    list = answer.payload
    tries = 0
    return ask(at: now)
  }

  private mutating func controlled(_ answer: CoAPMessage) -> [ProbeAction] {
    if answer.code.isSuccess, answer.payload == list {
      giveUp("any-path")
    } else {
      prove(LocalizedText(ja: "\(answer.code)", en: "\(answer.code)"))
    }
    return []
  }

  private mutating func prove(_ control: LocalizedText) {
    let links = links ?? []
    let shown = links.prefix(4).map { $0.cut(to: 40) }.joined(separator: ", ") + (links.count > 4 ? ", …" : "")
    finish(
      .proven,
      Self.sheet.answered(
        with: LocalizedText(
          ja: "リソース一覧(\(links.count)件: \(shown))", en: "a list of \(links.count) resources (\(shown))"),
        LocalizedText(
          ja: "存在しない名前への応答は異なりました(\(control.ja))。一覧にあるリソースの読み書きは試していません。",
          en:
            "A made-up name brought something else (\(control.en)). The resources in the list were neither read nor written."
        )))
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis)
  }
}
