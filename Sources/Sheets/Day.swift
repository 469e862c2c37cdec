public import Records

/// A day of the calendar, as people write it in files: `2026-11-30`. Spreadsheets turn it into `2026/11/30`, which is read too.
public struct Day: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// `2026-11-30`.
  public let description: String

  public init?(_ text: String) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" }
    let isNumber = parts.allSatisfy { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard parts.count == 3, isNumber, parts[0].count == 4, (1...2).contains(parts[1].count),
      (1...2).contains(parts[2].count)
    else { return nil }
    func padded(_ part: Substring) -> String { part.count == 1 ? "0\(part)" : "\(part)" }
    let written = "\(parts[0])-\(padded(parts[1]))-\(padded(parts[2]))"
    guard Timestamp(rfc3339: written + "T00:00:00Z") != nil else { return nil }
    description = written
  }

  /// The day on which a moment falls.
  public init(of moment: Timestamp, offsetMinutes: Int = Timestamp.jst) {
    description = String(moment.rfc3339(offsetMinutes: offsetMinutes).prefix(10))
  }

  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

/// The two phases of an introduction. What one showed is never counted for the other.
public enum Phase: String, Hashable, Sendable, CaseIterable {
  case poc, production

  public var label: LocalizedText {
    switch self {
    case .poc: LocalizedText(ja: "POC", en: "POC")
    case .production: LocalizedText(ja: "本番", en: "Production")
    }
  }

  /// Also as people write it.
  public init?(written text: String) {
    switch text.lowercased() {
    case "poc", "検証", "poc(検証)": self = .poc
    case "production", "本番": self = .production
    default: return nil
    }
  }
}
