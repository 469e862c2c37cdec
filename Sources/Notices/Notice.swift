internal import Cryptography
public import Records
public import Schedules

/// What a notice can be about; `on` of the settings names the ones that somebody wants to hear of.
public enum NoticeTopic: String, Hashable, Sendable, Codable, CaseIterable {
  case failed, skipped, interrupted, distress, regressed
  case newFinding = "new-finding"
  case newDevice = "new-device"
  case expiredException = "expired-exception"
  case firstRun = "first-run"
  case goneDevice = "gone-device"
  case changed, fixed
  /// Of digests alone: what came of a schedule's turns.
  case turns
  /// Of digests alone: a device that the last run did not see.
  case unseenDevice = "unseen-device"

  /// What settings may name.
  public static let selectable = allCases.filter { $0 != .turns && $0 != .unseenDevice }

  /// What is told where settings say nothing.
  public static let standard: Set<Self> = [
    .failed, .skipped, .interrupted, .distress, .regressed, .newFinding, .newDevice, .expiredException, .firstRun,
  ]
}

/// What somebody is told: of one turn of a schedule, of a week, or that this is a test. Bounded, and without anything that a terminal, a
/// mail reader or a log would obey.
public struct Notice: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable { case turn, digest, test }

  public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable { case completed, partial, skipped, failed }

  public struct Entry: Hashable, Sendable, Codable {
    public let topic: NoticeTopic
    public let severity: Severity?
    public let device: String?
    public let address: String?
    public let service: String?
    public let check: String?
    public let text: LocalizedText
  }

  public struct Run: Hashable, Sendable, Codable {
    public let id: String
    public let started: Timestamp
    public let ended: Timestamp
    public let packDigest: String
  }

  /// How much was looked at. Without it nothing was.
  public struct Looked: Hashable, Sendable, Codable {
    public let devices: Int
    /// Devices that the run before saw too; nil for a first run.
    public let compared: Int?
    /// Devices that were not looked at to the end.
    public let unfinished: Int
    /// Weaknesses of the run before that nobody looked for again.
    public let notRetested: Int
    /// Areas that were left out.
    public let omitted: Int
  }

  /// The same for the same occasion, however often it is sent: receivers drop doubles by it. `n-` and 32 hexadecimal digits.
  public let id: String
  public let kind: Kind
  public let at: Timestamp
  /// Minutes east of UTC in which times are shown to people.
  public let offsetMinutes: Int
  public let engagement: Engagement?
  public let schedule: String?
  public let outcome: Outcome?
  public let reason: SkipReason?
  public let run: Run?
  public let headline: LocalizedText
  public let entries: [Entry]
  /// Entries that had no room.
  public let more: Int
  /// By state of the difference; empty where nothing was compared.
  public let counts: [String: Int]
  public let looked: Looked?
  /// What the notice does not say.
  public let remarks: [LocalizedText]

  /// The gravest of its entries; nil where none has a severity.
  public var severity: Severity? { entries.compactMap(\.severity).max() }

  /// - Parameter parts: what makes it the notice that it is.
  static func identity(_ parts: [String]) -> String {
    // A length in front of each: no two lists are the same text.
    let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
    let hexadecimal = Array("0123456789abcdef".utf8)
    let digest = DigestAlgorithm.sha256.digest(of: Array(text.utf8)).prefix(16)
    return "n-"
      + String(decoding: digest.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// What others wrote, short enough and without anything that is obeyed.
func harmless(_ text: String, longest: Int = 200) -> String {
  let shown = text.cut(to: longest)
  return shown.withoutControls + (shown.utf8.count < text.utf8.count ? "…" : "")
}

extension Engagement {
  var harmlessly: Engagement {
    Engagement(
      id: harmless(id), customer: harmless(customer), site: harmless(site), operator: harmless(`operator`))
  }
}

extension Notice {
  /// To see whether a receiver is reached.
  public static func test(at: Timestamp, offsetMinutes: Int, host: String) -> Notice {
    Notice(
      id: identity(["test", host, at.rfc3339()]), kind: .test, at: at, offsetMinutes: offsetMinutes, engagement: nil,
      schedule: nil, outcome: nil, reason: nil, run: nil,
      headline: LocalizedText(ja: "通知の送信テスト", en: "a test of notices"), entries: [], more: 0, counts: [:],
      looked: nil,
      remarks: [
        LocalizedText(
          ja: "\(harmless(host)) から送信しました。検査は行っていません。", en: "Sent by \(harmless(host)). Nothing was looked at.")
      ])
  }
}
