public import Records
internal import Wire

/// Waits for what a service says first, and identifies it by that.
///
/// - Octets sent: none.
/// - Connections opened: one, closed with FIN after the service was read to a pause.
/// - State left behind: a log entry and, on servers that start a process for each connection, a
///   process for the few seconds of the wait.
/// - Worst known reaction: single-connection servers are busy during the wait; embedded stacks with
///   a handful of sockets have one less. One connection per device at a time keeps that bounded.
public struct GreetingConversation: Conversation {
  public enum Outcome: Hashable, Sendable {
    case identified(ProtocolName, basis: LocalizedText)
    /// Octets came, or none, and they identify nothing.
    case unidentified(ended: String)
  }

  /// Octets kept; a service that never stops talking is cut off here (zgrab2 #163).
  public static let octetLimit = 96 * 1024
  /// Silence after the last octets that counts as "said what it had to say".
  static let pause = Duration.milliseconds(700)

  public private(set) var response: [UInt8] = []
  public private(set) var deadline: MonotonicInstant
  private let recogniser: GreetingRecogniser
  private let latest: MonotonicInstant
  private var ending: ConversationEnding?

  /// - Parameters:
  ///   - wait: how long the service may stay silent. Some devices look names up before they greet.
  ///   - now: when the connection was opened.
  public init(recogniser: GreetingRecogniser, wait: Duration, openedAt now: MonotonicInstant) {
    self.recogniser = recogniser
    deadline = now + wait
    latest = now + wait + .seconds(4)
  }

  public mutating func received(_ octets: [UInt8], at now: MonotonicInstant) {
    response.append(contentsOf: octets.prefix(Self.octetLimit - response.count))
    // A prompt often follows its banner after a pause; every arrival moves the end a little.
    deadline = min(latest, now + Self.pause)
  }

  public mutating func ended(_ ending: ConversationEnding, at now: MonotonicInstant) {
    self.ending = ending
  }

  public mutating func isOver(at now: MonotonicInstant) -> Bool {
    ending != nil || response.count >= Self.octetLimit || now >= deadline
  }

  /// What the greeting amounts to.
  public var outcome: Outcome {
    if let identification = recogniser.identify(response) {
      return .identified(identification.protocolName, basis: identification.basis)
    }
    return .unidentified(ended: ended)
  }

  /// The other side closed.
  var hasEnded: Bool { ending != nil }

  /// How it ended: `closed`, `reset`, `octet-limit` or `silence`.
  var ended: String { ending?.rawValue ?? (response.count >= Self.octetLimit ? "octet-limit" : "silence") }
}
