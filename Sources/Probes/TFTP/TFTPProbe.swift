public import Records
internal import Wire

/// Asks a TFTP server for a file that does not exist (RFC 1350).
///
/// - Octets sent: one read request, or two when the first brings nothing (20 octets each). Never a write request.
/// - Connections opened: none; one socket whose answers come from another port (RFC 1350 §4).
/// - State left behind: a log entry. Should a server have a file for every name, it sends its first block and repeats
///   that a few times, because nothing acknowledges it.
/// - Worst known reaction: none known.
public struct TFTPProbe: Probe {
  public static let question = "tftp.enabled"
  public static let sheet = ProbeSheet(
    id: "tftp", technique: .udpProbe,
    sends: LocalizedText(ja: "存在しない名前のファイルの読み出し要求", en: "a request to read a file whose name is made up"),
    leavesBehind: "a log entry", worstReaction: "none known", datagrams: 2, duration: .seconds(10))

  private static let patience = Duration.seconds(3)

  private let request: DatagramRequest
  private var tries = 0
  public private(set) var wakeAt: MonotonicInstant?
  public private(set) var report: ProbeReport?

  /// - Parameter seed: makes the name of the file.
  public init(port: UInt16, seed: UInt64) {
    let name = "tenken-" + String(seed % 100_000_000)
    // A name of letters, digits and a hyphen always makes a request.
    request = DatagramRequest(port: port, payload: TFTPPacket.readRequest(file: name) ?? [], anySourcePort: true)
  }

  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { ask(at: now) }

  private mutating func ask(at now: MonotonicInstant) -> [ProbeAction] {
    tries += 1
    wakeAt = now + Self.patience
    return [.datagram(0, request)]
  }

  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] {
    guard report == nil else { return [] }
    switch event {
    case .received(_, let octets): if let answer = TFTPAnswer(parsing: octets) { conclude(answer) }
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

  private mutating func conclude(_ answer: TFTPAnswer) {
    finish(
      .proven,
      LocalizedText(
        ja: "\(Self.sheet.sends.ja)を送信し、TFTPの応答(\(answer.shown.ja))が返りました。TFTPには認証がありません。",
        en:
          "\(Self.sheet.sends.en.capitalisedFirst) was answered in TFTP (\(answer.shown.en)). TFTP has no authentication."
      ))
  }

  private mutating func giveUp(_ reason: String) { finish(.inconclusive(reason: reason), Self.sheet.undecided(reason)) }

  private mutating func finish(_ result: ProbeVerdict.Result, _ basis: LocalizedText) {
    wakeAt = nil
    report = ProbeReport(Self.question, result, basis)
  }
}

/// What a TFTP server says to a read request (RFC 1350 §5).
enum TFTPAnswer: Hashable, Sendable {
  /// Opcode 5 with its code; 0 to 7, 8 by RFC 2347.
  case error(UInt8)
  /// Opcode 3, block 1: the file exists after all.
  case data

  /// - Returns: nil for anything else, such as an acknowledgement of something nobody wrote.
  init?(parsing octets: [UInt8]) {
    switch try? TFTPPacket(parsing: octets.span) {
    // The text ends with a zero octet, which tells a whole error from one that merely begins like it.
    case .error(let code, _) where code.rawValue <= 8 && octets.count > 4 && octets.last == 0:
      self = .error(UInt8(code.rawValue))
    case .data(block: 1, let content) where content.count <= 512: self = .data
    default: return nil
    }
  }

  var shown: LocalizedText {
    switch self {
    case .error(let code): LocalizedText(ja: "エラー\(code)", en: "error \(code)")
    case .data: LocalizedText(ja: "データの第1ブロック", en: "the first block of data")
    }
  }
}
