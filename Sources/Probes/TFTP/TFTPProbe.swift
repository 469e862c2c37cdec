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

  let request: [UInt8]
  var dialogue: DatagramDialogue
  public internal(set) var report: ProbeReport?

  /// - Parameter seed: makes the name of the file.
  public init(port: UInt16, seed: UInt64) {
    let name = "tenken-" + String(seed % 100_000_000)
    // A name of letters, digits and a hyphen always makes a request.
    request = TFTPPacket.readRequest(file: name) ?? []
    dialogue = DatagramDialogue(port: port, anySourcePort: true)
  }

  public var wakeAt: MonotonicInstant? { nextWake }
  public mutating func begin(at now: MonotonicInstant) -> [ProbeAction] { start(at: now) }
  public mutating func handle(_ event: ProbeEvent, at now: MonotonicInstant) -> [ProbeAction] { take(event, at: now) }
}

extension TFTPProbe: SingleDatagramProbe {
  func judge(_ octets: [UInt8]) -> ProbeReport? {
    guard let answer = TFTPAnswer(parsing: octets) else { return nil }
    return Self.report(
      .proven,
      LocalizedText(
        ja: "\(Self.sheet.sends.ja)を送信し、TFTPの応答(\(answer.shown.ja))が返りました。TFTPには認証がありません。",
        en:
          "\(Self.sheet.sends.en.capitalisedFirst) was answered in TFTP (\(answer.shown.en)). TFTP has no authentication."
      ))
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
